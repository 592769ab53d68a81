"""What duplicate finding asks of an archive; each backend answers with its own indexes."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from wparchive.duplicates.find.candidate_pairs import COMMON_KEY, LEAST_SHARED
from wparchive.duplicates.pair import PostSummary
from wparchive.model.documents import Duplicate

MOST_CANDIDATES = 10
"""Posts compared in full with a new one, those that share most keys first."""
MOST_EQUAL = 10
"""Equal posts looked at for one text."""

Id = TypeVar("Id")


class DuplicateIndex(Protocol):
    """The archive as duplicate finding sees it: live posts only. One caller at a time, from any thread."""

    address: str
    """Where it is, without a password."""

    def close(self) -> None:
        """Release everything; safe to call twice."""

    def entries(self) -> Iterator[PostSummary]:
        """All posts, ascending by key."""

    def find(self, keys: Collection[str]) -> dict[str, PostSummary]:
        """Posts by key; absent ones are left out."""

    def texts(self, keys: Collection[str]) -> dict[str, str]:
        """Their texts by key."""

    def equal(self, fingerprints: Collection[str]) -> dict[str, list[str]]:
        """Keys of at most `MOST_EQUAL` posts for each fingerprint, the smallest first."""

    def sharing(self, sketches: Mapping[str, Sequence[int]]) -> dict[str, list[str]]:
        """For each of these posts the keys of up to `MOST_CANDIDATES` others that share at least two sketch keys, most first.

        Looks at `COMMON_KEY` posts for any one sketch key, so that boilerplate costs no more than a rare text.
        """

    def linked(self, links: Collection[str]) -> dict[str, list[str]]:
        """Keys of the posts with these public addresses, exactly as written."""

    def marked(self, of: str | None = None) -> Iterator[PostSummary]:
        """Posts that are marked as duplicates, of any post or of one, ascending by key."""

    def mark(self, marks: Mapping[str, Duplicate | None]) -> int:
        """Set or clear what posts repeat; returns how many changed."""

    def move_out(self, keys: Collection[str], at: datetime) -> int:
        """Move posts out of the archive's collections into `removed`; returns how many."""

    def removed(self) -> Iterator[tuple[str, datetime]]:
        """Keys of the posts in `removed` and when they were moved, by key."""

    def move_back(self, keys: Collection[str]) -> int:
        """Undo `move_out`, except where a post of that key has come back by itself; returns how many."""


def ranked(
    sketches: Mapping[str, Sequence[int]],
    holders: Mapping[int, Sequence[Id]],
    is_self: Callable[[str, Id], bool],
) -> dict[str, list[Id]]:
    """Who shares most keys with each sketch, from the posts that hold each key."""
    found: dict[str, list[Id]] = {}
    for key, sketch in sketches.items():
        shared = Counter(
            holder
            for part in sketch
            for holder in holders.get(part, ())[:COMMON_KEY]
            if not is_self(key, holder)
        )
        found[key] = [
            holder for holder, count in shared.most_common(MOST_CANDIDATES) if count >= LEAST_SHARED
        ]
    return found
