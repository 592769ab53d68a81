"""The result of a look at a site, as data and in words. Pure.

`crawler.doctor.examination` looks, `scrapy doctor` prints.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crawler.rest.collections import CORE_CAPABILITIES, Collection
from crawler.run.verdict import ExitStatus
from crawler.site.discovery import Discovered

REQUESTS_MAX = 12
"""Requests of one look, those for robots.txt and those that follow redirects included."""
SECONDS_MAX = 120
"""Seconds after which a look asks nothing more: a site may want long pauses between requests."""
SAMPLE = 10
"""Posts that are read whole."""
_MOST_SHOWN = 8  # names in one line for people
_TYPES_SHOWN = 60  # types in the lines for people; JSON has them all
SLOW_S = 2.0
"""Seconds from which an answer counts as slow."""
DOCTOR_STATUSES: Mapping[int, str] = {
    0: "the site can be archived completely, as far as a dozen requests show",
    1: "an error in the program itself",
    2: "wrong arguments or settings; nothing was asked",
    3: "the site can be archived, and something will be missing or unproven; `problems` says what",
    4: "nothing can be archived by the API: closed, forbidden, unreachable, busy, unknown, or no "
    "WordPress",
}
_PLUGINS = {
    "yoast": "Yoast SEO",
    "rankmath": "Rank Math",
    "aioseo": "All in One SEO",
    "seopress": "SEOPress",
    "wc": "WooCommerce",
    "tribe": "The Events Calendar",
    "pll": "Polylang",
    "wpml": "WPML",
    "trp": "TranslatePress",
    "contact-form-7": "Contact Form 7",
    "elementor": "Elementor",
    "divi": "Divi",
    "jetpack": "Jetpack",
    "wpcom": "Jetpack or WordPress.com",
    "acf": "Advanced Custom Fields",
    "akismet": "Akismet",
    "redirection": "Redirection",
    "litespeed": "LiteSpeed Cache",
    "wp-rocket": "WP Rocket",
    "wp-super-cache": "WP Super Cache",
    "wordfence": "Wordfence",
    "ithemes-security": "Solid Security",
    "buddypress": "BuddyPress",
    "coauthors": "Co-Authors Plus",
    "publishpress-authors": "PublishPress Authors",
    "activitypub": "ActivityPub",
    "gf": "Gravity Forms",
    "ldlms": "LearnDash",
    "mailpoet": "MailPoet",
}
"""Plugins by the beginning of their namespace."""
# Namespaces that come with WordPress itself, and tell of no plugin.
_OF_WORDPRESS = frozenset({"oembed", "wp", "wp-site-health", "wp-block-editor", "wp-abilities"})
_VERSIONS = (
    ("6.9", "namespace", "wp-abilities/v1"),
    ("6.8", "parameter", "ignore_sticky"),
    ("6.7", "parameter", "search_semantics"),
    ("6.6", "parameter", "excerpt_length"),
    ("6.2", "parameter", "search_columns"),
    ("5.9", "route", "/wp/v2/navigation"),
    ("5.7", "parameter", "modified_after"),
    ("5.6", "namespace", "wp-site-health/v1"),
    ("5.4", "parameter", "tax_relation"),
    ("5.0", "route", "/wp/v2/search"),
    ("4.7", "namespace", "wp/v2"),
)
"""What a version brought first: a namespace, a route, or a parameter of the list of posts."""
_BYTES_OF_RECORD = {"posts": 6000, "media": 3000, "terms": 700, "authors": 900, "comments": 1000}
"""Of a usual site, where nothing was measured."""
WHAT_ELSE = (
    "ask the owner to open the API, or crawl with -a fallback=feed,sitemap,html, which archives "
    "what the site publishes for everyone"
)
"""What an operator can do where the API is closed."""

ASK_AGAIN = "run the doctor again later; a crawl waits longer, and asks again"
"""What an operator can do where a site has no time, or fails."""
LET_PASS = "ask the owner to let the USER_AGENT pass; a crawl solves no challenge"
"""What an operator can do where a firewall keeps robots out."""


@dataclass
class SiteProblem:
    """Something that is wrong with a site, and what to do about it."""

    what: str
    todo: str
    serious: bool = True
    """A crawl will not be complete because of it."""


@dataclass
class OfferedType:
    """A list of the site."""

    type: str
    kind: str
    route: str
    total: int | None = None
    """None where it was not asked, or does not say."""
    rows_of_a_request: int = 100
    order_by_id: bool = True
    closed: str | None = None
    """Why visitors may not read it."""
    unread: str | None = None
    """Why it could not be read now, though it may be open."""
    todo: str = ""
    """What to do where it is closed or was not read; empty for what is usual."""
    in_table: bool = False
    """It is one of the table of plugins' lists. A crawl is complete without it where it is
    closed."""

    @property
    def is_unknown(self) -> bool:
        """Tell whether the site has said nothing of the list yet."""
        return self.total is None and not self.closed and not self.unread

    @property
    def is_of_posts(self) -> bool:
        """Tell whether it is one of WordPress's own lists of posts."""
        return self.kind == "posts" and not self.in_table


@dataclass
class Estimate:
    """The rough cost of a full crawl."""

    requests: int
    seconds: float
    bytes: int
    delay_s: float
    """Seconds between two requests: the setting, or what robots.txt asks for."""


@dataclass
class Diagnosis:
    """All that a look at a site has shown."""

    address: str
    state: str = "open"
    """`open`, `closed`, `forbidden`, `no WordPress`, `unreachable`, `busy` or `unknown`."""
    site: str | None = None
    name: str | None = None
    home: str | None = None
    api_root: str | None = None
    found_by: str | None = None
    wordpress: str | None = None
    """The oldest version that has what the API has; a site does not say its own."""
    types: list[OfferedType] = field(default_factory=list)
    not_archived: list[dict[str, str]] = field(default_factory=list)
    other_lists: list[str] = field(default_factory=list)
    """Routes of lists that `-a routes=all` would look at."""
    refused_lists: list[dict[str, str]] = field(default_factory=list)
    """Lists that are never read: `name`, `reason`."""
    plugins: list[str] = field(default_factory=list)
    other_namespaces: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    crawl_delay_s: float | None = None
    sitemaps: list[str] = field(default_factory=list)
    feed: str | None = None
    cache_age_s: float | None = None
    answer_s: float | None = None
    estimate: Estimate | None = None
    problems: list[SiteProblem] = field(default_factory=list)
    requests: int = 0

    def found(self, what: str, todo: str, *, serious: bool = True) -> None:
        """Note a problem."""
        self.problems.append(SiteProblem(what, todo, serious))

    @property
    def exit_status(self) -> int:
        """Return the status of the command, as `DOCTOR_STATUSES` explains it."""
        if self.state != "open":
            return int(ExitStatus.FAILED)
        if any(problem.serious for problem in self.problems):
            return int(ExitStatus.PARTIAL)
        return int(ExitStatus.COMPLETE)


def name_plugins(diagnosis: Diagnosis, namespaces: list[str]) -> None:
    """Note the plugins behind the namespaces of an API; unknown ones by their namespace."""
    for name in namespaces:
        first = name.partition("/")[0]
        if first in _OF_WORDPRESS:
            continue
        plugin = _PLUGINS.get(first)
        if plugin is None:
            diagnosis.other_namespaces.append(name)
        elif plugin not in diagnosis.plugins:
            diagnosis.plugins.append(plugin)


def version_of(found: Discovered, collections: list[Collection]) -> str | None:
    """Return the oldest version of WordPress that has what the API has."""
    posts = next((part for part in collections if part.type == "post"), None)
    capabilities = posts.capabilities if posts else CORE_CAPABILITIES
    there = {
        "namespace": frozenset(found.site["namespaces"]),
        "route": frozenset(found.routes),
        "parameter": capabilities.parameters,
    }
    # The newest comes first, so the first that fits is the answer.
    for version, kind, name in _VERSIONS:
        if name in there[kind]:
            return f"{version} or newer"
    return None


def judge_types(diagnosis: Diagnosis) -> None:
    """Note what is wrong with the lists of a site, once they were looked at."""
    for offered in diagnosis.types:
        if offered.closed and offered.in_table:
            diagnosis.found(
                f"{offered.type} is closed to visitors ({offered.closed})",
                "nothing: a crawl names it in its report, and is complete without it",
                serious=False,
            )
        elif offered.closed and offered.is_of_posts:
            diagnosis.found(
                f"{offered.type} is closed to visitors ({offered.closed})",
                offered.todo or "ask the owner to open it",
            )
        elif offered.closed:
            diagnosis.found(
                f"{offered.type} is closed to visitors ({offered.closed})",
                "nothing: posts keep the ids, and the names that are shown elsewhere",
                serious=False,
            )
        elif not offered.order_by_id:
            diagnosis.found(
                f"{offered.type} cannot be ordered by id",
                "nothing: it is read in another order, which proves less while posts change",
                serious=False,
            )
    _judge_unread(diagnosis)
    _judge_all(diagnosis)


def _judge_unread(diagnosis: Diagnosis) -> None:
    """Note the lists that could not be read, those with the same reason together."""
    unread: dict[tuple[str, str], list[OfferedType]] = {}
    for offered in diagnosis.types:
        if offered.unread:
            unread.setdefault((offered.unread, offered.todo), []).append(offered)
    for (reason, todo), lists in unread.items():
        diagnosis.found(
            f"{some_of([offered.type for offered in lists])} could not be read ({reason})",
            todo or ASK_AGAIN,
            serious=any(offered.is_of_posts for offered in lists),
        )


def _judge_all(diagnosis: Diagnosis) -> None:
    posts = [offered for offered in diagnosis.types if offered.is_of_posts]
    if posts and all(offered.closed for offered in posts):
        diagnosis.state = "closed"
        diagnosis.found("no list of posts is open", WHAT_ELSE)
    elif posts and all(offered.closed or offered.unread for offered in posts):
        diagnosis.state = "unknown"
        diagnosis.found("no list of posts could be read", ASK_AGAIN)
    if (diagnosis.answer_s or 0.0) > SLOW_S:
        diagnosis.found(
            f"{SAMPLE} posts took {diagnosis.answer_s} s",
            "keep DOWNLOAD_DELAY, and crawl when it is night at the site",
            serious=False,
        )


def estimate_of(diagnosis: Diagnosis, delay_s: float, bytes_of_post: float) -> Estimate | None:
    """Return what a full crawl would take; None where there is nothing to crawl.

    `delay_s` is the setting, `bytes_of_post` was measured and is 0 where no post was read.
    """
    if diagnosis.state != "open" or not diagnosis.types:
        return None
    requests = 6  # for finding and planning
    received = 50_000.0
    for offered in diagnosis.types:
        if offered.closed:
            continue
        total = offered.total or 0
        # One row of each request overlaps with the one before.
        # Two more ask for the size of the list, and for its highest ids at the end.
        requests += 2 + math.ceil(total / max(1, offered.rows_of_a_request - 1))
        size = float(_BYTES_OF_RECORD[offered.kind])
        if offered.kind == "posts" and bytes_of_post:
            size = bytes_of_post
        received += total * size
    delay_s = max(delay_s, diagnosis.crawl_delay_s or 0.0)
    seconds = requests * (delay_s + (diagnosis.answer_s or 0.5))
    return Estimate(requests, round(seconds), int(received), delay_s)


def diagnosis_lines(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield the diagnosis in plain English, line by line."""
    yield f"{diagnosis.name or diagnosis.address}: {diagnosis.state}"
    if diagnosis.api_root:
        yield f"  API: {diagnosis.api_root} (found by: {diagnosis.found_by})"
    facts = {
        "WordPress": diagnosis.wordpress,
        "plugins": ", ".join(diagnosis.plugins),
        "other namespaces": some_of(diagnosis.other_namespaces),
        "robots.txt": diagnosis.state == "open" and "allows the API",
        "languages": ", ".join(diagnosis.languages),
        "robots.txt asks for": diagnosis.crawl_delay_s
        and f"{diagnosis.crawl_delay_s:g} s a request",
        "sitemap": ", ".join(diagnosis.sitemaps),
        "feed": diagnosis.feed,
        "time for an answer": diagnosis.answer_s and f"{diagnosis.answer_s:g} s",
    }
    for name, value in facts.items():
        if value:
            yield f"  {name}: {value}"
    for offered in diagnosis.types[:_TYPES_SHOWN]:
        yield f"  {offered.type}: {_words_of(offered)}"
    if len(diagnosis.types) > _TYPES_SHOWN:
        yield f"  and {len(diagnosis.types) - _TYPES_SHOWN:,} other types"
    yield from _lines_of_lists(diagnosis)
    if diagnosis.estimate is not None:
        yield _line_of_estimate(diagnosis.estimate, diagnosis.types)
    for problem in diagnosis.problems:
        yield f"  {'!' if problem.serious else '-'} {problem.what}"
        yield f"    -> {problem.todo}"
    yield f"  {diagnosis.requests} request{'s' if diagnosis.requests != 1 else ''}"


def _line_of_estimate(estimate: Estimate, types: Sequence[OfferedType]) -> str:
    about = "about"
    if any(offered.total is None and not offered.closed for offered in types):
        about = "at least"  # lists of unknown size count as empty
    return (
        f"  a full crawl takes {about} {estimate.requests:,} requests, "
        f"{_duration(estimate.seconds)} and {estimate.bytes / 1e6:,.0f} MB "
        f"(a request every {estimate.delay_s:g} s)"
    )


def _words_of(offered: OfferedType) -> str:
    """Return what is known of a list, as it stands behind its name."""
    if offered.closed:
        return f"closed: {offered.closed}"
    if offered.unread:
        return f"not read: {offered.unread}"
    noun = offered.kind.removesuffix("s") if offered.total == 1 else offered.kind
    words = f"{'?' if offered.total is None else f'{offered.total:,}'} {noun}"
    if offered.rows_of_a_request != 100:
        words += f", {offered.rows_of_a_request} a request"
    return words


def _lines_of_lists(diagnosis: Diagnosis) -> Iterator[str]:
    if diagnosis.other_lists:
        yield f"  lists that -a routes=all would look at: {some_of(diagnosis.other_lists)}"
    by_reason: dict[str, list[str]] = {}
    for part in diagnosis.refused_lists:
        by_reason.setdefault(part["reason"], []).append(part["name"])
    for reason, names in by_reason.items():
        yield f"  lists that are never read ({reason}): {some_of(names)}"


def some_of(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    shown = ", ".join(names[:_MOST_SHOWN])
    more = len(names) - _MOST_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
