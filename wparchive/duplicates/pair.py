"""Compare two archived posts: by texts, titles, media and declared addresses.

Both the search of a crawl and `wparchive duplicates find` decide by `compare_posts`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wparchive.duplicates.compare.comparison import Comparison, compare_prepared
from wparchive.duplicates.compare.sketch import SHORTEST_WORDS
from wparchive.duplicates.evidence import ComparablePost, are_told_apart, kind_of_equal
from wparchive.duplicates.original import OriginalCandidate, page_address, precedence
from wparchive.duplicates.summary import PostSummary
from wparchive.model.document_parts import Duplicate

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

_BELIEVED_CONTAINMENT = 0.05
"""A declared canonical address is not believed where two long texts share less than this.

A broken plugin declares one address for a whole site.
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two posts, given by key. One repeats the other."""

    copy: str
    original: str
    kind: DuplicateKind
    jaccard: float
    containment: float
    copy_is_part: bool
    """Of a `contained` pair, whether the copy is the shorter text; otherwise False."""
    own_words: int = 0
    """Words of the copy's own text."""
    shared_words: int = 0
    """Own words that both posts share."""

    def mark(self) -> Duplicate:
        """Return the mark that the copy gets."""
        mark = Duplicate(
            of=self.original,
            kind=self.kind,
            jaccard=round(self.jaccard, 4),
            containment=round(self.containment, 4),
            own_words=self.own_words,
            shared_words=self.shared_words,
        )
        if self.kind == "contained":
            mark["direction"] = "excerpt" if self.copy_is_part else "extended"
        return mark


def compare_posts(a: ComparablePost, b: ComparablePost, now: datetime) -> Pair | None:
    """Compare two posts in full; return None when neither repeats the other.

    `now` tells which publication dates are in the future, and so not believed.
    """
    if are_translations(a.summary, b.summary):
        return None
    found, kind = _compared(a, b)
    if _declared(a, b) and _is_believed(found, a, b):
        kind = "canonical"
    if kind is None:
        return None
    copy, original, copy_letter = a, b, "a"
    if not is_copy_of(a.summary.candidate, b.summary.candidate, now):
        copy, original, copy_letter = b, a, "b"
    # Standing lines are no sign of a copy, so they are not counted as shared either.
    own_words = copy.own.word_count
    shared_words = found.shared_words
    if kind == "exact":
        own_words = copy.summary.candidate.word_count
        shared_words = own_words
    return Pair(
        copy.summary.key,
        original.summary.key,
        kind,
        found.jaccard,
        found.containment,
        copy_is_part=kind == "contained" and found.shorter == copy_letter,
        own_words=own_words,
        shared_words=shared_words,
    )


def are_translations(one: PostSummary, other: PostSummary) -> bool:
    """Tell whether the site says that two posts are one in two languages, translated or not."""
    return one.key in other.translations or other.key in one.translations


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


def _declared(a: ComparablePost, b: ComparablePost) -> bool:
    one, other = a.summary.candidate, b.summary.candidate
    return declares(one, other) or declares(other, one)


def _is_believed(found: Comparison, a: ComparablePost, b: ComparablePost) -> bool:
    """Return whether a declared address is believed. Between unrelated texts it is not."""
    fewer_words = min(a.whole.word_count, b.whole.word_count)
    return fewer_words < SHORTEST_WORDS or found.containment >= _BELIEVED_CONTAINMENT


def _compared(a: ComparablePost, b: ComparablePost) -> tuple[Comparison, DuplicateKind | None]:
    """Return what two posts share, and what kind of duplicate that makes them."""
    if a.whole.normalised != b.whole.normalised:
        return _compared_own(a, b)
    found = compare_prepared(a.whole, b.whole)
    # Equal texts without a word are no kind of copy, whatever their titles say.
    return found, found.kind and kind_of_equal(a, b)


def _compared_own(a: ComparablePost, b: ComparablePost) -> tuple[Comparison, DuplicateKind | None]:
    """Return the comparison of two different texts by what is their own, and the kind.

    Where a post has little of its own, an equal title lets the whole texts decide: a short notice
    may have been published again with another date.
    """
    found = compare_prepared(a.own, b.own)
    little = min(a.own.word_count, b.own.word_count) < SHORTEST_WORDS
    if little and a.title and a.title == b.title:
        found = compare_prepared(a.whole, b.whole)
    elif little:
        return found, None
    if found.kind is None or are_told_apart(a, b, found):
        return found, None
    if found.kind == "exact":
        return found, "near"
    return found, found.kind
