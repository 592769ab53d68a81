"""Items: one dataclass for each kind of object, filled by `parsing.py`, finished by the pipelines.

Text fields ending in `_rendered` are HTML as received; what the pipelines derive from them stands
beside them. `None` means "not known", an empty value means "known to be none".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from wparchive.model.blocks import Block
from wparchive.model.document_parts import (
    Embed,
    Field,
    Image,
    Link,
    MediaRef,
    Ref,
    TermRef,
    Translation,
)
from wparchive.model.documents import Completeness, Kind, LanguageSource, PostSource, document_key
from wparchive.model.features import Feature
from wparchive.model.outcome import Written


def _text(raw: bytes) -> str:
    """Return the raw record for Scrapy's feed exports (`-o posts.jsonl`), which take no bytes."""
    return raw.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class StageResults:
    """The results of stages that a helper process ran ahead, with what they were made from.

    The stages use them for an item whose fields still say the same, and work themselves otherwise.
    """

    cleaned_from: tuple[Any, ...]
    """The values of the fields that the clean stage reads."""
    cleaned: Mapping[str, Any]
    """The fields that the clean stage sets; `flags` are to be added."""
    fingerprinted_from: str
    """The text that the fingerprint stage reads."""
    fingerprinted: Mapping[str, Any]
    """The fields that the fingerprint stage sets."""
    raw: bytes
    """The raw record that `compressed` holds."""
    compressed: bytes


class FinishedDocument(NamedTuple):
    """An item's document as a helper process finished it, all but the names of its references.

    The item itself then has few fields, those that the resolve stage needs. The crawl's own process
    hands `content` on without opening it.
    """

    version_hash: str
    refresh_parts: bytes
    """JSON: the parts of the refresh hash that are known without names."""
    content: bytes
    """See `wparchive/model/sealed.py`."""
    block_keys: frozenset[int] = frozenset()
    """Of a post: the keys of its blocks, by which a site's furniture is learned."""


class Progress:
    """The notes that stages make about an item.

    They are no fields of the item: neither feed exports nor `ItemAdapter` see them.
    """

    prepared: StageResults | FinishedDocument | None = None
    """The work that a helper process did ahead; None where none did."""
    received_bytes: int = 0
    """Length of the raw record. What is in flight is bounded by it."""
    number: int = 0
    """Counts the items of a run, in the order in which they are sent."""
    warc: str | None = None
    """The WARC record that the raw record was read from; None where none was written."""
    written: Written | None = None
    """What became of the document; set by the store stage."""


@dataclass(kw_only=True)
class Item(Progress):
    """The fields that every object of a site has."""

    kind: ClassVar[Kind]
    site: str
    """Site key: host and path of the site's home."""
    type: str
    """WordPress's name of its type."""
    id: int
    """Id on the site."""
    link: str | None = None
    """Public address, absolute; None when the site gives none."""
    slug: str = ""
    """Decoded slug."""
    raw: bytes = field(default=b"", metadata={"serializer": _text})
    """The record exactly as received, JSON bytes."""
    extra: list[Field] = field(default_factory=list)
    """Fields that no schema names."""
    flags: list[str] = field(default_factory=list)
    """What had to be done to keep the record."""

    def __post_init__(self) -> None:
        self.received_bytes = len(self.raw)

    @property
    def key(self) -> str:
        """Return the `_id` of its document."""
        return document_key(self.site, self.type, self.id)


@dataclass(kw_only=True)
class Post(Item):
    """A post of any type.

    Source: wp-includes/rest-api/endpoints/class-wp-rest-posts-controller.php.
    """

    kind: ClassVar[Kind] = "posts"
    title_rendered: str = ""
    content_rendered: str = ""
    excerpt_rendered: str = ""
    protected: bool = False
    """A password hides content and excerpt."""
    status: str = "publish"
    published_at: datetime | None = None
    modified_at: datetime | None = None
    published_local: str | None = None
    modified_local: str | None = None
    declared_language: str | None = None
    """By fields of the record."""
    site_language: str | None = None
    """By the site's front page."""
    parent: int | None = None
    sticky: bool = False
    format: str | None = None
    canonical_url: str | None = None
    source: PostSource = "api"
    """Where the content was read."""
    completeness: Completeness = "record"
    """How much of the post that is."""
    author_id: int | None = None
    """None when the type has no authors; 0 when orphaned."""
    featured_media_id: int | None = None
    """0 for none."""
    term_ids: dict[str, list[int]] = field(default_factory=dict)
    """Ids by taxonomy slug, in the site's order."""
    class_list: list[str] | None = None
    """CSS classes of the post, which may hint at slugs of terms; None when absent."""
    co_authors: list[Ref] = field(default_factory=list)
    """All authors that a plugin names; empty where none does."""
    translations: list[Translation] = field(default_factory=list)
    """The post in other languages."""
    embedded: dict[str, dict[int, MediaRef]] = field(default_factory=dict)
    """Names inside the record (`_embedded`, SEO fields), by type, then id; hints carry `hint`."""

    title: str = ""
    text: str = ""
    html: str = ""
    excerpt: str = ""
    word_count: int = 0
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    embeds: list[Embed] = field(default_factory=list)

    language: str | None = None
    language_confidence: float | None = None
    language_source: LanguageSource | None = None

    author: Ref | None = None
    authors: list[Ref] = field(default_factory=list)
    tags: list[Ref] = field(default_factory=list)
    categories: list[Ref] = field(default_factory=list)
    terms: list[TermRef] = field(default_factory=list)
    featured_media: MediaRef | None = None

    content_fingerprint: str = ""
    sketch: list[int] = field(default_factory=list)
    sketch_version: int = 0
    has: list[Feature] = field(default_factory=list)
    link_domains: list[str] = field(default_factory=list)
    embed_providers: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


@dataclass(kw_only=True)
class Term(Item):
    """A term; `type` is its taxonomy. Source: class-wp-rest-terms-controller.php."""

    kind: ClassVar[Kind] = "terms"
    name_rendered: str = ""
    description_rendered: str = ""
    parent: int | None = None
    count: int | None = None

    name: str = ""
    description: str = ""


@dataclass(kw_only=True)
class Author(Item):
    """A user with published posts. Avatars and hashes of e-mail addresses are left out on purpose.

    Source: class-wp-rest-users-controller.php.
    """

    kind: ClassVar[Kind] = "authors"
    name_rendered: str = ""
    description_rendered: str = ""

    name: str = ""
    description: str = ""


@dataclass(kw_only=True)
class Media(Item):
    """An attachment. Source: class-wp-rest-attachments-controller.php."""

    kind: ClassVar[Kind] = "media"
    title_rendered: str = ""
    caption_rendered: str = ""
    description_rendered: str = ""
    alt: str = ""
    mime_type: str = ""
    url: str | None = None
    width: int | None = None
    height: int | None = None
    size_bytes: int | None = None
    post: int | None = None
    author_id: int | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    published_local: str | None = None
    modified_local: str | None = None

    title: str = ""
    caption: str = ""
    description: str = ""
    author: Ref | None = None


@dataclass(kw_only=True)
class Comment(Item):
    """An approved comment. Source: class-wp-rest-comments-controller.php."""

    kind: ClassVar[Kind] = "comments"
    content_rendered: str = ""
    post: int = 0
    parent: int = 0
    author_id: int = 0
    author_name: str = ""
    author_url: str = ""
    published_at: datetime | None = None
    published_local: str | None = None

    text: str = ""
    html: str = ""
    content_fingerprint: str = ""


ITEM_CLASSES: Mapping[Kind, type[Item]] = {
    "posts": Post,
    "terms": Term,
    "authors": Author,
    "media": Media,
    "comments": Comment,
}
