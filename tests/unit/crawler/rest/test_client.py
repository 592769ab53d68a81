import asyncio
import weakref
from gzip import BadGzipFile

import brotli
import pytest
from backports import zstd
from OpenSSL import SSL
from scrapy import Spider
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Request, Response
from scrapy.utils.test import get_crawler
from twisted.python.failure import Failure
from twisted.web.client import ResponseNeverReceived

from crawler.errors import AskedToWait, BrokenJson, NoResponse, RobotsForbid, TooLarge
from crawler.rest.client import RestClient, download_error
from tests.answers import Site

URL = "https://h.org/wp-json/"


def sent(**options):
    """The request that the fetcher makes."""
    requests = []

    async def download(request):
        requests.append(request)
        return Response(
            request.url, headers={"X-WP-Total": "5", "Link": ["<a>", "<b>"]}, body=b"[]"
        )

    reply = asyncio.run(RestClient(download).get(URL, **options))
    return requests[0], reply


def test_an_answer_as_it_came():
    _, reply = sent()
    assert (reply.url, reply.status, reply.body) == (URL, 200, b"[]")
    assert reply.headers == {"x-wp-total": "5", "link": "<a>, <b>"}


def test_json_is_asked_for_and_plain_text_when_told():
    assert sent()[0].headers["Accept"].startswith(b"application/json")
    assert sent(plain=True)[0].headers["Accept-Encoding"] == b"identity"
    assert sent(tries=2)[0].meta["max_retry_times"] == 1


@pytest.mark.parametrize(("follow", "expected"), [(True, Request), (False, Response)])
def test_redirects_are_followed_only_where_wanted(follow, expected):
    crawler = get_crawler(Spider, settings_dict={"TWISTED_REACTOR_ENABLED": False})
    crawler.spider = Spider.from_crawler(crawler, "s")
    request, _ = sent(follow=follow)
    moved = Response(URL, status=301, headers={"Location": "https://www.h.org/wp-json/"})
    assert (
        type(RedirectMiddleware.from_crawler(crawler).process_response(request, moved)) is expected
    )


def tls_failure() -> DownloadFailedError:
    """An error as Scrapy raises it where OpenSSL has broken off the handshake."""
    error = DownloadFailedError("[<twisted.python.failure.Failure OpenSSL.SSL.Error: []>]")
    error.__cause__ = ResponseNeverReceived([Failure(SSL.Error([("SSL routines", "", "eof")]))])
    return error


@pytest.mark.parametrize(
    ("error", "expected", "words"),
    [
        (CannotResolveHostError("x"), NoResponse, "host unknown"),
        (DownloadConnectionRefusedError("x"), NoResponse, "connection refused"),
        (DownloadTimeoutError("x"), NoResponse, "no answer in time"),
        (DownloadCancelledError("x"), TooLarge, "DOWNLOAD_MAXSIZE"),
        (IgnoreRequest("max redirections reached"), NoResponse, "redirects that do not end"),
        (IgnoreRequest("its body exceeded DOWNLOAD_MAXSIZE"), TooLarge, "when unpacked"),
        (BadGzipFile("Not a gzipped file (b'[{')"), BrokenJson, "not compressed as it says"),
        (brotli.error("decoder failed"), BrokenJson, "not compressed as it says"),
        (zstd.ZstdError("Unknown frame"), BrokenJson, "not compressed as it says"),
        (EOFError(), BrokenJson, "EOFError"),
        (DownloadFailedError(), NoResponse, "DownloadFailedError"),
        (tls_failure(), NoResponse, "no TLS connection"),
        (DownloadFailedError("reset"), NoResponse, "the connection broke"),
        (RobotsForbid("robots.txt forbids it"), RobotsForbid, "robots.txt forbids it"),
        (AskedToWait("h.org asks to wait"), AskedToWait, "h.org asks to wait"),
    ],
)
def test_failures_are_explained(error, expected, words):
    with pytest.raises(expected, match=words):
        asyncio.run(Site({URL: error}).fetcher.get(URL))


@pytest.mark.parametrize("url", ["no-scheme", "https://[::1", "https://a\udcff.org/", ""])
def test_what_is_no_address_is_an_answer_that_cannot_be_had(url):
    with pytest.raises(NoResponse, match="not an address"):
        asyncio.run(Site({}).fetcher.get(url))


def test_a_wrong_proxy_is_named():
    proxy = "http://proxy.example:3128"
    for error in (CannotResolveHostError("x"), DownloadConnectionRefusedError("x")):
        assert f"the proxy {proxy} cannot be reached" in str(download_error(error, URL, proxy))
    odd = download_error(Exception("Unsupported scheme: b'socks5'"), URL, "socks5://***@p:1")
    assert "the proxy socks5://***@p:1 is of a kind that cannot be used" in str(odd)
    refused = download_error(TunnelError("407"), URL, proxy)
    assert f"the proxy {proxy} makes no connection to {URL}" in str(refused)


def test_an_error_lets_go_of_what_its_frames_hold():
    class Held:
        pass

    def unpack():
        held = Held()
        seen.append(weakref.ref(held))
        raise IgnoreRequest("its body exceeded DOWNLOAD_MAXSIZE")

    async def download(request):
        unpack()

    seen = []
    with pytest.raises(TooLarge) as caught:
        asyncio.run(RestClient(download).get("https://h.org/wp-json/"))
    assert caught.value.__cause__ is not None
    assert seen[0]() is None
