"""What an update costs beside a full recrawl and beside plain polling by `modified_after`.

A site on loopback, with an image and a comment for each post, is crawled once. Then editors work,
and each contender brings its copy up to date: update runs of ours, a full run of ours, and a script
that asks for what was modified since the last change that it saw. Requests and bytes are counted,
those of finding the site included, and so is what each copy has wrong afterwards.
"""

import argparse
import json
import shutil
import sqlite3
import tempfile
import urllib.parse
import urllib.request
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.contenders import CONTENDERS, python
from benchmarks.editors import Editors, furnish
from benchmarks.english_site import english_site
from benchmarks.processes import run
from demo.api import Site
from demo.server import serve

POLLING = "modified_after alone"
FIELDS = ("id", "date", "modified", "tags", "categories")


@dataclass(slots=True)
class Polling:
    """The control: everything that was modified since the last change seen, and no more."""

    held: dict[int, str] = field(default_factory=dict)
    since: str = "1970-01-01T00:00:00"

    def run(self, home: str) -> None:
        """Ask until there is nothing newer."""
        page = 0
        since = self.since
        while True:
            page += 1
            query = {
                "modified_after": since,
                "orderby": "modified",
                "order": "asc",
                "per_page": "100",
                "page": str(page),
            }
            address = f"{home}/wp-json/wp/v2/posts?{urllib.parse.urlencode(query)}"
            with urllib.request.urlopen(address) as answer:
                records = json.load(answer)
                pages = int(answer.headers["X-WP-TotalPages"])
            for record in records:
                self.held[record["id"]] = digest(record)
                self.since = max(self.since, record["modified"])
            if page >= pages:
                return


def digest(record: dict[str, Any]) -> str:
    """Return what two equal versions of a post share."""
    return json.dumps([record[name] for name in FIELDS] + [record["content"]["rendered"]])


def truth(site: Site) -> dict[int, str]:
    """Return the version of each post that the site shows."""
    return {id_: digest(json.loads(row.body)) for id_, row in site["posts"].rows.items()}


def archived(archive: Path) -> dict[int, str]:
    """Return the version of each live post of an archive."""
    with closing(sqlite3.connect(archive)) as database:
        rows = database.execute("SELECT id, raw FROM posts WHERE state = 'live'")
        return {id_: digest(json.loads(zlib.decompress(raw))) for id_, raw in rows}


@dataclass(frozen=True, slots=True)
class Measured:
    """One contender's way to be up to date again."""

    contender: str
    edits: int
    requests: int
    sent_bytes: int
    wrong: Counter[str]
    """Posts that the copy misses, has in an old version, or still has, by what happened to them."""
    of_type: str = ""


def measure(posts: int, edits: Sequence[int]) -> Iterator[Measured]:
    """Yield what each contender took for each number of edits. Raises RuntimeError."""
    folder = Path(tempfile.mkdtemp(prefix="benchmark-update-"))
    try:
        furnished = english_site(posts)
        furnish(furnished)
        with serve(furnished) as site:
            editors, polling = Editors(site), Polling()
            editors.begin()
            yield _ours("first run", site, folder, "full", 0, editors)
            polling.run(site.home)
            for number in edits:
                editors.work(number)
                yield _polled(polling, site, number, editors)
                if number == max(edits):
                    copy = folder / "full"
                    copy.mkdir()
                    shutil.copy(folder / "archive.db", copy)
                yield _ours("update", site, folder, "auto", number, editors)
            yield _ours("full recrawl", site, copy, "full", max(edits), editors)
    finally:
        shutil.rmtree(folder)


def _ours(name: str, site: Site, folder: Path, mode: str, edits: int, editors: Editors) -> Measured:
    before = len(site.requests)
    command = [*python(CONTENDERS["ours"], site.home, folder)]
    command += ["-a", f"mode={mode}", "-a", "comments=1"]
    run(command, folder / "log")
    report = json.loads((folder / "report.json").read_text())
    if report["verdict"] != "complete":
        raise RuntimeError(f"{name} was {report['verdict']}: {report['reason']}")
    types = ", ".join(f"{type_} {part['requests']}" for type_, part in report["types"].items())
    wrong = _wrong(archived(folder / "archive.db"), site, editors)
    requests = len(site.requests) - before
    return Measured(f"{name} ({report['mode']})", edits, requests, report["bytes"], wrong, types)


def _polled(polling: Polling, site: Site, edits: int, editors: Editors) -> Measured:
    before = len(site.requests)
    polling.run(site.home)
    asked = site.requests[before:]
    size = sum(len(site.respond(request).body) for request in asked)
    wrong = _wrong(polling.held, site, editors)
    return Measured(POLLING, edits, len(asked), size, wrong)


def _wrong(held: dict[int, str], site: Site, editors: Editors) -> Counter[str]:
    shown = truth(site)
    ids = {id_ for id_ in shown.keys() | held.keys() if shown.get(id_) != held.get(id_)}
    return Counter(editors.kinds.get(id_, "from before") for id_ in sorted(ids))


def table(measured: Sequence[Measured], posts: int) -> Table:
    """Return a row for each contender and number of edits."""
    first = measured[0].sent_bytes
    result = Table("", "edits", "requests", "kB", "of the first run", "wrong afterwards")
    result.title = f"english: {posts} posts"
    for one in measured:
        wrong = ", ".join(f"{count} {what}" for what, count in one.wrong.items()) or "nothing"
        share = f"{one.sent_bytes / first:.2%}"
        kilobytes = f"{one.sent_bytes / 1000:.0f}"
        result.add_row(one.contender, str(one.edits), str(one.requests), kilobytes, share, wrong)
    return result


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    summary = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.update", description=summary)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--edits", default="0,10,100", help="comma-separated")
    options = parser.parse_args(arguments)
    edits = [int(part) for part in options.edits.split(",")]
    measured = list(measure(options.posts, edits))
    console = Console(width=150)
    console.print(table(measured, options.posts))
    for one in measured:
        if one.of_type:
            console.print(f"{one.contender}, {one.edits} edits, requests by type: {one.of_type}")


if __name__ == "__main__":
    main()
