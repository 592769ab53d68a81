"""What two archived posts are to each other, from their texts, titles and declared addresses: used while crawling and in batch."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wparchive.duplicates.compare.comparison import Comparison, Prepared, compare_prepared
from wparchive.duplicates.compare.sketch import SHORTEST_WORDS
from wparchive.duplicates.original import OriginalCandidate, address, precedence
from wparchive.model.documents import Duplicate
from wparchive.text.normalise import normalise

Kind = Literal["canonical", "exact", "near", "contained", "related"]
KINDS: tuple[Kind, ...] = ("canonical", "exact", "near", "contained", "related")
"""The closest first."""
VERSION_KINDS = frozenset({"canonical", "exact", "near"})
"""Kinds that make two posts versions of one text; what is contained or related is a text of its own."""

ENTRY_FIELDS = (
    *("site", "title", "link", "canonical_url", "published_at", "word_count"),
    *("content_fingerprint", "sketch", "sketch_version"),
)
"""Fields of a post's document that an `PostSummary` is made of, besides its key and its mark."""
NO_TEXT = "empty"
"""The fingerprint of a text in which nothing counts (pictures, embeds): equal to others, and no sign of duplication."""
TITLED_WORDS = 20
"""Equal texts shorter than this are duplicates only under equal titles: `Watch the video below` stands in many posts."""
_BELIEVED_CONTAINMENT = 0.05
"""Two long texts that share less than this are not what a declared canonical address says: a broken plugin declares one for all."""


@dataclass(frozen=True, slots=True)
class PostSummary:
    """What is known of a stored post besides its text."""

    member: OriginalCandidate
    site: str
    title: str
    fingerprint: str
    sketch: list[int]
    """Empty where the text is short or the sketch is of another version."""
    duplicate: Duplicate | None

    @property
    def key(self) -> str:
        return self.member.key

    @property
    def text_identity(self) -> str | None:
        """Equal for posts that are exact copies of each other; None for posts that cannot be."""
        if self.fingerprint in ("", NO_TEXT):
            return None
        return (
            self.fingerprint
            if self.member.word_count >= TITLED_WORDS
            else f"{self.fingerprint} {normalise(self.title)}"
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair of posts that have something in common."""

    copy: str
    original: str
    kind: Kind
    jaccard: float
    containment: float
    excerpt: bool
    """Whether the copy is the shorter of a `contained` pair."""

    def mark(self) -> Duplicate:
        """As it is stored with the copy."""
        mark = Duplicate(
            of=self.original,
            kind=self.kind,
            jaccard=round(self.jaccard, 4),
            containment=round(self.containment, 4),
        )
        if self.kind == "contained":
            mark["direction"] = "excerpt" if self.excerpt else "extended"
        return mark


def relate(
    a: PostSummary, b: PostSummary, text_a: Prepared, text_b: Prepared, now: datetime
) -> Pair | None:
    """Compare two posts in full; None when neither repeats the other."""
    found = compare_prepared(text_a, text_b)
    kind = _kind(a, b, found, min(len(text_a.words), len(text_b.words)))
    if kind is None:
        return None
    copy, original = (a, b) if is_copy_of(a.member, b.member, now) else (b, a)
    excerpt = kind == "contained" and (found.shorter == "a") == (copy is a)
    return Pair(copy.key, original.key, kind, found.jaccard, found.containment, excerpt)


def is_copy_of(member: OriginalCandidate, other: OriginalCandidate, now: datetime) -> bool:
    """Of two versions, whether the first is the copy: it declares the other as canonical, or else it is the later one."""
    claims = declares(member, other), declares(other, member)
    return claims[0] if claims[0] != claims[1] else precedence(member, now) > precedence(other, now)


def declares(member: OriginalCandidate, other: OriginalCandidate) -> bool:
    """Whether a post declares another one's address as its canonical one."""
    declared = address(member.canonical_url)
    return (
        declared is not None
        and declared == address(other.link)
        and declared != address(member.link)
    )


def _kind(a: PostSummary, b: PostSummary, found: Comparison, shortest: int) -> Kind | None:
    declared = declares(a.member, b.member) or declares(b.member, a.member)
    if declared and (shortest < SHORTEST_WORDS or found.containment >= _BELIEVED_CONTAINMENT):
        return "canonical"
    if (
        found.kind == "exact"
        and shortest < TITLED_WORDS
        and normalise(a.title) != normalise(b.title)
    ):
        return None
    return found.kind
