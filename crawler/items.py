"""What the crawl produces: one dataclass for each kind of object, filled by `parsing.py` and finished by the pipelines.

Text fields ending in `_rendered` are HTML as received; what the pipelines derive from them stands beside them.
`None` is "not known", an empty value is "known to be none".
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from wparchive.model.documents import (
    Embed,
    Field,
    Image,
    Kind,
    Link,
    MediaRef,
    Ref,
    TermRef,
    document_key,
)
from wparchive.model.outcome import Outcome


def _text(raw: bytes) -> str:
    """The raw record in Scrapy's own feed exports (`-o posts.jsonl`), which take no bytes."""
    return raw.decode("utf-8", "replace")


def _nothing(packed: bytes) -> None:
    """Feed exports have the raw record in clear."""


@dataclass(slots=True, kw_only=True)
class Item:
    """What every object of a site has."""

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
    packed: bytes = field(default=b"", metadata={"serializer": _nothing})
    """`raw` compressed, where another process has done that already."""
    outcome: Outcome | None = None
    """What writing it did; set by the store stage."""

    @property
    def key(self) -> str:
        """Its document's `_id`."""
        return document_key(self.site, self.type, self.id)


@dataclass(slots=True, kw_only=True)
class Post(Item):
    """A post of any type. Source: wp-includes/rest-api/endpoints/class-wp-rest-posts-controller.php."""

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
    language: str | None = None
    parent: int | None = None
    sticky: bool = False
    format: str | None = None
    canonical_url: str | None = None
    author_id: int | None = None
    """None when the type has no authors; 0 when orphaned."""
    featured_media_id: int | None = None
    """0 for none."""
    term_ids: dict[str, list[int]] = field(default_factory=dict)
    """Ids by taxonomy slug, in the site's order."""
    class_list: list[str] | None = None
    """CSS classes of the post, which may hint at slugs of terms; None when absent."""
    embedded: dict[str, dict[int, MediaRef]] = field(default_factory=dict)
    """Names that came inside the record (`_embedded`, SEO fields), by type, then id; hints carry `hint`."""

    title: str = ""
    text: str = ""
    html: str = ""
    excerpt: str = ""
    word_count: int = 0
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    embeds: list[Embed] = field(default_factory=list)

    author: Ref | None = None
    tags: list[Ref] = field(default_factory=list)
    categories: list[Ref] = field(default_factory=list)
    terms: list[TermRef] = field(default_factory=list)
    featured_media: MediaRef | None = None

    content_fingerprint: str = ""
    sketch: list[int] = field(default_factory=list)
    sketch_version: int = 0


@dataclass(slots=True, kw_only=True)
class Term(Item):
    """A term; `type` is its taxonomy. Source: class-wp-rest-terms-controller.php."""

    kind: ClassVar[Kind] = "terms"
    name_rendered: str = ""
    description_rendered: str = ""
    parent: int | None = None
    count: int | None = None

    name: str = ""
    description: str = ""


@dataclass(slots=True, kw_only=True)
class Author(Item):
    """A user with published posts; avatars and e-mail hashes are left out on purpose. Source: class-wp-rest-users-controller.php."""

    kind: ClassVar[Kind] = "authors"
    name_rendered: str = ""
    description_rendered: str = ""

    name: str = ""
    description: str = ""


@dataclass(slots=True, kw_only=True)
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


@dataclass(slots=True, kw_only=True)
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
