"""Serve a site for benchmarks: `python -m benchmarks.sites english --posts N` until interrupted.

`english` has made-up posts in the block editor's markup, about 5 kB of HTML each. `recorded` has
the recorded posts in other words (`demo/multiply.py`): short, mostly in Chinese and Japanese.
"""

import argparse
import signal
import threading
from collections.abc import Callable, Mapping

from benchmarks.english_site import english_site
from demo.api import Site
from demo.multiply import multiplied_site
from demo.server import serve

SITES: Mapping[str, Callable[[int], Site]] = {
    "english": english_site,
    "recorded": multiplied_site,
}
SITE_NAMES = tuple(SITES)


def post_records(site_name: str, posts: int) -> list[bytes]:
    """Return the records of the posts of a site, as its API sends them."""
    site = SITES[site_name](posts)
    return [row.body for row in site["posts"].rows.values()]


def main() -> None:
    """Serve until SIGINT or SIGTERM; print the address."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sites")
    parser.add_argument("site", choices=SITE_NAMES)
    parser.add_argument("--posts", type=int, required=True)
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with serve(SITES[options.site](options.posts)) as site:
        print(site.home, flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
