"""Keeps a public site from sending the crawler into private networks: by address, by name, and by redirect."""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.http import Request
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred

from crawler.errors import AddressForbidden


def is_private(address: str) -> bool:
    """Whether an IP address is none of the public internet (RFC 6890: private, loopback, link-local, CGNAT, multicast, mapped)."""
    try:
        ip = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return not (mapped or ip).is_global or (mapped or ip).is_multicast


def _allowed(crawler: Crawler) -> bool:
    """`auto` allows private addresses when the operator's own address is a private one or `localhost`."""
    value = str(crawler.settings.get("CRAWL_PRIVATE_ADDRESSES", "auto")).lower()
    if value != "auto":
        return value in ("1", "true", "yes", "on")
    host = getattr(crawler.spider, "host", "") or ""
    return is_private(host) or host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".test")) or "." not in host


class AddressGuard:
    """Refuses requests, redirected ones too, whose host is a private IP address or whose scheme is not http(s)."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(_allowed(crawler))

    def process_request(self, request: Request) -> None:
        """Raises AddressForbidden."""
        parts = urlparse_cached(request)
        if parts.scheme == "data":  # the spider's own starting point
            return
        if parts.scheme not in ("http", "https"):
            raise AddressForbidden(f"not an http address: {request.url}")
        if not self._allow_private and is_private(parts.hostname or ""):
            raise AddressForbidden(f"{request.url} is a private address; CRAWL_PRIVATE_ADDRESSES=1 allows it")


class GuardedResolver(CachingThreadedResolver):
    """Resolves names, and refuses private results: the address that is checked is the one that is connected to."""

    allow_private = True

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        resolver.allow_private = _allowed(crawler)
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> "Deferred[str]":
        """Raises AddressForbidden through the Deferred."""
        return super().getHostByName(name, timeout).addCallback(self._check, name)

    def _check(self, address: Any, name: str) -> Any:
        if not self.allow_private and is_private(str(address)):
            raise AddressForbidden(f"{name} resolves to the private address {address}; CRAWL_PRIVATE_ADDRESSES=1 allows it")
        return address
