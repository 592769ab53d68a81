"""Time three ways of cleaning on the recorded posts: `python -m benchmarks.cleaning --help`.

naive   Beautiful Soup with html.parser: remove noise by selectors, get_text, then one search each
        for links, images and frames
tree    the project's one pass, over a finished Beautiful Soup tree (lxml)
events  the project's one pass, fed by the tree builder without a tree: what the pipeline does

All run in a process that is tuned as one that cleans for a crawl. It measures CPU time. Rounds are
interleaved, and the best one of each way counts, because a shared machine only ever adds. Compare
ratios, not microseconds.
"""

import argparse
from collections.abc import Callable
from time import process_time

from benchmarks.baselines.naive_cleaning import clean
from pipelines.cleaning import clean_html
from pipelines.cleaning.parse.events import feed_tree
from samples.make import SOURCES, records
from wparchive.tuning import tune_process

Body = tuple[str, str]


def naive(body: Body) -> object:
    return clean(*body)


def tree(body: Body) -> object:
    return clean_html(*body, feed=feed_tree)


def events(body: Body) -> object:
    return clean_html(*body)


def bodies(at_least: int) -> list[Body]:
    found = [
        (record["content"]["rendered"], record["link"])
        for name in SOURCES
        for record in records(name)
    ]
    return [body for body in found if len(body[0]) >= at_least]


def seconds(way: Callable[[Body], object], posts: list[Body]) -> float:
    start = process_time()
    for post in posts:
        way(post)
    return process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each way (default: 7)")
    parser.add_argument(
        "--at-least",
        type=int,
        default=0,
        metavar="CHARS",
        help="only posts of this length and more (default: all)",
    )
    options = parser.parse_args()
    posts = bodies(options.at_least)
    if not posts or options.rounds < 1:
        parser.error("no post is that long, or no round was asked for")
    ways = (naive, tree, events)
    tune_process()
    rounds = [[seconds(way, posts) for way in ways] for _ in range(options.rounds)]
    best = [min(times) for times in zip(*rounds, strict=True)]
    mean = sum(len(html) for html, _ in posts) / len(posts)
    print(f"{len(posts)} posts, {mean:.0f} characters of HTML on average")
    for way, taken in zip(ways, best, strict=True):
        cost = taken / len(posts) * 1e6
        print(f"{way.__name__:8}{cost:8.0f} µs a post {best[0] / taken:6.1f} × naive")


if __name__ == "__main__":
    main()
