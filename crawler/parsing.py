"""One record of the API becomes one item.

Only `id` is required. Every other field may be missing or of another type, because plugins filter
the API's answers: then the item has the field's default. Times become aware UTC.
"""

import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from crawler.fallback.markers import MARKER, source_fields, source_flags
from crawler.items import Author, Comment, Item, Media, Post, Term
from crawler.rest.collections import Collection
from crawler.rest.lenient_json import decode_record
from crawler.rest.php_values import as_id, as_integer, as_mapping, as_rendered, as_text
from crawler.rest.plugin_fields import co_authors, translations
from crawler.rest.record_fields import (
    JsonRecord,
    absolute_link,
    class_list,
    decoded_slug,
    embedded_names,
    record_language,
    record_times,
    term_ids,
    web_or_none,
)
from crawler.rest.seo_heads import canonical_in_heads
from wparchive.model.addresses import LINK_SCHEMES, is_address
from wparchive.model.document_parts import Field
from wparchive.model.documents import Kind
from wparchive.text.marks import one_line

_TIMES = {"date", "date_gmt", "modified", "modified_gmt"}
_POST_FIELDS = {"title", "content", "excerpt", "status", "parent", "sticky", "format", "author"}
_MEDIA_FIELDS = {"title", "caption", "description", "alt_text", "mime_type", "source_url", "post"}
_COMMENT_FIELDS = {"content", "post", "parent", "author", "author_name", "author_url", "status"}
_NAMED: Mapping[Kind, set[str]] = {
    "posts": _POST_FIELDS | _TIMES | {"featured_media", "class_list", "yoast_head"},
    "terms": {"name", "description", "parent", "count"},
    "authors": {"name", "description"},
    "media": _MEDIA_FIELDS
    | _TIMES
    | {"author", "media_type", "status", "media_details", "class_list"},
    "comments": _COMMENT_FIELDS | {"date", "date_gmt"},
}
"""Fields that the documents of a kind name; all others become `extra`."""
_LINKS = {"_links", "_embedded", "guid"}
_AVATARS = {"avatar_urls", "author_avatar_urls"}  # hashes of e-mail addresses
_SECRETS = {"password"}  # of protected posts, as editors get them; `raw` has it
_NEVER_EXTRA = {"id", "link", "slug", "type", "taxonomy", MARKER} | _LINKS | _AVATARS | _SECRETS
"""Fields of all kinds that the documents name, or that are left to `raw` alone."""

_CUSTOM_FIELDS = ("acf", "meta")
"""Objects of fields that a site has made for itself (Advanced Custom Fields, post meta)."""
# Page builders keep whole layouts in post meta: thousands of values, many levels deep.
_MOST_PARTS = 200
_DEEPEST_PART = 5
_json = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class RecordSource:
    """The origin of the records of a page."""

    collection: Collection
    site: str
    """The site key."""
    home: str
    """The address of the site's front page."""
    repaired: bool = False
    """The page had to be repaired before it could be read."""
    language: str | None = None
    """The language that the front page declares."""


def parse_from(raw: bytes, source: RecordSource) -> Item:
    """Return the item of a record, with a flag where its page was repaired.

    Raises what `parse_record` raises.
    """
    item = parse_record(raw, source.collection, source.site, source.home)
    if isinstance(item, Post):
        item.site_language = source.language
    if source.repaired:
        item.flags.append("repaired")
    return item


def parse_record(
    raw: bytes, collection: Collection, site: str, home: str, extra: list[Field] | None = None
) -> Item:
    """Return the item of one record.

    `site` is the site key, and `home` the address against which links are resolved. `extra` are
    the fields of no schema where these are known; otherwise they are taken from the record.
    Raises ValueError for a record that is no object, is nested too deeply, or has no usable id.
    """
    record, flags = decode_record(raw)
    if collection.shape is not None:
        record = collection.shape.as_post(record)
    id_ = as_integer(record.get("id"))
    if id_ is None or id_ < 0:
        raise ValueError("the record has no id")
    if extra is None:
        extra = _extra(record, collection)
    common: dict[str, Any] = {
        "site": site,
        "type": collection.type,
        "id": id_,
        "link": absolute_link(record.get("link"), home),
        "slug": decoded_slug(record.get("slug")),
        "raw": raw,
        "extra": extra,
        "flags": flags,
    }
    return _PARSERS[collection.kind](record, common, collection)


def _post(record: JsonRecord, common: dict[str, Any], collection: Collection) -> Item:
    common["flags"] += source_flags(record)
    content = {"content_rendered": as_rendered(record.get("content"))}
    ids, too_many = term_ids(record, collection.taxonomies)
    if too_many:
        common["flags"].append("too_many_terms")
    return Post(
        **common,
        **record_times(record),
        **content | source_fields(record.get(MARKER)),
        title_rendered=as_rendered(record.get("title")),
        excerpt_rendered=as_rendered(record.get("excerpt")),
        protected=as_mapping(record.get("content")).get("protected") is True,
        # A visitor is shown published posts alone, also where a plugin takes the field away.
        status=as_text(record.get("status")) or "publish",
        parent=as_integer(record.get("parent")),
        sticky=record.get("sticky") is True,
        format=as_text(record.get("format")) or None,
        declared_language=record_language(record),
        canonical_url=canonical_in_heads(record),
        author_id=as_id(record.get("author")),
        featured_media_id=as_id(record.get("featured_media")),
        term_ids=ids,
        class_list=class_list(record),
        co_authors=co_authors(record),
        translations=translations(record, common["id"]),
        embedded=embedded_names(record),
    )


def _term(record: JsonRecord, common: dict[str, Any], collection: Collection) -> Item:
    return Term(
        **common,
        name_rendered=as_text(record.get("name")),
        description_rendered=as_text(record.get("description")),
        parent=as_integer(record.get("parent")),
        count=as_integer(record.get("count")),
    )


def _author(record: JsonRecord, common: dict[str, Any], collection: Collection) -> Item:
    return Author(
        **common,
        name_rendered=as_text(record.get("name")),
        description_rendered=as_text(record.get("description")),
    )


def _media(record: JsonRecord, common: dict[str, Any], collection: Collection) -> Item:
    # Media that are no images have `media_details: []` or none at all.
    details = as_mapping(record.get("media_details"))
    return Media(
        **common,
        **record_times(record),
        title_rendered=as_rendered(record.get("title")),
        caption_rendered=as_rendered(record.get("caption")),
        description_rendered=as_rendered(record.get("description")),
        alt=as_text(record.get("alt_text")),
        mime_type=as_text(record.get("mime_type")),
        url=web_or_none(record.get("source_url")),
        width=as_integer(details.get("width")),
        height=as_integer(details.get("height")),
        # WordPress 7.0 has the size in a field of its own, too.
        size_bytes=as_integer(record.get("filesize", details.get("filesize"))),
        post=as_integer(record.get("post")) or None,
        author_id=as_id(record.get("author")),
    )


def _author_url(record: JsonRecord) -> str:
    """Return the address that a visitor has entered; empty where a click on it could run."""
    entered = as_text(record.get("author_url"))
    return entered if is_address(entered, LINK_SCHEMES) else ""


def _comment(record: JsonRecord, common: dict[str, Any], collection: Collection) -> Item:
    times = record_times(record)
    return Comment(
        **common,
        content_rendered=as_rendered(record.get("content")),
        post=as_integer(record.get("post")) or 0,
        parent=as_integer(record.get("parent")) or 0,
        author_id=as_id(record.get("author")) or 0,
        author_name=one_line(html.unescape(as_text(record.get("author_name")))),
        author_url=_author_url(record),
        published_at=times["published_at"],
        published_local=times["published_local"],
    )


def _extra(record: JsonRecord, collection: Collection) -> list[Field]:
    """Return the fields that no document names, as keys and values; nested values as JSON.

    The parts of custom fields follow under names of their own, so that they can be asked for.
    """
    named = _NEVER_EXTRA | _NAMED[collection.kind] | set(collection.taxonomies.values())
    fields = [_field(name, value) for name, value in record.items() if name not in named]
    for name in _CUSTOM_FIELDS:
        if isinstance(record.get(name), dict):
            fields += islice(_parts(name, record[name]), _MOST_PARTS)
    return fields


def _parts(name: str, value: Any, depth: int = 0) -> Iterator[Field]:
    """Yield the plain values inside a value, named `acf.address.city`; those of a list alike."""
    if isinstance(value, dict) and depth < _DEEPEST_PART:
        for key, part in value.items():
            yield from _parts(f"{name}.{key}", part, depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST_PART:
        for part in value:
            yield from _parts(name, part, depth + 1)
    elif not isinstance(value, dict | list) and value not in ("", None):
        yield {"k": name, "v": value}


def _field(name: str, value: Any) -> Field:
    if isinstance(value, dict | list):
        value = _json(value)
    return {"k": name, "v": value}


_PARSERS = {
    "posts": _post,
    "terms": _term,
    "authors": _author,
    "media": _media,
    "comments": _comment,
}
