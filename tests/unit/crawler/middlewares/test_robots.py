import asyncio
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Spider
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotConfigured,
)
from scrapy.http import Request, Response
from scrapy.utils.test import get_crawler

from crawler.errors import AskedToWait, RobotsForbid
from crawler.middlewares.robots import RobotsMiddleware
from crawler.pace import CRAWL_DELAY
from crawler.robots_rules import robots_rules

API = "https://h.org/wp-json/wp/v2/posts"
PLAIN = "https://h.org/?rest_route=/wp/v2/posts&per_page=99"


class Host:
    """A host as the middleware sees it: what it answers, and how often it is asked."""

    def __init__(self, answers):
        self.answers = list(answers)
        self.asked = []
        self.meta = {}
        self.delay_s = 1.0

    async def download(self, request):
        self.asked.append(request.url)
        self.meta = request.meta
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Response(request.url, status=answer[0], body=answer[1])

    def slow_down(self, request, delay_s):
        self.delay_s = max(self.delay_s, delay_s)


def middleware(*answers):
    host = Host(answers)
    robots = RobotsMiddleware("wparchive", 60.0, download=host.download, slow_down=host.slow_down)
    return robots, host


def ask(robots, url=API):
    asyncio.run(robots.process_request(Request(url)))


def rules(text):
    return (200, text.encode())


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (200, True),
        (301, True),
        (404, True),
        (410, True),
        (400, True),
        (401, True),
        (403, True),
        (429, False),
        (500, False),
        (503, False),
    ],
)
def test_what_a_status_means(status, allowed):
    assert robots_rules(status, b"", "wparchive").can_fetch(API, "wparchive") is allowed


def test_rules_that_cannot_be_read_are_named_as_such():
    with pytest.raises(RobotsForbid, match=r"of h\.org cannot be read.*status 503"):
        ask(middleware((503, b""))[0])
    with pytest.raises(RobotsForbid, match=f"robots.txt forbids {API}"):
        ask(middleware(rules("User-agent: *\nDisallow: /"))[0])


@given(st.integers(200, 599), st.binary())
def test_any_answer_is_rules(status, body):
    robots_rules(status, body, "wparchive").can_fetch(API, "wparchive")


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Not found</html>",
        b"\n <!doctype html>",
        b"",
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /wp-admin/\n",
    ],
)
def test_no_rules_forbid_nothing(body):
    ask(middleware((200, body))[0])


@pytest.mark.parametrize(
    ("text", "url", "allowed"),
    [
        ("User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php", API, True),
        ("User-agent: *\nDisallow: /wp-json/", API, False),
        ("User-agent: *\nDisallow: /wp-json/", PLAIN, True),
        ("User-agent: *\nDisallow: /?rest_route=", PLAIN, False),
        (
            "User-agent: *\nDisallow: /index.php/wp-json",
            "https://h.org/index.php/wp-json/wp/v2/posts",
            False,
        ),
        ("User-agent: *\nDisallow: /\n\nUser-agent: wparchive\nDisallow:", API, True),
        ("User-agent: wparchive\nDisallow: /\n\nUser-agent: *\nDisallow:", API, False),
        ("User-agent: *\nDisallow: /\nAllow: /wp-json/", API, True),
        ("User-agent: *\nDisallow: *per_page=", PLAIN, False),
    ],
)
def test_the_real_path_is_matched(text, url, allowed):
    robots, _ = middleware(rules(text))
    if allowed:
        ask(robots, url)
    else:
        with pytest.raises(RobotsForbid, match=r"robots\.txt forbids"):
            ask(robots, url)


def test_rules_are_asked_for_once_a_host():
    robots, host = middleware(rules(""))

    async def many():
        await asyncio.gather(
            *(robots.process_request(Request(f"{API}?page={number}")) for number in range(5))
        )

    asyncio.run(many())
    assert host.asked == ["https://h.org/robots.txt"]


@pytest.mark.parametrize(
    ("text", "delay_s"),
    [
        ("", 1.0),
        ("Crawl-delay: 7.5", 7.5),
        ("Crawl-delay: 0.1", 1.0),
        ("Crawl-delay: 86400", 60.0),
        ("Crawl-delay: x", 1.0),
    ],
)
def test_crawl_delay_is_kept_up_to_a_limit(text, delay_s):
    robots, host = middleware(rules(f"User-agent: *\n{text}\n"))
    ask(robots)
    assert host.delay_s == delay_s


@pytest.mark.parametrize(
    "error", [DownloadTimeoutError("no answer"), AskedToWait("an hour"), OSError("broken")]
)
def test_rules_that_cannot_be_had_allow_nothing_and_are_asked_for_again(error):
    robots, host = middleware(error, rules(""))
    with pytest.raises(type(error)):
        ask(robots)
    ask(robots)
    assert len(host.asked) == 2


def test_a_circle_of_redirects_is_no_rules():
    ask(middleware(IgnoreRequest("max redirections reached"))[0])


@pytest.mark.parametrize(
    "error", [DownloadCancelledError("x"), IgnoreRequest("exceeded DOWNLOAD_MAXSIZE (9 B)")]
)
def test_rules_that_are_too_large_forbid_everything_and_are_asked_for_once(error):
    robots, host = middleware(error)
    for _ in range(2):
        with pytest.raises(RobotsForbid, match="larger than DOWNLOAD_MAXSIZE allows; RFC 9309"):
            ask(robots)
    assert len(host.asked) == 1


@pytest.mark.parametrize(
    "request_", [Request("https://h.org/robots.txt", meta={"robots": True}), Request("data:,")]
)
def test_what_has_no_rules(request_):
    robots, host = middleware()
    asyncio.run(robots.process_request(request_))
    assert host.asked == []


def test_it_can_be_turned_off_for_sites_of_one_s_own():
    crawler = get_crawler(
        Spider, settings_dict={"TWISTED_REACTOR_ENABLED": False, "ROBOTSTXT_OBEY": False}
    )
    with pytest.raises(NotConfigured):
        RobotsMiddleware.from_crawler(crawler)


@pytest.mark.parametrize(
    ("meta", "sent"),
    [({}, (1, None)), ({"max_retry_times": 0, "download_timeout": 20.0}, (0, 20.0))],
)
def test_the_rules_are_waited_for_as_long_as_what_they_are_for(meta, sent):
    robots, host = middleware(rules(""))
    asyncio.run(robots.process_request(Request(API, meta=meta)))
    assert (host.meta["max_retry_times"], host.meta.get("download_timeout")) == sent


def test_a_delay_goes_with_the_request_to_what_keeps_the_pace():
    crawler = get_crawler(
        Spider,
        settings_dict={
            "TWISTED_REACTOR_ENABLED": False,
            "ROBOTSTXT_OBEY": True,
            "CRAWL_DELAY_MAX_S": 60,
        },
    )
    host = Host([rules("User-agent: *\nCrawl-delay: 7.5")])
    crawler.engine = SimpleNamespace(download_async=host.download)
    request = Request(API)
    asyncio.run(RobotsMiddleware.from_crawler(crawler).process_request(request))
    assert request.meta[CRAWL_DELAY] == 7.5


def test_rules_that_are_longer_than_is_read_are_named():
    cut = []
    host = Host([rules("#" * 600_000 + "\nDisallow: /")])
    robots = RobotsMiddleware(
        "wparchive", 60.0, download=host.download, slow_down=host.slow_down, cut_short=cut.append
    )
    ask(robots)
    assert cut == ["https://h.org/robots.txt"]
