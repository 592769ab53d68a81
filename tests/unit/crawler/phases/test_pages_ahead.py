"""Items come in the order of their pages, and only so many pages are at work."""

import asyncio
from collections.abc import Callable

import pytest

from crawler.items import Item, Term
from crawler.phases import pages_ahead
from crawler.phases.pages_ahead import AcceptedPage, PagesAhead
from crawler.rest.collections import Collection

TAGS = Collection("terms", "post_tag", "/wp/v2/tags")


def page(*ids: int, size: int = 10) -> AcceptedPage:
    return AcceptedPage(TAGS, tuple((id_, b"x" * size) for id_ in ids))


class SlowMaker:
    """Makes the items of a page once the test lets it."""

    def __init__(self) -> None:
        self.may: dict[int, asyncio.Event] = {}

    async def items_of(self, made: AcceptedPage) -> list[Item]:
        first = made.records[0][0]
        await self.may.setdefault(first, asyncio.Event()).wait()
        if first < 0:
            raise ValueError("no items")
        return [Term(site="h.org", type="post_tag", id=id_) for id_, _ in made.records]

    async def let(self, *firsts: int) -> None:
        for first in firsts:
            self.may.setdefault(first, asyncio.Event()).set()
        for _ in range(4):  # a task needs a few turns of the loop until it is done
            await asyncio.sleep(0)


def with_maker(test: Callable[[PagesAhead, SlowMaker], object]) -> None:
    async def run() -> None:
        maker = SlowMaker()
        await test(PagesAhead(maker.items_of), maker)  # type: ignore[misc]

    asyncio.run(run())


def test_items_come_in_the_order_of_their_pages() -> None:
    async def run(ahead: PagesAhead, maker: SlowMaker) -> None:
        for made in (page(1, 2), page(3), page()):
            ahead.add(made)
        assert len(ahead.tasks) == 2  # a page without records needs no work
        await maker.let(3)
        assert list(ahead.ready_items()) == []
        await maker.let(1)
        assert [item.id for item in ahead.ready_items()] == [1, 2, 3]
        assert ahead.tasks == []

    with_maker(run)


def test_the_rest_is_waited_for() -> None:
    async def run(ahead: PagesAhead, maker: SlowMaker) -> None:
        ahead.add(page(1))
        ahead.add(page(2))
        asyncio.get_running_loop().call_later(0.01, lambda: maker.may[1].set())
        asyncio.get_running_loop().call_later(0.02, lambda: maker.may[2].set())
        await asyncio.sleep(0)
        assert [item.id async for item in ahead.other_items()] == [1, 2]

    with_maker(run)


def test_pages_at_work_are_bounded_by_number_and_by_bytes() -> None:
    async def run(ahead: PagesAhead, maker: SlowMaker) -> None:
        for number in range(1, pages_ahead.MOST_PAGES + 1):
            assert ahead.has_room
            ahead.add(page(number))
        assert not ahead.has_room
        await maker.let(*range(1, pages_ahead.MOST_PAGES + 1))
        assert len(list(ahead.ready_items())) == pages_ahead.MOST_PAGES
        assert ahead.has_room
        ahead.add(page(9, size=pages_ahead.MOST_BYTES))
        assert not ahead.has_room
        await maker.let(9)

    with_maker(run)


def test_what_making_them_raises_is_raised_at_their_place() -> None:
    async def run(ahead: PagesAhead, maker: SlowMaker) -> None:
        ahead.add(page(1))
        ahead.add(page(-1))
        await maker.let(1, -1)
        items = ahead.ready_items()
        assert next(items).id == 1
        with pytest.raises(ValueError, match="no items"):
            next(items)

    with_maker(run)
