"""What a kind of fault is, and what a crawl may make of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.answers import Fault

COMPLETE = frozenset({"complete"})
PARTIAL = frozenset({"partial"})
FAILED = frozenset({"failed"})
POSTS = 250
SECRET = "abcdEFGH1234ijkl"
"""The secret of each kind that has one: no crawl keeps it or shows it."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is special around a crawl, whatever the site answers."""

    https: str | None = None
    """None: plain http; otherwise a flaw of `tests.servers.tls`, empty where nothing is wrong."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables of the crawl; `{home}` stands for the address of the site."""
    address: str = "{home}"
    """The address that is crawled."""
    after: int = 0
    """Number of requests after which something happens."""
    happens: Callable[[int, Path], None] = lambda pid, archive: None
    """Gets the crawl's process and the path of the archive."""
    exit_status: int | None = None
    """Where it is not that of the verdict."""


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
    has_texts: bool = False
    """Each post must have a text in the archive."""
    around: Surroundings = Surroundings()
