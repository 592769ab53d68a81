"""The batch that settles which posts repeat which: equal texts, near copies, clusters and their originals, excerpts and relatives.

The result depends on the archive alone, not on the order in which posts came in or on what was marked before.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from wparchive.duplicates.compare.comparison import Prepared
from wparchive.duplicates.find.checkpoint import Checkpoint
from wparchive.duplicates.find.decide import Findings, Settlement
from wparchive.duplicates.find.scan import Census
from wparchive.duplicates.index import DuplicateIndex
from wparchive.duplicates.pair import KINDS, Pair, PostSummary, relate
from wparchive.model.documents import Duplicate

Stage = str
Progress = Callable[[Stage, int, int | None], None]
"""Told what is going on, how much of it is done and how much there is (None: not known)."""

PAIRS_AT_ONCE = 500
"""Pairs whose texts are in memory together: at most twice as many texts, made ready, some 150 MB for articles of usual length."""
MARKS_AT_ONCE = 1000


@dataclass(slots=True)
class Settled:
    """What a batch found."""

    posts: int = 0
    """Live posts looked at."""
    selected: int = 0
    """Those among them that were to be settled."""
    compared: int = 0
    """Pairs of texts compared in full."""
    relations: dict[str, int] = field(default_factory=dict)
    """Posts that repeat another, by kind."""
    clusters: int = 0
    changed: int = 0
    """Marks that are now other than before."""


def settle(
    index: DuplicateIndex,
    work: Path,
    now: datetime,
    selected: Callable[[PostSummary], bool] = lambda _: True,
    progress: Progress = lambda *_: None,
) -> Settled:
    """Find all duplicates among the live posts and mark them; marks that no longer hold are taken away.

    `selected` narrows what is settled: those posts are compared with the whole archive, and other posts' marks change only where they
    are in a cluster with one of them. `work` is a folder for what must survive a kill; it is removed at the end. `now` tells which
    publication dates are in the future and not believed.
    """
    index.mark(
        {"": None}
    )  # changes nothing, but an archive that may not be written to says so now and not when all is compared
    with TemporaryDirectory(prefix="wparchive-duplicates-") as folder:
        census = Census(
            index, selected, lambda done: progress("reading sketches", done, None), Path(folder)
        )
        workplace = Checkpoint(work, census.identity)
        if not workplace.has_candidates:
            progress("pairing", 0, None)
            workplace.keep_candidates(census.pairs())
    total = workplace.candidates()
    comparing = _Comparing(index, census, now)
    for done in workplace.compare(PAIRS_AT_ONCE, comparing.compared):
        progress("comparing", done, total)
    progress("clustering", 0, None)
    found = Settled(posts=len(census.keys), selected=sum(census.selected), compared=total)
    settlement = Settlement(
        index, Findings(workplace.relations, census.exact(), census.known()), now
    )
    changes = sorted(_marks(settlement, census, found).items())
    for start in range(0, len(changes), MARKS_AT_ONCE):
        found.changed += index.mark(dict(changes[start : start + MARKS_AT_ONCE]))
        progress("marking", start, len(changes))
    workplace.clear()
    return found


class _Comparing:
    """Compares candidate pairs, given by number."""

    def __init__(self, index: DuplicateIndex, census: Census, now: datetime) -> None:
        self._index = index
        self._keys = census.keys
        self._now = now

    def compared(self, pairs: list[tuple[int, int]]) -> list[Pair]:
        keys = {self._keys[number] for pair in pairs for number in pair}
        entries = self._index.find(keys)
        texts = {key: Prepared(text) for key, text in self._index.texts(keys).items()}
        found = []
        for a, b in ((self._keys[a], self._keys[b]) for a, b in pairs):
            if (
                a in texts and b in texts and a in entries and b in entries
            ):  # a crawl may have withdrawn one meanwhile
                found.append(relate(entries[a], entries[b], texts[a], texts[b], self._now))
        return [relation for relation in found if relation]


def _marks(settlement: Settlement, census: Census, found: Settled) -> dict[str, Duplicate | None]:
    """Every mark to be set or taken away, with the totals noted in `found`."""
    marks: dict[str, Duplicate | None] = {}
    were_copies = {key for key, _, _ in census.versions}
    for each in settlement.clusters:
        if any(census.is_selected(key) for key in (each.canonical, *each.copies)):
            found.clusters += 1
            if census.is_selected(each.canonical) or each.canonical in were_copies:
                marks[each.canonical] = None
            marks.update(settlement.copies(each))
    for key, mark in settlement.looser().items():
        if marks.get(key) is None and census.is_selected(key):
            marks[key] = mark
    for number, key in enumerate(census.keys):
        if census.selected[number] and census.marked[number]:
            marks.setdefault(key, None)
    kinds = Counter(mark["kind"] for mark in marks.values() if mark)
    found.relations = {kind: kinds[kind] for kind in KINDS if kinds[kind]}
    return marks
