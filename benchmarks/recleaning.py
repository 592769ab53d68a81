"""Time `wparchive reclean`: `python -m benchmarks.recleaning --help`.

An archive is filled with the posts that `end_to_end` serves, cleaned, and the site's memory
learns. Then all posts are made to look as if an older cleaner had made them, and some of them
(`--changed`, in per cent) get another text. The command cleans them again; one run for each share.
The figures are of the command as a user runs it: the start of all processes is in them. Beside them
stands what the naive cleaner of `cleaning` takes for the same contents, and nothing else: on a busy
machine both figures grow. Posts a second are those of a machine that does nothing else only where
the command got two cores. The column "cores" tells: processor time divided by time.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.cleaning import naive, seconds
from benchmarks.processes import Cost, compile_modules, run
from benchmarks.sites import SITE_NAMES, post_records
from benchmarks.stages import POSTS
from crawler.parsing import parse_record
from pipelines.clean import clean_item
from pipelines.fingerprint import fingerprint_item
from pipelines.helpers.document import document_of
from wparchive.backends.opening import open_store
from wparchive.backends.store import CleaningSelection
from wparchive.model.site_records import Site

SITE = "example.com"
BATCH = 400
NAIVE_POSTS = 300
"""Posts that the naive cleaner cleans."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def fill(uri: str, records: list[bytes]) -> None:
    """Fill an archive with cleaned posts."""
    store = open_store(uri)
    await store.open()
    try:
        await store.save_site(_site())
        for start in range(0, len(records), BATCH):
            posts = [_document(record) for record in records[start : start + BATCH]]
            await store.save("posts", posts, NOW)
    finally:
        await store.close()


async def make_older(uri: str, changed: int) -> None:
    """Make posts look as if an older cleaner had made them, with other texts in some per cent."""
    store = open_store(uri)
    await store.open()
    try:
        after = ""
        while posts := await store.next_to_clean(CleaningSelection("posts"), after, BATCH):
            after = posts[-1]["_id"]
            await store.rewrite(
                "posts", [_older(post, post["id"] % 100 < changed) for post in posts]
            )
    finally:
        await store.close()


def _older(post: Mapping[str, Any], is_changed: bool) -> dict[str, Any]:
    older = {"_id": post["_id"], "raw": post["raw"], "cleaner_version": 1}
    if is_changed:
        older |= {
            "text": post["text"] + "\n\nShare this",
            "html": post["html"] + "<p>Share this</p>",
            "blocks": post["blocks"][1:],
            "content_fingerprint": "of another text",
            "sketch": post["sketch"][1:],
            "version_hash": "of another text",
        }
    return older


def _document(record: bytes) -> dict[str, object]:
    # The server of the sites puts its own address before the paths.
    record = record.replace(b'"link":"\\/', b'"link":"https:\\/\\/example.com\\/', 1)
    item = parse_record(record, POSTS, SITE, f"https://{SITE}/")
    clean_item(item)
    fingerprint_item(item)
    return document_of(item)


def _site() -> Site:
    home = f"https://{SITE}/"
    return Site(
        _id=SITE,
        home=home,
        api_root=f"{home}wp-json/",
        found_by="made up",
        name="",
        description="",
        timezone="",
        gmt_offset=None,
        namespaces=[],
        language=None,
        capabilities=[],
        brakes=[],
        first_seen_at=NOW,
        last_seen_at=NOW,
    )


def reclean(uri: str, folder: Path) -> Cost:
    """Clean all posts of an archive again, and return what that cost."""
    command = ["-m", "wparchive", "reclean", "--all", "--json", "--archive", uri]
    return run([sys.executable, *command], folder / "reclean.log")


def naive_ms(records: list[bytes]) -> float:
    """Return the processor time in which the naive cleaner cleans a post, in ms."""
    found = [json.loads(record) for record in records[:NAIVE_POSTS]]
    bodies = [(post["content"]["rendered"], post["link"]) for post in found]
    return seconds(naive, bodies) / len(bodies) * 1000


def figures(cost: Cost, posts: int) -> list[str]:
    """Return the figures of a run as a row of the table shows them."""
    others_s = sum(cost.cpu_of_others_s.values())
    return [
        f"{posts / cost.wall_s:.0f}",
        f"{cost.cpu_s / cost.wall_s:.2f}",
        *(f"{s / posts * 1000:.2f}" for s in (cost.cpu_s, cost.cpu_s - others_s, others_s)),
    ]


def main() -> None:
    """Print what the command costs for each post of each site."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--site", choices=(*SITE_NAMES, "both"), default="both")
    parser.add_argument("--posts", type=int, default=5000, help="posts of a site (default: 5000)")
    parser.add_argument(
        "--changed",
        type=int,
        nargs="+",
        default=[0, 10, 100],
        metavar="PERCENT",
        help="how many of them have another text (default: one run each of 0, 10 and 100)",
    )
    options = parser.parse_args()
    names = SITE_NAMES if options.site == "both" else (options.site,)
    compile_modules()
    table = Table("site", "changed", "posts/s", "cores", "CPU ms a post", "here", "others", "naive")
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            uri = f"sqlite:///{folder}/archive.db"
            records = post_records(name, options.posts)
            asyncio.run(fill(uri, records))
            asyncio.run(make_older(uri, 0))
            reclean(uri, Path(folder))  # languages are found, and the site's memory learns
            for changed in options.changed:
                asyncio.run(make_older(uri, changed))
                beside = naive_ms(records)
                cost = reclean(uri, Path(folder))
                table.add_row(name, f"{changed} %", *figures(cost, options.posts), f"{beside:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
