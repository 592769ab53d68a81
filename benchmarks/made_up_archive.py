"""An archive of made-up posts, whose paragraphs are drawn from the recorded ones."""

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.cleaning import clean_html
from samples import documents
from samples.make import records
from wparchive import open_archive
from wparchive.backends.opening import open_store
from wparchive.errors import ArchiveMissing

SOURCES = ("seed-post", "blog.fukata.org", "yankay.com")
START = datetime(2015, 1, 1, tzinfo=UTC)
BATCH = 500
TAGS = 2000
CATEGORIES = 40
AUTHORS = 60


def paragraphs() -> list[str]:
    """Return the paragraphs of all recorded posts, cleaned."""
    texts = (
        clean_html(record["content"]["rendered"], record["link"]).text
        for name in SOURCES
        for record in records(name)
    )
    return [part for text in texts for part in text.split("\n\n") if part.strip()]


def posts(first: int, last: int, parts: list[str]) -> Iterator[dict[str, Any]]:
    """Yield made-up posts.

    Some tags are rare, as in real sites; one post in a thousand has the word `quintessence`.
    """
    for number in range(first, last):
        rng = random.Random(number)
        chosen = rng.choices(parts, k=rng.randint(5, 25))
        text = "\n\n".join([*chosen, "A quintessence."] if number % 1000 == 7 else chosen)
        at = START + timedelta(minutes=50 * number % 5_200_000)
        tags = sorted({min(int(rng.paretovariate(0.7)), TAGS) for _ in range(4)})
        yield documents.post(
            number,
            text,
            site=f"site{number % 5}.example",
            title=" ".join(chosen[0].split())[:80],
            published_at=at,
            published_local=at.isoformat()[:19],
            tags=[documents.ref(tag, f"Tag {tag}") for tag in tags],
            categories=[documents.ref(number % CATEGORIES, f"Category {number % CATEGORIES}")],
            author=documents.ref(number % AUTHORS, f"Author {number % AUTHORS}"),
            language=("en", "ja", "zh")[number % 3],
        )


def fill(address: str, count: int) -> float:
    """Save made-up posts. Return how many seconds it took."""

    async def save() -> None:
        store = open_store(address)
        await store.open()
        parts = paragraphs()
        for first in range(0, count, BATCH):
            await store.save("posts", list(posts(first, min(first + BATCH, count), parts)), START)
        await store.close()

    start = time.perf_counter()
    asyncio.run(save())
    return time.perf_counter() - start


def held(address: str) -> int:
    """Return how many posts an archive holds; 0 where there is none."""
    try:
        with closing(open_archive(address)) as archive:
            return archive.posts().count()
    except ArchiveMissing:
        return 0
