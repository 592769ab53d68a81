"""The shape of what a site publishes, as the archive keeps it: the one place for all backends.

`document_parts.py` has what stands inside documents. `history_records.py`, `run_records.py`,
`site_records.py` and `file_records.py` have the shape of all other records, and `record_types.py`
names the collection of each. A test holds `docs/data-format.md` against them. A field's docstring
gives its meaning, its unit and when it is None. Foreign names (plugin fields, taxonomy slugs) are
values here, never field names, so that a site cannot shape a query path.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict

from wparchive.model.blocks import Block
from wparchive.model.document_parts import (
    Duplicate,
    Embed,
    Field,
    Image,
    Link,
    MediaRef,
    Ref,
    TermRef,
    Translation,
)
from wparchive.model.features import Feature

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


def translation_key(post: Mapping[str, Any], one: Translation) -> str | None:
    """Return the key of a translation of a post; None where only its address is known."""
    if one["id"] is None:
        return None
    return document_key(post["site"], post["type"], one["id"])


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
    """`live`; `withdrawn` (it exists and is no longer public: 401, 403); `deleted` (404);
    `unpublished` (it was read with the credentials of a user, and visitors do not see it: see
    `status`)."""
    state_since: datetime
    """When that state was first observed."""
    first_seen_at: datetime
    """When the object was first archived."""
    last_seen_at: datetime
    """When a crawl last saw it live. Readers take this from the last run that proved the type
    complete. The database has only the time of the last write, because a document that did not
    change is not written."""
    changed_at: datetime
    """When a crawl last found another version."""
    revision: int
    """1 for the first version, one more for each later one. Earlier versions are in `revisions`."""
    refreshes: NotRequired[int]
    """How often the present version was refreshed: rewritten without becoming another version. Each
    earlier state is in `revisions`."""
    refreshed_at: NotRequired[datetime | None]
    """When a crawl last refreshed it; None if no crawl did."""
    transitions: NotRequired[int]
    """How often its state has changed. `events` has each change."""
    raw_sha256: NotRequired[str | None]
    """SHA-256 of the record as received, in hexadecimal digits; None in documents of early
    versions, until the end of the next run."""
    warc: NotRequired[str | None]
    """The WARC record that it was read from, as `FILE#ID` (`-a warc`): the name of the file and the
    record's `WARC-Record-ID`. It is the record of the last write, because a document that did not
    change is not written. None if the run wrote no WARC files, and for posts that were read from
    feeds and pages."""
    version_hash: str
    """Hash of what makes a version (text, title, term ids, ...). If it differs, the document gets a
    revision."""
    refresh_hash: str
    """Hash of what may change without making a version (names of terms, `modified_at`, ...). If it
    differs, the document is refreshed."""
    raw: bytes
    """The record exactly as received (JSON bytes), compressed with zlib."""
    extra: list[Field]
    """Fields of the record that this schema does not name. The plain values inside `acf` and `meta`
    have pairs of their own: `acf.address.city`."""
    cleaner_version: NotRequired[int]
    """Version of the cleaner that made the texts of `raw`; absent or 0 in documents archived
    before it had one."""
    flags: list[str]
    """What had to be done to keep the record: `repaired`, `surrogates`, `big_integers`, `too_deep`,
    `truncated`, `too_many_terms`, ... `incomplete` means that the site can send only a part of
    it, `zone_unknown` that its times are local ones of a site whose zone nothing tells: those in
    UTC are hours off."""


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
    """BCP 47 tag: `en`, `pt-BR`, `zh-Hant`, `sr-Latn`. It has a region only if the post's own
    fields declare one. None if neither the text nor the site says anything."""
    language_confidence: NotRequired[float | None]
    """How sure `language` is, 0..1. Absent in documents that were archived before crawls looked for
    it."""
    language_source: NotRequired[str | None]
    """Where `language` comes from: the `text`, its `script` alone, a field of the post (`declared`:
    Polylang, WPML, Yoast), or the front page of the `site`."""
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
    """All authors in their order, with co-authors and guests of plugins. `id` is 0 for a guest
    without an account. Without such a plugin, it is only the author. Absent in documents that were
    archived before crawls looked for it."""
    translations: NotRequired[list[Translation]]
    """The post in other languages (Polylang, WPML). Absent where `authors` is absent."""
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
    """What the content has, in this order: `table`, `code`, `image`, `video`, `audio`, `embed`,
    `quote`, `formula`. This field and the next two are absent where `blocks` is absent."""
    link_domains: NotRequired[list[str]]
    """Domains that the content links to, each once: hosts without `www.`, and the domains above
    them (`blog.example.com` and `example.com`). At most 1,000."""
    embed_providers: NotRequired[list[str]]
    """The providers of its embeds, each once: `youtube`, `vimeo`, `x`, ... Any other provider is
    named by its host."""
    blocks: NotRequired[list[Block]]
    """The content in order, part by part. Absent or empty in documents of cleaners before version
    3, until they are cleaned again."""
    removed_words: NotRequired[int]
    """Words of `blocks` that are no part of `text`, because the site repeats them in its posts.
    Absent or 0 in documents that were archived before there was a site memory."""
    protected: bool
    """True when a password hides the content. `text` and `html` are then empty."""
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
    """Where the content was read: `api`; `api+page` (the API's record had no content, and the
    public page completed it); `feed`, `page` or `sitemap` if the API was closed. None or absent in
    documents that were archived before there was another source than the API."""
    completeness: NotRequired[str | None]
    """How much of the post was read: `record` (all that the API shows), `content` (title, dates and
    the whole content), `excerpt` (the beginning of the content) or `address` (only the address; or
    all but the content, if the content breaks the API's answers). None or absent where `source`
    is."""
    content_fingerprint: str
    """Hash of the normalised text: equal for equal text, whatever its markup, quotes or white
    space."""
    sketch: list[int]
    """Sampled shingle hashes (signed 64 bit) for finding near copies; empty for short texts."""
    sketch_version: int
    """Version of the sketch; sketches of different versions are never compared."""
    unsteady: NotRequired[int]
    """How many versions in a row were found while the site's own date of modification stayed the
    same. From 3 on, the text counts as one that changes at every request (a list of the latest
    posts, a counter). Then at most one version a day is kept."""
    duplicate: Duplicate | None
    """What this post repeats. None if it is an original, or was not compared yet."""


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
    """Pixels; None if it is no image, or if the site does not say it."""
    height: int | None
    """Pixels."""
    size_bytes: int | None
    """Size of the full file, if the site says it."""
    post: int | None
    """Id of the post it was uploaded to; None when there is none."""
    author: Ref | None
    """The user who uploaded it."""
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
