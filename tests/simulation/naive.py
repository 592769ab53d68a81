"""The control: page numbers, newest first, until there are no more pages.

Most crawlers read WordPress in this way, and lose rows.
"""

from random import Random

from crawler.walk import Page, PageRequest
from tests.simulation.driver import Schedule
from tests.simulation.site import Site


def read_by_page_numbers(site: Site, change: Schedule, seed: int, per_page: int) -> set[int]:
    """Return the ids seen on all pages, while the site changes between them."""
    random = Random(seed)
    seen: set[int] = set()
    number = 1
    while True:
        params = (("page", str(number)), ("per_page", str(per_page)))
        page = site.answer(PageRequest(params, "slice", number))
        assert isinstance(page, Page)
        seen.update(page.ids)
        if page.total_pages is None or number >= page.total_pages:
            return seen
        number += 1
        change(site, random)
