"""The chain of rows that a walk was shown, from the first to the last one.

Two rows that stand next to each other in an answer in the order of ids are a link: no row between
them was visible then. Ids that were requested are linked as well: one that did not come is not
shown. The walk is proved when links lead from 0 to the highest id.

A site may add rows to its answers, such as its newest post, beside others or in place of them. The
link of such a row is false. It stands near the first or the last row of an answer, and there it
gives itself away:

- the row comes again further on in the list, or
- rows were received from between the two of the link, or
- the row comes although it was to be left out (`exclude`).

So links near the ends of answers are kept apart until the end of the walk. A false one does not
count. If false ones are frequent, then no link at the same place of any answer counts. What is
left open is requested by id.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from crawler.walk.id_set import IdRanges
from crawler.walk.protocol import PageRequest

END_LINKS = 5
"""Links at each end of an answer that may be false: a site may add so many rows."""
FEW_ROWS = 2 * END_LINKS
"""If no answer has more rows, then the site may have added all that tell one answer from others."""
FALSE_SHARE = 4
"""If one answer of so many has a false link at an end, then none counts there: one alone may come
from a row that was published meanwhile with an id of long ago, or from an old copy of the list."""
ROWS_ADDED = (
    "the site adds rows to its answers, which may stand in place of others, and too many ids"
    " would have to be requested one by one"
)
"""The doubt of a walk that cannot find out which links are false."""


@dataclass(frozen=True, slots=True)
class RowLink:
    """Two rows that stand next to each other in an answer."""

    low: int
    high: int
    before: int
    """Links before this one in its answer."""
    behind: int

    def is_false(self, taken: Sequence[int]) -> bool:
        """Return whether some of these rising ids lie between the two rows."""
        place = bisect_right(taken, self.low)
        return place < len(taken) and taken[place] < self.high


@dataclass(frozen=True, slots=True)
class AnswerEnd:
    """The rows at one end of an answer, or all rows of a short one."""

    number: int
    """Of the request."""
    ids: tuple[int, ...]
    """In rising order. Where the answer is that of the very first rows, a 0 stands before them."""
    before: int
    """Rows of the answer before these."""
    behind: int
    """Rows of the answer behind these."""
    rank: int
    looked_at: int
    """Rows that the site looked at for the answer, from `rank` on."""
    falls: bool
    """The answer began with the highest id."""
    is_last: bool
    """No row of the list lies behind these."""

    def links(self) -> Iterator[RowLink]:
        """Yield the links between these rows."""
        last = len(self.ids) - 2
        for place, (low, high) in enumerate(pairwise(self.ids)):
            yield RowLink(low, high, self.before + place, self.behind + last - place)

    def ranks(self) -> Iterator[tuple[int, int, int]]:
        """Yield each id with the least and the highest rank that it can have in the list."""
        last = len(self.ids) - 1
        for place, id_ in enumerate(self.ids):
            before = self.before + place
            behind = self.behind + last - place
            if self.falls:
                before, behind = behind, before
            least = self.rank + before
            yield id_, least, max(least, self.rank + self.looked_at - 1 - behind)


@dataclass(frozen=True, slots=True)
class LackingStretch:
    """A stretch between two ids, in which an answer lacked rows that the site counts."""

    low: int
    high: int
    rows: int


@dataclass(frozen=True, slots=True)
class AddedRows:
    """The signs that a site adds rows to its answers."""

    ids: frozenset[int]
    """Rows that are added."""
    before: int
    """Links at the start of answers that do not count."""
    behind: int
    """Links at the end of answers that do not count."""
    are_frequent: bool
    """It is no accident."""

    def touch(self, link: RowLink) -> bool:
        """Return whether a link does not count because of them."""
        if link.before < self.before or link.behind < self.behind:
            return True
        return link.low in self.ids or link.high in self.ids


class Chain:
    """The links that answers have shown, and the ids that no answer has told anything of."""

    def __init__(self) -> None:
        self._inner = IdRanges()
        self._ends: list[AnswerEnd] = []
        self._asked = IdRanges()
        self._asked_unsurely = IdRanges()
        self._shown: set[int] = set()  # by answers whose rows were not taken
        self._stayed: set[int] = set()  # rows that came although they were to be left out
        self._believes_ends = True
        self._added = 0  # the most rows of one answer that are surely added, wherever they stand
        self._tops: list[tuple[int, bool]] = []
        self._is_whole = False
        self._asked_singly: set[int] = set()
        self.lacking: list[LackingStretch] = []
        """Where the answers in rising order lacked rows."""
        self.has_copies = False
        """Answers had copies of rows in place of others."""
        self.largest = 0
        """The most rows of one answer."""
        self.added_at_once = 0
        """The most rows that the site seems to add to one answer."""

    # What answers show

    def add_list(
        self, request: PageRequest, ids: tuple[int, ...], looked_at: int, is_last: bool = False
    ) -> None:
        """Add the ids of an answer in their order, which rises or falls.

        `looked_at` is the number of rows that the site looked at for it, and `is_last` says that no
        row lies behind these.
        """
        self.largest = max(self.largest, len(ids))
        excess = len(ids) - request.size
        if 0 < excess <= END_LINKS:
            self._added = max(self._added, excess)
        falls = ("order", "desc") in request.params
        rank = request.rank
        if falls:
            ids = ids[::-1]
            self._shown.update(ids)
        elif rank == 0 and ids:
            ids = (0, *ids)
            rank, looked_at = -1, looked_at + 1
        ends = [(ids, 0, 0)]
        if len(ids) >= 2 * END_LINKS + 2:
            self._inner.add(ids[END_LINKS], ids[-END_LINKS - 1])
            rest = len(ids) - END_LINKS - 1
            ends = [(ids[: END_LINKS + 1], 0, rest), (ids[-END_LINKS - 1 :], rest, 0)]
        for its_ids, before, behind in ends:
            end = AnswerEnd(
                request.number, its_ids, before, behind, rank, looked_at, falls, is_last
            )
            self._ends.append(end)

    def add_asked(self, ids: Iterable[int], is_sure: bool = True) -> None:
        """Add ids that were requested, whether their records came or not.

        `is_sure` is False where the answer has room for all of them only if the site adds no rows.
        """
        asked = self._asked if is_sure else self._asked_unsurely
        for id_ in ids:
            asked.add(id_, id_)

    def forget_unsure(self) -> None:
        """Forget the ids that were requested unsurely: there was no room for all of them."""
        self._asked_unsurely = IdRanges()

    def note_lacking(self, request: PageRequest, ids: tuple[int, ...], rows: int) -> None:
        """Remember that an answer had so many rows less than the site counts there."""
        if ids and rows > 0:
            low = ids[0] if request.rank else 0
            self.lacking.append(LackingStretch(low, ids[-1], rows))

    def note_copies(self, ids: tuple[int, ...]) -> None:
        """Remember rows of an answer that had copies in place of others: it makes no link."""
        self.has_copies = True
        self._shown.update(ids)

    def note_shown(self, ids: Iterable[int]) -> None:
        """Remember rows of an answer that were not taken: they are requested in the end."""
        self._shown.update(ids)

    def note_single(self, id_: int) -> None:
        """Remember that an id was requested alone."""
        self._asked_singly.add(id_)

    def was_asked(self, id_: int) -> bool:
        """Return whether an id was requested, and its answer is known."""
        return id_ in self._asked

    def was_asked_singly(self, id_: int) -> bool:
        """Return whether an id was requested alone."""
        return id_ in self._asked_singly

    def note_whole(self) -> None:
        """Remember that as many rows came as the site counts: there are no others."""
        self._is_whole = True

    def note_stayed(self, ids: Iterable[int]) -> None:
        """Remember rows that came although they were to be left out: the site adds them."""
        self._stayed.update(ids)
        self.distrust_ends()

    def distrust_ends(self) -> None:
        """Count no link near the end of an answer."""
        self._believes_ends = False

    @property
    def hides_rows(self) -> bool:
        """Return whether the site counts rows that it does not show.

        Then an answer has no row, although rows stand there or behind it, or a row stands further
        on than an answer showed rows before it.
        """
        rising = [end for end in self._ends if not end.falls]
        places = [(id_, least) for end in rising for id_, least, _ in end.ranks()]
        first = dict(reversed(places))
        last = max((least for _, least in places), default=-1)
        has_empty = any(not end.ids and end.rank <= last for end in rising)
        return has_empty or any(least > first[id_] for id_, least in places)

    def note_top(self, id_: int, highest: int) -> None:
        """Remember the first id of an answer from the top, and the highest id taken before it."""
        self._tops.append((id_, id_ >= highest))

    def shows_top(self, highest: int) -> bool:
        """Return whether answers from the top agree with the highest id that was taken.

        All of them began with no lower id than was known, and the last one of two or more with the
        highest. Otherwise the row of that id is gone since, or they show any rows.
        """
        are_high = len(self._tops) > 1 and all(is_high for _, is_high in self._tops)
        return are_high and self._tops[-1][0] == highest

    def latest_rows(self) -> tuple[int, ...]:
        """Return the rows of the last two answers in rising order: added rows are among them."""
        rising = [end for end in self._ends if end.ids and not end.falls]
        numbers = sorted({end.number for end in rising})[-2:]
        ids = {id_ for end in rising if end.number in numbers for id_ in end.ids if id_}
        return tuple(sorted(ids))

    # What they leave open

    def open_ids(self, taken: "array[int]") -> Iterator[tuple[int, int]]:
        """Yield the ranges of ids that are not known to be absent, and were not taken.

        `taken` has the ids that were taken, in rising order.
        """
        if self._is_whole:
            return
        linked = self._linked(taken)
        asked = self._asked_ids()
        top = max([*taken[-1:], *self._shown], default=0)
        for low, high in linked.holes(top):
            yield from without_taken(low, high, taken)
        for id_ in sorted(self._shown):
            was_linked = id_ in linked and id_ not in asked
            if was_linked and not RowLink(id_ - 1, id_ + 1, 0, 0).is_false(taken):
                yield id_, id_

    def _linked(self, taken: "array[int]") -> IdRanges:
        """Return the ids that links reach, the false ones left out."""
        added = self._added_rows(taken)
        if added.are_frequent:
            usual = max(1, added.before, added.behind, self._usual_rows())
            self.added_at_once = max(self.added_at_once, usual)
        linked = self._asked_ids()
        linked.add_all(self._inner)
        highest = taken[-1] if taken else 0
        for end in self._ends:
            # A row at the very end of the list stands there in its own place.
            stands = end.is_last and end.ids[-1:] == (highest,)
            for link in end.links():
                if not link.is_false(taken) and (stands or not added.touch(link)):
                    linked.add(link.low, link.high)
        return linked

    def _asked_ids(self) -> IdRanges:
        """Return the ids that were requested, so that those that did not come are not shown."""
        asked = IdRanges()
        asked.add_all(self._asked)
        if not self.added_at_once:
            asked.add_all(self._asked_unsurely)
        return asked

    def _added_rows(self, taken: "array[int]") -> AddedRows:
        """Return what the answers tell of rows that the site adds."""
        before: dict[int, int] = {}
        behind: dict[int, int] = {}
        for end in self._ends:
            for link in end.links():
                if not link.is_false(taken):
                    continue
                if link.before <= link.behind:
                    before[end.number] = max(before.get(end.number, 0), link.before + 1)
                if link.behind <= link.before:
                    behind[end.number] = max(behind.get(end.number, 0), link.behind + 1)
        returned = self._returned()
        numbers = {end.number for end in self._ends if end.ids}
        often = len(numbers) / FALSE_SHARE
        at_start = max(before.values()) if len(before) > often else 0
        at_end = max(behind.values()) if len(behind) > often else 0
        if max(at_start, at_end) < self._added:  # nothing tells at which end
            at_start = at_end = self._added
        if not self._believes_ends:
            at_start = at_end = END_LINKS
        answers = {number for number, _ in returned}
        ids = frozenset(self._stayed | {id_ for _, id_ in returned})
        are_frequent = at_start > 0 or at_end > 0 or len(answers) > often
        return AddedRows(ids, at_start, at_end, are_frequent)

    def _returned(self) -> set[tuple[int, int]]:
        """Return the rows that came again further on in the list, with the number of the request.

        Removals move a row the other way.
        """
        found: set[tuple[int, int]] = set()
        highest: dict[tuple[bool, int], int] = {}
        for end in sorted(self._ends, key=lambda end: end.number):
            for id_, least, most in end.ranks():
                known = highest.get((end.falls, id_), most)
                if least > known:
                    found.add((end.number, id_))
                highest[end.falls, id_] = min(known, most)
        return found

    def _usual_rows(self) -> int:
        """Return how many rows are in more than half of the answers in rising order."""
        answers = {(end.number, id_) for end in self._ends if not end.falls for id_ in end.ids}
        numbers = {number for number, _ in answers}
        times = Counter(id_ for _, id_ in answers if id_)
        return sum(2 * count > len(numbers) for count in times.values())


def without_taken(low: int, high: int, taken: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the parts of a range between the ids that were taken, which rise."""
    for place in range(bisect_left(taken, low), bisect_right(taken, high)):
        if low < taken[place]:
            yield low, taken[place] - 1
        low = taken[place] + 1
    if low <= high:
        yield low, high
