"""Compare an archive with a WordPress's own manifest, object by object."""

import html
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.integration.crawling import documents
from wparchive.model.documents import Kind

BASES: dict[str, tuple[Kind, str]] = {
    "posts": ("posts", "post"),
    "pages": ("posts", "page"),
    "movies": ("posts", "movie"),
    "media": ("media", "attachment"),
    "categories": ("terms", "category"),
    "tags": ("terms", "post_tag"),
    "genres": ("terms", "genre"),
    "users": ("authors", "user"),
    "comments": ("comments", "comment"),
}


def differences(
    archive: str | Path, manifest: dict[str, Any], bases: tuple[str, ...] | None = None
) -> list[str]:
    """Return what an archive holds otherwise than the site says; empty when all is right.

    These are missing objects, objects that are not public, and unequal fields.
    """
    wrong: list[str] = []
    for base in bases or [base for base in BASES if base != "comments"]:
        kind, type_ = BASES[base]
        wrong += differing(base, documents(archive, kind, type=type_, state="live"), manifest)
    return wrong


def differing(base: str, live: Iterable[dict[str, Any]], manifest: dict[str, Any]) -> list[str]:
    """Return how live documents of one list differ from what the site says."""
    kind, _ = BASES[base]
    held = {row["id"]: row for row in live}
    truth = {int(id_): row for id_, row in manifest["objects"][base].items()}
    wrong = [f"{base} {id_}: missing" for id_ in sorted(truth.keys() - held.keys())]
    wrong += [f"{base} {id_}: not public, yet held" for id_ in sorted(held.keys() - truth.keys())]
    for id_ in truth.keys() & held.keys():
        lines = _unequal(kind, held[id_], truth[id_], manifest)
        wrong += [f"{base} {id_}: {line}" for line in lines]
    return wrong


def _unequal(
    kind: Kind, held: dict[str, Any], truth: dict[str, Any], manifest: dict[str, Any]
) -> list[str]:
    checks: list[tuple[str, Any, Any]] = []
    if "slug" in truth:
        checks.append(("slug", held["slug"], unquote(truth["slug"], errors="ignore")))
    if "date_gmt" in truth:
        checks.append(("published_at", _seconds(held["published_at"]), _utc(truth["date_gmt"])))
    if "modified_gmt" in truth:
        checks.append(("modified_at", _seconds(held["modified_at"]), _utc(truth["modified_gmt"])))
    if "parent" in truth and held.get("parent") is not None:
        checks.append(("parent", held["parent"], truth["parent"]))
    if kind == "posts":
        checks += [
            ("protected", bool(held["protected"]), truth["protected"]),
            ("author", (held["author"] or {}).get("id"), truth["author"]),
        ]
        checks += _terms(held, truth, manifest)
    if kind == "comments":
        checks.append(("post", held["post"], truth["post"]))
        # Letters and digits alone: WordPress sets other quotes and dashes.
        checks.append(("text", _letters(held["text"]), _letters(truth["text"])))
    return [
        f"{name}: held {have!r}, the site has {want!r}"
        for name, have, want in checks
        if have != want
    ]


def _terms(
    held: dict[str, Any], truth: dict[str, Any], manifest: dict[str, Any]
) -> list[tuple[str, Any, Any]]:
    """Return the checks of a post's terms: their ids, names and slugs.

    Ids are compared without order, because terms of equal names have none.
    """
    checks: list[tuple[str, Any, Any]] = []
    genres = [ref for ref in held["terms"] if ref["taxonomy"] == "genre"]
    refs_of = {"tags": held["tags"], "categories": held["categories"], "genres": genres}
    for base, refs in refs_of.items():
        if base == "tags" and held["type"] == "movie" and base not in truth:
            continue
        ids = sorted(ref["id"] for ref in refs)
        checks.append((f"{base} ids", ids, sorted(truth.get(base, []))))
        for ref in refs:
            term = manifest["objects"][base].get(str(ref["id"]), {})
            have = (_plain(ref["name"]), ref["slug"])
            want = (_plain(term.get("name")), _slug(term.get("slug")))
            checks.append((f"{base} {ref['id']}", have, want))
    return checks


def _letters(text: str) -> str:
    plain = re.sub(r"<[^>]*>|&#?\w+;", "", text)
    return "".join(re.findall(r"[^\W_]+", plain))


def _plain(name: str | None) -> str | None:
    """Return a name without the tags and entities that cleaning takes away."""
    if name is None:
        return None
    return " ".join(re.sub(r"<[^>]*>", "", html.unescape(name)).split())


def _slug(slug: str | None) -> str | None:
    return None if slug is None else unquote(slug, errors="ignore")


def _seconds(time: str | None) -> str | None:
    return time and time[:19] + "Z"


def _utc(time: str) -> str | None:
    return None if time.startswith(("0000", "-0001")) else f"{time}Z"
