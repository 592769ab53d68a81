"""The contenders of `benchmarks.end_to_end`.

Each is a command that copies the posts of one site, with a way to count what it stored.
"""

import json
import sqlite3
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

Count = Callable[[Path], int]


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to copy a site into a folder."""

    label: str
    command: Callable[[str, Path], list[str]]
    """Arguments for Python, from the site's address and an empty folder."""
    held: Count
    """Posts in the folder afterwards."""


def _ours(**settings: object) -> Callable[[str, Path], list[str]]:
    """Return the command of the whole project, as in `scrapy crawl`.

    Only the pause between requests is off: the site is one's own.
    """

    def command(site: str, folder: Path) -> list[str]:
        given = {
            "ARCHIVE_URI": f"sqlite:///{folder / 'archive.db'}",
            "DOWNLOAD_DELAY": 0,
            "CRAWL_PROGRESS": "off",
        } | settings
        options = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
        return [
            "-m",
            "scrapy",
            "crawl",
            "wordpress",
            "-a",
            f"site={site}",
            "-a",
            f"report={folder / 'report.json'}",
            *options,
        ]

    return command


def _held_complete(folder: Path) -> int:
    """Return the posts that are held; none unless the run was proved complete."""
    verdict = json.loads((folder / "report.json").read_text())["verdict"]
    return _rows(folder / "archive.db", "posts WHERE type = 'post'") if verdict == "complete" else 0


def _baseline(module: str, file: str, *more: str) -> Callable[[str, Path], list[str]]:
    return lambda site, folder: [
        "-m",
        f"benchmarks.baselines.{module}",
        site,
        str(folder / file),
        *more,
    ]


def _rows(path: Path, of: str) -> int:
    database = sqlite3.connect(path)
    try:
        return int(database.execute(f"SELECT count(*) FROM {of}").fetchone()[0])
    finally:
        database.close()


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for line in file if json.loads(line)["id"])


def _duckdb_rows(path: Path) -> int:
    import duckdb

    with duckdb.connect(str(path), read_only=True) as database:
        row = database.execute("SELECT count(DISTINCT id) FROM wordpress.posts").fetchone()
        return int(row[0]) if row else 0


CONTENDERS: Mapping[str, Contender] = {
    "ours": Contender(
        "wparchive: clean, resolve, fingerprint, index, prove", _ours(), _held_complete
    ),
    "ours-1": Contender(
        "the same, all in one process", _ours(CLEAN_PROCESSES=0, ARCHIVE_PROCESS=0), _held_complete
    ),
    "ours-2": Contender(
        "the same, two requests at a time", _ours(CONCURRENT_REQUESTS_PER_DOMAIN=2), _held_complete
    ),
    "naive": Contender(
        "(a) requests + BeautifulSoup, insert one by one",
        _baseline("naive", "n.db"),
        lambda f: _rows(f / "n.db", "posts"),
    ),
    "naive-text": Contender(
        "(a') the same, get_text only",
        _baseline("naive", "n.db", "text"),
        lambda f: _rows(f / "n.db", "posts"),
    ),
    "bare": Contender(
        "(b) bare Scrapy spider, JSON Lines",
        _baseline("bare_scrapy", "b.jsonl"),
        lambda f: _lines(f / "b.jsonl"),
    ),
    "dlt": Contender(
        "(c) dlt rest_api, DuckDB, merge",
        _baseline("dlt_duckdb", "d.duckdb"),
        lambda f: _duckdb_rows(f / "d.duckdb"),
    ),
    "dlt-append": Contender(
        "(c') the same, append only",
        _baseline("dlt_duckdb", "d.duckdb", "append"),
        lambda f: _duckdb_rows(f / "d.duckdb"),
    ),
}


def python(contender: Contender, site: str, folder: Path) -> list[str]:
    """The whole command line."""
    return [sys.executable, *contender.command(site, folder)]
