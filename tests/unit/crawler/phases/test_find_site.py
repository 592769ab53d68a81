import asyncio

import pytest

from crawler.phases.find_site import claim_site
from crawler.rest.client import RestClient
from tests.answers import Site
from tests.runs import a_run


class SitesHeld:
    """An archive that holds sites under these keys."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys

    async def load_site(self, key: str) -> dict[str, str] | None:
        return {"_id": key} if key in self.keys else None


@pytest.mark.parametrize(
    ("held", "key"),
    [(["h.org"], "h.org"), (["www.h.org"], "www.h.org"), (["h.org", "www.h.org"], "h.org")],
)
def test_a_site_keeps_the_key_under_which_the_archive_has_it(held: list[str], key: str) -> None:
    client: RestClient = Site({}).fetcher
    run = a_run(SitesHeld(*held), client)
    assert asyncio.run(claim_site(run, client, "h.org")) == {"_id": key}
    assert run.report.site == key


def test_a_new_site_gets_its_own_key() -> None:
    client: RestClient = Site({}).fetcher
    run = a_run(SitesHeld("other.org"), client)
    assert asyncio.run(claim_site(run, client, "h.org")) is None
    assert run.report.site == "h.org"
