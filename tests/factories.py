"""Complete documents for tests, as a crawl hands them to a store: everything but the life-cycle fields that the store sets."""

import hashlib
import json
import zlib
from datetime import UTC, datetime
from typing import Any

SITE = "example.com/blog"
CLEANER_VERSION = 1
PUBLISHED = datetime(2024, 5, 17, 8, 30, tzinfo=UTC)


def ref(id_: int, name: str, **more: Any) -> dict[str, Any]:
    """A resolved reference; the slug is made from the name."""
    return {"id": id_, "name": name, "slug": name.lower().replace(" ", "-"), **more}


def document(type_: str, id_: int, site: str = SITE, **fields: Any) -> dict[str, Any]:
    """What every kind has; the hashes follow from the other fields, so that any change makes another version."""
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
        **fields,
    }
    digest = hashlib.sha256(
        repr(
            sorted((k, v) for k, v in base.items() if k not in ("raw", "cleaner_version"))
        ).encode()
    ).hexdigest()[:32]
    return {"version_hash": digest, "refresh_hash": digest, **base}


def post(
    id_: int, text: str = "Some words.", site: str = SITE, type_: str = "post", **fields: Any
) -> dict[str, Any]:
    """A post; any field can be given."""
    values: dict[str, Any] = {
        "slug": f"post-{id_}",
        "title": f"Post {id_}",
        "text": text,
        "html": "".join(f"<p>{part}</p>" for part in text.split("\n\n")),
        "excerpt": text[:60],
        "word_count": len(text.split()),
        "language": "en",
        "published_at": PUBLISHED,
        "modified_at": PUBLISHED,
        "published_local": "2024-05-17T10:30:00",
        "modified_local": "2024-05-17T10:30:00",
        "author": ref(1, "Ada Lovelace"),
        "tags": [],
        "categories": [],
        "terms": [],
        "featured_media": None,
        "links": [],
        "images": [],
        "embeds": [],
        "protected": False,
        "status": "publish",
        "parent": None,
        "sticky": False,
        "format": "standard",
        "canonical_url": None,
        "content_fingerprint": hashlib.sha256(text.encode()).hexdigest()[:32],
        "sketch": [],
        "sketch_version": 1,
        "duplicate": None,
        **fields,
    }
    return document(type_, id_, site, **values)


def term(
    id_: int, name: str, taxonomy: str = "post_tag", site: str = SITE, **fields: Any
) -> dict[str, Any]:
    """A term of a taxonomy."""
    slug = name.lower().replace(" ", "-")
    return document(
        taxonomy,
        id_,
        site,
        **{"name": name, "slug": slug, "description": "", "parent": None, "count": 1, **fields},
    )


def author(id_: int, name: str, site: str = SITE, **fields: Any) -> dict[str, Any]:
    """An author."""
    return document(
        "user",
        id_,
        site,
        **{"name": name, "slug": name.lower().replace(" ", "-"), "description": "", **fields},
    )


def media(id_: int, title: str = "Picture", site: str = SITE, **fields: Any) -> dict[str, Any]:
    """An attachment."""
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
        "published_local": "2024-05-17T10:30:00",
        "modified_local": "2024-05-17T10:30:00",
        **fields,
    }
    return document("attachment", id_, site, **values)


def comment(
    id_: int, post_id: int, text: str = "Well said.", site: str = SITE, **fields: Any
) -> dict[str, Any]:
    """An approved comment."""
    values: dict[str, Any] = {
        "post": post_id,
        "parent": 0,
        "author_id": 0,
        "author_name": "Reader",
        "author_url": "",
        "text": text,
        "html": f"<p>{text}</p>",
        "published_at": PUBLISHED,
        "published_local": "2024-05-17T10:30:00",
        "content_fingerprint": hashlib.sha256(text.encode()).hexdigest()[:32],
        **fields,
    }
    return document("comment", id_, site, **values)
