"""What two archived posts are to each other, by their texts, titles and declared addresses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wparchive.duplicates.compare.comparison import Comparison, Prepared, compare_prepared
from wparchive.duplicates.compare.sketch import SHORTEST_WORDS
from wparchive.duplicates.original import OriginalCandidate, page_address, precedence
from wparchive.model.documents import Duplicate
from wparchive.text.normalise import normalise

DuplicateKind = Literal["canonical", "exact", "near", "contained", "related"]
DUPLICATE_KINDS: tuple[DuplicateKind, ...] = (
    "canonical",
    "exact",
    "near",
    "contained",
    "related",
)
"""The closest kind first."""
VERSION_KINDS = frozenset({"canonical", "exact", "near"})
"""Kinds that make two posts versions of one text. The other kinds join two different texts."""

SUMMARY_FIELDS = (
    *("site", "title", "link", "canonical_url", "published_at", "word_count"),
    *("content_fingerprint", "sketch", "sketch_version"),
)
"""Fields of a document from which a `PostSummary` is made, besides its key and its mark."""
NO_TEXT = "empty"
"""The fingerprint of a post without words (pictures, embeds). Two such posts repeat nothing."""
TITLED_WORDS = 20
"""Equal texts shorter than this are duplicates only under equal titles.

`Watch the video below` stands in many posts.
"""
_BELIEVED_CONTAINMENT = 0.05
"""A declared canonical address is not believed where two long texts share less than this.

A broken plugin declares one address for a whole site.
"""


@dataclass(frozen=True, slots=True)
class PostSummary:
    """What is known of a stored post besides its text."""

    candidate: OriginalCandidate
    site: str
    title: str
    fingerprint: str
    sketch: list[int]
    """Empty where the text is short or the sketch is of another version."""
    duplicate: Duplicate | None
    """The mark."""

    @property
    def key(self) -> str:
        """Return the document key."""
        return self.candidate.key

    @property
    def text_identity(self) -> str | None:
        """Return a string that is equal for exact copies; None for a post that cannot be one."""
        if self.fingerprint in ("", NO_TEXT):
            return None
        if self.candidate.word_count >= TITLED_WORDS:
            return self.fingerprint
        return f"{self.fingerprint} {normalise(self.title)}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two posts, given by key, of which one repeats the other."""

    copy: str
    original: str
    kind: DuplicateKind
    jaccard: float
    containment: float
    copy_is_part: bool
    """Of a `contained` pair, whether the copy is the shorter text; otherwise False."""

    def mark(self) -> Duplicate:
        """Return the mark that the copy gets."""
        mark = Duplicate(
            of=self.original,
            kind=self.kind,
            jaccard=round(self.jaccard, 4),
            containment=round(self.containment, 4),
        )
        if self.kind == "contained":
            mark["direction"] = "excerpt" if self.copy_is_part else "extended"
        return mark


def compare_posts(
    a: PostSummary, b: PostSummary, text_a: Prepared, text_b: Prepared, now: datetime
) -> Pair | None:
    """Compare two posts in full; return None when neither repeats the other.

    `now` tells which publication dates are in the future, and so not believed.
    """
    found = compare_prepared(text_a, text_b)
    kind = _kind_of(a, b, found, min(text_a.word_count, text_b.word_count))
    if kind is None:
        return None
    copy, original, copy_letter = a, b, "a"
    if not is_copy_of(a.candidate, b.candidate, now):
        copy, original, copy_letter = b, a, "b"
    copy_is_part = kind == "contained" and found.shorter == copy_letter
    return Pair(copy.key, original.key, kind, found.jaccard, found.containment, copy_is_part)


def is_copy_of(post: OriginalCandidate, other: OriginalCandidate, now: datetime) -> bool:
    """Return whether the first of two versions is the copy.

    It is when it declares the other's address as canonical. Where neither does, or both do, the
    later post is the copy.
    """
    declares_other = declares(post, other)
    if declares_other != declares(other, post):
        return declares_other
    return precedence(post, now) > precedence(other, now)


def declares(post: OriginalCandidate, other: OriginalCandidate) -> bool:
    """Return whether a post declares another one's address as its canonical one."""
    declared = page_address(post.canonical_url)
    return (
        declared is not None
        and declared == page_address(other.link)
        and declared != page_address(post.link)
    )


def _kind_of(
    a: PostSummary, b: PostSummary, found: Comparison, fewer_words: int
) -> DuplicateKind | None:
    declared = declares(a.candidate, b.candidate) or declares(b.candidate, a.candidate)
    if declared and (fewer_words < SHORTEST_WORDS or found.containment >= _BELIEVED_CONTAINMENT):
        return "canonical"
    titles_count = found.kind == "exact" and fewer_words < TITLED_WORDS
    if titles_count and normalise(a.title) != normalise(b.title):
        return None
    return found.kind
