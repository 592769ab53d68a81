"""Where a batch keeps what it has done so far, so that a later run goes on where a killed one ended."""

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple
from pathlib import Path

import msgspec

from wparchive.duplicates.pair import Pair
from wparchive.errors import InvalidQuery

_AT_ONCE = 1 << 16
_UNFINISHED = ".unfinished"


class _Progress(msgspec.Struct):
    compared: int = 0
    """Candidate pairs compared."""
    size_bytes: int = 0
    """Length of the file of relations after those."""


class Checkpoint:
    """A folder for one state of one archive: candidate pairs, then the relations found among them, in the same order.

    `identity` names that state; what was kept of another one is dropped. Raises InvalidQuery for a folder of something else.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        self._folder = folder
        self._mark = folder / "identity"
        self._candidates = folder / "candidates"
        self._relations = folder / "relations"
        self._progress = folder / "progress.json"
        folder.mkdir(parents=True, exist_ok=True)
        if not self._mark.exists() and any(folder.iterdir()):
            raise InvalidQuery(
                f"{folder} holds something else: name an empty or new folder with --work"
            )
        if not self._mark.exists() or self._mark.read_text() != identity:
            self._empty()
            self._mark.write_text(identity)

    def clear(self) -> None:
        """Remove the folder, if nothing else was put there."""
        self._empty()
        self._mark.unlink()
        if not any(self._folder.iterdir()):
            self._folder.rmdir()

    def _empty(self) -> None:
        for path in (self._candidates, self._relations, self._progress):
            path.unlink(missing_ok=True)
            path.with_suffix(_UNFINISHED).unlink(missing_ok=True)

    @property
    def has_candidates(self) -> bool:
        return self._candidates.exists()

    def keep_candidates(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Write all candidate pairs; they count only when all are there."""
        unfinished = self._candidates.with_suffix(_UNFINISHED)
        buffer = array("Q")
        with unfinished.open("wb") as file:
            for a, b in pairs:
                buffer.append(a << 32 | b)
                if len(buffer) >= _AT_ONCE:
                    buffer.tofile(file)
                    del buffer[:]
            buffer.tofile(file)
        unfinished.rename(self._candidates)

    def candidates(self) -> int:
        """How many candidate pairs there are."""
        return self._candidates.stat().st_size // 8

    def compare(
        self, chunk_pairs: int, work: Callable[[list[tuple[int, int]]], list[Pair]]
    ) -> Iterator[int]:
        """Do the work on every chunk of pairs that is not done yet; yields how many pairs are done after each."""
        done = self._load()
        with self._candidates.open("rb") as pairs, self._relations.open("ab") as relations:
            relations.truncate(done.size_bytes)  # what a killed run wrote after its last mark
            pairs.seek(done.compared * 8)
            while chunk := array("Q", pairs.read(chunk_pairs * 8)):
                found = work([(pair >> 32, pair & 0xFFFFFFFF) for pair in chunk])
                for relation in found:
                    relations.write(msgspec.json.encode(astuple(relation)) + b"\n")
                relations.flush()
                done = _Progress(done.compared + len(chunk), relations.seek(0, 2))
                self._save(done)
                yield done.compared

    def relations(self) -> Iterator[Pair]:
        """What was found."""
        if self._relations.exists():
            with self._relations.open("rb") as lines:
                for line in lines:
                    yield Pair(*msgspec.json.decode(line))

    def _load(self) -> _Progress:
        return (
            msgspec.json.decode(self._progress.read_bytes(), type=_Progress)
            if self._progress.exists()
            else _Progress()
        )

    def _save(self, progress: _Progress) -> None:
        unfinished = self._progress.with_suffix(_UNFINISHED)
        unfinished.write_bytes(msgspec.json.encode(progress))
        unfinished.rename(self._progress)
