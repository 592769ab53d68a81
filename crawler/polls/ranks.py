"""The search for rows that vanished, by the ranks of those that are left."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log2

from crawler.polls.listing import LightRow, Listing
from crawler.walk import PageRequest, Problem

RANKS_FROM_TOP = (0, 1, 3, 7, 15)
"""Ranks of newest rows that are asked for, one after the other, until one is shown."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of the site's list, and the part of the held ids that it must be made of."""

    first_rank: int
    end_rank: int
    first_held: int
    end_held: int

    @property
    def is_equal(self) -> bool:
        """Tell whether both parts have the same length: then nothing is looked for here."""
        return self.end_rank - self.first_rank == self.end_held - self.first_held


def search_cost(held: int, vanished: int, size: int) -> int:
    """Return about how many requests it takes to find so many vanished rows among `held`."""
    pages = held / size
    # The first steps of the search serve for all of them.
    return ceil(vanished * (log2(max(1.0, pages / vanished)) + 1.5))


def rank_on(first: Listing, id_: int, size: int) -> int | None:
    """Return the rank of a row on the first page by id, newest first; None if it is unknown.

    Nobody knows the ranks on a page that lacks rows.
    """
    if first.total is None or len(first.rows) < size or id_ not in first.ids:
        return None
    return first.total - 1 - first.ids.index(id_)


def at_rank(rank: int, order: str = "asc") -> PageRequest:
    """Return the request for the row at a rank in the order of ids."""
    params = [("orderby", "id"), ("order", order), ("per_page", "1")]
    if rank:
        params.append(("offset", str(rank)))
    return PageRequest(tuple(params), "slice", 1, rank=rank, size=1, ids_only=True)


class RankSearch:
    """A search for ids that are held and that the site does not list any more.

    In id order, the row at rank r is the r-th held id, unless rows before it have vanished. So each
    window that is read tells how many vanished before it, and halves the search. It relies on a
    list that does not change meanwhile, and on a site that shows every row that it counts.
    Otherwise there is trouble, and the list has to be read.
    """

    def __init__(self, held: Sequence[int], total: int, size: int) -> None:
        """`held` is ascending; `total` is what the site counts."""
        self.rows: dict[int, LightRow] = {}
        self.total: int | None = total
        self.trouble = ""
        self.vanished: list[int] = []
        """The ids that are held and not listed."""
        self._held = held
        self._size = size
        self._requests = 0
        self._limit = total // max(1, size - 1) + 10
        self._open: list[_Stretch] = []
        self._probed: tuple[_Stretch, int] | None = None
        self._add(_Stretch(0, total, 0, len(held)))

    def next_request(self) -> PageRequest | None:
        if self.trouble or not self._open:
            return None
        self._requests += 1
        if self._requests > self._limit:
            self.trouble = "the search takes more requests than reading the list"
            return None
        stretch = self._open.pop()
        # The middle of the window is that of the stretch, so that both halves shrink alike.
        middle = (stretch.first_rank + stretch.end_rank - self._size) // 2
        rank = max(stretch.first_rank, middle)
        self._probed = (stretch, rank)
        params = [("orderby", "id"), ("order", "asc"), ("per_page", str(self._size))]
        if rank:
            params.append(("offset", str(rank)))
        return PageRequest(
            tuple(params), "slice", self._requests, rank=rank, size=self._size, ids_only=True
        )

    def feed(self, listing: Listing) -> None:
        assert self._probed is not None
        stretch, rank = self._probed
        self._probed = None
        ids = listing.ids
        expected = min(self._size, (self.total or 0) - rank)
        if listing.total != self.total:
            self.trouble = "the list changed while it was searched"
        elif len(ids) != expected or any(a >= b for a, b in pairwise(ids)):
            self.trouble = "the site counts rows that it does not show, or ignores the order"
        else:
            self._take(stretch, rank, listing)

    def fail(self, problem: Problem) -> None:
        self.trouble = problem.reason or "no answer"

    def _take(self, stretch: _Stretch, rank: int, listing: Listing) -> None:
        """Compare a window with what is held, and look on before and behind it."""
        ids = listing.ids
        first_held = bisect_left(self._held, ids[0])
        end_held = bisect_right(self._held, ids[-1])
        if first_held < stretch.first_held:
            self.trouble = "the list changed while it was searched"
            return
        listed = set(ids)
        self.rows.update((row.id, row) for row in listing.rows)
        self._note(id_ for id_ in self._held[first_held:end_held] if id_ not in listed)
        self._add(_Stretch(stretch.first_rank, rank, stretch.first_held, first_held))
        end_rank = rank + len(ids)
        if end_rank < stretch.end_rank:
            self._add(_Stretch(end_rank, stretch.end_rank, end_held, stretch.end_held))
        elif end_held < stretch.end_held:
            self._note(self._held[end_held : stretch.end_held])

    def _add(self, stretch: _Stretch) -> None:
        """Look on in a stretch, as far as there is something to find."""
        if stretch.is_equal:
            return
        if stretch.first_rank == stretch.end_rank:
            self._note(self._held[stretch.first_held : stretch.end_held])
        else:
            self._open.append(stretch)

    def _note(self, ids: Iterable[int]) -> None:
        known = set(self.vanished)
        self.vanished += [id_ for id_ in ids if id_ not in known]
