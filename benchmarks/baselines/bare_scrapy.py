"""Scrapy's own floor: `python -m benchmarks.baselines.bare_scrapy SITE FILE`.

It writes records as received to JSON Lines. Nothing is cleaned, resolved, compared or checked.
Pages are requested by number, eight at a time, which is Scrapy's default.
"""

import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response, TextResponse

SETTINGS = {
    "LOG_LEVEL": "WARNING",
    "ROBOTSTXT_OBEY": False,
    "DOWNLOAD_DELAY": 0,
    "TELNETCONSOLE_ENABLED": False,
}


class Bare(Spider):
    """Asks for the first page, then for all others."""

    name = "bare"

    def __init__(self, site: str) -> None:
        super().__init__()
        self.url = f"{site}/wp-json/wp/v2/posts?per_page=100&page="

    async def start(self) -> AsyncIterator[Any]:
        yield Request(f"{self.url}1", self.parse_first)

    def parse_first(self, response: Response) -> Iterator[Any]:
        """The other pages, and what this one holds."""
        pages = int(response.headers[b"X-WP-TotalPages"] or 0)
        yield from (Request(f"{self.url}{page}") for page in range(2, pages + 1))
        yield from self.parse(response)

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        assert isinstance(response, TextResponse)
        yield from response.json()


def main(site: str, path: str) -> None:
    """Write all posts of the site to the file."""
    process = AsyncCrawlerProcess(
        SETTINGS | {"FEEDS": {path: {"format": "jsonlines", "encoding": "utf8"}}}
    )
    process.crawl(Bare, site=site)
    process.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
