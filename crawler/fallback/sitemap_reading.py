"""Reads the sitemaps of a site: in place of its API, and as a witness of a walk."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urljoin

from crawler.errors import CrawlError, ResponseError, RobotsForbid
from crawler.fallback.published import address_key, is_below
from crawler.fallback.sitemaps import (
    SitemapEntry,
    SitemapPart,
    places_in_robots,
    read_sitemap,
    usual_places_of_sitemaps,
    what_it_lists,
)
from crawler.rest.client import RestClient
from crawler.rest.responses import RestResponse
from crawler.run.run_state import RunState
from crawler.site.page_links import same_site
from wparchive.model.documents import Kind
from wparchive.model.run_records import SitemapReport

ADDRESSES_MAX = 200_000
"""Addresses of sitemaps that are kept in mind."""
LACKING_SHOWN = 50
"""Addresses that a report names, of those that only the sitemap has."""
_DEPTH_MAX = 3  # indexes inside of indexes
_GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """The most to read."""

    requests: int
    """Requests of the whole reading."""
    sitemap_requests: int
    """Requests for sitemaps, where they are only a witness."""
    response_bytes: int
    """Bytes of one sitemap once it is unpacked."""


@dataclass(frozen=True, slots=True)
class ListedAddress:
    """An address in a sitemap."""

    address: str
    lastmod: str
    kind: Kind | None
    type: str | None


@dataclass
class SitemapReading:
    """The addresses that the sitemaps of a site list."""

    listed: dict[str, ListedAddress] = field(default_factory=dict)
    """By `address_key`."""
    read: int = 0
    """Sitemaps that were read, indexes included."""
    unread: int = 0
    """Sitemaps that were named and not read."""
    cut: list[str] = field(default_factory=list)
    """Addresses of sitemaps that are longer than their limits."""
    requests: int = 0
    problems: list[str] = field(default_factory=list)


class SitemapReader:
    """A reader of the sitemaps of a site, as far as the limits allow."""

    def __init__(self, client: RestClient, home: str, requests_max: int, max_bytes: int) -> None:
        self._get = partial(client.get, tries=2, accept="*/*")
        self._home = home
        self._left = requests_max
        self._max_bytes = max_bytes
        self.found = SitemapReading()

    async def read(self) -> SitemapReading:
        """Read what robots.txt names, or else what is at the usual places.

        Raises CrawlError only where the run is to end.
        """
        robots = await self._ask(urljoin(self._home, "/robots.txt"))
        named: list[str] = []
        if robots is not None and robots.status == 200:
            named = places_in_robots(robots.body, self._home)
        if named:
            await self._read_all(named)
        else:
            for place in usual_places_of_sitemaps(self._home):
                await self._read_all([place])
                if self.found.read or self.found.problems:
                    break
        return self.found

    async def _read_all(self, places: Iterable[str]) -> None:
        waiting = [(place, 0) for place in places if same_site(place, self._home)]
        seen = {place for place, _ in waiting}
        while waiting:
            if self._left <= 0 or len(self.found.listed) >= ADDRESSES_MAX:
                self.found.unread += len(waiting)
                return
            place, depth = waiting.pop(0)
            entries = await self._entries(place)
            if entries is None:
                continue
            for entry in entries:
                # An index may name itself, or indexes without end.
                if entry.address in seen or not same_site(entry.address, self._home):
                    continue
                if depth == _DEPTH_MAX or len(seen) == ADDRESSES_MAX:
                    self.found.unread += 1
                    continue
                seen.add(entry.address)
                waiting.append((entry.address, depth + 1))

    async def _entries(self, place: str) -> tuple[SitemapEntry, ...] | None:
        """Read one sitemap; return the sitemaps that it names, and keep the addresses."""
        response = await self._ask(place)
        if response is None or response.status in _GONE:
            return None
        if response.status >= 300:
            self.found.problems.append(f"{place}: status {response.status}")
            return None
        try:
            part = read_sitemap(response.body, self._max_bytes)
        except ValueError as error:
            if b"<html" not in response.body[:2000].lower():  # the page of a missing address
                self.found.problems.append(f"{place}: {error}")
            return None
        self.found.read += 1
        if part.is_cut:
            self.found.cut.append(place)
        if part.is_index:
            return part.entries
        self._keep(place, part)
        return None

    def _keep(self, place: str, part: SitemapPart) -> None:
        """Keep the addresses that a sitemap lists, as far as there is room for them."""
        kind, type_ = what_it_lists(place)
        for entry in part.entries:
            if not is_below(entry.address, self._home):
                continue
            if len(self.found.listed) == ADDRESSES_MAX:
                self.found.cut.append(place)
                return
            listed = ListedAddress(entry.address, entry.lastmod, kind, type_)
            self.found.listed.setdefault(address_key(entry.address), listed)

    async def _ask(self, url: str) -> RestResponse | None:
        if self._left <= 0:
            self.found.unread += 1
            return None
        self._left -= 1
        self.found.requests += 1
        try:
            return await self._get(url)
        except (ResponseError, RobotsForbid) as error:
            self.found.problems.append(str(error))
            return None


async def look_at_sitemaps(run: RunState, client: RestClient, limits: ReadingLimits) -> None:
    """Compare the archive with the site's sitemaps; what only these have goes into the report.

    Raises ArchiveError.
    """
    reader = SitemapReader(client, run.home, limits.sitemap_requests, limits.response_bytes)
    found = reader.found
    try:
        await reader.read()
    except CrawlError as error:  # a witness that cannot be heard takes nothing from the proof
        found.problems.append(str(error))
    run.report.cut_short("sitemap", *found.cut)
    lacking = await _lacking(run, found)
    of_types = Counter(map(_name_of_type, lacking))
    run.report.sitemap = SitemapReport(
        listed=len(found.listed),
        lacking=len(lacking),
        addresses=[listed.address for listed in lacking[:LACKING_SHOWN]],
        by_type=dict(of_types.most_common()),
        read=found.read,
        unread=found.unread,
        requests=found.requests,
        problems=found.problems[:5],
    )


def _name_of_type(listed: ListedAddress) -> str:
    """Return the type of an address as reports name it; empty where the sitemap does not say it."""
    return "user" if listed.kind == "authors" else listed.type or ""


async def _lacking(run: RunState, found: SitemapReading) -> list[ListedAddress]:
    """Return the addresses that a site's sitemaps list and the archive lacks.

    Raises ArchiveError.
    """
    # Many sites have no sitemap, and the addresses of all that is held are many.
    if not found.listed:
        return []
    held: set[str] = {address_key(run.home)}
    kinds: tuple[Kind, ...] = ("posts", "terms", "authors", "media")
    for kind in kinds:
        held |= {address_key(part.link) for part in await run.store.addresses(kind, run.site_key)}
    # Authors that the API keeps closed are lacking in every archive of the site: that is no news.
    closed = {kind for kind, _ in run.closed if kind == "authors"}
    return [
        listed
        for key, listed in found.listed.items()
        if key not in held and listed.kind not in closed
    ]
