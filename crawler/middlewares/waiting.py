"""Requests that wait for their turn in Scrapy's downloader, where nothing would tell them news."""

from collections.abc import Callable

from scrapy.crawler import Crawler
from scrapy.http import Request


def take_back(
    crawler: Crawler,
    is_meant: Callable[[Request], bool],
    error: Callable[[Request], Exception],
) -> None:
    """Take requests out of the downloader: each fails with its error, as if it had been sent."""
    engine = crawler.engine
    assert engine is not None
    for slot in engine.downloader.slots.values():
        waiting = [entry for entry in slot.queue if is_meant(entry[0])]
        for entry in waiting:
            slot.queue.remove(entry)
            entry[1].errback(error(entry[0]))
