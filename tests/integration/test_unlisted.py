"""Types that only the index of a site knows, against a real server."""

import pytest

from demo.collection import Collection
from demo.server import serve
from tests.faults.faulty_site import faulty_site
from tests.faults.unlisted import unlisted
from tests.integration.crawling import crawl, documents
from tests.servers.recorded_site import post


@pytest.fixture
def site():
    made = faulty_site(unlisted("film"), 20)
    films = [post(id_, type="film") for id_ in range(101, 131)]
    made.collections.append(Collection("film", "films", "post").fill(films))
    with serve(made) as served:
        yield served


def test_a_type_that_only_the_index_knows_is_read_and_kept_up_to_date(site, tmp_path):
    archive = tmp_path / "a.db"
    first = crawl(site.home, archive)
    assert (first.verdict, first.exit_status) == ("complete", 0), first.output
    assert len(documents(archive, "posts", type="film", state="live")) == 30
    site["films"].put(post(131, type="film"))
    second = crawl(site.home, archive, mode="auto")
    assert (second.verdict, second.report["mode"]) == ("complete", "update"), second.output
    assert len(documents(archive, "posts", type="film", state="live")) == 31


def test_an_honest_site_costs_no_request_more(site, tmp_path):
    site.fault = lambda moment: moment.answer()
    assert crawl(site.home, tmp_path / "a.db").verdict == "complete"
    looks = [target for target in site.targets if "_fields=id,type,taxonomy" in target]
    assert looks == []


def test_a_list_that_breaks_leaves_a_doubt(site, tmp_path):
    site.switch(unreadable={125})
    done = crawl(site.home, tmp_path / "a.db")
    assert (done.verdict, done.exit_status) == ("partial", 3)
    assert "/wp/v2/films is named in the site's index" in done.output
