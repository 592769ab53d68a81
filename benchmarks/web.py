"""How fast `wparchive serve` answers: `python -m benchmarks.web --help`.

It fills an SQLite archive with made-up posts (those of `benchmarks.made_up_archive`, with links,
embeds and terms of a taxonomy), serves it, and asks as readers do: searches that nobody asked
before, with all facets, and posts. Then as many readers as `--readers` ask at once while a writer
saves posts. It prints medians in milliseconds, the mean of the server's CPU time, and the memory of
the server before and after.
"""

import argparse
import asyncio
import os
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
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks.made_up_archive import BATCH, START, paragraphs, posts
from samples import documents
from wparchive import open_archive
from wparchive.backends.opening import open_store
from wparchive.text.search_tokens import tokens

PROVIDERS = ("youtube", "vimeo", "spotify", "x")
FEATURES = (("image",), ("image", "video"), ("image", "table"), ("code",), ())
SITES = 5


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


async def save(address: str, first: int, last: int) -> None:
    """Save posts, as many at a time as a crawl does."""
    store = open_store(address)
    await store.open()
    parts = paragraphs()
    for start in range(first, last, BATCH):
        batch = list(web_posts(start, min(start + BATCH, last), parts))
        await store.save("posts", batch, START)
    await store.close()


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
    with urllib.request.urlopen(url, timeout=120) as answer:
        answer.read()
    return (time.perf_counter() - start) * 1000


def memory_mib(process: int) -> float:
    """Return how much memory a process has in use."""
    text = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", text)
    assert found
    return int(found[1]) / 1024


def cpu_ms(process: int) -> float:
    """Return the milliseconds of processor time that a process has used, on all cores."""
    # The name of a program stands in brackets and may hold spaces: figures begin after it.
    figures = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(figures[11]) + int(figures[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def searches(count: int) -> list[str]:
    """Return addresses of different searches: words of posts as their readers remember them."""
    rng = random.Random(7)
    words = sorted({word for part in paragraphs() for word in tokens(part) if len(word) > 3})
    chosen = rng.sample(words, min(len(words), count))
    return [f"/?{urlencode({'q': word})}" for word in chosen]


def shown(name: str, times: list[float]) -> str:
    """Return a line with the median and the 95th percentile of times."""
    return f"{name:<44} {median(times):8.1f} ms {quantiles(times, n=20)[-1]:8.1f} ms"


def told(name: str, urls: list[str], process: int) -> str:
    """Fetch pages one after another; return a line with their times and the server's CPU time.

    On a busy machine the CPU time is the figure to compare: waiting for a core is not in it.
    """
    before = cpu_ms(process)
    times = [fetched(url) for url in urls]
    return f"{shown(name, times)} {(cpu_ms(process) - before) / len(urls):8.1f} ms"


def measure(address: str, home: str, process: int, options: argparse.Namespace) -> None:
    """Print what pages cost, one reader alone, then many while a writer saves posts."""
    rng = random.Random(11)
    with open_archive(address) as archive:
        total = archive.posts().count()
        page = [post["_id"] for post in archive.posts(limit=2000)]
    keys = rng.sample(page, min(len(page), 200))
    asked = searches(options.searches)
    print(f"{total:,} posts{'':<32} {'median':>11} {'95 %':>11} {'CPU, mean':>11}")
    print(told("the first search with all facets", [home + one for one in asked], process))
    print(told("a post", [f"{home}/post/{quote(key)}" for key in keys], process))
    done = threading.Event()

    def write() -> None:
        first = 10_000_000
        while not done.is_set():
            asyncio.run(save(address, first, first + 100))
            first += 100

    pages = [home + one for one in asked] + [f"{home}/post/{quote(key)}" for key in keys]
    rng.shuffle(pages)
    writer = threading.Thread(target=write)
    writer.start()
    start = time.perf_counter()
    memory = [memory_mib(process)]
    times: list[float] = []
    with ThreadPoolExecutor(options.readers) as readers:
        for _ in range(3):
            times += readers.map(fetched, pages)
            memory.append(memory_mib(process))
    took = time.perf_counter() - start
    done.set()
    writer.join()
    print(shown(f"{options.readers} readers at once, a crawl writing", times))
    figures = ", ".join(f"{one:.0f}" for one in memory)
    print(
        f"{len(times) / took:.0f} pages a second; MiB before and after each {len(pages)}: {figures}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.web")
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=200)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--archive", help="an SQLite address to fill once, and measure again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        address = options.archive or f"sqlite:///{folder}/web.db"
        if not Path(address.removeprefix("sqlite:///")).exists():
            asyncio.run(save(address, 0, options.posts))
        with served(address) as (home, process):
            measure(address, home, process, options)


if __name__ == "__main__":
    main()
