"""CSV (RFC 4180, UTF-8): the columns that fit a cell; several names in a cell are separated by `; `."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO

from wparchive.model.documents import PostDocument, Ref
from wparchive.reading.library import Archive, Posts


def _names(refs: Sequence[Ref]) -> str:
    return "; ".join(ref["name"] or ref["slug"] or f"#{ref['id']}" for ref in refs)


def _time(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else ""


COLUMNS: dict[str, Callable[[PostDocument], Any]] = {
    "key": lambda post: post["_id"],
    "site": lambda post: post["site"],
    "type": lambda post: post["type"],
    "id": lambda post: post["id"],
    "state": lambda post: post["state"],
    "published_at": lambda post: _time(post["published_at"]),
    "modified_at": lambda post: _time(post["modified_at"]),
    "title": lambda post: post["title"],
    "author": lambda post: _names([post["author"]]) if post["author"] else "",
    "categories": lambda post: _names(post["categories"]),
    "tags": lambda post: _names(post["tags"]),
    "terms": lambda post: "; ".join(
        f"{term['taxonomy']}: {term['name'] or term['slug'] or term['id']}"
        for term in post["terms"]
    ),
    "language": lambda post: post["language"],
    "word_count": lambda post: post["word_count"],
    "link": lambda post: post["link"],
    "slug": lambda post: post["slug"],
    "featured_media": lambda post: (
        post["featured_media"].get("url") if post["featured_media"] else ""
    ),
    "duplicate_of": lambda post: post["duplicate"]["of"] if post["duplicate"] else "",
    "duplicate_kind": lambda post: post["duplicate"]["kind"] if post["duplicate"] else "",
    "revision": lambda post: post["revision"],
    "first_seen_at": lambda post: _time(post["first_seen_at"]),
    "last_seen_at": lambda post: _time(post["last_seen_at"]),
    "changed_at": lambda post: _time(post["changed_at"]),
    "content_fingerprint": lambda post: post["content_fingerprint"],
    "excerpt": lambda post: post["excerpt"],
    "text": lambda post: post["text"],
}
"""Column and where its value comes from."""


def write(posts: Iterable[PostDocument], out: BinaryIO, selection: Posts, archive: Archive) -> None:
    """A header, then one record a post; line breaks inside a text are kept, in quotes."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    table = csv.writer(text)
    table.writerow(COLUMNS)
    table.writerows([value(post) for value in COLUMNS.values()] for post in posts)
    text.flush()
    text.detach()
