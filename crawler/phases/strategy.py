"""The words of a strategy; `docs/adding-a-strategy.md` shows how to write another one."""

from collections.abc import AsyncIterator
from typing import Protocol

from crawler.items import Item
from crawler.phases.measure import MeasuredCollection, measure_size
from crawler.rest.collections import Collection
from crawler.run.run_state import RunState


class Strategy(Protocol):
    """The way in which a run reads the collections of a site; it says what it proves of each.

    The spider calls the methods in this order: `measure` and `expected` for every collection, then
    for one collection after the other `collect`, and `vanished` where `collect` proved something;
    at the end `afterwards`.
    """

    async def measure(self, run: RunState, collection: Collection) -> MeasuredCollection:
        """Ask a collection for its size. Raises CrawlError."""
        return await measure_size(run, collection)

    def expected(self, measured: MeasuredCollection) -> int | None:
        """Return how many objects of a collection the run will read; None when that is unknown.

        It decides about helper processes, and the progress line shows it.
        """

    def collect(self, measured: MeasuredCollection) -> AsyncIterator[Item]:
        """Yield the items of a collection; then set `proof` of its count.

        The scope of the proof says what it is worth: the verdict `complete` needs a proof of every
        type, and an id that the scope covers and that was not seen is not asked for again.
        Raises CrawlError, ArchiveError.
        """

    async def vanished(self, collection: Collection) -> list[int]:
        """Return the ids of live documents that the run should have seen and did not, ascending.

        Each of them is asked for singly, and marked by what the site answers. Raises ArchiveError.
        """

    async def afterwards(self) -> AsyncIterator[Item]:
        """Yield the items of objects that what was read makes worth another look.

        Raises CrawlError, ArchiveError.
        """
        nothing: list[Item] = []
        for item in nothing:
            yield item
