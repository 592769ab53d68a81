import asyncio

import pytest

from crawler.rest.collections import Collection
from crawler.run.report import RunReport
from crawler.run.run_state import RunState, utc_now
from crawler.run.verdict import ExitStatus, archive_is_lost
from tests.answers import Site
from tests.runs import NOW, a_run
from wparchive.errors import ArchiveUnreachable


def test_a_run_begins_with_a_store_and_a_report():
    run = RunState(object(), RunReport("h.org/blog", NOW, {}))
    assert (run.site_key, run.home, run.stopping) == ("h.org/blog", "", False)
    assert run.clock().tzinfo is not None


def test_nothing_is_asked_before_the_site_is_found():
    run = RunState(object(), RunReport("h.org", NOW, {}))
    with pytest.raises(AssertionError, match="not found yet"):
        run.address("/wp/v2/posts")


def test_requests_go_to_the_api_and_follow_no_redirects():
    url = "https://h.org/wp-json/wp/v2/posts?per_page=1"
    site = Site({url: (301, {"Location": "https://elsewhere.org/"}, b"")})
    run = a_run(object(), site.fetcher)
    assert run.home == "https://h.org/"
    response = asyncio.run(run.get(run.address("/wp/v2/posts", [("per_page", "1")])))
    assert (response.status, site.asked) == (301, [url])


def test_a_collection_is_counted_by_kind_and_type():
    run = a_run(object())
    posts = Collection("posts", "genre", "/wp/v2/genre")
    terms = Collection("terms", "genre", "/wp/v2/genres")
    assert run.count_of(posts) is run.report.count("posts", "genre")
    assert run.count_of(posts) is not run.count_of(terms)


def test_a_lost_archive_ends_the_run():
    run = a_run(object())
    run.lose_archive(ArchiveUnreachable("the server is gone"))
    assert run.stopping
    assert archive_is_lost(run.report)
    run.stop(ExitStatus.PARTIAL, "later")
    assert archive_is_lost(run.report)


def test_the_clock_keeps_milliseconds_as_the_archive_does():
    assert utc_now().microsecond % 1000 == 0
