"""Keeps a public site from sending the crawler into private networks: by address, by name, and by redirect."""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any, ClassVar, Self

from scrapy.crawler import Crawler
from scrapy.http import Request
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.errors import AddressForbidden


def is_private(address: str) -> bool:
    """Whether an IP address is none of the public internet (RFC 6890: private, loopback, link-local, CGNAT, multicast, mapped)."""
    try:
        ip = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return not (mapped or ip).is_global or (mapped or ip).is_multicast


def allow_private(setting: object, host: str) -> bool:
    """What CRAWL_PRIVATE_ADDRESSES means for a site: `auto` allows private addresses when the operator's own address is one."""
    if str(setting).lower() != "auto":
        return str(setting).lower() in ("1", "true", "yes", "on")
    return is_local(host)


def is_local(host: str) -> bool:
    """Whether a host can only be one of a private network: by its address, or by a name that the public DNS does not have."""
    name = host.rstrip(".").lower()
    dotless = "." not in name and ":" not in name
    return (
        is_private(name) or dotless or name.endswith((".localhost", ".local", ".internal", ".test"))
    )


class AddressGuard:
    """Refuses requests, redirected ones too, whose host is a private address or name, or whose scheme is not http(s)."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(
            allow_private(
                crawler.settings["CRAWL_PRIVATE_ADDRESSES"], getattr(crawler.spider, "host", "")
            )
        )

    def process_request(self, request: Request) -> None:
        """Raises AddressForbidden."""
        parts = urlparse_cached(request)
        if parts.scheme == "data":  # the spider's own starting point
            return
        if parts.scheme not in ("http", "https"):
            raise AddressForbidden(f"not an http address: {request.url}")
        if self._allow_private:
            return
        if is_local(parts.hostname or ""):
            raise AddressForbidden(
                f"{request.url} is a private address; CRAWL_PRIVATE_ADDRESSES=1 allows it"
            )
        if address := GuardedResolver.refused.get(parts.hostname or ""):
            raise AddressForbidden(
                f"{parts.hostname} resolves to the private address {address}; CRAWL_PRIVATE_ADDRESSES=1 allows it"
            )


class GuardedResolver(CachingThreadedResolver):
    """Resolves names, and refuses private results: the address that is checked is the one that is connected to."""

    setting: object = "auto"
    refused: ClassVar[dict[str, str]] = {}
    """Names that led to private addresses. To Twisted they do not exist; AddressGuard says why when they are asked for again."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        resolver.setting = crawler.settings[
            "CRAWL_PRIVATE_ADDRESSES"
        ]  # one resolver serves the process, whatever its spiders
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> "Deferred[str]":
        """Raises DNSLookupError through the Deferred: of other errors Twisted prints a traceback."""
        return super().getHostByName(name, timeout).addCallback(self._check, name)

    def _check(self, address: Any, name: str) -> Any:
        if is_private(str(address)) and not allow_private(self.setting, name):
            self.refused[name] = str(address)
            raise DNSLookupError(f"{name} resolves to the private address {address}")
        return address
