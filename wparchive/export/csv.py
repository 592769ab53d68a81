"""CSV (RFC 4180, UTF-8): the fields that fit a cell; names in one cell are separated by `; `."""

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from wparchive.model.documents import PostDocument
from wparchive.reading.library import Archive
from wparchive.reading.posts import Posts
from wparchive.reading.views import iso_time, ref_name, term_names, translation_names

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _author(post: PostDocument) -> str:
    if post["author"] is None:
        return ""
    return ref_name(post["author"])


def _terms(post: PostDocument) -> str:
    # Not `ref_name`: an id stands here without its `#`, as it always did.
    return "; ".join(
        f"{term['taxonomy']}: {term['name'] or term['slug'] or term['id']}"
        for term in post["terms"]
    )


def _featured_media(post: PostDocument) -> str | None:
    if post["featured_media"] is None:
        return ""
    return post["featured_media"].get("url")


def _duplicate_of(post: PostDocument) -> str:
    if post["duplicate"] is None:
        return ""
    return post["duplicate"]["of"]


def _duplicate_kind(post: PostDocument) -> str:
    if post["duplicate"] is None:
        return ""
    return post["duplicate"]["kind"]


CSV_COLUMNS: dict[str, Callable[[PostDocument], Any]] = {
    "key": lambda post: post["_id"],
    "site": lambda post: post["site"],
    "type": lambda post: post["type"],
    "id": lambda post: post["id"],
    "state": lambda post: post["state"],
    "status": lambda post: post["status"],
    "protected": lambda post: int(post["protected"]),
    "published_at": lambda post: iso_time(post["published_at"]),
    "modified_at": lambda post: iso_time(post["modified_at"]),
    "title": lambda post: post["title"],
    "author": _author,
    "authors": lambda post: "; ".join(term_names(post.get("authors") or ())),
    "categories": lambda post: "; ".join(term_names(post["categories"])),
    "tags": lambda post: "; ".join(term_names(post["tags"])),
    "terms": _terms,
    "language": lambda post: post["language"],
    "translations": lambda post: "; ".join(translation_names(post)),
    "word_count": lambda post: post["word_count"],
    "link": lambda post: post["link"],
    "slug": lambda post: post["slug"],
    "featured_media": _featured_media,
    "duplicate_of": _duplicate_of,
    "duplicate_kind": _duplicate_kind,
    "revision": lambda post: post["revision"],
    "first_seen_at": lambda post: iso_time(post["first_seen_at"]),
    "last_seen_at": lambda post: iso_time(post["last_seen_at"]),
    "changed_at": lambda post: iso_time(post["changed_at"]),
    "content_fingerprint": lambda post: post["content_fingerprint"],
    "excerpt": lambda post: post["excerpt"],
    "text": lambda post: post["text"],
}
"""Each column and where its value comes from; None makes an empty cell."""


def write_csv(
    posts: Iterable[PostDocument], out: BinaryIO, selection: Posts, archive: Archive
) -> None:
    """Write a header, then one record a post; line breaks inside a text are kept, in quotes."""
    # The wrapper must not close `out`, which belongs to the caller: it is detached at the end.
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    table = csv.writer(text)
    table.writerow(CSV_COLUMNS)
    table.writerows([_cell(value(post)) for value in CSV_COLUMNS.values()] for post in posts)
    text.flush()
    text.detach()


def _cell(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula: a text of a site may begin like one.

    An apostrophe before it is the usual sign for "this is text" (OWASP, CSV injection).
    """
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
