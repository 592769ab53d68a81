"""One GET request, answered or explained: the only way in which the crawl talks to a site."""

import gzip
import re
import traceback
import zlib
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from crawler.errors import BrokenJson, CrawlError, NoResponse, TimedOut, TooLarge
from crawler.rest.redirects import (
    STATUSES,
    RouteForm,
    form_of,
    origin_of,
    target_within_site,
)
from crawler.rest.responses import RestResponse
from crawler.tls_flaws import tls_words
from wparchive.backends.address import redacted
from wparchive.model.file_records import without_users

Download = Callable[[Request], Awaitable[Response]]
"""`ExecutionEngine.download_async` of Scrapy, or something that behaves like it."""

# WordPress then sends errors as JSON, and keeps PHP notices out (`wp_is_json_request()`).
_ACCEPT = "application/json, */*;q=0.5"
RETRY_REFUSALS = "retry_refusals"
"""In the meta of a request: a refusal is odd at this place, and is asked again."""
EXPECTS_JSON = "expects_json"
"""In the meta of a request: a page that says that the site is down is no answer here."""
SITE_HOMES = "site_homes"
"""In the meta of a request: the homes that the site's index names."""
ANONYMOUS = "anonymous"
"""In the meta of a request: it goes without credentials."""
UNRECORDED = "unrecorded"
"""In the meta of a request: neither it nor its answer goes into WARC files."""
WARC_RECORD = "warc_record"
"""In the meta of an answered request: the WARC record that holds the answer."""
_MOVES_MAX = 4  # redirects that one request may follow within the site
_NOT_COMPRESSED = (gzip.BadGzipFile, zlib.error, EOFError)
"""What the decompression raises for bytes that are not compressed as a header says."""
_DECODERS = frozenset({"brotli", "_brotli", "brotlicffi", "backports", "compression"})
"""Packages whose errors say the same: brotli and Zstandard, as Scrapy uses them."""
_PROXY_HINT = "is http_proxy or https_proxy right, with its user and password?"
# Words of Scrapy, which has no class for them.
_NO_SUCH_PROXY = re.compile(r"Unsupported scheme|HTTPS proxies")
# Names of Python and Twisted, which tell an operator nothing.
_INTERNAL_NAMES = re.compile(r"[\[\]<>()']|twisted\.[\w.]+\w:?")


class RestClient:
    """A client of WordPress's REST API on top of Scrapy's downloader and its middlewares."""

    def __init__(self, download: Download) -> None:
        self._download = download
        self._forms: dict[tuple[str, str], RouteForm] = {}
        """How the site wants its routes, by the origin that was asked first."""
        self.homes: tuple[str, ...] = ()
        """Homes that the site's index names: its routes may redirect to their hosts."""

    async def get(
        self,
        url: str,
        *,
        follow: bool = True,
        tries: int | None = None,
        timeout_s: float | None = None,
        plain: bool = False,
        was_open: bool = False,
        accept: str = _ACCEPT,
        anonymous: bool = False,
        recorded: bool = True,
        within: Callable[[str], bool] | None = None,
        expects_json: bool = False,
    ) -> RestResponse:
        """Return the response to one request, whatever its status.

        `follow` follows all redirects; without it, those that only write the same address in
        another way (`redirects.py`). `tries` limits the tries, the first one included; where the
        site asks for a pause, anything above one means RETRY_TIMES. `timeout_s` stands in for
        DOWNLOAD_TIMEOUT. `plain` asks for an uncompressed body. `accept` is the header.
        `was_open`: the site has answered such a request before, so that refusals and broken
        connections are tried again RETRY_TIMES times. `expects_json`: so is a maintenance page.
        `anonymous` sends no credentials; what is not `recorded` stays out of WARC files; `within`
        says whether a redirect may lead somewhere.

        Raises NoResponse, BrokenJson, TooLarge, and what the middlewares raise.
        """
        meta = self._meta(follow and not within, tries, timeout_s, was_open, anonymous, recorded)
        meta[EXPECTS_JSON] = expects_json
        headers = _request_headers(accept, plain)
        if within is not None:
            return await self._fetch_within(url, headers, meta, within)
        if follow:
            return await self._fetch(url, headers, meta)
        return await self._fetch_route(url, headers, meta)

    def _meta(
        self,
        redirects: bool,
        tries: int | None,
        timeout_s: float | None,
        was_open: bool,
        anonymous: bool,
        recorded: bool,
    ) -> dict[str, object]:
        """Return what the middlewares are to know of a request."""
        meta: dict[str, object] = {
            "dont_redirect": not redirects,
            "download_timeout": timeout_s,
            # A cookie of one answer must not decide about the next one (a language, a cart).
            "dont_merge_cookies": True,
            RETRY_REFUSALS: was_open,
            ANONYMOUS: anonymous,
            UNRECORDED: not recorded,
            SITE_HOMES: self.homes,
        }
        meta = {name: value for name, value in meta.items() if value}
        if tries is not None:
            meta["max_retry_times"] = tries - 1
        return meta

    async def _fetch_within(
        self,
        url: str,
        headers: Mapping[str, str],
        meta: Mapping[str, object],
        within: Callable[[str], bool],
    ) -> RestResponse:
        """Return the response at an address, after the redirects that may be followed."""
        for _ in range(_MOVES_MAX):
            response = await self._fetch(url, headers, meta)
            target = _moved_to(response)
            if not target or not within(target):
                return response
            url = target
        return response

    async def _fetch_route(
        self, url: str, headers: Mapping[str, str], meta: Mapping[str, object]
    ) -> RestResponse:
        """Return the response of a route, also where it has moved within the site.

        Later requests are sent there at once, because each redirect costs a request.
        """
        origin = origin_of(url)
        if origin in self._forms:
            url = self._forms[origin].applied_to(url)
        asked = {url}
        while True:
            response = await self._fetch(url, headers, meta)
            if response.status not in STATUSES:
                return response
            target = target_within_site(url, response.headers.get("location", ""), self.homes)
            if target is None or target in asked or len(asked) > _MOVES_MAX:
                return response
            asked.add(target)
            url = target
            self._forms[origin] = form_of(target)

    async def _fetch(
        self, url: str, headers: Mapping[str, str], meta: Mapping[str, object]
    ) -> RestResponse:
        """Return the response to one request. Raises what `get` raises."""
        try:
            request = Request(
                url, NO_CALLBACK, headers=dict(headers), meta=dict(meta), dont_filter=True
            )
            response = await self._download(request)
        except CrawlError:
            raise
        except Exception as error:
            _let_go(error)
            raise download_error(error, url, _proxy_of(url)) from error
        # After redirects, time and WARC record stand in the meta of the last request.
        meta = (response.request or request).meta
        return RestResponse(
            response.url,
            response.status,
            _headers(response),
            response.body,
            latency_s=meta.get("download_latency"),
            warc=meta.get(WARC_RECORD),
        )


def _request_headers(accept: str, plain: bool) -> dict[str, str]:
    headers = {"Accept": accept}
    if plain:
        headers["Accept-Encoding"] = "identity"
    return headers


def _let_go(error: BaseException | None) -> None:
    """Free what the frames of an error hold: the megabytes of an answer that was too large.

    Errors of a download are part of cycles, and would keep them until the next collection.
    """
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def _moved_to(response: RestResponse) -> str:
    """Return the address to which a response sends; empty where it sends to none."""
    if response.status not in STATUSES:
        return ""
    try:
        return urljoin(response.url, response.headers.get("location", ""))
    except ValueError:
        return ""


def download_error(error: Exception, url: str, proxy: str = "") -> CrawlError:
    """Return a failed download as one of our errors, in words that an operator can act on.

    `proxy` is the address of the proxy that was to be asked; empty for none.
    """
    if proxy and (words := _proxy_words(error, url, proxy)):
        return NoResponse(words)
    if isinstance(error, CannotResolveHostError):
        return NoResponse(f"host unknown: {url}; check the spelling and your DNS")
    if isinstance(error, DownloadConnectionRefusedError):
        return NoResponse(f"connection refused: {url}; is the port right and the server up?")
    if isinstance(error, DownloadTimeoutError):
        return TimedOut(f"no answer in time: {url}; try again later or raise DOWNLOAD_TIMEOUT")
    if isinstance(error, DownloadCancelledError):
        return TooLarge(f"larger than DOWNLOAD_MAXSIZE allows: {url}")
    if isinstance(error, ValueError):
        return NoResponse(
            f"not an address that can be asked: {url!r} ({without_users(words_of(error))})"
        )
    if isinstance(error, IgnoreRequest) and "MAXSIZE" in str(error):  # by the decompression
        return TooLarge(f"larger than DOWNLOAD_MAXSIZE allows when unpacked: {url}")
    if is_badly_compressed(error):
        return BrokenJson(f"the answer is not compressed as it says: {url} ({words_of(error)})")
    if isinstance(error, IgnoreRequest) and "max redirections" in str(error):
        return NoResponse(f"redirects that do not end: {url}; does it open in a browser?")
    if isinstance(error, IgnoreRequest):
        return NoResponse(f"not asked: {url} ({words_of(error)})")
    return _connection_error(error, url)


def _proxy_words(error: Exception, url: str, proxy: str) -> str:
    """Return what is wrong with a proxy; empty where it is not to blame."""
    if isinstance(error, CannotResolveHostError | DownloadConnectionRefusedError):
        return f"the proxy {proxy} cannot be reached, for {url}; {_PROXY_HINT}"
    # By its name: the class is in a private part of Scrapy (`core.downloader`).
    if type(error).__name__ == "TunnelError":
        return f"the proxy {proxy} makes no connection to {url}; {_PROXY_HINT}"
    if _NO_SUCH_PROXY.search(str(error)):
        return f"the proxy {proxy} is of a kind that cannot be used: only http:// can"
    return ""


def is_badly_compressed(error: Exception) -> bool:
    """Tell whether a download failed because its bytes are not compressed as its server says."""
    package = type(error).__module__.partition(".")[0]
    return isinstance(error, _NOT_COMPRESSED) or package in _DECODERS


def words_of(error: Exception) -> str:
    """Return what an error says; its name where it says nothing."""
    return str(error) or type(error).__name__


def _proxy_of(url: str) -> str:
    """Return the proxy of the environment by which an address is asked, without its password."""
    try:
        parts = urlsplit(url)
        proxy = getproxies().get(parts.scheme, "")
        if not proxy or proxy_bypass(parts.hostname or ""):
            return ""
    except ValueError:
        return ""
    return redacted(proxy)


def _connection_error(error: Exception, url: str) -> NoResponse:
    """Return the error for a connection that broke, or that could not be made."""
    if flaw := tls_words(error):
        return NoResponse(
            f"no TLS connection: {url}; {flaw} (docs/troubleshooting.md#certificates)"
        )
    words = " ".join(_INTERNAL_NAMES.sub(" ", str(error)).split())[:120]
    words = words or type(error).__name__
    hint = ""
    if url.startswith("https"):
        hint = "; does this port speak https?"
    return NoResponse(f"the connection broke: {url}{hint} ({words})")


def _headers(response: Response) -> dict[str, str]:
    """Return the headers with names in lower case; a header that came twice is joined."""
    return {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
