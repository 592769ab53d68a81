"""The control: page numbers, newest first, until the pages are through. It is how most crawlers read WordPress, and it loses rows."""

from random import Random

from crawler.walk import Page, PageRequest
from tests.simulation.driver import Schedule
from tests.simulation.site import Site


def read_by_page_numbers(site: Site, change: Schedule, seed: int, per_page: int) -> set[int]:
    random, seen, number = Random(seed), set(), 1
    while True:
        page = site.answer(
            PageRequest((("page", str(number)), ("per_page", str(per_page))), "slice", number)
        )
        assert isinstance(page, Page)
        seen.update(page.ids)
        if page.total_pages is None or number >= page.total_pages:
            return seen
        number += 1
        change(site, random)
