"""Which member of a cluster is the original, by rules that anybody can check."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

Reason = Literal["declared", "earliest", "longest", "smallest key"]

_CLOCK_SKEW = timedelta(days=1)
_EPOCH_YEARS = (1969, 1970)
"""A date in these is an unset clock (in any timezone), not a publication: WordPress is of 2003, and imports set real dates."""


@dataclass(frozen=True, slots=True)
class OriginalCandidate:
    """What is known of a post when originals are chosen."""

    key: str
    link: str | None
    canonical_url: str | None
    published_at: datetime | None
    word_count: int


def choose_canonical(
    members: Collection[OriginalCandidate], now: datetime
) -> tuple[OriginalCandidate, Reason]:
    """The original among them and what decided.

    In this order: the post whose address most others declare as canonical; the earliest believable publication; the longest text;
    the smallest key. `now` tells which dates are in the future, and so not believed. Raises ValueError when there are no members.
    """
    declared = _most_declared(members)
    best, *others = sorted(declared or members, key=lambda member: precedence(member, now))
    if declared:
        return best, "declared"
    here, next_best = precedence(best, now), precedence(others[0], now) if others else None
    if next_best is None or here[:2] == next_best[:2]:
        return best, "smallest key"
    return best, "earliest" if here[0] != next_best[0] else "longest"


def precedence(member: OriginalCandidate, now: datetime) -> tuple[datetime, int, str]:
    """Sorts the likelier original first: earliest, longest, smallest key. Of two posts, the later in this order is the copy."""
    published = member.published_at
    if published is None or published.year in _EPOCH_YEARS or published > now + _CLOCK_SKEW:
        published = datetime.max.replace(tzinfo=UTC)
    return published, -member.word_count, member.key


def address(url: str | None) -> str | None:
    """A URL in the form in which two count as the same page; None for none, an unreadable one and a site's front page.

    The front page is left out because broken SEO settings declare it as every post's canonical address.
    """
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    path = parts.path.rstrip("/")
    if not parts.netloc or not (path or parts.query):
        return None
    return (
        parts.netloc.lower().removeprefix("www.")
        + path
        + (f"?{parts.query}" if parts.query else "")
    )


def declared_links(member: OriginalCandidate) -> frozenset[str]:
    """Spellings of the address that a post declares as its canonical one; none where that is its own."""
    if (
        member.canonical_url is None
        or member.canonical_url == member.link
        or address(member.canonical_url) == address(member.link)
    ):
        return frozenset()
    return spellings(member.canonical_url)


def spellings(url: str | None) -> frozenset[str]:
    """The ways in which sites write the same address: either scheme, with or without `www.` and the last slash. For exact look-ups."""
    found = address(url)
    if found is None:
        return frozenset()
    page, mark, query = found.partition("?")
    ends = [page + slash + mark + query for slash in ("", "/")]
    return frozenset(
        f"{scheme}://{www}{end}"
        for scheme in ("https", "http")
        for www in ("", "www.")
        for end in ends
    )


def _most_declared(members: Collection[OriginalCandidate]) -> list[OriginalCandidate]:
    by_address = {found: member for member in members if (found := address(member.link))}
    votes: Counter[str] = Counter()
    for member in members:
        target = by_address.get(address(member.canonical_url) or "")
        if target is not None and target.key != member.key:
            votes[target.key] += 1
    most = max(votes.values(), default=0)
    return [member for member in members if most and votes[member.key] == most]
