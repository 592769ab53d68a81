"""How fast `wparchive serve` answers: `python -m benchmarks.web --help`.

It fills an SQLite archive with made-up posts (those of `benchmarks.made_up_archive`, with links,
embeds and terms of a taxonomy), serves it, and asks as readers do: searches that nobody asked
before, with all facets, and posts. Then as many readers as `--readers` ask at once while a writer
saves posts. It prints medians in milliseconds, the server's CPU time, its memory after so many
pages, and how long the writer had to wait. A page that fails ends it, and so does a write.
`--archive mongodb://...` measures a server instead of a file, with fewer posts and pages: FerretDB
reads a whole collection for most questions, so that each further post takes it longer. What is
going on stands on standard error.
"""

import argparse
import asyncio
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Self
from urllib.parse import quote, urlencode

from benchmarks.made_up_archive import BATCH, START, paragraphs, posts
from samples import documents
from wparchive import open_archive
from wparchive.backends.opening import open_store
from wparchive.errors import ArchiveMissing
from wparchive.text.search_tokens import tokens

PROVIDERS = ("youtube", "vimeo", "spotify", "x")
FEATURES = (("image",), ("image", "video"), ("image", "table"), ("code",), ())
SITES = 5
TOLD_EVERY = 10
PATIENCE_S = 900
"""How long a page may take: FerretDB answers fifty readers one after another."""
IN_A_FILE = {
    "posts": 100_000,
    "searches": 200,
    "pages": [1000, 2000, 5000],
    "written": 100,
    "pause": 0,
}
ON_A_SERVER = {"posts": 50, "searches": 3, "pages": [50], "written": 5, "pause": 20}
"""How much is measured, where the command line does not say."""


def web_posts(first: int, last: int, parts: list[str]) -> Iterator[dict[str, Any]]:
    """Yield made-up posts that have something of every facet."""
    for number, post in enumerate(posts(first, last, parts), first):
        rng = random.Random(number)
        others = rng.sample(range(max(number, 10)), 5)
        links = [f"https://site{other % SITES}.example/post-{other}/" for other in others]
        links.append(f"https://domain{min(int(rng.paretovariate(0.8)), 3000)}.example/page/")
        made = {
            name: value for name, value in post.items() if name not in ("_id", "site", "type", "id")
        }
        made |= {
            "links": [{"url": url, "text": "a link", "rel": []} for url in links],
            "link_domains": sorted({url.split("/")[2] for url in links}),
            "has": sorted(FEATURES[number % len(FEATURES)]),
            "embed_providers": [PROVIDERS[number % 7]] if number % 7 < len(PROVIDERS) else [],
            "terms": [documents.ref(number % 30, f"Genre {number % 30}", taxonomy="genre")],
        }
        yield documents.post(number, site=post["site"], **made)


async def save(address: str, count: int) -> None:
    """Save posts, as many at a time as a crawl does."""
    store = open_store(address)
    await store.open()
    parts = paragraphs()
    begun = time.perf_counter()
    for start in range(0, count, BATCH):
        end = min(start + BATCH, count)
        await store.save("posts", list(web_posts(start, end, parts)), START)
        doing(f"saved {end:,} of {count:,} posts in {time.perf_counter() - begun:.0f} s")
    await store.close()


def doing(what: str) -> None:
    """Say on standard error what goes on: a slow server must not look like one that hangs."""
    print(what, file=sys.stderr, flush=True)


def is_filled(address: str) -> bool:
    """Tell whether an archive is there and has posts."""
    try:
        with open_archive(address) as archive:
            return archive.posts(limit=1).page(size=1).items != []
    except ArchiveMissing:
        return False


@contextmanager
def served(address: str) -> Iterator[tuple[str, int]]:
    """Serve an archive in a process of its own; give its address and process id."""
    command = [sys.executable, "-m", "wparchive", "--archive", address, "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r"http://\S+", process.stderr.readline())
        assert found
        try:
            yield found[0].rstrip("/"), process.pid
        finally:
            process.terminate()


def fetched(url: str) -> float:
    """Fetch a page whole; return the milliseconds it took."""
    start = time.perf_counter()
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
        answer.read()
    return (time.perf_counter() - start) * 1000


def memory_mib(process: int) -> float:
    """Return how much memory a process has in use."""
    text = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", text)
    assert found
    return int(found[1]) / 1024


def cpu_ms(process: int) -> float:
    """Return the milliseconds of processor time that the threads of a process have used."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6


def searches(count: int) -> list[str]:
    """Return addresses of different searches: words of posts as their readers remember them."""
    rng = random.Random(7)
    words = sorted({word for part in paragraphs() for word in tokens(part) if len(word) > 3})
    chosen = rng.sample(words, min(len(words), count))
    return [f"/?{urlencode({'q': word})}" for word in chosen]


def shown(name: str, times: list[float]) -> str:
    """Return a line with the median and the 95th percentile of times."""
    highest = times[0]
    if len(times) > 1:
        highest = quantiles(times, n=20)[-1]
    return f"{name:<38} {median(times):8.1f} ms {highest:8.1f} ms"


def told(name: str, urls: list[str], process: int) -> str:
    """Fetch pages one after another; return a line with their times and the server's CPU times.

    On a busy machine the CPU time is the figure to compare: waiting for a core is not in it.
    """
    times: list[float] = []
    used: list[float] = []
    doing(f"{name}: {len(urls)} pages, one after another")
    for url in urls:
        before = cpu_ms(process)
        times.append(fetched(url))
        used.append(cpu_ms(process) - before)
    return f"{shown(name, times)} {median(used):8.1f} ms {sum(used) / len(used):8.1f} ms"


class Writer:
    """A thread that saves posts, as a crawl does, while others read."""

    def __init__(self, address: str, at_once: int, pause_s: float) -> None:
        self._address = address
        self._at_once = at_once
        self._pause_s = pause_s
        self._done = threading.Event()
        self._failed: list[Exception] = []
        self.batches: list[float] = []
        """Seconds that each batch of `at_once` posts took."""

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._write)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        for error in self._failed:
            raise error

    def _write(self) -> None:
        try:
            asyncio.run(self._save_batches())
        except Exception as error:
            self._failed.append(error)

    async def _save_batches(self) -> None:
        store = open_store(self._address)
        await store.open()
        parts = paragraphs()
        # Each run of the benchmark writes posts of its own.
        first = 10_000_000 + int(time.time()) * 1000
        while not self._done.is_set():
            batch = list(web_posts(first, first + self._at_once, parts))
            start = time.perf_counter()
            await store.save("posts", batch, START)
            self.batches.append(time.perf_counter() - start)
            first += self._at_once
            self._done.wait(self._pause_s)
        await store.close()

    def told(self) -> str:
        """Return a line on how long the writer had to wait."""
        count = len(self.batches)
        return (
            f"meanwhile {count * self._at_once:,} posts were written, {self._at_once} at once:"
            f" median {median(self.batches):.2f} s, at most {max(self.batches):.2f} s, 0 failed"
        )


def measure(address: str, home: str, process: int, options: argparse.Namespace) -> None:
    """Print what pages cost, one reader alone, then many while a writer saves posts."""
    rng = random.Random(11)
    with open_archive(address) as archive:
        total = archive.posts().count()
        page = [post["_id"] for post in archive.posts(limit=2000)]
    keys = rng.sample(page, min(len(page), options.searches))
    asked = searches(options.searches)
    heads = ("median", "95 %", "CPU, median", "mean")
    print(f"{f'{total:,} posts':<38}" + "".join(f" {head:>11}" for head in heads))
    print(told("all posts, the first time", [f"{home}/"], process), flush=True)
    print(told("all posts, again", [f"{home}/"] * 20, process), flush=True)
    print(told("the first search with all facets", [home + one for one in asked], process))
    sys.stdout.flush()
    print(told("a post", [f"{home}/post/{quote(key)}" for key in keys], process), flush=True)
    pages = [home + one for one in asked] + [f"{home}/post/{quote(key)}" for key in keys]
    rng.shuffle(pages)
    many = cycle(pages)
    times: list[float] = []
    start = time.perf_counter()
    print(f"{options.readers} readers at once, a crawl writing: the server's memory")
    print(f"{'before':>12} {memory_mib(process):8.0f} MiB", flush=True)
    with (
        ThreadPoolExecutor(options.readers) as readers,
        Writer(address, options.written, options.pause) as writer,
    ):
        for count in options.pages:
            doing(f"{options.readers} readers: up to {count:,} pages")
            for took_ms in readers.map(fetched, islice(many, count - len(times))):
                times.append(took_ms)
                if len(times) % TOLD_EVERY == 0:
                    doing(f"{len(times):,} pages after {time.perf_counter() - start:.0f} s")
            print(f"{count:>6} pages {memory_mib(process):8.0f} MiB", flush=True)
    took = time.perf_counter() - start
    print(shown("a page", times))
    print(f"{len(times) / took:.1f} pages a second, 0 failed; {writer.told()}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.web")
    parser.add_argument("--posts", type=int, help="default: 100,000 in a file, 50 on a server")
    parser.add_argument("--searches", type=int, help="default: 200 in a file, 3 on a server")
    parser.add_argument("--written", type=int, help="posts that are saved at once: 100, or 5")
    parser.add_argument("--pause", type=float, help="seconds between them: 0, or 20 on a server")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument(
        "--pages",
        type=int,
        nargs="+",
        help="when to look at the memory, while many read; default: 1000 2000 5000, or 50",
    )
    parser.add_argument("--archive", help="an address to fill once, and measure again")
    options = parser.parse_args()
    is_server = bool(options.archive) and options.archive.startswith("mongodb")
    for name, default in (ON_A_SERVER if is_server else IN_A_FILE).items():
        if getattr(options, name) is None:
            setattr(options, name, default)
    with tempfile.TemporaryDirectory() as folder:
        address = options.archive or f"sqlite:///{folder}/web.db"
        if not is_filled(address):
            asyncio.run(save(address, options.posts))
        with served(address) as (home, process):
            measure(address, home, process, options)


if __name__ == "__main__":
    main()
