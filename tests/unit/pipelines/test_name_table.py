import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.resolve import Closed, NameTable


def name(id_):
    return {"id": id_, "name": f"name {id_}", "slug": f"name-{id_}"}


class Source:
    """Knows some ids, answers after a moment, and counts what it is asked."""

    def __init__(self, known=(), errors=()):
        self.known = set(known)
        self.errors = list(errors)
        self.batches = []

    async def __call__(self, ids):
        self.batches.append(list(ids))
        await asyncio.sleep(0)
        if self.errors and (error := self.errors.pop(0)):
            raise error
        return {id_: name(id_) for id_ in ids if id_ in self.known}

    @property
    def asked(self):
        return Counter(id_ for batch in self.batches for id_ in batch)


def test_the_archive_is_asked_before_the_site():
    archive, site = Source({1, 2}), Source({3})
    got = asyncio.run(NameTable(archive, site, 100).get([1, 2, 3, 4]))
    assert {id_: ref["name"] for id_, ref in got.items()} == {
        1: "name 1",
        2: "name 2",
        3: "name 3",
        4: None,
    }
    assert got[4]["unresolved"] == "the site does not show it"
    assert site.batches == [[3, 4]]


@given(
    st.lists(st.tuples(st.lists(st.integers(1, 30), max_size=8), st.integers(0, 3)), max_size=12),
    st.integers(1, 7),
)
def test_each_id_is_asked_once_under_any_interleaving(wishes, batch):
    archive, site = Source(range(1, 11)), Source(range(11, 21))

    async def wish(table, ids, pauses):
        for _ in range(pauses):
            await asyncio.sleep(0.002)
        return await table.get(ids)

    async def all_wishes():
        table = NameTable(archive, site, batch)
        return await asyncio.gather(*(wish(table, ids, pauses) for ids, pauses in wishes))

    for (ids, _), got in zip(wishes, asyncio.run(all_wishes()), strict=True):
        assert set(got) == set(ids)
        assert all((got[id_]["name"] is None) == (id_ > 20) for id_ in ids)
    assert set(archive.asked.values()) <= {1}
    assert set(site.asked) == {id_ for ids, _ in wishes for id_ in ids if id_ > 10}
    assert set(site.asked.values()) <= {1}
    assert all(len(ids) <= batch for ids in archive.batches + site.batches)


def test_a_failed_look_up_is_told_and_not_remembered():
    site = Source({1, 2}, [OSError("connection broke")])

    async def twice():
        table = NameTable(Source(), site, 100)
        return await table.get([1, 2]), await table.get([1, 2])

    first, second = asyncio.run(twice())
    assert [ref["unresolved"] for ref in first.values()] == ["connection broke"] * 2
    assert [ref["name"] for ref in second.values()] == ["name 1", "name 2"]


def test_a_failed_batch_leaves_the_others_alone():
    site = Source(range(1, 7), [None, OSError("connection broke")])
    got = asyncio.run(NameTable(Source(), site, 2).get([1, 2, 3, 4, 5, 6]))
    assert [ref["name"] is not None for ref in got.values()] == [
        True,
        True,
        False,
        False,
        True,
        True,
    ]


def test_what_is_closed_is_asked_once():
    site = Source({1, 2}, [Closed("closed to visitors")])

    async def twice():
        table = NameTable(Source(), site, 100)
        return await table.get([1]), await table.get([2])

    first, second = asyncio.run(twice())
    assert first[1]["unresolved"] == second[2]["unresolved"] == "closed to visitors"
    assert site.batches == [[1]]


def test_closed_for_some_is_open_for_others():
    site = Source({2}, [Closed("not among them", for_all=False)])

    async def twice():
        table = NameTable(Source(), site, 100)
        return await table.get([1]), await table.get([2]), await table.get([1])

    first, second, again = asyncio.run(twice())
    assert first == again
    assert first[1]["unresolved"] == "not among them"
    assert second[2]["name"] == "name 2"
    assert site.batches == [[1], [2]]


def test_one_that_stops_waiting_takes_nothing_from_the_others():
    async def leave():
        table = NameTable(Source(), Source({1}), 100)
        leaver, stayer = (asyncio.create_task(table.get([1])) for _ in range(2))
        await asyncio.sleep(0)
        leaver.cancel()
        got = await stayer
        with pytest.raises(asyncio.CancelledError):
            await leaver
        return got

    assert asyncio.run(leave())[1]["name"] == "name 1"


def test_a_full_table_forgets_the_oldest_and_still_answers():
    archive = Source(range(1, 11))

    async def fill():
        table = NameTable(archive, Source(), 3, limit=2)
        return await table.get(range(1, 11)), await table.get([10]), await table.get([1])

    everything, last, first = asyncio.run(fill())
    assert [ref["name"] for ref in everything.values()] == [f"name {id_}" for id_ in range(1, 11)]
    assert last[10] == everything[10]
    assert first[1] == everything[1]
    assert archive.asked == Counter({1: 2} | dict.fromkeys(range(2, 11), 1))
