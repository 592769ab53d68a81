"""The shape of every document in the archive: the one place that says so, for all backends.

A test holds `docs/data-format.md` against this module. A field's docstring gives its meaning, its
unit and when it is None. Foreign names (plugin fields, taxonomy slugs) are values here, never field
names, so that a site cannot shape a query path.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict

from wparchive.model.blocks import Block
from wparchive.model.features import Feature
from wparchive.model.file_records import FileRecord, FilesReport

SCHEMA_VERSION = 2

Kind = Literal["posts", "terms", "authors", "media", "comments"]
KINDS: tuple[Kind, ...] = ("posts", "terms", "authors", "media", "comments")
State = Literal["live", "withdrawn", "deleted", "unpublished"]
LanguageSource = Literal["text", "script", "declared", "site"]
PostSource = Literal["api", "api+page", "feed", "page", "sitemap"]
Login = Literal["user", "web server", "unconfirmed"]
Completeness = Literal["record", "content", "excerpt", "address"]
EventKind = Literal[
    "new",
    "edited",
    "refreshed",
    "withdrawn",
    "deleted",
    "returned",
    "renamed",
    "merged",
    "gone",
    "unpublished",
]
"""What can happen to an object, as crawls see it; only terms and authors are renamed, and only
terms are merged or gone."""
StoredDocument = dict[str, Any]
"""A document, a run or anything else in the archive, where its exact shape does not matter."""
BULKY_FIELDS = (
    "extra",
    "links",
    "images",
    "embeds",
    "translations",
    "has",
    "link_domains",
    "embed_providers",
    "sketch",
    "description",
    "excerpt",
    "text",
    "html",
    "blocks",
    "document",
    "raw",
)
"""Fields that are stored last, so that whoever reads the small ones does not pass over them."""
CLEANER_FIELDS = (
    "title",
    "text",
    "html",
    "blocks",
    "excerpt",
    "word_count",
    "removed_words",
    "links",
    "images",
    "embeds",
    "has",
    "link_domains",
    "embed_providers",
    "name",
    "description",
    "caption",
)
"""The fields that the cleaner makes of a raw record; each kind has some of them."""
COMPUTED_FIELDS = (
    "content_fingerprint",
    "sketch",
    "sketch_version",
    "language",
    "language_confidence",
    "language_source",
    "version_hash",
    "refresh_hash",
    "cleaner_version",
)
"""The fields that are computed from what the cleaner made."""
REWRITTEN_FIELDS = (*CLEANER_FIELDS, *COMPUTED_FIELDS, "flags")
"""The fields that change when a document is cleaned again."""


UNPUBLISHED_STATUSES = frozenset({"private", "draft", "pending", "future"})
"""Statuses of posts that visitors do not see."""


def state_when_seen(document: Mapping[str, Any]) -> State:
    """Return the state of a document that a site has just shown."""
    if document.get("status") in UNPUBLISHED_STATUSES:
        return "unpublished"
    return "live"


def term_label(taxonomy: str, name: str | None, slug: str | None) -> str:
    """Return what a term of a taxonomy of the site's own is called in filters and counts."""
    return f"{taxonomy}={name or slug or ''}"


def term_parts(label: str) -> tuple[str, str]:
    """Return taxonomy and name or slug of what `term_label` wrote."""
    taxonomy, _, name = label.partition("=")
    return taxonomy, name


def document_key(site: str, type_: str, id_: int) -> str:
    """Return `site/type/id`, the identity of a document; it never depends on a URL of the site."""
    return f"{site}/{type_}/{id_}"


class Ref(TypedDict):
    """A resolved reference to a term, an author or a media item."""

    id: int
    """The object's id on its site."""
    name: str | None
    """Plain text; None while unresolved."""
    slug: str | None
    """Decoded slug; None while unresolved."""
    hint: NotRequired[str]
    """Present when the name is a guess: where it was taken from (`class_list`, `seo`)."""
    unresolved: NotRequired[str]
    """Present when the id could not be resolved: the reason."""


class TermRef(Ref):
    """A term of a custom taxonomy, as it stands in a post's `terms`."""

    taxonomy: str
    """The taxonomy's slug (`genre`)."""


class MediaRef(Ref):
    """The featured image of a post."""

    url: NotRequired[str]
    """Address of the full file, where known."""
    alt: NotRequired[str]
    """Alternative text, where known."""


class Translation(TypedDict):
    """The same post in another language, as a plugin links the two."""

    language: str
    """Language of the other post, as the plugin writes it: `fr`, `pt-BR`."""
    id: int | None
    """Its id on the site; None where only its address is given."""
    link: str | None
    """Its address; None where only its id is given."""


def translation_key(post: Mapping[str, Any], one: Translation) -> str | None:
    """Return the key of a translation of a post; None where only its address is known."""
    if one["id"] is None:
        return None
    return document_key(post["site"], post["type"], one["id"])


class Link(TypedDict):
    """A hyperlink in the content."""

    url: str
    """Absolute address."""
    text: str
    """Its visible text, on one line; may be empty."""


class Image(TypedDict):
    """An image in the content, lazy loading resolved."""

    url: str
    """Absolute address."""
    alt: str
    """Alternative text; empty when there is none."""


class Embed(TypedDict):
    """Foreign content shown inside the post."""

    kind: str
    """`iframe`, `video`, `audio`, `tweet`, `post` or `object`."""
    url: str
    """Absolute address."""
    title: str
    """Its title or text; may be empty."""


class Field(TypedDict):
    """A field of the record that the schema does not name (plugins, themes), kept queryable by
    value."""

    k: str
    """The field's name, exactly as received."""
    v: Any
    """Its value; objects and lists as a JSON string."""


class Duplicate(TypedDict):
    """The post that a copy repeats. Set on the copy, never on the original."""

    of: str
    """Key of the post that it repeats."""
    kind: Literal["canonical", "exact", "near", "contained", "related"]
    """How: declared canonical URL, equal text, near copy, excerpt or extended version, related."""
    direction: NotRequired[Literal["excerpt", "extended"]]
    """For `contained`: whether this post is the shorter or the longer one."""
    jaccard: float
    """Shared shingles over all shingles of both, 0..1."""
    containment: float
    """Shared shingles over those of the shorter text, 0..1."""
    own_words: NotRequired[int]
    """Words of this post without the lines that stand in many posts of its site; absent in marks of
    earlier versions."""
    shared_words: NotRequired[int]
    """Those of them that both posts share, counted in the shorter text."""
    reason: NotRequired[Literal["declared", "earliest", "longest", "smallest key"]]
    """Why `of` is the original of its cluster; only where `wparchive duplicates find` has decided.
    A crawl's own finding is a hint."""


class Document(TypedDict):
    """The fields of every archived object, whatever its kind."""

    _id: str
    """`site/type/id`."""
    site: str
    """Host and path of the site's home, without scheme (`example.com/blog`)."""
    type: str
    """WordPress's own name: post type (`post`, `page`, `attachment`), taxonomy (`category`,
    `post_tag`), `user` or `comment`; or ours for a list of a plugin (`store_product`)."""
    id: int
    """The object's id on its site."""
    link: str | None
    """Its public address as the site gives it; None when it gives none."""
    state: State
    """`live`; `withdrawn` (exists, no longer public: 401/403); `deleted` (404); `unpublished`
    (read with the credentials of a user, and not for visitors: see `status`)."""
    state_since: datetime
    """When that state was first observed."""
    first_seen_at: datetime
    """When the object was first archived."""
    last_seen_at: datetime
    """When a crawl last saw it live. Readers take that from the last run that proved the type
    complete; stored is only the time of the last write, for what did not change is not written."""
    changed_at: datetime
    """When a crawl last found another version."""
    revision: int
    """1 for the first version, one more for each later one; earlier ones are in `revisions`."""
    refreshes: NotRequired[int]
    """How often the standing version was rewritten without becoming another one; each earlier
    state is in `revisions`."""
    refreshed_at: NotRequired[datetime | None]
    """When a crawl last did so; None where none did."""
    transitions: NotRequired[int]
    """How often its state has changed; `events` has each change."""
    raw_sha256: NotRequired[str | None]
    """SHA-256 of the record as received, in hexadecimal digits; None in documents of early
    versions, until the end of the next run."""
    warc: NotRequired[str | None]
    """The WARC record that it was read from, as `FILE#ID` (`-a warc`): the name of the file and the
    record's `WARC-Record-ID`. It is that of the last write: what did not change is not written.
    None where the run wrote no WARC files, and for posts that were read from feeds and pages."""
    version_hash: str
    """Hash of what makes a version (text, title, term ids, ...); a difference makes a revision."""
    refresh_hash: str
    """Hash of what may change without making a version (names of terms, modified_at, ...); a
    difference rewrites in place."""
    raw: bytes
    """The record exactly as received (JSON bytes), compressed with zlib."""
    extra: list[Field]
    """Fields of the record that this schema does not name. The plain values inside `acf` and `meta`
    have pairs of their own: `acf.address.city`."""
    cleaner_version: NotRequired[int]
    """Version of the cleaner that made the texts of `raw`; absent or 0 in documents archived
    before it had one."""
    flags: list[str]
    """What had to be done to keep the record: `repaired`, `surrogates`, `big_integers`,
    `too_deep`, `truncated`, `too_many_terms`, ...; `incomplete` where the site can send only a part
    of it."""


class PostDocument(Document):
    """A post of any type: post, page, custom."""

    slug: str
    """Decoded slug; may be empty."""
    title: str
    """Plain text; may be empty."""
    text: str
    """The content as plain text, written from `blocks`: blank lines separate them."""
    html: str
    """The content as safe HTML: allow-listed tags and attributes, absolute addresses."""
    excerpt: str
    """Plain text."""
    word_count: int
    """Words; in scripts without spaces, characters."""
    language: str | None
    """BCP 47 tag: `en`, `pt-BR`, `zh-Hant`, `sr-Latn`. A region stands only where the post's own
    fields declare it. None where neither the text nor the site says anything."""
    language_confidence: NotRequired[float | None]
    """How sure `language` is, 0..1; absent in documents archived before it was looked for."""
    language_source: NotRequired[str | None]
    """What says it: `text`, its `script` alone, `declared` (the post's own fields: Polylang, WPML,
    Yoast), or `site` (its front page)."""
    published_at: datetime | None
    """Publication, UTC; None when the site gives no valid date."""
    modified_at: datetime | None
    """Last modification by the site's account, UTC; may be before `published_at`."""
    published_local: str | None
    """The site-local string that `published_at` came with."""
    modified_local: str | None
    """The site-local string that `modified_at` came with."""
    author: Ref | None
    """Author; None when the type has none."""
    authors: NotRequired[list[Ref]]
    """All authors, co-authors and guests of plugins included, in their order; `id` is 0 for a guest
    without an account. Without such a plugin, the author alone. Absent in documents archived before
    it was looked for."""
    translations: NotRequired[list[Translation]]
    """The post in other languages (Polylang, WPML); absent as `authors` is."""
    tags: list[Ref]
    """Tags in the site's order."""
    categories: list[Ref]
    """Categories in the site's order."""
    terms: list[TermRef]
    """Terms of all other taxonomies."""
    featured_media: MediaRef | None
    """Featured image; None when there is none."""
    links: list[Link]
    """Hyperlinks of the content, in order."""
    images: list[Image]
    """Images of the content, in order."""
    embeds: list[Embed]
    """Embedded foreign content, in order."""
    has: NotRequired[list[Feature]]
    """What there is in the content, in this order: `table`, `code`, `image`, `video`, `audio`,
    `embed`, `quote`, `formula`. Absent as `blocks` is, and so are the next two."""
    link_domains: NotRequired[list[str]]
    """Domains that the content links to, each once: hosts without `www.`, and the domains above
    them (`blog.example.com` and `example.com`). At most 1,000."""
    embed_providers: NotRequired[list[str]]
    """Who serves its embeds, each once: `youtube`, `vimeo`, `x`, ..., else the host."""
    blocks: NotRequired[list[Block]]
    """The content in order, part by part; absent or empty in documents of cleaners before version
    3, until they are cleaned again."""
    removed_words: NotRequired[int]
    """Words of `blocks` that are no part of `text`, because the site repeats them in its posts;
    absent or 0 in documents archived before sites were remembered."""
    protected: bool
    """True when a password hides the content (text and html are then empty)."""
    status: str
    """The site's own status: `publish`; of unpublished posts `private`, `draft`, `pending` or
    `future`."""
    parent: int | None
    """Id of the parent page; None or 0 when there is none."""
    sticky: bool
    """Pinned to the front page."""
    format: str | None
    """Post format (`standard`, `video`); None when the type has none."""
    canonical_url: str | None
    """Canonical address declared by an SEO field; None when none is declared."""
    source: NotRequired[str | None]
    """Where the content was read: `api`; `api+page` (an API record whose empty content was
    completed from the public page); `feed`, `page` or `sitemap` where the API was closed. None or
    absent in documents archived before there was another source than the API."""
    completeness: NotRequired[str | None]
    """How much of the post that is: `record` (all that the API shows), `content` (title, dates and
    the whole content), `excerpt` (the beginning of the content) or `address` (the address alone, or
    all but the content, where that breaks the API's answers). None or absent as `source` is."""
    content_fingerprint: str
    """Hash of the normalised text: equal for equal text, whatever its markup, quotes or white
    space."""
    sketch: list[int]
    """Sampled shingle hashes (signed 64 bit) for finding near copies; empty for short texts."""
    sketch_version: int
    """Version of the sketch; sketches of different versions are never compared."""
    unsteady: NotRequired[int]
    """How many versions in a row were found without the site's own date of modification moving.
    From 3 on the text counts as one that changes at every request (a list of the latest posts, a
    counter), and one version a day is kept at most."""
    duplicate: Duplicate | None
    """What this post repeats; None when it is an original or was not yet compared."""


class TermDocument(Document):
    """A term of any taxonomy; `type` is the taxonomy."""

    name: str
    """Plain text."""
    slug: str
    """Decoded slug."""
    description: str
    """Plain text."""
    parent: int | None
    """Id of the parent term; None in flat taxonomies, 0 at the top."""
    count: int | None
    """Posts with the term, by the site's own (lazily kept) count."""


class AuthorDocument(Document):
    """A user with published posts; `type` is `user`."""

    name: str
    """Display name."""
    slug: str
    """Decoded slug."""
    description: str
    """Plain text."""


class MediaDocument(Document):
    """An attachment; `type` is `attachment`. Its file is in `files`, where a run was asked for it
    (`-a media`)."""

    slug: str
    """Decoded slug."""
    title: str
    """Plain text."""
    alt: str
    """Alternative text."""
    caption: str
    """Plain text."""
    description: str
    """Plain text."""
    mime_type: str
    """As the site says (`image/jpeg`)."""
    url: str | None
    """Address of the full file."""
    width: int | None
    """Pixels; None when not an image or not said."""
    height: int | None
    """Pixels."""
    size_bytes: int | None
    """Of the full file, where the site says it."""
    post: int | None
    """Id of the post it was uploaded to; None when there is none."""
    author: Ref | None
    """Who uploaded it."""
    published_at: datetime | None
    """Upload, UTC."""
    modified_at: datetime | None
    """Last modification, UTC."""
    published_local: str | None
    """Site-local string of `published_at`."""
    modified_local: str | None
    """Site-local string of `modified_at`."""


class CommentDocument(Document):
    """An approved comment; `type` is `comment`. Archived only when asked for."""

    post: int
    """Id of the post."""
    parent: int
    """Id of the comment that it answers; 0 when none."""
    author_id: int
    """Id of a registered author; 0 for visitors."""
    author_name: str
    """As entered by the author."""
    author_url: str
    """As entered by the author; may be empty."""
    text: str
    """Plain text."""
    html: str
    """Safe HTML."""
    published_at: datetime | None
    """UTC."""
    published_local: str | None
    """Site-local string of `published_at`."""
    content_fingerprint: str
    """Hash of the normalised text."""


class Revision(TypedDict):
    """An earlier state of a document: a version that a later one replaced, or a version as it was
    before a refresh."""

    _id: str
    """`site/type/id#revision` of a version, `site/type/id#revision.refreshes` of a state before a
    refresh."""
    key: str
    """The document's `_id`."""
    kind: Kind
    """The collection that the document is in."""
    site: str
    """The document's site."""
    type: str
    """The document's type."""
    id: int
    """The document's id."""
    revision: int
    """Which version this was."""
    refreshes: NotRequired[int]
    """How often it had been refreshed."""
    whole: NotRequired[bool]
    """Absent, None or True: `document` is whole. False: it holds the fields that the refresh
    changed, as they were; all others are those of the state that follows."""
    from_at: datetime
    """When it was first seen."""
    until_at: datetime
    """When it was found replaced."""
    raw_sha256: NotRequired[str | None]
    """SHA-256 of its record as received, in hexadecimal digits."""
    document: dict[str, Any]
    """The document as it stood. Where it is not whole, `raw` is packed with the record of the state
    that follows as a dictionary (zlib's preset dictionary: its last 32 KiB, decompressed)."""


class EventRecord(TypedDict):
    """Something that happened to an object, as a run saw it. Records are only ever added.

    First sightings are no records: they are in `first_seen_at` of the documents.
    """

    _id: str
    """`kind:site/type/id#step`, where the step follows from the document as it stood before:
    `edit.2`, `refresh.2.1`, `state.1`."""
    key: str
    """The document's `_id`."""
    kind: Kind
    """The collection that the document is in."""
    site: str
    """The document's site."""
    type: str
    """The document's type."""
    id: int
    """The document's id."""
    event: EventKind
    """`edited` (another version), `refreshed` (rewritten without one), `withdrawn`, `deleted`,
    `returned` (live again), `unpublished` (not public any more, and read with credentials);
    `renamed` for an edit that changed the name of a term or an author;
    `gone` for a term that was deleted, and then `merged` where its posts have another one now."""
    at: datetime
    """When the run saw it."""
    run: str | None
    """`_id` of the run; None where it is not known (archives of version 1)."""
    revision: int
    """The version that the document then had."""
    title: str
    """Title or name of the object then; of a comment the beginning of its text."""
    link: str | None
    """Its address then."""
    changed: list[str]
    """Names of the fields that differ, for `edited`, `refreshed` and `renamed`."""
    before: str | None
    """The old name, for `renamed`."""
    after: str | None
    """The new name, for `renamed`; the key of the other term, for `merged`."""


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
    "types",
    "theme",
    "builder",
]


class Alarm(TypedDict):
    """Something about a run that is not as it usually is on that site."""

    kind: AlarmKind
    """`fewer` new posts than usual, `silent` for longer than usual, texts `empty` or `short`,
    `fields` gone, `unresolved` names, many `failures`, runs `failing` again and again, `deletions`
    in bulk, `types` gone, another `theme`, another `builder`."""
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


class Brake(TypedDict):
    """Withdrawals of one type that a run held back, because they were too many at once."""

    kind: NotRequired[Kind]
    """The collection; not there in archives of early versions."""
    type: str
    """The type."""
    count: int
    """How many objects were no longer listed."""
    sample: NotRequired[list[int]]
    """Their ids, at most a thousand at even distances; not there in archives of early versions."""
    run: str
    """Start of the run that held them back."""
    at: datetime
    """When it did."""


class Watermark(TypedDict):
    """Up to where a type is known to be archived: what changed later is news to the next run."""

    kind: Kind
    """The collection."""
    type: str
    """The type."""
    date: str
    """Latest site-local date of publication of what is held, not after the start of the run."""
    modified: str
    """Latest site-local date of change of what is held, not after the start of the run."""
    hidden: int
    """Rows that the site counted and did not show; 1 where their number is not known."""
    cache_age_s: float
    """Age of the oldest answer that the run got from a cache."""
    timezone: str
    """The site's time zone at that time."""
    at: str
    """Start of the run that moved it, ISO 8601, UTC; only a run that proved the type complete
    does."""
    read_at: str
    """Start of the last such run that read the whole list."""
    milestone_id: NotRequired[int]
    """A row of the list that keeps its rank as long as nothing before it vanishes; only for kinds
    of which the site may count rows that it does not show."""
    milestone_rank: NotRequired[int]
    """How many rows are before it in the order of ids."""
    turn: NotRequired[int]
    """Pages of a long list that are before the one whose turn is next."""
    view: NotRequired[str | None]
    """Which posts the run asked for, and in which form, where that was not what visitors see:
    `draft,publish`, `publish edit`; empty or None otherwise."""
    languages: NotRequired[str]
    """The languages whose lists a run has compared with the one by default: `de,en`; empty for
    none."""
    by_language: NotRequired[bool]
    """Lists by language have objects that the one by default lacks; they are read in full."""


class Site(TypedDict):
    """A site and how its API is reached."""

    _id: str
    """The site key: host and path of its home."""
    home: str
    """Address of the front page."""
    api_root: str
    """Address of the API's root."""
    found_by: str
    """How the root was found (`link header`, `probe /wp-json/`, ...)."""
    name: str
    """The site's name, plain text."""
    description: str
    """Its tag line, plain text."""
    timezone: str
    """IANA name, or empty."""
    gmt_offset: float | None
    """Hours; None when not said."""
    public_settings: NotRequired[dict[str, str | int] | None]
    """What else the index says of its settings, under WordPress's names: `site_icon`, `site_logo`
    (ids of media), `site_icon_url`, `show_on_front`, `page_on_front`, `page_for_posts`. Only those
    that are set; absent or None in sites that no run has seen since it was added."""
    namespaces: list[str]
    """API namespaces."""
    language: str | None
    """Language that the front page declares."""
    theme: NotRequired[str | None]
    """The theme that the front page loads its styles from; None where it does not say."""
    theme_seen_at: NotRequired[datetime | None]
    """When the front page was last looked at for it."""
    capabilities: list[dict[str, Any]]
    """`{route, kind, type, parameters, per_page_maximum, orderby, in_index, languages}` for each
    collection; `in_index`: the site's index names the route; `languages`: it has lists by these."""
    brakes: list[Brake]
    """Withdrawals that a run held back and a second run must confirm."""
    watermarks: list[Watermark]
    """Up to where each type is known to be archived; None in archives of early versions."""
    first_seen_at: datetime
    """UTC."""
    last_seen_at: datetime
    """UTC."""


class TypePosts(TypedDict):
    """A number of posts of one type."""

    type: str
    """The post type."""
    posts: int
    """How many."""


class RecurringBlock(TypedDict):
    """A block that stands in many posts of a site, and what was decided about it."""

    _id: str
    """`site#hash`."""
    site: str
    """The site."""
    hash: str
    """16 hexadecimal digits: equal for blocks that say the same, whatever their numbers."""
    text: str
    """The block's text as one post has it, cut at 500 characters."""
    block_kind: str
    """The kind of block that it mostly is."""
    posts: int
    """Live posts that it stands in, at the last exact count."""
    free: int
    """Those of them in which no guard keeps it."""
    types: list[TypePosts]
    """The same posts by type."""
    example: str
    """Key of a post that it stands in."""
    removed: bool
    """It is left out of the texts of the site's posts."""
    reason: Literal[
        "recurs",
        "rare",
        "heading",
        "code",
        "no prose",
        "short",
        "address",
        "amid the text",
        "body",
        "asked",
    ]
    """Why it is removed or kept: it recurs; it stands in too few posts; the guard that keeps it in
    most of its posts; somebody asked for it."""
    overruled: Literal["keep", "drop"] | None
    """What somebody asked for with `wparchive boilerplate`; it holds for good."""


class SiteMemory(TypedDict):
    """The state of the count of blocks in a site's posts."""

    _id: str
    """The site key."""
    complete: bool
    """False while a run counts; it stays False when that run was killed."""
    counted_at: datetime
    """When all posts were counted exactly."""
    types: list[TypePosts]
    """Live posts by type: at that count, and those that came since."""
    cleaner_version: int
    """Version of the cleaner that made the counted blocks; the oldest one where there are more."""
    applied: str
    """Stands for the set of blocks that was left out of all texts of the site."""
    keys: list[int]
    """Hashes of frequent blocks, as signed integers of 64 bits; 20,000 at most."""
    counts: list[int]
    """For each of them in how many posts it was seen, less `shortfall` at most."""
    shortfall: int
    """By how much `counts` may be too low; blocks that are not listed were seen no more often."""


class Lease(TypedDict):
    """The right of one run to write the documents of a site."""

    _id: str
    """The site key."""
    holder: str
    """A text that no other holder has."""
    run: str
    """`_id` of the run."""
    host: str
    """Name of its machine."""
    pid: int
    """Number of its process there."""
    process: str
    """What tells that process from all others of its machine; empty where the system does not
    tell."""
    since: datetime
    """UTC. When the run got the lease."""
    beat: int
    """Counted up by the run as long as it goes on; nobody compares clocks."""
    beat_at: datetime
    """UTC by the run's own clock: for people, and for `wparchive runs`."""


class WalkCheckpoint(TypedDict):
    """The progress of the walk over one collection; there until a run ends complete."""

    _id: str
    """`site/kind/type`."""
    site: str
    """The site key."""
    kind: Kind
    """The collection."""
    type: str
    """The type."""
    run: str
    """`_id` of the run that wrote it."""
    began_at: datetime
    """UTC. Start of the first of the runs that went on from each other."""
    saved_at: datetime
    """UTC."""
    up_to_id: int
    """Every object up to this id that the site showed was written to the archive."""
    proved: bool
    """The walk has come to its end, and proved it."""
    conditions: dict[str, str]
    """What must be the same for a run that goes on: the route, the arguments, the version."""


DOCUMENT_TYPES: dict[Kind, type] = {
    "posts": PostDocument,
    "terms": TermDocument,
    "authors": AuthorDocument,
    "media": MediaDocument,
    "comments": CommentDocument,
}
RECORD_TYPES: dict[str, type] = {
    **dict(DOCUMENT_TYPES.items()),
    "revisions": Revision,
    "events": EventRecord,
    "runs": Run,
    "failures": Failure,
    "files": FileRecord,
    "sites": Site,
    "boilerplate": RecurringBlock,
    "site_memory": SiteMemory,
    "leases": Lease,
    "checkpoints": WalkCheckpoint,
    "manifests": ManifestChunk,
}
"""The type of every collection's (table's) records."""
