"""The search that decides for a whole archive which posts repeat which, and marks them.

The result depends on the archive alone, not on the order in which posts came in or on their marks.
What a search has done is kept in a folder: a later run goes on where a killed one ended.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import astuple, dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from wparchive.duplicates.compare.sketch import sketch
from wparchive.duplicates.compare.standing import StandingLines
from wparchive.duplicates.evidence import ComparablePost
from wparchive.duplicates.find.decide import Findings, MarkDecider
from wparchive.duplicates.find.scan import Scan
from wparchive.duplicates.index import DuplicateIndex
from wparchive.duplicates.pair import DUPLICATE_KINDS, Pair, compare_posts
from wparchive.duplicates.summary import PostSummary
from wparchive.errors import InvalidQuery
from wparchive.model.document_parts import Duplicate

ProgressCallback = Callable[[str, int, int | None], None]
"""Is told what goes on, how much of it is done and how much there is (None: not known)."""

PAIRS_AT_ONCE = 500
"""Pairs whose texts are in memory together.

They have at most twice as many texts: some 150 MB with their shingles, at usual lengths.
"""
MARKS_AT_ONCE = 1000
TEXTS_AT_ONCE = 200
_PACKED_AT_ONCE = 1 << 16
"""Candidate pairs that are written at once, 8 bytes each."""
_UNFINISHED = ".unfinished"


@dataclass(slots=True)
class FindResult:
    """The totals of a search."""

    posts: int = 0
    """Live posts."""
    selected: int = 0
    """Those among them whose marks were decided on."""
    compared: int = 0
    """Pairs of texts compared in full."""
    relations: dict[str, int] = field(default_factory=dict)
    """Posts that repeat another, by kind. (The name is part of the command's JSON output.)"""
    clusters: int = 0
    changed: int = 0
    """Marks that are now other than before."""
    damaged: dict[str, str] = field(default_factory=dict)
    """Posts that could not be read and were left out, by key, with what is wrong."""


def find_duplicates(
    index: DuplicateIndex,
    work: Path,
    now: datetime,
    selected: Callable[[PostSummary], bool] = lambda _: True,
    progress: ProgressCallback = lambda *_: None,
) -> FindResult:
    """Find all duplicates among the live posts and mark them; take away marks that no longer hold.

    `selected` narrows the posts that are decided on. They are compared with the whole archive;
    another post's mark changes only where it is in a cluster with one of them. `work` is a folder
    for what must survive a kill; it is removed at the end. `now` tells which publication dates are
    in the future, and so not believed.
    """
    _check_that_marks_can_be_set(index)
    _sketch_again(index, progress)
    scan, checkpoint = _collected(index, work, selected, progress)
    total = checkpoint.count_candidates()
    posts = _Posts(index, checkpoint.standing_lines())
    comparer = _PairComparer(posts, scan.keys, now)
    for done in checkpoint.compare(PAIRS_AT_ONCE, comparer.compare):
        progress("comparing", done, total)
    progress("clustering", 0, None)
    result = FindResult(posts=len(scan.keys), selected=sum(scan.selected), compared=total)
    findings = Findings(checkpoint.pairs, scan.exact(), scan.known_versions())
    marks = _decide(MarkDecider(posts, findings, now), scan, result)
    result.changed = _set_marks(index, marks, progress)
    result.damaged = dict(sorted(index.damaged.items()))
    checkpoint.clear()
    return result


def _collected(
    index: DuplicateIndex,
    work: Path,
    selected: Callable[[PostSummary], bool],
    progress: ProgressCallback,
) -> "tuple[Scan, Checkpoint]":
    """Return what the posts are, and the folder that holds their candidate pairs."""
    # After a kill the sketches are sorted again. Only what takes long is kept in `work`.
    with TemporaryDirectory(prefix="wparchive-duplicates-") as folder:
        scan = Scan(
            index, selected, lambda done: progress("reading sketches", done, None), Path(folder)
        )
        checkpoint = Checkpoint(work, scan.identity)
        # A search that was killed has left its pairs, if the archive is still the same one.
        if not checkpoint.has_candidates:
            progress("pairing", 0, None)
            # A function, because the standing lines are known only when all pairs are written.
            checkpoint.keep_candidates(scan.pairs(), lambda: scan.standing_lines(Path(folder)))
    return scan, checkpoint


def _check_that_marks_can_be_set(index: DuplicateIndex) -> None:
    """Raise ArchiveReadOnly now, and not when all is compared."""
    index.mark({"/post/0": None})  # no post has this key, so this changes nothing


def _sketch_again(index: DuplicateIndex, progress: ProgressCallback) -> None:
    """Sketch the posts whose sketch is of another version: those are not compared."""
    outdated = index.outdated()
    done = 0
    while keys := list(islice(outdated, TEXTS_AT_ONCE)):
        index.renew({key: sketch(text) for key, text in index.texts(keys).items()})
        done += len(keys)
        progress("sketching again", done, None)


class _Posts:
    """The posts of an archive, ready to be compared without their standing lines."""

    def __init__(self, index: DuplicateIndex, standing: StandingLines) -> None:
        self._index = index
        self._standing = standing

    def find(self, keys: Collection[str]) -> dict[str, PostSummary]:
        return self._index.find(keys)

    def comparable(self, keys: Collection[str]) -> dict[str, ComparablePost]:
        posts = self._index.find(keys)
        # A crawl may have withdrawn a post meanwhile.
        return {
            key: ComparablePost(posts[key], content, self._standing)
            for key, content in self._index.contents(keys).items()
            if key in posts
        }


class _PairComparer:
    """A comparer of candidate pairs, given as numbers of posts."""

    def __init__(self, posts: _Posts, keys: list[str], now: datetime) -> None:
        self._posts = posts
        self._keys = keys
        self._now = now

    def compare(self, numbers: list[tuple[int, int]]) -> list[Pair]:
        """Return the pairs in which one post repeats the other."""
        posts = self._posts.comparable({self._keys[number] for pair in numbers for number in pair})
        found = []
        for number, other in numbers:
            a, b = self._keys[number], self._keys[other]
            # One of the two may have been withdrawn since the pairs were collected.
            if a in posts and b in posts:
                pair = compare_posts(posts[a], posts[b], self._now)
                if pair is not None:
                    found.append(pair)
        return found


def _decide(decider: MarkDecider, scan: Scan, result: FindResult) -> dict[str, Duplicate | None]:
    """Return every mark to be set or taken away, and note the totals in `result`."""
    marks: dict[str, Duplicate | None] = {}
    were_copies = {key for key, _, _ in scan.versions}
    for cluster in decider.clusters:
        if not any(scan.is_selected(key) for key in (cluster.original, *cluster.copies)):
            continue
        result.clusters += 1
        # An original that was a copy loses its mark, selected or not: else two posts could name
        # each other.
        if scan.is_selected(cluster.original) or cluster.original in were_copies:
            marks[cluster.original] = None
        marks.update(decider.marks_of_copies(cluster))
    for key, mark in decider.looser_marks().items():
        if marks.get(key) is None and scan.is_selected(key):
            marks[key] = mark
    for number, key in enumerate(scan.keys):
        if scan.selected[number] and scan.marked[number]:
            # It was marked, and nothing that was found above says so any more.
            marks.setdefault(key, None)
    kinds = Counter(mark["kind"] for mark in marks.values() if mark)
    result.relations = {kind: kinds[kind] for kind in DUPLICATE_KINDS if kinds[kind]}
    return marks


def _set_marks(
    index: DuplicateIndex, marks: dict[str, Duplicate | None], progress: ProgressCallback
) -> int:
    changes = sorted(marks.items(), key=lambda change: change[0])
    changed = 0
    for start in range(0, len(changes), MARKS_AT_ONCE):
        changed += index.mark(dict(changes[start : start + MARKS_AT_ONCE]))
        progress("marking", start, len(changes))
    return changed


class _Compared(msgspec.Struct):
    candidates: int = 0
    """How many candidate pairs were compared."""
    size_bytes: int = 0
    """The length of the file of found pairs after those."""


class Checkpoint:
    """A folder for one state of one archive.

    It holds the candidate pairs, and the pairs that were found among them, in the same order.
    `identity` names the state; what the folder holds of another one is dropped. Raises InvalidQuery
    for a folder that holds something else.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        self._folder = folder
        self._identity = folder / "identity"
        self._candidates = folder / "candidates"
        self._standing = folder / "standing"
        self._pairs = folder / "pairs"
        self._compared = folder / "compared.json"
        folder.mkdir(parents=True, exist_ok=True)
        if not self._identity.exists() and any(folder.iterdir()):
            raise InvalidQuery(
                f"{folder} holds something else: name an empty or new folder with --work"
            )
        if not self._identity.exists() or self._identity.read_text() != identity:
            self._empty()
            self._identity.write_text(identity)

    def clear(self) -> None:
        """Remove the folder, if nothing else was put there."""
        self._empty()
        # Last: without this file, the folder would be taken for somebody else's.
        self._identity.unlink()
        if not any(self._folder.iterdir()):
            self._folder.rmdir()

    def _empty(self) -> None:
        for path in (self._candidates, self._standing, self._pairs, self._compared):
            path.unlink(missing_ok=True)
            path.with_suffix(_UNFINISHED).unlink(missing_ok=True)

    @property
    def has_candidates(self) -> bool:
        """Return whether all candidate pairs are there."""
        return self._candidates.exists()

    def keep_candidates(
        self, pairs: Iterable[tuple[int, int]], standing: Callable[[], Collection[int]]
    ) -> None:
        """Write all candidate pairs and then the standing lines; they count when all are there."""
        unfinished = self._candidates.with_suffix(_UNFINISHED)
        buffer = array("Q")
        with unfinished.open("wb") as file:
            for a, b in pairs:
                buffer.append(a << 32 | b)
                if len(buffer) >= _PACKED_AT_ONCE:
                    buffer.tofile(file)
                    del buffer[:]
            buffer.tofile(file)
        # Before the renaming: the file of pairs stands for both.
        self._standing.write_bytes(array("q", sorted(standing())).tobytes())
        unfinished.rename(self._candidates)

    def standing_lines(self) -> frozenset[int]:
        """Return the standing lines that were kept with the candidate pairs."""
        return frozenset(array("q", self._standing.read_bytes()))

    def count_candidates(self) -> int:
        """Return how many candidate pairs there are."""
        return self._candidates.stat().st_size // 8

    def compare(
        self, chunk_pairs: int, work: Callable[[list[tuple[int, int]]], list[Pair]]
    ) -> Iterator[int]:
        """Do the work on every chunk of candidate pairs that is not done yet.

        Yields after each chunk how many candidate pairs are done.
        """
        done = self._load()
        with self._candidates.open("rb") as candidates, self._pairs.open("ab") as pairs:
            # A killed run may have written pairs after it noted its progress for the last time.
            pairs.truncate(done.size_bytes)
            candidates.seek(done.candidates * 8)
            while chunk := array("Q", candidates.read(chunk_pairs * 8)):
                found = work([(packed >> 32, packed & 0xFFFFFFFF) for packed in chunk])
                for pair in found:
                    pairs.write(msgspec.json.encode(astuple(pair)) + b"\n")
                # The pairs are written before the note that counts them. After a kill in between,
                # this chunk is done again.
                pairs.flush()
                done = _Compared(done.candidates + len(chunk), pairs.seek(0, 2))
                self._save(done)
                yield done.candidates

    def pairs(self) -> Iterator[Pair]:
        """Yield the pairs that were found."""
        if self._pairs.exists():
            with self._pairs.open("rb") as lines:
                for line in lines:
                    yield Pair(*msgspec.json.decode(line))

    def _load(self) -> _Compared:
        if not self._compared.exists():
            return _Compared()
        return msgspec.json.decode(self._compared.read_bytes(), type=_Compared)

    def _save(self, done: _Compared) -> None:
        unfinished = self._compared.with_suffix(_UNFINISHED)
        # Half a note could not be read, so it is renamed when it is whole.
        unfinished.write_bytes(msgspec.json.encode(done))
        unfinished.rename(self._compared)
