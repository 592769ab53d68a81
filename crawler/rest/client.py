"""One GET, answered or explained: the only way in which the crawl talks to a site."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from crawler.errors import CrawlError, TimedOut, TooLarge, Unanswered

Download = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever its status."""

    url: str
    """Address that answered in the end."""
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class RestClient:
    """Asks for JSON politely: `Accept` makes WordPress answer errors as JSON and keep notices out (`wp_is_json_request()`)."""

    def __init__(self, download: Download) -> None:
        self._download = download

    async def get(
        self,
        url: str,
        *,
        follow: bool = True,
        tries: int | None = None,
        timeout_s: float | None = None,
        plain: bool = False,
    ) -> Reply:
        """Fetch once, with the retries of the middleware (`tries` limits them); `plain` asks for an uncompressed answer.

        `timeout_s` stands in for DOWNLOAD_TIMEOUT.

        Raises RobotsForbid, AddressForbidden, AskedToWait, RunEnds, TimedOut, TooLarge, Unanswered.
        """
        meta: dict[str, object] = {"dont_redirect": not follow, "dont_merge_cookies": True}
        if tries is not None:
            meta["max_retry_times"] = tries - 1
        if timeout_s is not None:
            meta["download_timeout"] = timeout_s
        headers_out = {"Accept": "application/json, */*;q=0.5"} | (
            {"Accept-Encoding": "identity"} if plain else {}
        )
        try:
            response = await self._download(
                Request(url, NO_CALLBACK, headers=headers_out, meta=meta, dont_filter=True)
            )
        except CrawlError:
            raise
        except Exception as error:
            raise explain(error, url) from error
        headers = {
            name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
            for name, values in response.headers.items()
        }
        return Reply(response.url, response.status, headers, response.body)


def explain(error: Exception, url: str) -> CrawlError:
    """A failed download as one of our errors, in words that an operator can act on."""
    if isinstance(error, CannotResolveHostError):
        return Unanswered(f"host unknown: {url}; check the spelling and your DNS")
    if isinstance(error, DownloadConnectionRefusedError):
        return Unanswered(f"connection refused: {url}; is the port right and the server up?")
    if isinstance(error, DownloadTimeoutError):
        return TimedOut(f"no answer in time: {url}; try again later or raise DOWNLOAD_TIMEOUT")
    if isinstance(error, DownloadCancelledError):
        return TooLarge(f"larger than DOWNLOAD_MAXSIZE allows: {url}")
    if isinstance(error, ValueError):
        return Unanswered(f"not an address that can be asked: {url!r} ({error})")
    if isinstance(error, IgnoreRequest):
        return Unanswered(f"not asked: {url} ({error})")
    words = re.sub(r"[\[\]<>()']|twisted\.[\w.]+\w:?", " ", str(error))
    words = " ".join(words.split())[:120]
    if any(word in words for word in ("SSL", "certificate", "TLS")):
        return Unanswered(
            f"the TLS connection failed: {url}; is its certificate valid, and does the port speak https? ({words})"
        )
    hint = "; does this port speak https?" if url.startswith("https") else ""
    return Unanswered(f"the connection broke: {url}{hint} ({words})")
