"""A finished item as the document that the archive keeps. Pure.

The shapes of documents are in `wparchive/model/documents.py`, the reasons for what makes a version
in `docs/choices.md`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

import msgspec

from crawler.items import ITEM_CLASSES, FinishedDocument, StageResults
from pipelines.cleaner_facts import CLEANER_VERSION
from wparchive.furniture.keys import keys_of_blocks
from wparchive.furniture.remove import removed_words, whole_fingerprint
from wparchive.model.documents import Kind
from wparchive.model.sealed import NAMES, SEALED_MAX_BYTES, SealedDocument, seal
from wparchive.model.storable import compress

_MATERIAL = frozenset(
    {
        "author_id",
        "featured_media_id",
        "term_ids",
        "class_list",
        "co_authors",
        "embedded",
        "declared_language",
        "site_language",
    }
)
"""Fields of items that the pipelines work with, and that are no part of a document."""
_MATERIAL_OF_COMMENTS = frozenset({"slug"})
"""Comments have no slug. The id of their author is all that is known, and therefore kept."""
_MAX_REFERENCES = 1000
"""A post with more names than this is never sealed: they might not fit into the database."""

# Addresses of which `urlsplit` takes nothing away but what is around host and path.
_USUAL = re.compile(r"https?://([\w.:@-]*+(?:/[^\x00-\x20?#]*+)?)(?![^?#])", re.ASCII)


def document_of(item: Any) -> dict[str, Any]:
    """Return the whole document, except the life-cycle fields, which the store sets.

    `item` is an item of ours or the view of another.
    """
    kind: Kind = item.kind
    refresh = _REFRESHED[kind](item) + _names_refreshed(kind, item)
    return _content(item) | {
        **{name: getattr(item, name) for name in NAMES[kind]},
        "version_hash": _hash(_encode(_VERSIONS[kind](item))),
        "refresh_hash": _hash(_encode(refresh)),
    }


def finished_document(item: Any) -> FinishedDocument | None:
    """Return the document, sealed, of an item that has everything but names.

    None for an item that is too large for that. Raises DocumentRejected.
    """
    kind: Kind = item.kind
    if len(item.raw) > SEALED_MAX_BYTES or _references(kind, item) > _MAX_REFERENCES:
        return None
    return FinishedDocument(
        version_hash=_hash(_encode(_VERSIONS[kind](item))),
        refresh_parts=_encode(_REFRESHED[kind](item)),
        content=seal(kind, _content(item), item.raw),
        block_keys=_block_keys(item),
    )


def _block_keys(item: Any) -> frozenset[int]:
    if item.kind != "posts":
        return frozenset()
    return frozenset(keys_of_blocks(item.blocks))


def document_with_names(
    item: Any, finished: FinishedDocument
) -> SealedDocument | Mapping[str, Any]:
    """Return the document of a finished item whose names have become known.

    It stays sealed, but where a name holds a NUL: that has to be mended in the whole document.
    """
    kind: Kind = item.kind
    names_refreshed = _encode(_names_refreshed(kind, item))
    refresh_hash = _hash(_joined(finished.refresh_parts, names_refreshed))
    names = {name: getattr(item, name) for name in NAMES[kind]}
    sealed = SealedDocument(item.key, finished.version_hash, refresh_hash, names, finished.content)
    # So JSON spells a NUL.
    if b"\\u0000" in names_refreshed:
        return sealed.without_tokens()
    return sealed


def _joined(first: bytes, second: bytes) -> bytes:
    """Join two JSON lists to one, as if they had been joined before they were encoded."""
    if second == b"[]":
        return first
    return first[:-1] + b"," + second[1:]


def _content(item: Any) -> dict[str, Any]:
    """Return the fields that are known without names."""
    content = {name: getattr(item, name) for name in _CONTENT[item.kind]}
    content["_id"] = item.key
    content["raw"] = _compressed(item)
    content["cleaner_version"] = CLEANER_VERSION
    if item.kind == "posts":
        content["removed_words"] = removed_words(item.blocks)
    return content


def _compressed(item: Any) -> bytes:
    ahead = item.prepared
    if isinstance(ahead, StageResults) and ahead.raw == item.raw:
        return ahead.compressed
    return compress(item.raw)


def _references(kind: Kind, item: Any) -> int:
    if kind != "posts":
        return 0
    return sum(map(len, item.term_ids.values()))


# What makes a version of each kind, and what may change without making one. The order of the values
# is part of the hashes in all archives.


def _post_version(item: Any) -> list[Any]:
    terms = sorted((taxonomy, sorted(ids)) for taxonomy, ids in item.term_ids.items() if ids)
    return [
        item.title,
        whole_fingerprint(item.blocks, item.content_fingerprint),
        item.excerpt,
        item.slug,
        item.status,
        item.protected,
        item.published_at,
        item.author_id,
        item.parent,
        item.format,
        item.featured_media_id,
        terms,
    ]


def _post_refreshed(item: Any) -> list[Any]:
    media = [
        [_steady(part["url"]) for part in parts] for parts in (item.links, item.images, item.embeds)
    ]
    # Only where there are any: the hashes of all other posts stay as they are.
    translations = [item.translations] if item.translations else []
    parts = [
        item.link,
        item.modified_at,
        item.modified_local,
        item.sticky,
        item.canonical_url,
        item.declared_language,  # what was found in the text is nothing that the site did
        media,
        *translations,
    ]
    if item.source != "api":  # hashes of records of the API are older than other sources
        parts.append([item.source, item.completeness])
    return parts


def _media_version(item: Any) -> list[Any]:
    return [
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


def _media_refreshed(item: Any) -> list[Any]:
    return [item.link, item.modified_at, item.width, item.height, item.size_bytes]


def _comment_version(item: Any) -> list[Any]:
    return [
        item.content_fingerprint,
        item.post,
        item.parent,
        item.author_name,
        item.author_url,
        item.published_at,
    ]


_VERSIONS: Mapping[Kind, Callable[[Any], list[Any]]] = {
    "posts": _post_version,
    "terms": lambda item: [item.name, item.slug, item.description, item.parent],
    "authors": lambda item: [item.name, item.slug, item.description],
    "media": _media_version,
    "comments": _comment_version,
}
_REFRESHED: Mapping[Kind, Callable[[Any], list[Any]]] = {
    "posts": _post_refreshed,
    "terms": lambda item: [item.link, item.count],
    "authors": lambda item: [item.link],
    "media": _media_refreshed,
    "comments": lambda item: [item.link],
}


def _names_refreshed(kind: Kind, item: Any) -> list[Any]:
    """Return the names that a refresh follows; they come after all other parts."""
    if kind == "posts":
        names = [item.author, item.featured_media, item.tags, item.categories, item.terms]
        if _has_co_authors(item):
            names.append(item.authors)
        return [names]
    if kind == "media":
        return [item.author]
    return []


def _has_co_authors(item: Any) -> bool:
    """Tell whether `authors` says more than `author` does."""
    return bool(item.authors) and [ref["id"] for ref in item.authors] != [item.author_id]


def _content_fields(kind: Kind) -> list[str]:
    """Return the fields of an item that become fields of its document as they are."""
    left_out = set(NAMES[kind])
    if kind == "comments":
        left_out |= _MATERIAL_OF_COMMENTS
    else:
        left_out |= _MATERIAL
    names = [part.name for part in fields(ITEM_CLASSES[kind])]
    return [name for name in names if name not in left_out and not name.endswith("_rendered")]


_CONTENT: Mapping[Kind, list[str]] = {kind: _content_fields(kind) for kind in ITEM_CLASSES}


def _steady(url: str) -> str:
    """Return an address without its query.

    Cache busters and signatures stand there, and change from request to request.
    """
    if usual := _USUAL.match(url):
        return usual[1]
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.netloc}{parts.path}"


_encode = msgspec.json.Encoder().encode


def _hash(encoded: bytes) -> str:
    return blake2b(encoded, digest_size=16).hexdigest()
