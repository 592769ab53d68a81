"""Made-up documents, complete as a crawl hands them to a store.

They have everything but the life-cycle fields, which the store sets.
"""

import hashlib
import json
import zlib
from datetime import UTC, datetime
from typing import Any

from wparchive.duplicates import SKETCH_VERSION

SITE = "example.com/blog"
CLEANER_VERSION = 1
FIRST_SEEN = datetime(2025, 1, 1, tzinfo=UTC)
LIFE = {
    "state": "live",
    "state_since": FIRST_SEEN,
    "first_seen_at": FIRST_SEEN,
    "last_seen_at": FIRST_SEEN,
    "changed_at": FIRST_SEEN,
    "revision": 1,
}
"""What an archive adds to a document that it saw once."""
PUBLISHED = datetime(2024, 5, 17, 8, 30, tzinfo=UTC)
PUBLISHED_LOCAL = "2024-05-17T10:30:00"


def ref(id_: int, name: str, **more: Any) -> dict[str, Any]:
    """Return a resolved reference; the slug is made from the name."""
    return {"id": id_, "name": name, "slug": _slug(name), **more}


def document(type_: str, id_: int, site: str = SITE, **fields: Any) -> dict[str, Any]:
    """Return a document with what every kind has.

    The hashes follow from the other fields, so that any change makes another version.
    """
    base: dict[str, Any] = {
        "_id": f"{site}/{type_}/{id_}",
        "site": site,
        "type": type_,
        "id": id_,
        "link": f"https://{site}/{type_}-{id_}/",
        "raw": zlib.compress(json.dumps({"id": id_, "type": type_}).encode()),
        "extra": [],
        "cleaner_version": CLEANER_VERSION,
        "flags": [],
        "warc": None,
        **fields,
    }
    left_out = ("raw", "cleaner_version", "warc")
    hashed = sorted((name, value) for name, value in base.items() if name not in left_out)
    digest = _digest(repr(hashed))
    return {"version_hash": digest, "refresh_hash": digest, **base}


def post(
    id_: int, text: str = "Some words.", site: str = SITE, type_: str = "post", **fields: Any
) -> dict[str, Any]:
    """Return a post; any field can be given. Its authors are its author, unless they are given."""
    author = fields.get("author", ref(1, "Ada Lovelace"))
    values: dict[str, Any] = {
        "slug": f"post-{id_}",
        "title": f"Post {id_}",
        "text": text,
        "html": "".join(f"<p>{part}</p>" for part in text.split("\n\n")),
        "blocks": [{"kind": "paragraph", "text": part} for part in text.split("\n\n")],
        "excerpt": text[:60],
        "word_count": len(text.split()),
        "removed_words": 0,
        "language": "en",
        "language_confidence": 0.97,
        "language_source": "text",
        "published_at": PUBLISHED,
        "modified_at": PUBLISHED,
        "published_local": PUBLISHED_LOCAL,
        "modified_local": PUBLISHED_LOCAL,
        "author": author,
        "authors": [author] if author else [],
        "translations": [],
        "tags": [],
        "categories": [],
        "terms": [],
        "featured_media": None,
        "links": [],
        "images": [],
        "embeds": [],
        "has": [],
        "link_domains": [],
        "embed_providers": [],
        "protected": False,
        "status": "publish",
        "parent": None,
        "sticky": False,
        "format": "standard",
        "canonical_url": None,
        "source": "api",
        "completeness": "record",
        "content_fingerprint": _digest(text),
        "sketch": [],
        "sketch_version": SKETCH_VERSION,
        "duplicate": None,
        **fields,
    }
    return document(type_, id_, site, **values)


def term(
    id_: int, name: str, taxonomy: str = "post_tag", site: str = SITE, **fields: Any
) -> dict[str, Any]:
    """Return a term of a taxonomy."""
    values: dict[str, Any] = {
        "name": name,
        "slug": _slug(name),
        "description": "",
        "parent": None,
        "count": 1,
        **fields,
    }
    return document(taxonomy, id_, site, **values)


def author(id_: int, name: str, site: str = SITE, **fields: Any) -> dict[str, Any]:
    """Return an author."""
    values: dict[str, Any] = {"name": name, "slug": _slug(name), "description": "", **fields}
    return document("user", id_, site, **values)


def media(id_: int, title: str = "Picture", site: str = SITE, **fields: Any) -> dict[str, Any]:
    """Return an attachment."""
    values: dict[str, Any] = {
        "slug": f"picture-{id_}",
        "title": title,
        "alt": "",
        "caption": "",
        "description": "",
        "mime_type": "image/jpeg",
        "url": f"https://{site}/files/picture-{id_}.jpg",
        "width": 800,
        "height": 600,
        "size_bytes": 12345,
        "post": None,
        "author": ref(1, "Ada Lovelace"),
        "published_at": PUBLISHED,
        "modified_at": PUBLISHED,
        "published_local": PUBLISHED_LOCAL,
        "modified_local": PUBLISHED_LOCAL,
        **fields,
    }
    return document("attachment", id_, site, **values)


def comment(
    id_: int, post_id: int, text: str = "Well said.", site: str = SITE, **fields: Any
) -> dict[str, Any]:
    """Return an approved comment."""
    values: dict[str, Any] = {
        "post": post_id,
        "parent": 0,
        "author_id": 0,
        "author_name": "Reader",
        "author_url": "",
        "text": text,
        "html": f"<p>{text}</p>",
        "published_at": PUBLISHED,
        "published_local": PUBLISHED_LOCAL,
        "content_fingerprint": _digest(text),
        **fields,
    }
    return document("comment", id_, site, **values)


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
