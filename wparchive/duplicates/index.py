"""The archive as the search for duplicates sees it: a Protocol that each backend implements."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from wparchive.duplicates.summary import PostContent, PostSummary
from wparchive.model.document_parts import Duplicate

MOST_EQUAL = 10
"""Equal posts that are looked at for one text."""


class DuplicateIndex(Protocol):
    """The live posts of an archive. It takes one caller at a time, from any thread."""

    address: str
    """Where the archive is, without a password."""
    damaged: dict[str, str]
    """Posts that could not be read, by key, with what is wrong. They are left out everywhere."""

    def close(self) -> None:
        """Release everything. It is safe to call this twice."""

    def summaries(self) -> Iterator[PostSummary]:
        """Yield all posts, ascending by key."""

    def find(self, keys: Collection[str]) -> dict[str, PostSummary]:
        """Return posts by key; absent ones are left out."""

    def texts(self, keys: Collection[str]) -> dict[str, str]:
        """Return the texts of posts by key; absent ones are left out."""

    def contents(self, keys: Collection[str]) -> dict[str, PostContent]:
        """Return what posts publish, by key; absent ones are left out."""

    def equal(self, fingerprints: Collection[str]) -> dict[str, list[str]]:
        """Return the smallest keys of the posts with each fingerprint, `MOST_EQUAL` at most."""

    def sharing(self, sketches: Mapping[str, Sequence[int]]) -> dict[str, list[str]]:
        """Return for each of these posts the others that share at least two sketch keys, by key.

        There are `MOST_CANDIDATES` at most, those with most shared keys first. Only `COMMON_KEY`
        posts are looked at for one sketch key, so that boilerplate costs no more than a rare text.
        """

    def outdated(self) -> Iterator[str]:
        """Yield the keys of the posts whose sketch is of another version, ascending."""

    def renew(self, sketches: Mapping[str, list[int]]) -> None:
        """Store sketches of the present version, except where a crawl has stored one meanwhile."""

    def linked(self, links: Collection[str]) -> dict[str, list[str]]:
        """Return the keys of the posts with these public addresses, exactly as written."""

    def marked(self, of: str | None = None) -> Iterator[PostSummary]:
        """Yield the posts that have a mark, ascending by key: all, or those that repeat `of`."""

    def mark(self, marks: Mapping[str, Duplicate | None]) -> int:
        """Set the marks of posts, or take them away (None), and return how many changed."""

    def move_out(self, keys: Collection[str], at: datetime) -> int:
        """Move posts out of the archive's collections into `removed` and return how many."""

    def removed(self) -> Iterator[tuple[str, datetime]]:
        """Yield the keys of the posts in `removed`, ascending, and when they were moved."""

    def move_back(self, keys: Collection[str]) -> int:
        """Undo `move_out` and return how many posts came back.

        A post whose key is live again, because a crawl has archived it anew, stays in `removed`.
        """
