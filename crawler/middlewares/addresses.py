"""Keep a public site from sending the crawler into private networks.

A site could name a private address in a link or a redirect, or a public name whose DNS entry leads
to a private address. The middleware checks what is asked for; the resolver checks what a name
resolves to, which is the very address that is connected to.
"""

import socket
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from scrapy.crawler import Crawler
from scrapy.http import Request
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.abstract import isIPv6Address
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import DNSLookupError
from twisted.internet.threads import deferToThreadPool
from twisted.python.failure import Failure

from crawler.errors import AddressForbidden
from crawler.site.private_hosts import is_local, is_private, private_allowed


class PrivateAddressMiddleware:
    """A downloader middleware that refuses requests to private hosts, redirected ones too."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read CRAWL_PRIVATE_ADDRESSES, and the host that the spider was given."""
        setting = crawler.settings["CRAWL_PRIVATE_ADDRESSES"]
        host = getattr(crawler.spider, "host", "")
        return cls(allow_private=private_allowed(setting, host))

    def process_request(self, request: Request) -> None:
        """Raise AddressForbidden for a private host, and for any scheme but http and https."""
        parts = urlparse_cached(request)
        host = parts.hostname or ""
        if parts.scheme == "data":  # the spider's own starting point
            return
        if parts.scheme not in ("http", "https"):
            raise AddressForbidden(f"not an http address: {request.url}")
        if self._allow_private:
            return
        if is_local(host):
            raise AddressForbidden(
                f"{request.url} is a private address; CRAWL_PRIVATE_ADDRESSES=1 allows it"
            )
        address = PublicAddressResolver.refused.get(host)
        if address:
            raise AddressForbidden(
                f"{host} resolves to the private address {address}; "
                "CRAWL_PRIVATE_ADDRESSES=1 allows it"
            )


class PublicAddressResolver(CachingThreadedResolver):
    """A DNS resolver that refuses names which lead to private addresses.

    Scrapy's own knows IPv4 alone. Here IPv6 comes second: a name that has both is asked over IPv4.
    """

    setting: object = "auto"
    refused: ClassVar[dict[str, str]] = {}
    """Names that led to private addresses, with the address.

    To Twisted such a name does not exist. The middleware says why when it is asked for again.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Read CRAWL_PRIVATE_ADDRESSES; one resolver serves all spiders of the process."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.setting = crawler.settings["CRAWL_PRIVATE_ADDRESSES"]
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> "Deferred[str]":
        """Resolve a name.

        A refusal is a DNSLookupError, because Twisted prints a traceback for any other error.
        """
        if isIPv6Address(name):
            return succeed(name).addCallback(self._check, name)
        found = super().getHostByName(name, timeout)
        return found.addErrback(self._over_ipv6, name).addCallback(self._check, name)

    def _over_ipv6(self, failure: Failure, name: str) -> "Deferred[str]":
        """Resolve a name that has no address of IPv4. What failed first is what is reported."""
        pool = self.reactor.getThreadPool()
        found = deferToThreadPool(self.reactor, pool, _first_ipv6, name)  # type: ignore[arg-type]
        return found.addErrback(lambda _: failure)

    def _check(self, address: Any, name: str) -> Any:
        if is_private(str(address)) and not private_allowed(self.setting, name):
            self.refused[name] = str(address)
            raise DNSLookupError(f"{name} resolves to the private address {address}")
        return address


def _first_ipv6(name: str) -> str:
    """Return an IPv6 address of a name. Raises OSError where it has none."""
    found = socket.getaddrinfo(name, None, socket.AF_INET6, socket.SOCK_STREAM)
    return str(found[0][4][0])
