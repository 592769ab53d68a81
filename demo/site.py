"""`python -m demo.site [--port N] [--path /blog] [--posts N]`: serve the sample site.

It prints its address, and serves until it is interrupted. With `--posts N` the site holds N posts
made from the recorded ones, for benchmarks; `--characters` makes them longer.
"""

import argparse
import signal
import sys
import threading
from contextlib import ExitStack

from demo.content import sample_site
from demo.multiply import multiplied_site
from demo.server import serve


def main(arguments: list[str] | None = None) -> None:
    """Serve until SIGINT or SIGTERM."""
    options = _parser().parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    site = sample_site()
    if options.posts:
        site = multiplied_site(options.posts, options.characters)
    site.path = options.path.rstrip("/")
    with ExitStack() as running:
        try:
            running.enter_context(serve(site, options.port))
        except (OSError, OverflowError) as error:
            sys.exit(f"demo.site: cannot listen on port {options.port}: {error}; name another")
        print(site.home, flush=True)
        print(_next_step(site.home), file=sys.stderr, flush=True)
        stop.wait()
    print(f"{len(site.requests)} requests", file=sys.stderr)


def _next_step(home: str) -> str:
    """Return what can be done with the site, on standard error: scripts read its address."""
    return (
        "Crawl it from another terminal (`. .venv/bin/activate`) into an archive of its own:\n"
        f"  scrapy crawl wordpress -a site={home} -s DOWNLOAD_DELAY=0"
        " -s ARCHIVE_URI=sqlite:///archive-data/sample.db\n"
        "Ctrl-C ends the site."
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m demo.site",
        description="Serve a small WordPress-like site on 127.0.0.1, and print its address. "
        "Ctrl-C ends it.",
    )
    parser.add_argument(
        "--port", type=int, default=0, help="port to listen on (default: any free one)"
    )
    parser.add_argument("--path", default="", help="subdirectory of the site, such as /blog")
    parser.add_argument(
        "--posts",
        type=int,
        default=0,
        help="number of posts, made from the sample posts (default: only these)",
    )
    parser.add_argument(
        "--characters",
        type=int,
        default=0,
        help="with --posts: least number of characters of a post's HTML",
    )
    return parser


if __name__ == "__main__":
    main()
