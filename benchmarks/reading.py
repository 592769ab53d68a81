"""How fast an archive answers: `python -m benchmarks.reading --help`.

It fills each archive (by default an SQLite file in a temporary folder) with posts made from the
recorded ones: paragraphs drawn anew, tags, categories, authors and dates of ten years. Then it
measures, through the reading library, what analysts ask, beside the query that somebody would
write without it: `LIKE` in SQLite, `$regex` in MongoDB. It prints medians in milliseconds; the
order of rounds is mixed. An archive that already holds posts is measured as it is. `--posts
100000` takes some minutes to fill, and some gigabytes of disk.
"""

import argparse
import json
import random
import re
import resource
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.made_up_archive import fill, held, paragraphs
from wparchive import open_archive
from wparchive.backends.cursor import PublishedPosition, encode_cursor
from wparchive.backends.opening import parse_uri
from wparchive.export import export_posts
from wparchive.reading.library import Archive
from wparchive.text.search_tokens import tokens

Query = Callable[[], object]


def questions(archive: Archive) -> dict[str, Query]:
    """Return what is asked through the library, by its words."""
    common, usual, phrase = words()
    (half,) = archive.posts(until="2018", limit=1)
    place = PublishedPosition(half["published_at"], half["_id"])
    middle = encode_cursor("posts/newest", place)
    return {
        "search: a rare word": lambda: archive.search("quintessence", limit=10),
        f"search: a usual word ({usual})": lambda: archive.search(usual, limit=10),
        f"search: the commonest word ({common})": lambda: archive.search(common, limit=10),
        f"search: two words ({usual}, {common})": lambda: archive.search(
            f"{usual} {common}", limit=10
        ),
        f"search: a phrase ({phrase})": lambda: archive.search(f'"{phrase}"', limit=10),
        f"search: a beginning ({usual[:4]}*)": lambda: archive.search(f"{usual[:4]}*", limit=10),
        "search: Japanese (日本語)": lambda: archive.search("日本語", limit=10),
        "search: within a site and year": lambda: archive.search(
            usual, site="site1.example", since="2020", until="2020"
        ),
        "search: a usual word, newest": lambda: archive.posts().search(
            usual, order="newest", limit=10
        ),
        "list: newest 20": lambda: list(archive.posts(limit=20)),
        "list: newest 20 of a site": lambda: list(archive.posts(site="site1.example", limit=20)),
        "list: a page in the middle": lambda: archive.posts().page(20, after=middle),
        "filter: newest 20 of a tag": lambda: list(archive.posts(tag="Tag 7", limit=20)),
        "filter: newest 20 of an author since 2022": lambda: list(
            archive.posts(author="Author 7", since="2022", limit=20)
        ),
        "count: all": lambda: archive.posts().count(),
        "count: of a tag, since 2020": lambda: archive.posts(tag="Tag 2", since="2020").count(),
        "stats": lambda: archive.posts().totals(),
        "count: by year, of a site": lambda: archive.posts(site="site1.example").by("year"),
        "count: by month": lambda: archive.posts().by("month"),
        "count: by author": lambda: archive.posts().by("author"),
        "count: by tag": lambda: archive.posts().by("tag"),
        "count: words": lambda: archive.posts().words(),
        "sites": archive.sites,
    }


def words() -> tuple[str, str, str]:
    """Return the commonest word of the recorded texts, a usual one, and the commonest phrase.

    The phrase has two English words.
    """
    found = [[token for token in tokens(part) if token.isalpha()] for part in paragraphs()]
    ranked = [
        word for word, _ in Counter(token for part in found for token in set(part)).most_common(300)
    ]
    pairs = Counter(
        pair
        for part in found
        for pair in pairwise(part)
        if all(word.isascii() and len(word) > 3 for word in pair)
    )
    return (
        ranked[0],
        next(word for word in ranked[60:] if word.isascii() and len(word) > 3),
        " ".join(pairs.most_common(1)[0][0]),
    )


def naive(address: str) -> dict[str, Query]:
    """Return the same questions, asked of the database without the library."""
    common, usual, phrase = words()
    searched = {
        "search: a rare word": "quintessence",
        f"search: a usual word ({usual})": usual,
        f"search: the commonest word ({common})": common,
        f"search: a phrase ({phrase})": phrase,
        "search: Japanese (日本語)": "日本語",
    }
    find = like(address) if parse_uri(address).scheme == "sqlite" else matching(address)
    return {question: lambda word=word: find(word) for question, word in searched.items()}  # type: ignore[misc]


def like(address: str) -> Callable[[str], object]:
    """Return the newest ten posts with a word, by LIKE."""
    connection = sqlite3.connect(parse_uri(address).place)
    found = "state = 'live' AND (title LIKE ?1 OR text LIKE ?1)"
    sql = (
        f"SELECT key, title, text FROM posts WHERE {found} ORDER BY published_at DESC, key LIMIT 10"
    )
    return lambda word: connection.execute(sql, (f"%{word}%",)).fetchall()


def matching(address: str) -> Callable[[str], object]:
    """Return the newest ten posts with a word, by $regex."""
    from pymongo import MongoClient

    where = parse_uri(address)
    collection = MongoClient[dict[str, Any]](where.uri)[where.place]["posts"]

    def find(word: str) -> object:
        pattern = {"$regex": re.escape(word), "$options": "i"}
        query = {"state": "live", "$or": [{"title": pattern}, {"text": pattern}]}
        return list(
            collection.find(query, {"title": 1, "text": 1}).sort("published_at", -1).limit(10)
        )

    return find


def timed(queries: dict[str, Query], rounds: int) -> dict[str, float]:
    """Return the median of each question in milliseconds."""
    taken: dict[str, list[float]] = {name: [] for name in queries}
    for round_ in range(rounds):
        for name in random.Random(round_).sample(list(queries), len(queries)):
            start = time.perf_counter()
            queries[name]()
            taken[name].append(1000 * (time.perf_counter() - start))
    return {name: median(values) for name, values in taken.items()}


def compared(answered: dict[str, float], before: Path) -> None:
    """Print how many times as fast each question is as in an earlier measurement."""
    earlier = json.loads(before.read_text())
    print("\n| question | before, ms | now, ms | times as fast |\n|---|---|---|---|")
    for name, taken in answered.items():
        if name in earlier:
            print(f"| {name} | {earlier[name]:.1f} | {taken:.1f} | {earlier[name] / taken:.1f} |")


def measure(address: str, rounds: int, save: Path | None, before: Path | None) -> None:
    with open_archive(address) as archive, tempfile.TemporaryDirectory() as folder:
        count = archive.posts().count()
        print(
            f"\n{archive.address} ({server(address)}): {count:,} posts\n\n"
            "| question | ms | naive, ms | ratio |\n|---|---|---|---|",
            flush=True,
        )
        answered, plain = (
            timed(questions(archive), rounds),
            {} if save or before else timed(naive(address), max(1, rounds // 2)),
        )
        for name, taken in answered.items():
            beside = f"{plain[name]:.1f} | {plain[name] / taken:.1f}" if name in plain else "| "
            print(f"| {name} | {taken:.1f} | {beside} |")
        if save:
            save.write_text(json.dumps(answered))
        if before:
            compared(answered, before)
        if save or before:
            return
        for form in ("jsonl", "csv", "parquet"):
            start = time.perf_counter()
            export_posts(archive, archive.posts(order="key"), Path(folder, f"posts.{form}"), form)
            speed = count / (time.perf_counter() - start)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(
                f"| export: {form} | {speed:,.0f} posts/s; "
                f"the process so far used {peak} MB at most | | |",
                flush=True,
            )


def server(address: str) -> str:
    """Return the name and version of the database that answers."""
    where = parse_uri(address)
    if where.scheme == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    from pymongo import MongoClient

    with MongoClient[dict[str, Any]](where.uri) as client:
        found = client.server_info()
    return (
        f"FerretDB {found['ferretdbVersion']}"
        if "ferretdbVersion" in found
        else f"MongoDB {found['version']}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--posts", type=int, default=5000, help="posts to make (default: 5000)")
    parser.add_argument(
        "--archive",
        action="append",
        default=[],
        metavar="URI",
        help="archives to measure; filled when they are empty",
    )
    parser.add_argument(
        "--rounds", type=int, default=7, help="times that each question is asked (default: 7)"
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="write what was measured to FILE")
    parser.add_argument(
        "--before", type=Path, metavar="FILE", help="compare with what an earlier version measured"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for address in arguments.archive or [f"sqlite:///{folder}/archive.db"]:
            if not held(address):
                print(f"filled in {fill(address, arguments.posts):.0f} s", flush=True)
            measure(address, arguments.rounds, arguments.save, arguments.before)


if __name__ == "__main__":
    main()
