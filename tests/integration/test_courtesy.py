"""A crawl is polite, as a site's owner sees it.

It has a name with a contact, asks for robots.txt first, keeps its delay, and keeps pauses.
"""

import time
from itertools import pairwise
from pathlib import Path

from tests.integration.crawling import crawl
from tests.servers.hostile_site import CannedResponse, hostile_site, html, response
from tests.servers.recorded_site import made_site, serve

LEEWAY_S = 0.02  # clocks of two processes, read before and after a system call


def assert_paced(times: list[float], delay_s: float) -> None:
    """Compare the time of all requests: on a busy machine, a single one may arrive late."""
    assert times[-1] - times[0] >= (len(times) - 2) * delay_s


def test_the_crawler_names_itself_and_asks_for_the_rules_first(sample, tmp_path: Path):
    run = crawl(
        sample.home,
        tmp_path / "archive.db",
        settings={"CRAWL_CONTACT": "https://example.org/crawler"},
    )
    assert run.exit_status == 0, run.output
    assert sample.requests[0].target == "/robots.txt"
    assert {request.headers["user-agent"] for request in sample.requests} == {
        "wparchive/0.2 (+https://example.org/crawler)"
    }
    assert not any("cookie" in request.headers for request in sample.requests)
    assert all(
        "application/json" in request.headers["accept"]
        for request in sample.requests
        if "wp/v2" in request.target
    )


def test_the_delay_is_a_minimum(tmp_path: Path):
    with serve(made_site(posts=5)) as site:
        run = crawl(site.home, tmp_path / "archive.db", settings={"DOWNLOAD_DELAY": 0.25})
    assert run.exit_status == 0, run.output
    assert_paced([request.at for request in site.requests], 0.25)


def test_retry_after_is_never_undercut(tmp_path: Path):
    for date in (False, True):
        with serve(made_site(posts=300)) as site:
            site.switch(limit_every=6, retry_after=1, retry_date=date)
            run = crawl(site.home, tmp_path / f"{date}.db")
        assert run.exit_status == 0, run.output
        rest = [request for request in site.requests if "/wp-json" in request.target]
        pauses = [
            after.at - before.at
            for number, (before, after) in enumerate(pairwise(rest), 1)
            if number % 6 == 0
        ]
        assert pauses
        # An HTTP date has whole seconds: less than one may be left of it.
        least_s = 0 if date else 1
        assert min(pauses) >= least_s - LEEWAY_S
        assert run.report["retries"] >= len(pauses)


def test_a_pause_that_is_too_long_ends_the_run(tmp_path: Path):
    with serve(made_site(posts=300)) as site:
        site.switch(limit_every=9, retry_after=5000)
        run = crawl(site.home, tmp_path / "archive.db")
    assert run.exit_status in (3, 4), run.output
    assert "asks to wait 5000 s" in run.report["reason"]


def test_crawl_delay_of_robots_txt(tmp_path: Path):
    times: list[float] = []

    def home_page(target: str) -> CannedResponse:
        times.append(time.monotonic())
        return html("A bakery")

    rules = response("200 OK", b"User-agent: *\nCrawl-delay: 0.4\n", Content_Type="text/plain")
    paths = ("/", "/wp-json/", "/index.php/wp-json/")
    with hostile_site({"/robots.txt": rules, **dict.fromkeys(paths, home_page)}) as site:
        run = crawl(site.home, tmp_path / "archive.db")
    assert run.exit_status == 4, run.output
    assert len(times) == 4  # the last place to look is the front page again, with ?rest_route=/
    assert_paced(times[1:], 0.4)
