#!/usr/bin/env python3
"""Holds a site made by `up` against its manifest, object by object:  check.py BASE_URL MANIFEST [--plain]

Needs only the standard library; exits with 1 if anything differs. It shows that the test bed is what its manifest says,
with plain page-number paging on a site that nobody changes, and so knows nothing of the crawler.
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
FIELDS = (
    "status",
    "slug",
    "date_gmt",
    "modified_gmt",
    "author",
    "parent",
    "post",
    "count",
    "categories",
    "tags",
    "genres",
)


def get(base: str, route: str, plain: bool = False, **query: Any) -> tuple[int, Message, Any]:
    """Status, headers and decoded body of one API request."""
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
    """One line for everything in which the site and the manifest differ."""
    found: list[str] = []
    for route in manifest["objects"]:
        found += [f"{route}: {line}" for line in _collection(base, route, manifest, plain)]
    return found


def _collection(base: str, route: str, manifest: Manifest, plain: bool) -> list[str]:
    wanted = {int(id_): row for id_, row in manifest["objects"][route].items()}
    seen: dict[int, Any] = {}
    lines: list[str] = []
    page = pages = 1
    while page <= pages:
        status, headers, records = get(
            base, f"/wp/v2/{route}", plain, per_page=100, page=page, orderby="id", order="asc"
        )
        if status != 200:
            return [f"page {page} answers {status} {records}"]
        pages, total = int(headers["X-WP-TotalPages"]), int(headers["X-WP-Total"])
        lines += [f"id {record['id']} comes twice" for record in records if record["id"] in seen]
        seen |= {record["id"]: record for record in records}
        page += 1
    if total != manifest["header_totals"][route]:
        lines.append(f"X-WP-Total is {total}, not {manifest['header_totals'][route]}")
    lines += [f"id {id_} is missing" for id_ in wanted.keys() - seen.keys()]
    lines += [f"id {id_} must not be seen" for id_ in seen.keys() - wanted.keys()]
    return lines + [
        line for id_ in wanted.keys() & seen.keys() for line in _fields(seen[id_], wanted[id_])
    ]


def _fields(record: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    lines = [f"id {record['id']}: HIDDEN content"] if "HIDDEN" in json.dumps(record) else []
    wrong = [
        name
        for name in FIELDS
        if name in record and name in row and _plain(record[name]) != _plain(row[name])
    ]
    lines += [f"id {record['id']}: {name} is {record[name]!r}, not {row[name]!r}" for name in wrong]
    for part in ("title", "content"):
        rendered = (
            (record.get(part) or record.get("description") or {"rendered": ""})["rendered"]
            if f"rendered_{part}_sha256" in row
            else None
        )
        if (
            rendered is not None
            and hashlib.sha256(rendered.encode("utf-8", "surrogatepass")).hexdigest()
            != row[f"rendered_{part}_sha256"]
        ):
            lines.append(f"id {record['id']}: another rendered {part}")
    return lines


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


if __name__ == "__main__":
    differing = differences(
        sys.argv[1].rstrip("/"), json.loads(Path(sys.argv[2]).read_bytes()), "--plain" in sys.argv
    )
    print(*differing, f"differences: {len(differing)}", sep="\n")
    sys.exit(bool(differing))
