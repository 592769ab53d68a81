"""The room of answers to requests by id: so many records surely come at once.

A site may give fewer rows at once than are requested. The answers to slices tell how many come, but
rows that the site adds may be among these. Where so many ids were requested that this matters, and
where answers have few rows, known rows are requested at once at the end: it is seen how many come.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.walk.by_id.by_include import INCLUDE_LIMIT, IdBatch
from crawler.walk.by_id.chain import END_LINKS, FEW_ROWS, Chain
from crawler.walk.protocol import Page


@dataclass(slots=True)
class Room:
    """The room that the site's answers to requests by id have."""

    chain: Chain
    needed: int = 0
    """The most ids that were requested at once unsurely, and of which some did not come."""
    tested: int = 0
    """So many known rows came when they were requested at once; 0: it was not tried."""

    def sure(self, largest: int) -> int:
        """Return how many rows surely come at once; `largest` is the most that came."""
        return max(1, largest - self.chain.added_at_once)

    def limit(self, largest: int, total: int | None) -> int:
        """Return the most ids to request at once.

        Totals show when the site cuts an answer short. Without them, or where the site adds rows,
        no more ids are requested than rows surely come at once.
        """
        most = self.tested or INCLUDE_LIMIT
        if total is None or self.chain.added_at_once:
            most = min(most, self.sure(largest))
        return most

    def note_answer(self, batch: IdBatch, page: Page, again: Sequence[int], largest: int) -> None:
        """Tell the chain which ids of a batch were requested, but for those that will be again."""
        settled = [id for id in batch.ids if id not in again]
        most = max(self.sure(largest) - END_LINKS, self.tested)
        if self.chain.added_at_once:
            most = self.sure(largest)
        is_sure = len(batch.ids) <= max(1, most) or page.total == len(page.ids)
        self.chain.add_asked(settled, is_sure)
        if not is_sure and not set(settled) <= set(page.ids):
            self.needed = max(self.needed, len(batch.ids))

    def rows_to_test(self, taken: Sequence[int]) -> tuple[int, ...]:
        """Return known rows to request at once; () where the room is known, or does not matter.

        Rows from the middle are the least likely ones that a site adds.
        """
        if self.tested or self.chain.added_at_once or self.chain.largest > FEW_ROWS:
            return ()
        start = max(0, len(taken) - self.needed) // 2
        return tuple(taken[start : start + self.needed])

    def note_test(self, batch: IdBatch, came: Sequence[int]) -> None:
        """Remember which known rows came when they were requested at once.

        Where not all came, what was requested unsurely is to be requested again.
        """
        self.tested = max(1, len(set(batch.ids).intersection(came)))
        if self.tested < self.needed:
            self.chain.forget_unsure()
