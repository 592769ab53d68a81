"""Runs `scrapy crawl wordpress` as a user does, and reads what landed in an archive of either kind, with plain drivers."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pymongo import MongoClient

ROOT = Path(__file__).parents[2]
QUICK = {
    "CRAWL_BACKOFF_S": "0.05",
    "DOWNLOAD_DELAY": "0",
    "DOWNLOAD_TIMEOUT": "20",
    "CRAWL_PROGRESS": "off",
}


@dataclass
class Crawl:
    """A finished crawl."""

    exit_status: int
    output: str
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        return str(self.report.get("verdict"))

    def type(self, name: str) -> dict[str, Any]:
        """A type's part of the report."""
        return dict(self.report["types"][name])


def command(
    site: str | None,
    archive: str | Path,
    report: Path | None = None,
    settings: dict[str, Any] | None = None,
    spider: str = "wordpress",
    **arguments: Any,
) -> list[str]:
    """The command line of a crawl."""
    line = [sys.executable, "-W", "error::ResourceWarning", "-m", "scrapy", "crawl", spider]
    given = (
        ({"site": site} if site is not None else {})
        | ({"report": str(report)} if report else {})
        | arguments
    )
    for name, value in given.items():
        line += ["-a", f"{name}={value}"]
    for name, value in (QUICK | {"ARCHIVE_URI": uri(archive)} | (settings or {})).items():
        line += ["-s", f"{name}={value}"]
    return line


def environment() -> dict[str, str]:
    """The environment of a crawl: nothing of the caller's archive."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in ("ARCHIVE_URI", "SCRAPY_PROJECT")
    }


def crawl(
    site: str | None,
    archive: str | Path,
    *,
    settings: dict[str, Any] | None = None,
    timeout_s: float = 240,
    **arguments: Any,
) -> Crawl:
    """Crawl, and read the report."""
    folder = archive.parent if isinstance(archive, Path) else Path(tempfile.gettempdir())
    report = folder / f"report-{os.getpid()}.json"
    report.unlink(missing_ok=True)
    done = subprocess.run(
        command(site, archive, report, settings, **arguments),
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=timeout_s,
    )
    found = json.loads(report.read_text()) if report.exists() else {}
    report.unlink(missing_ok=True)
    return Crawl(done.returncode, done.stdout + done.stderr, found)


def uri(archive: str | Path) -> str:
    """An archive's address."""
    return f"sqlite:///{archive}" if isinstance(archive, Path) else archive


def documents(archive: str | Path, kind: str, /, **where: Any) -> list[dict[str, Any]]:
    """Documents of a collection, with times as ISO strings and lists as lists, whatever the backend."""
    rows = _sqlite(archive, kind) if isinstance(archive, Path) else _mongo(archive, kind)
    return sorted(
        (row for row in rows if all(row.get(name) == value for name, value in where.items())),
        key=lambda row: row["_id"],
    )


def _sqlite(path: Path, table: str) -> Iterator[dict[str, Any]]:
    database = sqlite3.connect(path)
    database.row_factory = sqlite3.Row
    try:
        for row in database.execute(f"SELECT * FROM {table}"):
            document = {name: _value(name, row[name]) for name in row.keys()}  # noqa: SIM118 - a Row iterates over values
            document["_id"] = document.pop("key")
            yield document
    finally:
        database.close()


JSON_COLUMNS = frozenset(
    {
        "author",
        "tags",
        "categories",
        "terms",
        "featured_media",
        "links",
        "images",
        "embeds",
        "extra",
        "flags",
        "duplicate",
        "types",
    }
)


def _value(name: str, value: Any) -> Any:
    return json.loads(value) if name in JSON_COLUMNS and isinstance(value, str) else value


def _mongo(address: str, collection: str) -> Iterator[dict[str, Any]]:
    with MongoClient(address, tz_aware=True) as client:
        for document in client.get_default_database("wparchive")[collection].find():
            yield {
                name: _iso(value) if isinstance(value, datetime) else value
                for name, value in document.items()
            }


def _iso(value: datetime) -> str:
    return (
        value.strftime("%Y-%m-%dT%H:%M:%SZ")
        if not value.microsecond
        else value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )
