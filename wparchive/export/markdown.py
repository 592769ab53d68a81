"""Markdown: a folder with one file a post, `site/type/year/date-slug-id.md`.

Each file begins with what is known of the post, as YAML front matter.
"""

import json
import re
from collections.abc import Iterable, Mapping
from html import unescape
from pathlib import Path
from typing import Any, cast

from wparchive.export.commonmark import html_to_markdown, markdown_heading
from wparchive.export.readable import html_or_text
from wparchive.model.documents import PostDocument
from wparchive.reading.files import COPIES_FOLDER, HeldFiles
from wparchive.reading.views import (
    co_author_names,
    iso_time,
    ref_name,
    term_names,
    translation_names,
)
from wparchive.text.marks import escaped_controls, without_controls

_ADDRESS = re.compile(r'\b(src|href)="([^"]*)"')
SLUG_BYTES = 120
"""File systems take names of 255 bytes, and the date and the id are in the name too."""
_NOT_IN_YAML = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\ufeff\ufffe\uffff"}
"""Characters that YAML takes in quotes only when they are escaped, besides controls."""


def write_markdown(
    posts: Iterable[PostDocument], folder: Path, files: HeldFiles | None = None
) -> None:
    """Write one file a post; two posts never share a name, because the id is in it.

    With `files`, the kept files that posts name are copied to `files/`, and links lead there.
    """
    for post in posts:
        parts = path_of(post)
        path = folder.joinpath(*parts)
        if files is not None:
            post = _with_local_files(post, files, folder, "../" * (len(parts) - 1))
        # Years and types come as posts do: the folders cannot be made ahead.
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(post_markdown(post), encoding="utf-8")


def post_markdown(post: PostDocument) -> str:
    """Return front matter, the title as heading and the content."""
    heading = ""
    if post["title"].strip():
        title = without_controls(post["title"])
        heading = f"{markdown_heading(title)}\n\n"
    content = without_controls(html_to_markdown(html_or_text(post)))
    return f"---\n{_front_matter(post)}---\n\n{heading}{content}"


def _with_local_files(
    post: PostDocument, files: HeldFiles, folder: Path, way_up: str
) -> PostDocument:
    """Return a post whose links to kept files lead to copies of them in the folder."""
    names = files.copied(post, folder / COPIES_FOLDER)
    places = {url: f"{way_up}{COPIES_FOLDER}/{name}" for url, name in names.items()}
    return with_local_addresses(post, places)


def with_local_addresses(post: PostDocument, places: Mapping[str, str]) -> PostDocument:
    """Return a post whose pictures and links to some addresses lead to other places."""

    def local(found: re.Match[str]) -> str:
        place = places.get(unescape(found[2]))
        return f'{found[1]}="{place}"' if place else found[0]

    featured = post["featured_media"]
    if featured and featured.get("url") in places:
        featured = {**featured, "url": places[featured["url"]]}
    changed = {"html": _ADDRESS.sub(local, post["html"]), "featured_media": featured}
    return cast(PostDocument, {**post, **changed})


def path_of(post: PostDocument) -> list[str]:
    site = [_safe_name(part) for part in post["site"].split("/")]
    published_at = post["published_at"]
    year = "undated"
    name = [_slug(post), str(post["id"])]
    if published_at is not None:
        year = f"{published_at:%Y}"
        name.insert(0, f"{published_at:%Y-%m-%d}")
    stem = "-".join(part for part in name if part)
    return [*site, _safe_name(post["type"]), year, f"{stem}.md"]


def _slug(post: PostDocument) -> str:
    """Return the slug as a part of a file's name, cut between characters; it may be empty."""
    safe = re.sub(r"[^\w.-]+", "-", post["slug"]).strip("-.")
    return safe.encode()[:SLUG_BYTES].decode(errors="ignore")


def _safe_name(part: str) -> str:
    """Return a name that every file system takes and that leads nowhere else."""
    return re.sub(r"[^\w.-]", "_", part).lstrip(".") or "_"


def _front_matter(post: PostDocument) -> str:
    author = image = copy_of = None
    if post["author"]:
        author = ref_name(post["author"])
    if post["featured_media"]:
        image = post["featured_media"].get("url")
    if post["duplicate"]:
        copy_of = post["duplicate"]["of"]
    values: dict[str, Any] = {
        "title": post["title"],
        "key": post["_id"],
        "link": post["link"],
        "slug": post["slug"],
        "date": iso_time(post["published_at"]),
        "modified": iso_time(post["modified_at"]),
        "status": _unusual_status(post),
        "protected": post["protected"] or None,
        "author": author,
        "authors": co_author_names(post),
        "categories": term_names(post["categories"]),
        "tags": term_names(post["tags"]),
        "terms": _by_taxonomy(post),
        "language": post["language"],
        "translations": translation_names(post),
        "image": image,
        "state": post["state"],
        "duplicate_of": copy_of,
        "content_fingerprint": post["content_fingerprint"],
    }
    return "".join(
        f"{name}: {_yaml(value)}\n" for name, value in values.items() if value not in (None, [], {})
    )


def _unusual_status(post: PostDocument) -> str | None:
    """Return the status of a post that is not published; None for all others."""
    return post["status"] if post["state"] == "unpublished" else None


def _yaml(value: Any) -> str:
    """Return a value as JSON, which YAML includes, with YAML's unprintable characters escaped."""
    return escaped_controls(json.dumps(value, ensure_ascii=False)).translate(_NOT_IN_YAML)


def _by_taxonomy(post: PostDocument) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for term in post["terms"]:
        found.setdefault(term["taxonomy"], []).append(ref_name(term))
    return found
