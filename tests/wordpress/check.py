#!/usr/bin/env python3
"""Compare a site made by `up` with its manifest: check.py BASE_URL MANIFEST [--plain]

It needs only the standard library, and exits with 1 if anything differs. It shows that the test bed
is as its manifest says, by plain page numbers on a site that nobody changes: it knows nothing of
the crawler.
"""

import hashlib
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from email.message import Message
from pathlib import Path
from typing import Any

Manifest = Mapping[str, Any]
_RELATIONS = ("author", "parent", "post", "categories", "tags", "genres")
FIELDS = ("status", "slug", "date_gmt", "modified_gmt", "count", *_RELATIONS)


def get(base: str, route: str, plain: bool = False, **query: Any) -> tuple[int, Message, Any]:
    """Return status, headers and decoded body of one API request."""
    address = f"{base}/?" + urllib.parse.urlencode({"rest_route": route, **query})
    if not plain:
        address = f"{base}/wp-json{route}?" + urllib.parse.urlencode(query)
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.headers, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, json.loads(error.read())


def differences(base: str, manifest: Manifest, plain: bool = False) -> list[str]:
    """Return one line for each difference between the site and the manifest."""
    found: list[str] = []
    for route in manifest["objects"]:
        found += [f"{route}: {line}" for line in _collection(base, route, manifest, plain)]
    return found


def _collection(base: str, route: str, manifest: Manifest, plain: bool) -> list[str]:
    wanted = {int(id_): row for id_, row in manifest["objects"][route].items()}
    seen: dict[int, Any] = {}
    lines: list[str] = []
    page = 1
    pages = 1
    while page <= pages:
        status, headers, records = get(
            base, f"/wp/v2/{route}", plain, per_page=100, page=page, orderby="id", order="asc"
        )
        if status != 200:
            return [f"page {page} answers {status} {records}"]
        pages = int(headers["X-WP-TotalPages"])
        total = int(headers["X-WP-Total"])
        lines += [f"id {record['id']} comes twice" for record in records if record["id"] in seen]
        seen |= {record["id"]: record for record in records}
        page += 1
    if total != manifest["header_totals"][route]:
        lines.append(f"X-WP-Total is {total}, not {manifest['header_totals'][route]}")
    lines += [f"id {id_} is missing" for id_ in wanted.keys() - seen.keys()]
    lines += [f"id {id_} must not be seen" for id_ in seen.keys() - wanted.keys()]
    for id_ in wanted.keys() & seen.keys():
        lines += [f"id {id_}: {line}" for line in _fields(seen[id_], wanted[id_])]
    return lines


def _fields(record: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    """Return a line for each field of an object that differs."""
    lines = []
    if "HIDDEN" in json.dumps(record):
        lines.append("HIDDEN content")
    shared = [name for name in FIELDS if name in record and name in row]
    wrong = [name for name in shared if _plain(record[name]) != _plain(row[name])]
    lines += [f"{name} is {record[name]!r}, not {row[name]!r}" for name in wrong]
    for part in ("title", "content"):
        wanted = row.get(f"rendered_{part}_sha256")
        if wanted is not None and _digest(record, part) != wanted:
            lines.append(f"another rendered {part}")
    return lines


def _digest(record: Mapping[str, Any], part: str) -> str:
    """Return the hash of what a record shows; media have a description instead of a content."""
    shown = record.get(part) or record.get("description") or {"rendered": ""}
    return hashlib.sha256(shown["rendered"].encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


if __name__ == "__main__":
    site_manifest = json.loads(Path(sys.argv[2]).read_bytes())
    differing = differences(sys.argv[1].rstrip("/"), site_manifest, "--plain" in sys.argv)
    print(*differing, f"differences: {len(differing)}", sep="\n")
    sys.exit(bool(differing))
