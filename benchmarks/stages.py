"""What each stage of the pipeline takes for a post, one after the other in one process: `python -m benchmarks.stages --help`.

CPU time, microseconds a post, of the posts that `end_to_end` serves. In a crawl the stages run beside each other and share caches and
memory with more, which costs a tenth to a quarter on top.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any, cast

from rich.console import Console
from rich.table import Table

from benchmarks.english_site import english_site
from crawler.items import Post
from crawler.parsing import parse_record
from crawler.rest.collections import Collection
from crawler.rest.responses import RestResponse, read_page
from demo.multiply import multiplied_site
from pipelines.clean import clean_item
from pipelines.cleaning.parse.events import feed_events
from pipelines.fingerprint import fingerprint_item
from pipelines.helpers.document import document_of
from wparchive.backends.saving import batch_of
from wparchive.backends.sqlite import search_index as index
from wparchive.backends.sqlite import sqlite_saving as saving
from wparchive.backends.sqlite.rows import to_row
from wparchive.backends.sqlite.sqlite_writer import SQLiteWriter
from wparchive.model.storable import compress
from wparchive.text.search_tokens import searchable, tokens
from wparchive.tuning import look_seldom_for_cycles

PAGE, BATCH, MARKED = 99, 200, 400
TIMES = ("state_since", "first_seen_at", "last_seen_at", "changed_at")
POSTS = Collection("posts", "post", "/wp/v2/posts", {"post_tag": "tags", "category": "categories"})


class Clock:
    """CPU seconds by stage; a stage within another is indented."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        begun = process_time()
        yield
        self.spent[stage] = self.spent.get(stage, 0.0) + process_time() - begun

    @contextmanager
    def within(self, module: Any, name: str, stage: str) -> Iterator[None]:
        """Measure a function of a module meanwhile."""
        function: Callable[..., Any] = getattr(module, name)

        def measured(*arguments: Any) -> Any:
            with self.of(f"  {stage}"):
                return function(*arguments)

        setattr(module, name, measured)
        try:
            yield
        finally:
            setattr(module, name, function)


class Nothing:
    """Takes a parser's events and does nothing: libxml2's part of cleaning."""

    def start(self, name: str, attrs: Any) -> None: ...
    def text(self, data: str) -> None: ...
    def comment(self, data: str) -> None: ...
    def end(self) -> None: ...


def measure(records: Sequence[bytes], folder: Path) -> dict[str, float]:
    """CPU seconds by stage for all records."""
    clock = Clock()
    pages = [
        b"[" + b",".join(records[start : start + PAGE]) + b"]"
        for start in range(0, len(records), PAGE)
    ]
    posts: list[Post] = []
    for page in pages:
        with clock.of("page into records"):
            received = read_page(RestResponse("", 200, {}, page))
        with clock.of("records into items"):
            posts += cast(
                list[Post],
                [
                    parse_record(raw, POSTS, "example.org", "https://example.org/")
                    for raw in received.records
                ],
            )
    with clock.of("clean"):
        for post in posts:
            clean_item(post)
    for post in posts:
        with clock.of("  of which parsing HTML"):
            feed_events(post.content_rendered, Nothing())
    with clock.of("fingerprint and sketch"):
        for post in posts:
            fingerprint_item(post)
    with clock.of("compress"):
        for post in posts:
            post.packed = compress(post.raw)
    with clock.of("document and hashes"):
        documents = [document_of(post) for post in posts]
    _store(clock, documents, folder)
    return clock.spent


def _store(clock: Clock, documents: Sequence[dict[str, Any]], folder: Path) -> None:
    now = datetime.now(UTC)
    with clock.of("made storable"):
        storable = batch_of("posts", documents).documents
    with clock.of("search tokens"):
        for document in documents:
            for part in searchable(document):
                " ".join(tokens(part))
    with clock.of("rows"):
        for document in storable.values():
            to_row(
                "posts",
                document | dict.fromkeys(("state", "revision"), 1) | dict.fromkeys(TIMES, now),
            )
    clock.spent["saved"] = 0.0  # before its parts
    writer = SQLiteWriter(folder / "archive.db", 10.0)
    keys = [*storable]
    with (
        clock.within(saving, "insert_rows", "rows with their indexes"),
        clock.within(index, "_replace_postings", "sketch keys"),
        clock.within(index, "_replace_texts", "full text with its tokens"),
    ):
        for start in range(0, len(keys), BATCH):
            with clock.of("saved"):
                writer.save(
                    "posts", {key: storable[key] for key in keys[start : start + BATCH]}, now
                )
    for start in range(0, len(keys), MARKED):
        with clock.of("duplicates looked for and marked"):
            writer.mark_duplicates(keys[start : start + MARKED], now)
    writer.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.stages", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument("--posts", type=int, default=5000)
    parser.add_argument(
        "--characters",
        type=int,
        default=0,
        help="least length of a post's HTML (default: as recorded, which is short)",
    )
    parser.add_argument("--site", default="recorded")
    options = parser.parse_args(arguments)
    site = (
        english_site(options.posts)
        if options.site == "english"
        else multiplied_site(options.posts, options.characters)
    )
    records = [row.body for row in site["posts"].rows.values()]
    look_seldom_for_cycles()
    with tempfile.TemporaryDirectory(prefix="benchmark-stages-") as folder:
        spent = measure(records, Path(folder))
    table = Table(
        "stage",
        "µs a post",
        title=f"{len(records)} posts of {sum(map(len, records)) // len(records)} bytes",
    )
    for stage, seconds in spent.items():
        table.add_row(stage, f"{seconds / len(records) * 1e6:.0f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
