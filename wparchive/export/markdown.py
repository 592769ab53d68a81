"""Markdown: a folder with one file a post, `site/type/year/date-slug-id.md`, with what is known of it as YAML front matter."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wparchive.export.html_markdown import html_to_markdown
from wparchive.model.documents import PostDocument, Ref

SLUG_BYTES = 120
"""File systems take names of 255 bytes."""
UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write_folder(posts: Iterable[PostDocument], folder: Path) -> None:
    """One file a post; two posts never share a name, because the id is in it."""
    for post in posts:
        path = folder.joinpath(*_path(post))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(markdown(post), encoding="utf-8")


def markdown(post: PostDocument) -> str:
    """Front matter, the title as heading and the content."""
    title = " ".join(post["title"].split())
    heading = f"# {title}\n\n" if title else ""
    return f"---\n{_front_matter(post)}---\n\n{heading}{html_to_markdown(post['html'])}"


def _path(post: PostDocument) -> list[str]:
    at = post["published_at"]
    stem = (
        re.sub(r"[^\w.-]+", "-", post["slug"])
        .strip("-.")
        .encode()[:SLUG_BYTES]
        .decode(errors="ignore")
    )
    day = [f"{at:%Y-%m-%d}"] if at else []
    name = "-".join([*day, *([stem] if stem else []), str(post["id"])]) + ".md"
    return [
        *(_safe(part) for part in post["site"].split("/")),
        _safe(post["type"]),
        f"{at:%Y}" if at else "undated",
        name,
    ]


def _safe(part: str) -> str:
    """A name that every file system takes and that leads nowhere else."""
    return re.sub(r"[^\w.-]", "_", part).lstrip(".") or "_"


def _front_matter(post: PostDocument) -> str:
    values: dict[str, Any] = {
        "title": post["title"],
        "key": post["_id"],
        "link": post["link"],
        "slug": post["slug"],
        "date": _time(post["published_at"]),
        "modified": _time(post["modified_at"]),
        "author": _name(post["author"]) if post["author"] else None,
        "categories": [_name(term) for term in post["categories"]],
        "tags": [_name(term) for term in post["tags"]],
        "terms": _by_taxonomy(post),
        "language": post["language"],
        "image": post["featured_media"].get("url") if post["featured_media"] else None,
        "state": post["state"],
        "duplicate_of": post["duplicate"]["of"] if post["duplicate"] else None,
        "content_fingerprint": post["content_fingerprint"],
    }
    return "".join(
        f"{name}: {_yaml(value)}\n" for name, value in values.items() if value not in (None, [], {})
    )


def _yaml(value: Any) -> str:
    """JSON, which YAML includes; characters that YAML calls unprintable are escaped."""
    return UNPRINTABLE.sub(
        lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False)
    )


def _by_taxonomy(post: PostDocument) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for term in post["terms"]:
        found.setdefault(term["taxonomy"], []).append(_name(term))
    return found


def _name(ref: Ref) -> str:
    return ref["name"] or ref["slug"] or f"#{ref['id']}"


def _time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
