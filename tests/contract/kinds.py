"""Documents of the kinds that only the contract needs."""

from typing import Any

from samples.documents import PUBLISHED, SITE, document, ref


def media(id_: int, **fields: Any) -> dict[str, Any]:
    """A picture."""
    values: dict[str, Any] = {
        "slug": f"picture-{id_}",
        "title": f"Picture {id_}",
        "alt": "A hill",
        "caption": "",
        "description": "",
        "mime_type": "image/jpeg",
        "url": f"https://{SITE}/files/{id_}.jpg",
        "width": 640,
        "height": None,
        "size_bytes": 12_345,
        "post": None,
        "author": ref(1, "Ada Lovelace"),
        "published_at": PUBLISHED,
        "modified_at": None,
        "published_local": "2024-05-17T10:30:00",
        "modified_local": None,
    }
    return document("attachment", id_, **values | fields)


def comment(id_: int, **fields: Any) -> dict[str, Any]:
    """A comment of a visitor."""
    values: dict[str, Any] = {
        "post": 1,
        "parent": 0,
        "author_id": 0,
        "author_name": "Visitor",
        "author_url": "",
        "text": "Well said.",
        "html": "<p>Well said.</p>",
        "published_at": PUBLISHED,
        "published_local": "2024-05-17T10:30:00",
        "content_fingerprint": "f" * 32,
    }
    return document("comment", id_, **values | fields)
