"""The time of every stage, and of a crawl beside them: `python -m benchmarks.stages --help`.

Each stage is measured alone, one after the other in one process, on the posts that `end_to_end`
serves: CPU time, microseconds a post. A crawl of the same posts follows. Its ratio to the sum says
how much belongs to no stage: requests, the framework, handing work from process to process, and
loading the modules of all processes. The last is measured too, by processes that do nothing else.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.contenders import CONTENDERS, python
from benchmarks.processes import Cost, run, serving
from benchmarks.sites import SITE_NAMES, post_records
from crawler.items import Item
from crawler.parsing import parse_record
from crawler.rest.collections import Collection
from crawler.rest.responses import RestResponse, read_page
from pipelines.clean import clean_item
from pipelines.cleaning.parse.events import feed_events
from pipelines.fingerprint import fingerprint_item
from pipelines.furniture import leave_out_furniture
from pipelines.helpers.document import document_of
from pipelines.language import set_language
from wparchive.backends.sqlite import search_index
from wparchive.backends.sqlite import sqlite_saving as saving
from wparchive.backends.sqlite.sqlite_writer import SQLiteWriter
from wparchive.backends.storable_batch import batch_of
from wparchive.furniture.counting import FrequentKeys
from wparchive.furniture.keys import block_key, keys_of_blocks
from wparchive.furniture.remove import Furniture
from wparchive.model.storable import compress
from wparchive.text.search_tokens import searchable, spaced_tokens
from wparchive.tuning import tune_process

PAGE = 99  # records of one answer
BATCH = 400  # posts of one transaction
MARKED = 400  # posts of one search for duplicates
POSTS = Collection("posts", "post", "/wp/v2/posts", {"post_tag": "tags", "category": "categories"})

PROCESSES = (
    "crawler.commands.crawl",
    "pipelines.helpers.finishing_process",
    "wparchive.backends.sqlite.writer_process",
)
"""What each process of a crawl loads."""

KNOWN = Furniture(frozenset({block_key("Join our channel.")}))
"""What the sample site is said to repeat: where nothing is known, the stage costs nothing."""


class StageClock:
    """CPU seconds by stage; a part of a stage is indented."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Measure what the block does."""
        self.spent.setdefault(stage, 0.0)
        begun = process_time()
        yield
        self.spent[stage] += process_time() - begun

    @contextmanager
    def of_function(self, module: Any, name: str, stage: str) -> Iterator[None]:
        """Measure a function of a module, as often as the block calls it."""
        function: Callable[..., Any] = getattr(module, name)

        def measured(*arguments: Any) -> Any:
            with self.of(stage):
                return function(*arguments)

        setattr(module, name, measured)
        try:
            yield
        finally:
            setattr(module, name, function)

    @property
    def total(self) -> float:
        """Return the sum of all stages; their parts are in them."""
        return sum(spent for stage, spent in self.spent.items() if not stage.startswith(" "))


class DeafParser:
    """Takes a parser's events and does nothing: what is left is libxml2's part of cleaning."""

    def start(self, name: str, attrs: Any) -> None: ...
    def text(self, data: str) -> None: ...
    def comment(self, data: str) -> None: ...
    def end(self) -> None: ...


def measure(records: Sequence[bytes], folder: Path) -> StageClock:
    """Measure every stage on all records."""
    clock = StageClock()
    items = _parse(clock, records)
    with clock.of("clean"):
        for item in items:
            clean_item(item)
    with clock.of("  of which parsing HTML"):
        for item in items:
            feed_events(item.content_rendered, DeafParser())  # type: ignore[attr-defined]
    with clock.of("language"):
        for item in items:
            set_language(item)
    with clock.of("site memory: known furniture"):
        for item in items:
            leave_out_furniture(item, KNOWN)
    with clock.of("site memory: counting"):
        frequent = FrequentKeys()
        for item in items:
            frequent.add(keys_of_blocks(item.blocks))  # type: ignore[attr-defined]
    with clock.of("fingerprint and sketch"):
        for item in items:
            fingerprint_item(item)
    with clock.of("document, hashes, compression"):
        documents = [document_of(item) for item in items]
    with clock.of("  of which compression"):
        for item in items:
            compress(item.raw)
    with clock.of("made storable"):
        storable = batch_of("posts", documents).documents
    _store(clock, storable, folder)
    return clock


def _parse(clock: StageClock, records: Sequence[bytes]) -> list[Item]:
    items: list[Item] = []
    for start in range(0, len(records), PAGE):
        body = b"[" + b",".join(records[start : start + PAGE]) + b"]"
        with clock.of("page into records"):
            page = read_page(RestResponse("", 200, {}, body))
        with clock.of("records into items"):
            items += [
                parse_record(raw, POSTS, "example.org", "https://example.org/")
                for raw in page.records
            ]
    return items


def _store(clock: StageClock, documents: Mapping[str, Any], folder: Path) -> None:
    now = datetime.now(UTC)
    keys = list(documents)
    writer = SQLiteWriter(folder / "archive.db", busy_timeout_s=10.0)
    clock.spent["saved"] = 0.0  # before its parts
    with (
        clock.of_function(saving, "insert_rows", "  of which rows with their indexes"),
        clock.of_function(search_index, "_replace_postings", "  of which sketch keys"),
        clock.of_function(search_index, "_replace_texts", "  of which full text"),
    ):
        for start in range(0, len(keys), BATCH):
            batch = {key: documents[key] for key in keys[start : start + BATCH]}
            with clock.of("saved"):
                writer.save("posts", batch, now)
    with clock.of("  of which search tokens"):
        for document in documents.values():
            for part in searchable(document):
                spaced_tokens(part)
    for start in range(0, len(keys), MARKED):
        with clock.of("duplicates looked for and marked"):
            writer.mark_duplicates(keys[start : start + MARKED], now)
    writer.close()


def crawl_cost(site_name: str, posts: int) -> Cost:
    """Return what a crawl of the whole site takes."""
    contender = CONTENDERS["ours"]
    folder = Path(tempfile.mkdtemp(prefix="benchmark-stages-"))
    try:
        with serving(site_name, posts) as site:
            cost = run(python(contender, site, folder), folder / "log")
        if contender.held(folder) != posts:
            raise RuntimeError((folder / "log").read_text(errors="replace")[-2000:])
        return cost
    finally:
        shutil.rmtree(folder)


def loading_cost_s() -> float:
    """Return the processor time that the processes of a crawl take to load their modules."""
    with tempfile.TemporaryDirectory(prefix="benchmark-stages-") as folder:
        log = Path(folder) / "log"
        commands = [[sys.executable, "-c", f"import {module}"] for module in PROCESSES]
        return sum(run(command, log).cpu_s for command in commands)


def stage_table(
    clock: StageClock, records: Sequence[bytes], crawl: Cost | None, loading_s: float = 0.0
) -> Table:
    """Return the table of the stages, with the ratio of a crawl to their sum."""
    mean_bytes = sum(map(len, records)) // len(records)
    title = f"{len(records)} posts of {mean_bytes} bytes"
    table = Table("stage", "CPU µs/post", title=title)
    for stage, seconds in clock.spent.items():
        table.add_row(stage, _microseconds(seconds, records))
    table.add_section()
    table.add_row("sum of the stages", _microseconds(clock.total, records))
    if crawl is not None:
        table.add_row("crawl, all its processes", _microseconds(crawl.cpu_s, records))
        for name, seconds in crawl.cpu_of_others_s.items():
            table.add_row(f"  of which {name}", _microseconds(seconds, records))
        table.add_row("  of which loading modules", _microseconds(loading_s, records))
        table.add_row("crawl / sum", f"{crawl.cpu_s / clock.total:.2f}")
        without = (crawl.cpu_s - loading_s) / clock.total
        table.add_row("crawl without loading / sum", f"{without:.2f}")
    return table


def _microseconds(seconds: float, records: Sequence[bytes]) -> str:
    return f"{seconds / len(records) * 1e6:.0f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    summary = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stages", description=summary)
    parser.add_argument("--posts", type=int, default=5000)
    parser.add_argument("--site", choices=SITE_NAMES, default="english")
    parser.add_argument("--no-crawl", action="store_true", help="measure the stages only")
    options = parser.parse_args(arguments)
    records = post_records(options.site, options.posts)
    tune_process()
    with tempfile.TemporaryDirectory(prefix="benchmark-stages-") as folder:
        clock = measure(records, Path(folder))
    crawl = None
    loading_s = 0.0
    if not options.no_crawl:
        crawl = crawl_cost(options.site, options.posts)
        loading_s = loading_cost_s()
    Console(width=100).print(stage_table(clock, records, crawl, loading_s))


if __name__ == "__main__":
    main()
