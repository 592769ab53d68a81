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
    """What was asked, where that is known."""
    raw: bytes | None
    """The record as received, zlib; None when nothing was received."""
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
    """Distinct objects that the walk was shown."""
    held: int | None
    """Live documents in the archive after the run; None when the archive was lost."""
    new: int
    """Archived for the first time."""
    changed: int
    """Another version than before."""
    refreshed: int
    """Same version, rewritten in place (a renamed tag, for instance)."""
    unchanged: int
    """Seen again, nothing new."""
    returned: int
    """Live again after having been withdrawn or deleted; counted in addition to one of the four
    above."""
    withdrawn: int
    """Found no longer public."""
    deleted: int
    """Found gone."""
    hidden: int
    """Counted by the site and not shown to anybody (media of drafts, for instance)."""
    missing: int
    """Known to exist and not archived; the reasons are in `reasons` and in `failures`."""
    empty_content: NotRequired[int]
    """Posts of this run whose content the API shows as empty, without a password."""
    leaked_shortcodes: NotRequired[int]
    """Posts of this run whose content is full of shortcodes that nobody expanded."""
    completed: NotRequired[int]
    """Those of both that have their content from the public page (`source` is `api+page`)."""
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


class SitemapReport(TypedDict):
    """The addresses of the site's sitemaps, compared with the archive after a run that read all."""

    listed: int
    """Addresses that they list."""
    lacking: int
    """Those of them that no live document of the archive has: types that the API does not show,
    pages that list others, or posts that it left out."""
    addresses: list[str]
    """The first 50 of these."""
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
    """`complete`, `partial`, `failed`; `running` while it goes on; `killed` when it ended without
    a word."""
    exit_status: int | None
    """What `scrapy crawl` exits with."""
    reason: str | None
    """Why it is not complete, in a sentence."""
    arguments: dict[str, str]
    """The spider's arguments."""
    mode: str
    """How the run went about it: `full`, `update`, `reconcile`, or the name of another strategy;
    `fallback` where the API was closed, and feeds, sitemaps and pages were read."""
    scope: str
    """What the run was asked for: `everything`, or the types, separated by commas. Of a fallback
    run `published: ` and the sources, because nobody knows what there is besides."""
    credentials: NotRequired[Login | None]
    """As whom the site was asked: `user` (of WordPress, with an application password), `web server`
    (its password alone: WordPress sees a visitor), `unconfirmed` (sent, and the site does not say
    what they are worth). None as a visitor; nothing of the credentials themselves is kept."""
    types: list[dict[str, Any]]
    """A `TypeReport` per type, with its name as `type`."""
    skipped: list[dict[str, str]]
    """What the site has and was not archived: `{name, reason}`."""
    sitemap: NotRequired[SitemapReport | None]
    """What the sitemaps list and the archive lacks; None where they were not looked at."""
    boilerplate: NotRequired[LearnedReport | None]
    """What was learned about blocks that recur; None where the run did not come so far."""
    files: NotRequired[FilesReport | None]
    """What was done about the site's files; None where the run was not asked for them."""
    warc: NotRequired[list[str]]
    """Names of the WARC files that hold its requests and answers (`-a warc`); empty without."""
    resumed_from: str | None
    """`_id` of the run that was cut off and that this one went on from; None where it began
    anew."""
    begun_again: list[str]
    """Why something was read from its beginning although a run before it was cut off."""
    failures: int
    """Failure documents written."""
    requests: int
    """Requests sent."""
    retries: int
    """Requests sent again."""
    bytes: int
    """Bytes received."""
    seconds: float
    """Duration."""
    profile: NotRequired[RunProfile | None]
    """What the posts that it read look like, for later runs to be compared with; None where nobody
    has looked."""
    alarms: NotRequired[list[Alarm] | None]
    """What is not as usual (docs/alarms.md); None where nobody has looked."""
    digest: NotRequired[HeldDigest | None]
    """What the archive then held, as a hash; None while the run goes on, or when it was killed."""


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
