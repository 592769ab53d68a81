"""The parts of documents: references, links, pictures, embeds, marks of duplicates."""

from typing import Any, Literal, NotRequired, TypedDict


class Ref(TypedDict):
    """A resolved reference to a term, an author or a media item."""

    id: int
    """The object's id on its site."""
    name: str | None
    """Plain text; None while unresolved."""
    slug: str | None
    """Decoded slug; None while unresolved."""
    hint: NotRequired[str]
    """Where the name was taken from (`class_list`, `seo`). Present if the name is a guess."""
    unresolved: NotRequired[str]
    """The reason why the id could not be resolved. Present if it could not."""


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
    """How the post repeats it: `canonical` (it declares that address), `exact` (equal text), `near`
    (an edited copy), `contained` (an excerpt or an extended version), `related`."""
    direction: NotRequired[Literal["excerpt", "extended"]]
    """Whether this post is the shorter or the longer one. Only for `contained`."""
    jaccard: float
    """Shared shingles over all shingles of both, 0..1."""
    containment: float
    """Shared shingles over those of the shorter text, 0..1."""
    own_words: NotRequired[int]
    """Words of this post, without the lines that stand in many posts of its site. Absent in marks
    of earlier versions."""
    shared_words: NotRequired[int]
    """How many of these words both posts share, counted in the shorter text."""
    reason: NotRequired[Literal["declared", "earliest", "longest", "smallest key"]]
    """Why `of` is the original of its cluster. Only `wparchive duplicates find` decides that. A
    mark of a crawl is a hint."""
