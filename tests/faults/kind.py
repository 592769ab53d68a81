"""What a kind of fault is, and what a crawl may make of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.answers import Fault

COMPLETE = frozenset({"complete"})
PARTIAL = frozenset({"partial"})
FAILED = frozenset({"failed"})
POSTS = 250


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind, and what a crawl may make of it."""

    name: str
    fault: Fault = lambda moment: moment.answer()
    verdicts: frozenset[str] = COMPLETE
    """The verdicts that are true."""
    not_sent: frozenset[int] = frozenset()
    """Ids of posts that the site never sends, so that nobody can have them."""
    may_lose: bool = False
    """The site hides posts in a way that a crawl can only report, not overcome."""
    known: bool = False
    """A law is known to be broken here, and this is not mended yet."""
    posts: int = POSTS
    requests_max: int = 3_000
    switches: Mapping[str, Any] = field(default_factory=dict)
    """Switches of the sample server, for faults that it has itself."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    """Of the spider."""
    lacking: frozenset[str] | None = None
    """Paths that the report must name, and no others, because only the sitemap lists them."""
