"""Run `scrapy crawl wordpress` as a user does, and read with plain drivers what was archived."""

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
    "CRAWL_THROTTLED_S": "0.1",
    "CRAWL_LOCKOUT_S": "0.3",
    "CRAWL_BREAKER_PAUSE_S": "0.2",
    "DOWNLOAD_DELAY": "0",
    "DOWNLOAD_TIMEOUT": "20",
    # Most sites of tests are small: processes would be prepared for nothing.
    "ARCHIVE_PROCESS": "0",
    "CLEAN_PROCESSES": "0",
    "CRAWL_PROGRESS": "off",
}
_REFERENCES = {"author", "tags", "categories", "terms", "featured_media"}
_FINDS = {"links", "images", "embeds"}
JSON_COLUMNS = _REFERENCES | _FINDS | {"extra", "flags", "duplicate", "types", "earlier"}
"""Columns of the SQLite tables that hold JSON."""


@dataclass
class Crawl:
    """A finished crawl."""

    exit_status: int
    output: str
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """Return the verdict of the report."""
        return str(self.report.get("verdict"))

    def type(self, name: str) -> dict[str, Any]:
        """Return a type's part of the report."""
        return dict(self.report["types"][name])


def command(
    site: str | None,
    archive: str | Path,
    report: Path | None = None,
    settings: dict[str, Any] | None = None,
    spider: str = "wordpress",
    **arguments: Any,
) -> list[str]:
    """Return the command line of a crawl, which reads everything unless a `mode` is given."""
    if spider == "wordpress":
        arguments.setdefault("mode", "full")
    line = [sys.executable, "-W", "error::ResourceWarning", "-m", "scrapy", "crawl", spider]
    if site is not None:
        line += ["-a", f"site={site}"]
    if report:
        line += ["-a", f"report={report}"]
    for name, value in arguments.items():
        line += ["-a", f"{name}={value}"]
    changed = QUICK | {"ARCHIVE_URI": uri(archive)} | (settings or {})
    for name, value in changed.items():
        line += ["-s", f"{name}={value}"]
    return line


def environment() -> dict[str, str]:
    """Return the environment of a crawl, with nothing of the caller's archive."""
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
    """Crawl, and return what the command left: exit status, output, report."""
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
    found = {}
    if report.exists():
        found = json.loads(report.read_text())
        report.unlink()
    return Crawl(done.returncode, done.stdout + done.stderr, found)


def uri(archive: str | Path) -> str:
    """Return an archive's address; a path is one of an SQLite file."""
    return f"sqlite:///{archive}" if isinstance(archive, Path) else archive


def documents(archive: str | Path, kind: str, /, **where: Any) -> list[dict[str, Any]]:
    """Return documents of a collection, ordered by key, alike for both backends.

    Times are ISO strings, and lists are lists.
    """
    rows = _sqlite(archive, kind) if isinstance(archive, Path) else _mongo(archive, kind)
    wanted = [row for row in rows if all(row.get(name) == where[name] for name in where)]
    return sorted(wanted, key=lambda row: row["_id"])


def _sqlite(path: Path, table: str) -> Iterator[dict[str, Any]]:
    database = sqlite3.connect(path)
    database.row_factory = sqlite3.Row
    try:
        for row in database.execute(f"SELECT * FROM {table}"):
            names = row.keys()  # a Row iterates over its values
            document = {name: _value(name, row[name]) for name in names}
            document["_id"] = document.pop("key")
            yield document
    finally:
        database.close()


def _value(name: str, value: Any) -> Any:
    if name in JSON_COLUMNS and isinstance(value, str):
        return json.loads(value)
    return value


def _mongo(address: str, collection: str) -> Iterator[dict[str, Any]]:
    with MongoClient(address, tz_aware=True) as client:
        for document in client.get_default_database("wparchive")[collection].find():
            yield {
                name: _iso(value) if isinstance(value, datetime) else value
                for name, value in document.items()
            }


def _iso(value: datetime) -> str:
    precision = "milliseconds" if value.microsecond else "seconds"
    return value.isoformat(timespec=precision).replace("+00:00", "Z")
