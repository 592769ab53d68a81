"""A finished item as the document that the archive keeps. Pure; shapes in wparchive/model/documents.py."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

import msgspec

from crawler.items import Author, Comment, Item, Media, Post, Term
from pipelines.cleaning import CLEANER_VERSION
from wparchive.model.storable import compress

# Fields of items that are raw material of the pipelines, not part of a document.
_MATERIAL = frozenset(
    {"author_id", "featured_media_id", "term_ids", "class_list", "embedded", "packed", "outcome"}
)
_MATERIAL_OF_COMMENTS = frozenset(
    {"slug", "packed", "outcome"}
)  # comments have no slug; their author's id is all that is known


# Addresses of which `urlsplit` takes nothing away but what is around host and path.
_USUAL = re.compile(r"https?://([\w.:@-]*+(?:/[^\x00-\x20?#]*+)?)(?![^?#])", re.ASCII)


def document_of(item: Item) -> dict[str, Any]:
    """The document, complete but for the life-cycle fields, which the store sets."""
    version, refresh = _VERSIONS[type(item)](item)
    document = {name: getattr(item, name) for name in _KEPT[type(item)]}
    return document | {
        "_id": item.key,
        "raw": item.packed or compress(item.raw),
        "cleaner_version": CLEANER_VERSION,
        "version_hash": _hash(version),
        "refresh_hash": _hash(refresh),
    }


def _post(item: Any) -> tuple[list[Any], list[Any]]:
    """What makes a version of a post, and what may change without making one (see docs/choices.md)."""
    terms = sorted((taxonomy, sorted(ids)) for taxonomy, ids in item.term_ids.items() if ids)
    version = [
        item.title,
        item.content_fingerprint,
        item.excerpt,
        item.slug,
        item.status,
        item.protected,
        item.published_at,
    ]
    version += [item.author_id, item.parent, item.format, item.featured_media_id, terms]
    media = [
        [_steady(part["url"]) for part in parts] for parts in (item.links, item.images, item.embeds)
    ]
    refs = [item.author, item.featured_media, item.tags, item.categories, item.terms]
    return version, [
        item.link,
        item.modified_at,
        item.modified_local,
        item.sticky,
        item.canonical_url,
        item.language,
        media,
        refs,
    ]


def _term(item: Any) -> tuple[list[Any], list[Any]]:
    return [item.name, item.slug, item.description, item.parent], [item.link, item.count]


def _author(item: Any) -> tuple[list[Any], list[Any]]:
    return [item.name, item.slug, item.description], [item.link]


def _media(item: Any) -> tuple[list[Any], list[Any]]:
    version = [
        item.title,
        item.slug,
        item.alt,
        item.caption,
        item.mime_type,
        item.url,
        item.post,
        item.author_id,
        item.published_at,
    ]
    return version, [
        item.link,
        item.modified_at,
        item.width,
        item.height,
        item.size_bytes,
        item.author,
    ]


def _comment(item: Any) -> tuple[list[Any], list[Any]]:
    return [
        item.content_fingerprint,
        item.post,
        item.parent,
        item.author_name,
        item.author_url,
        item.published_at,
    ], [item.link]


_Parts = Callable[[Any], tuple[list[Any], list[Any]]]
_VERSIONS: Mapping[type[Item], _Parts] = {
    Post: _post,
    Term: _term,
    Author: _author,
    Media: _media,
    Comment: _comment,
}


def _kept(type_: type[Item], material: frozenset[str] = _MATERIAL) -> list[str]:
    return [
        part.name
        for part in fields(type_)
        if part.name not in material and not part.name.endswith("_rendered")
    ]


_KEPT: Mapping[type[Item], list[str]] = {
    type_: _kept(type_) for type_ in (Post, Term, Author, Media)
} | {Comment: _kept(Comment, _MATERIAL_OF_COMMENTS)}


def _steady(url: str) -> str:
    """An address without its query, where cache busters and signatures change from request to request."""
    if usual := _USUAL.match(url):
        return usual[1]
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.netloc}{parts.path}"


def _hash(parts: Iterable[Any]) -> str:
    return blake2b(msgspec.json.encode(parts), digest_size=16).hexdigest()
