"""Each reader of what a site sends, as a function of bytes: short ways for the fuzzers.

`way.py` goes the whole way, archive and exports included, which takes a fifth of a second. A
fuzzer that is led by coverage needs thousands of inputs, so it goes these ways one at a time.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress

from crawler.errors import CrawlError
from crawler.fallback.feeds import read_feed
from crawler.fallback.pages import PublicPage
from crawler.fallback.sitemaps import places_in_robots, read_sitemap
from crawler.rest.catalogue import recognise
from crawler.rest.redirects import target_within_site
from crawler.rest.responses import RestResponse, read_object, read_page
from crawler.robots_rules import robots_rules
from crawler.site.page_links import feed_addresses, home_of, page_theme
from crawler.waits import asked_pause_s
from tests.fuzz.inputs import content
from tests.fuzz.way import HOME, clean_records, read_as_anything_else
from wparchive.export.commonmark import html_to_markdown, markdown_heading

Reader = Callable[[bytes], object]

SITEMAP_MAX_BYTES = 5_000_000
LONGEST_LINE = 4_000
"""Of a header: a server of ours takes no longer one."""


def read_answer(body: bytes) -> None:
    """Read the records of an answer, and clean them."""
    clean_records(body, {})
    with suppress(CrawlError):
        read_object(RestResponse(f"{HOME}wp-json/wp/v2/types", 200, {}, body))


def read_content(body: bytes) -> None:
    """Clean a post with this content."""
    clean_records(content(body.decode("utf-8", "replace")).body, {})


def read_error(body: bytes) -> None:
    """Read what comes in place of an answer, for each status that means something."""
    for status in (200, 202, 301, 403, 406, 429, 500, 503):
        recognise(status, {"content-type": "text/html"}, body)
        with suppress(CrawlError):
            read_page(RestResponse(HOME, status, {}, body))


def read_front_page(body: bytes) -> None:
    """Read a page, an RSD document or a `Link` header that names the API."""
    read_as_anything_else(body, {})
    page = RestResponse(HOME, 200, {"content-type": "text/html"}, body)
    page_theme(body)
    feed_addresses(page)
    home_of(page)


def read_headers(body: bytes) -> None:
    """Read the headers that a crawl obeys."""
    line = body[:LONGEST_LINE].decode("latin-1")
    read_as_anything_else(b"", {"link": line})
    asked_pause_s(503, line, line)
    target_within_site(HOME, line, (HOME,))


def read_public_page(body: bytes) -> None:
    """Read a public page of a post."""
    try:
        page = PublicPage(body, f"{HOME}post/", HOME)
    except ValueError:
        return
    page.post()


def read_published(body: bytes) -> None:
    """Read a feed, a sitemap, and a robots.txt."""
    for read in (lambda: read_feed(body, HOME), lambda: read_sitemap(body, SITEMAP_MAX_BYTES)):
        with suppress(ValueError):
            read()
    places_in_robots(body, HOME)
    robots_rules(200, body, "wparchive").can_fetch(f"{HOME}wp-json/", "wparchive")


def write_as_markdown(body: bytes) -> None:
    """Write markup as Markdown, as it stands in the archive of an older version."""
    text = body.decode("utf-8", "replace")
    html_to_markdown(text)
    markdown_heading(text)


READERS: Mapping[str, Reader] = {
    "answer": read_answer,
    "content": read_content,
    "error": read_error,
    "front page": read_front_page,
    "headers": read_headers,
    "public page": read_public_page,
    "published": read_published,
    "Markdown": write_as_markdown,
}
"""The readers by their names, in the order of the first byte of an input."""

REPEATED_BYTES = 100_000
"""To so many bytes an input is repeated: a quadratic way takes minutes with that."""


def read_by_number(data: bytes) -> None:
    """Give an input to one reader: its first byte says to which, and whether it is repeated."""
    if len(data) < 2:
        return
    number, body = data[0], data[1:]
    readers = list(READERS.values())
    if number & 128:
        # A beginning that opens something, then one piece again and again.
        start = len(body) * (number >> 4 & 3) // 4
        piece = body[start:]
        body = body[:start] + piece * (REPEATED_BYTES // max(1, len(piece)))
    readers[number % len(readers)](body)
