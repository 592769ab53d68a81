"""The records that the archive keeps of each run: report, failures, what its proof rests on.

A field's docstring gives its meaning, as in `documents.py`.
"""

from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict

from wparchive.model.documents import Kind, Login
from wparchive.model.file_records import FilesReport


class Failure(TypedDict):
    """Something that could not be archived, with its cause."""

    _id: str
    """`site/type/id#stage`, or `site/type/where#stage` when no id is known."""
    site: str
    """The site."""
    type: str
    """Type of the object; `*` when unknown."""
    id: int | None
    """Its id; None when not known."""
    stage: str
    """Where it failed: `fetch`, `parse`, `clean`, `resolve`, `fingerprint`, `store`."""
    cause: str
    """Short name of the cause (`http_500`, `truncated_json`, `RecursionError`)."""
    message: str
    """The cause in a sentence."""
    url: str | None
    """The address that was asked, if it is known."""
    raw: bytes | None
    """The record as received, compressed with zlib; None if nothing was received."""
    run: str
    """`_id` of the last run that met it."""
    first_at: datetime
    """When it was first met."""
    last_at: datetime
    """When it was last met."""
    attempts: int
    """In how many runs it was met."""


class TypeReport(TypedDict):
    """One type's part of a run."""

    kind: Kind
    """The collection."""
    site_total: int | None
    """What the site says it has; None when it does not say."""
    listed: int
    """Different objects that the site showed to the walk."""
    held: int | None
    """Live documents in the archive after the run; None when the archive was lost."""
    new: int
    """Archived for the first time."""
    changed: int
    """Found in another version than before."""
    refreshed: int
    """Rewritten in the same version (because of a renamed tag, for instance)."""
    unchanged: int
    """Seen again, with nothing new."""
    returned: int
    """Live again after they were withdrawn or deleted. They also count as one of the four above."""
    withdrawn: int
    """Found no longer public."""
    deleted: int
    """Found gone."""
    hidden: int
    """Objects that the site counts and shows to nobody (media of drafts, for instance)."""
    missing: int
    """Objects that are known to exist and were not archived. `reasons` and `failures` say why."""
    empty_content: NotRequired[int]
    """Posts of this run whose content the API shows as empty, without a password."""
    leaked_shortcodes: NotRequired[int]
    """Posts of this run whose content is full of shortcodes that nobody expanded."""
    completed: NotRequired[int]
    """Posts among both whose content came from the public page (`source` is `api+page`)."""
    proof: str
    """`proved`, or why nothing is proved: `unproven: ...`, `skipped: ...`."""
    scope: str | None
    """What the proof covers: `everything`, `changes`; None when nothing is proved."""
    reasons: list[str]
    """One line for each thing that kept this type from being complete."""
    requests: int
    """Requests spent on this type's walk."""


class LearnedReport(TypedDict):
    """The changes that a run made to blocks that recur in the posts of a site."""

    removed: int
    """Blocks that are left out of the texts, by what is known at the end."""
    posts: int
    """Posts whose texts changed at the end, because of what the run taught."""
    finished: bool
    """False where it was told to stop; the next run goes on."""


class CutReport(TypedDict):
    """The feeds, sitemaps, public pages and robots.txt of which a run read only the beginning,
    because they are longer than their limits."""

    count: int
    first: list[str]
    """The first 50 of them, in words: `feed https://example.com/feed/`."""


class SitemapReport(TypedDict):
    """The addresses of the site's sitemaps, compared with the archive after a run that read all."""

    listed: int
    """Addresses that they list."""
    lacking: int
    """Those of them that no live document of the archive has: types that the API does not show,
    pages that list others, or posts that it left out."""
    addresses: list[str]
    """The first 50 of these."""
    by_type: NotRequired[dict[str, int]]
    """How many of them are of which type, by the names of the sitemaps that list them; an empty
    name stands for those of which no name says it."""
    read: int
    """Sitemaps that were read, indexes included."""
    unread: int
    """Sitemaps that were named and not read, because that would have taken too many requests."""
    requests: int
    """Requests spent on it."""
    problems: list[str]
    """Why something could not be read."""


class HeldDigest(TypedDict):
    """The digest of everything that is held of a site, made when a run ends: see
    `docs/verify.md`."""

    records: int
    """Documents and earlier states, those of pruned posts too."""
    sha256: str
    """Hash of all their keys, states and records."""
    previous: str | None
    """`_id` of the run before that has a digest; None for the first one."""
    chain: str
    """Hash of the chain of that run, of this run's `_id` and of `sha256`."""


class NamedCount(TypedDict):
    """In how many posts there is something."""

    name: str
    """What it is."""
    posts: int
    """In how many posts it is."""


class TypeProfile(TypedDict):
    """A summary of the posts of one type that a run found new or edited."""

    type: str
    """The post type."""
    posts: int
    """How many were looked at: up to 60 new and 60 edited ones of all types, the newest."""
    words: list[int]
    """How many have no words, 1, 2 or 3, 4 to 7, 8 to 15, ... words: the place is the number of
    binary digits."""
    unresolved: int
    """How many have a tag, category, author or picture whose name could not be found."""
    fields: list[NamedCount]
    """How many have an author, tags, a picture, ..., and each plugin's field (`extra.NAME`)."""
    builders: list[NamedCount]
    """How many were made with which page builder or editor."""


class RunProfile(TypedDict):
    """The facts about a site that counts do not say; the next runs are compared with them."""

    theme: str | None
    """The site's theme, by its front page; None where that is not known."""
    types: list[TypeProfile]
    """The posts that the run found new or edited, by type."""


AlarmKind = Literal[
    "fewer",
    "silent",
    "empty",
    "short",
    "fields",
    "unresolved",
    "failures",
    "failing",
    "deletions",
    "files",
    "types",
    "theme",
    "builder",
]


class Alarm(TypedDict):
    """Something about a run that is not as it usually is on that site."""

    kind: AlarmKind
    """`fewer` new posts than usual, `silent` for longer than usual, texts `empty` or `short`,
    `fields` gone, `unresolved` names, many `failures`, runs `failing` again and again, `deletions`
    in bulk, `files` or `types` gone, another `theme`, another `builder`."""
    type: str | None
    """The type concerned; None where it is the site."""
    saw: str
    """What the run saw, in a sentence."""
    usual: str
    """What was usual."""
    look_at: str
    """What to look at."""
    since: str
    """Start of the run that raised it first, ISO 8601, UTC; the alarm has stood since then."""


class Run(TypedDict):
    """The report of one crawl."""

    _id: str
    """`site@start time`."""
    site: str
    """The site, or the address as given when discovery failed."""
    started_at: datetime
    """UTC."""
    finished_at: datetime | None
    """UTC; None while the run goes on, or when it was killed."""
    verdict: str
    """`complete`, `partial` or `failed`; `running` while it goes on; `killed` if it ended without a
    word."""
    exit_status: int | None
    """What `scrapy crawl` exits with."""
    reason: str | None
    """Why it is not complete, in a sentence."""
    arguments: dict[str, str]
    """The spider's arguments."""
    mode: str
    """How the run read the site: `full`, `update`, `reconcile`, or the name of another strategy;
    `fallback` if the API was closed, and the run read feeds, sitemaps and pages."""
    scope: str
    """What the run was asked for: `everything`, or the types, separated by commas. A fallback run
    has `published: ` and its sources here, because nobody knows what else there is."""
    credentials: NotRequired[Login | None]
    """As whom the run asked the site: as a `user` of WordPress with an application password; with
    the password of the `web server` alone, so that WordPress sees a visitor; or `unconfirmed`:
    credentials were sent, and the site does not say what they are worth. None for a visitor.
    Nothing of the credentials themselves is kept."""
    types: list[dict[str, Any]]
    """A `TypeReport` per type, with its name as `type`."""
    skipped: list[dict[str, str]]
    """What the site has and the run did not archive: `{name, reason}`."""
    sitemap: NotRequired[SitemapReport | None]
    """What the sitemaps list and the archive lacks; None if the run did not read them."""
    cut: NotRequired[CutReport | None]
    """What is longer than its limit, so that only its beginning was read; None if nothing is."""
    boilerplate: NotRequired[LearnedReport | None]
    """What the run learned about blocks that recur; None if it did not come so far."""
    files: NotRequired[FilesReport | None]
    """What the run did about the site's files; None if it was not asked for them."""
    warc: NotRequired[list[str]]
    """Names of the WARC files that hold its requests and answers; empty without `-a warc`."""
    resumed_from: str | None
    """`_id` of the incomplete run from which this one went on; None if it began anew."""
    begun_again: list[str]
    """Why it read something from the beginning, although the run before it was cut off."""
    failures: int
    """Objects that could not be archived. Files that are gone are in `files`."""
    requests: int
    """Requests sent."""
    retries: int
    """Requests sent again."""
    bytes: int
    """Bytes received."""
    seconds: float
    """Duration."""
    profile: NotRequired[RunProfile | None]
    """What the posts that it read look like. Later runs are compared with it. None if nobody has
    looked."""
    alarms: NotRequired[list[Alarm] | None]
    """What is not as usual (docs/alarms.md); None if nobody has looked."""
    digest: NotRequired[HeldDigest | None]
    """A hash of what the archive held at the end of the run; None while it goes on, or if it was
    killed."""


KILLED_RUN: dict[str, str] = {
    "verdict": "killed",
    "reason": "it ended without a word: killed, or its machine went down",
}
"""Fields of a run that was killed, as the next run of the site notes them."""


class ManifestChunk(TypedDict):
    """A part of the list of everything that was held when the last run ended, so that
    `wparchive verify` can name what changed since."""

    _id: str
    """`site#chunk`."""
    site: str
    """The site."""
    chunk: str
    """`kind/type/number`; the number is the id of an object divided by 4096."""
    run: str
    """`_id` of the last run that found it changed."""
    hash: str
    """SHA-256 of its lines."""
    records: int
    """How many lines it has."""
    lines: bytes
    """Its lines, sorted, compressed with zlib: kind, `_id`, state and SHA-256 of the record."""
