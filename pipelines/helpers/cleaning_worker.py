"""One process that does what can be done to a post without asking anybody; started by `pipelines/helpers/parallel.py`, without Scrapy."""

from typing import Any

from crawler.items import Post
from pipelines.clean import clean_item
from pipelines.fingerprint import fingerprint_item
from wparchive.backends.helper_process import serve
from wparchive.model.storable import compress

GIVEN = ("site", "link", "title_rendered", "content_rendered", "excerpt_rendered", "raw")
"""Fields of a post that are sent."""
TAKEN = (
    *("title", "excerpt", "text", "html", "word_count", "links", "images", "embeds", "flags"),
    *("content_fingerprint", "sketch", "sketch_version", "packed"),
)
"""Fields that come back; `flags` are to be added."""


def done(values: tuple[Any, ...], max_bytes: int) -> tuple[Any, ...]:
    """The `TAKEN` values of one post; none of a post on which a stage fails."""
    post = Post(type="post", id=0, **dict(zip(GIVEN, values, strict=True)))
    try:
        clean_item(post, max_bytes)
        fingerprint_item(post)
        post.packed = compress(post.raw)
    except Exception:  # the stage itself meets it again, and says what it is
        return ()
    return tuple(getattr(post, name) for name in TAKEN)


def answer(question: tuple[int, list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """Of `CLEAN_MAX_BYTES` and the `GIVEN` values of posts, the `TAKEN` ones."""
    max_bytes, posts = question
    return [done(values, max_bytes) for values in posts]


if __name__ == "__main__":
    serve(answer)
