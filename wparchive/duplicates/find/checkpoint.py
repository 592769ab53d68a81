"""What a search has done so far, kept in a folder: a later run goes on where a killed one ended."""

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple
from pathlib import Path

import msgspec

from wparchive.duplicates.pair import Pair
from wparchive.errors import InvalidQuery

_AT_ONCE = 1 << 16
_UNFINISHED = ".unfinished"


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
        self._identity.unlink()
        if not any(self._folder.iterdir()):
            self._folder.rmdir()

    def _empty(self) -> None:
        for path in (self._candidates, self._pairs, self._compared):
            path.unlink(missing_ok=True)
            path.with_suffix(_UNFINISHED).unlink(missing_ok=True)

    @property
    def has_candidates(self) -> bool:
        """Return whether all candidate pairs are there."""
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
        unfinished.write_bytes(msgspec.json.encode(done))
        unfinished.rename(self._compared)
