"""Whether Scrapy is shutting down."""

from scrapy.crawler import Crawler


def is_closing(crawler: Crawler) -> bool:
    """Whether the crawl was told to end (Ctrl-C, CLOSESPIDER_*). No signal says so before what is in flight is finished."""
    engine = crawler.engine
    assert engine is not None
    return not engine.running or (engine._slot is not None and engine._slot.closing is not None)
