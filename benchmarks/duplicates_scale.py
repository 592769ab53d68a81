"""Finding duplicates as the archive grows: `python -m benchmarks.duplicates_scale --help`.

It fills an SQLite archive with made-up posts, every tenth an edited copy of an earlier one, and
prints at each size: sketches per second, time per post to save and to look up and mark a batch of
100 (over the last 2,000 posts), the size of the postings, and the time and memory of the whole
search. A million posts (`--posts 1000000`) take some hours to save and some minutes to search.
"""

import argparse
import asyncio
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.fingerprint import content_fingerprint
from samples import documents
from wparchive.backends.opening import open_index, open_store
from wparchive.duplicates import sketch
from wparchive.duplicates.find.find_duplicates import FindResult, find_duplicates
from wparchive.duplicates.mark_new import mark_posts

AT = datetime(2025, 1, 1, tzinfo=UTC)
BATCH = 100
MEASURED = 2000
COPIES = 10
"""Every so many-th post is a copy."""
VOCABULARY = [
    f"{a}{b}{c}"
    for a in "bcdfghklmnprstvw"
    for b in ("ai", "en", "il", "or", "un", "e", "a")
    for c in "bdfgklmnprstvxyz"
]


def text_of(number: int, words: int) -> str:
    """Post number `number`; a copy has one word in fifty changed."""
    if number % COPIES or not number:
        return " ".join(random.Random(number).choices(VOCABULARY, k=words))
    rng = random.Random(-number)
    original = text_of(rng.randrange(number // COPIES) * COPIES + 1, words)
    return " ".join(
        rng.choice(VOCABULARY) if rng.random() < 0.02 else word for word in original.split()
    )


def posts(first: int, last: int, words: int) -> Iterator[dict[str, Any]]:
    """Documents as the crawl hands them to a store."""
    for number in range(first, last):
        text = text_of(number, words)
        fields = {
            "content_fingerprint": content_fingerprint(text),
            "sketch": sketch(text),
            "published_at": AT + timedelta(minutes=number),
            "title": "Story",
        }
        yield documents.post(number, text, **fields)


def sketches_per_second(words: int) -> float:
    """Best of five runs over 200 articles."""
    texts = [text_of(number, words) for number in range(1, 200)]
    best = 0.0
    for _ in range(5):
        begun = time.process_time()
        for text in texts:
            sketch(text)
        best = max(best, len(texts) / (time.process_time() - begun))
    return best


async def fill(uri: str, first: int, last: int, words: int) -> list[float]:
    """Save and mark posts; return microseconds per post over the last `MEASURED`.

    They are CPU and elapsed time of saving, then CPU and elapsed time of marking.
    """
    store, spent = open_store(uri), [0.0] * 4
    await store.open()
    with closing(open_index(uri)) as index:
        for start in range(first, last, BATCH):
            batch = list(posts(start, min(start + BATCH, last), words))
            begun = time.process_time(), time.perf_counter()
            written = await store.save("posts", batch, AT)
            saved = time.process_time(), time.perf_counter()
            mark_posts(index, [fate.key for fate in written], AT)
            marked = time.process_time(), time.perf_counter()
            if start >= last - MEASURED:
                steps = (
                    saved[0] - begun[0],
                    saved[1] - begun[1],
                    marked[0] - saved[0],
                    marked[1] - saved[1],
                )
                spent = [total + step for total, step in zip(spent, steps, strict=True)]
    await store.close()
    return [total / MEASURED * 1e6 for total in spent]


def postings_bytes(path: Path) -> int:
    """What the postings take on disk."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint")
        return int(
            connection.execute(
                "SELECT sum(pgsize) FROM dbstat WHERE name IN ('postings', 'postings_recent')"
            ).fetchone()[0]
        )


def timed_find(uri: str, folder: Path) -> tuple[FindResult, float]:
    """The batch, and its seconds."""
    begun = time.perf_counter()
    with closing(open_index(uri)) as index:
        return find_duplicates(
            index, folder / "work", AT + timedelta(days=10_000)
        ), time.perf_counter() - begun


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, nargs="+", default=[10_000, 30_000, 100_000])
    parser.add_argument("--words", type=int, default=150)
    options = parser.parse_args()
    for words in sorted({options.words, 750}):
        print(
            f"sketching, {words} words: {sketches_per_second(words):,.0f} posts per second and core"
        )
    columns = (
        "posts",
        "save µs, CPU",
        "elapsed",
        "look up and mark µs, CPU",
        "elapsed",
        "postings bytes a post",
        "find s",
        "pairs",
        "copies",
        "peak MB",
    )
    print("\n| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|")
    with tempfile.TemporaryDirectory() as folder:
        path, held = Path(folder) / "archive.db", 0
        for size in sorted(options.posts):
            spent = asyncio.run(fill(f"sqlite:///{path}", held, size, options.words))
            found, seconds = timed_find(f"sqlite:///{path}", Path(folder))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            row = [
                f"{size:,}",
                *(f"{value:,.0f}" for value in spent),
                f"{postings_bytes(path) / size:,.0f}",
                f"{seconds:,.0f}",
            ]
            print(
                "| "
                + " | ".join(
                    [*row, f"{found.compared:,}", f"{sum(found.relations.values()):,}", str(peak)]
                )
                + " |",
                flush=True,
            )
            held = size


if __name__ == "__main__":
    main()
