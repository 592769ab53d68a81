"""Choose the original of a cluster, by rules that anybody can check."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

Reason = Literal["declared", "earliest", "longest", "smallest key"]

_CLOCK_SKEW = timedelta(days=1)
_EPOCH_YEARS = (1969, 1970)
"""A date in these years comes from a clock that was not set, in some time zone.

It is no publication: WordPress was released in 2003, and imports set the real dates.
"""
_UNKNOWN_DATE = datetime.max.replace(tzinfo=UTC)
"""Sorts a post without a believable date behind all others."""


@dataclass(frozen=True, slots=True)
class OriginalCandidate:
    """The facts about a post by which an original is chosen."""

    key: str
    link: str | None
    canonical_url: str | None
    published_at: datetime | None
    word_count: int


def choose_original(
    candidates: Collection[OriginalCandidate], now: datetime
) -> tuple[OriginalCandidate, Reason]:
    """Return the original among versions of one text, and what decided.

    The rules, in this order: the post whose address most others declare as canonical; the earliest
    believable publication; the longest text; the smallest key. `now` tells which dates are in the
    future, and so not believed. Raises ValueError when there are no candidates.
    """
    declared = _most_declared(candidates)
    best, *others = sorted(declared or candidates, key=lambda post: precedence(post, now))
    if declared:
        return best, "declared"
    return best, _first_difference(best, others, now)


def _first_difference(
    best: OriginalCandidate, others: list[OriginalCandidate], now: datetime
) -> Reason:
    if not others:
        return "smallest key"
    published, length, _ = precedence(best, now)
    next_published, next_length, _ = precedence(others[0], now)
    if published != next_published:
        return "earliest"
    if length != next_length:
        return "longest"
    return "smallest key"


def precedence(post: OriginalCandidate, now: datetime) -> tuple[datetime, int, str]:
    """Return a sort key that puts the likelier original first: earliest, longest, smallest key.

    Of two posts, the later one in this order is the copy.
    """
    published = post.published_at
    if published is None or published.year in _EPOCH_YEARS or published > now + _CLOCK_SKEW:
        published = _UNKNOWN_DATE
    return published, -post.word_count, post.key


def page_address(url: str | None) -> str | None:
    """Return a URL in a form that is equal for two spellings of one page.

    Return None for no URL, for one that cannot be read and for a site's front page: broken SEO
    settings declare the front page as every post's canonical address.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = parts.path.rstrip("/")
    if not parts.netloc or not (path or parts.query):
        return None
    page = parts.netloc.lower().removeprefix("www.") + path
    if not parts.query:
        return page
    return f"{page}?{parts.query}"


def declared_links(post: OriginalCandidate) -> frozenset[str]:
    """Return the spellings of the canonical address that a post declares, unless it is its own."""
    if post.canonical_url is None or post.canonical_url == post.link:
        return frozenset()
    if page_address(post.canonical_url) == page_address(post.link):
        return frozenset()
    return spellings(post.canonical_url)


def spellings(url: str | None) -> frozenset[str]:
    """Return the ways in which sites write the same address, for look-ups of exact strings.

    They differ in the scheme, in `www.` and in the last slash.
    """
    found = page_address(url)
    if found is None:
        return frozenset()
    # The last slash of a path stands before the query.
    page, mark, query = found.partition("?")
    ends = [page + slash + mark + query for slash in ("", "/")]
    return frozenset(
        f"{scheme}://{www}{end}"
        for scheme in ("https", "http")
        for www in ("", "www.")
        for end in ends
    )


def _most_declared(candidates: Collection[OriginalCandidate]) -> list[OriginalCandidate]:
    by_address = {found: post for post in candidates if (found := page_address(post.link))}
    votes: Counter[str] = Counter()
    for post in candidates:
        # Only addresses within the cluster count: an original that the archive lacks cannot be
        # chosen.
        target = by_address.get(page_address(post.canonical_url) or "")
        if target is not None and target.key != post.key:
            votes[target.key] += 1
    most = max(votes.values(), default=0)
    return [post for post in candidates if most and votes[post.key] == most]
