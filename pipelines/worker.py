"""One process that cleans and fingerprints posts: `python -m pipelines.worker`, started by `pipelines/parallel.py`; without Scrapy.

Reads pickled batches from standard input and writes as many answers to standard output, until the input ends.
"""

import pickle
import signal
import sys
from typing import Any

from crawler.items import Post
from pipelines.clean import clean_item
from pipelines.fingerprint import fingerprint_item

GIVEN = ("site", "link", "title_rendered", "content_rendered", "excerpt_rendered")
"""Fields of a post that are sent."""
TAKEN = (
    *("title", "excerpt", "text", "html", "word_count", "links", "images", "embeds", "flags"),
    *("content_fingerprint", "sketch", "sketch_version"),
)
"""Fields that come back; `flags` are to be added."""


def done(values: tuple[Any, ...], max_bytes: int) -> tuple[Any, ...]:
    """The `TAKEN` values of one post; none of a post on which a stage fails."""
    post = Post(type="post", id=0, **dict(zip(GIVEN, values, strict=True)))
    try:
        clean_item(post, max_bytes)
        fingerprint_item(post)
    except Exception:  # the stage itself meets it again, and says what it is
        return ()
    return tuple(getattr(post, name) for name in TAKEN)


def main() -> None:
    """Serve until the input ends. Signals to a whole group are for the crawl, which then ends this process."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    while True:
        try:
            max_bytes, batch = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump([done(values, max_bytes) for values in batch], sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
