"""Read what a site publishes for everyone, where its API is closed: the fallback run.

A run of this kind begins as one of the API does: with the lease of the site. What it reads become
items like any other. It never marks anything as vanished, and never changes a post that was
archived from the API.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from crawler.errors import NoResponse, ResponseError, RobotsForbid
from crawler.fallback.feeds import page_of_feed, places_of_feed, read_feed, with_parameter
from crawler.fallback.markers import marker_of
from crawler.fallback.pages import TYPE_OF_BASE, PublicPage
from crawler.fallback.published import (
    Claims,
    LeftOut,
    PublishedPost,
    address_key,
    id_of,
    is_better,
    merged,
    record_of,
)
from crawler.fallback.published_terms import FIELD_OF_TAXONOMY, MADE_UP_IDS, last_part
from crawler.fallback.rendering import page_of_run
from crawler.fallback.sitemap_reading import ListedAddress, ReadingLimits, SitemapReader
from crawler.fallback.times import site_zone
from crawler.items import Item
from crawler.parsing import RecordSource, parse_from
from crawler.phases.find_site import claim_site
from crawler.rest.api import Api, site_key
from crawler.rest.client import RestClient
from crawler.rest.collections import Collection
from crawler.rest.responses import RestResponse
from crawler.run.failures import NotArchived
from crawler.run.output import run_so_far
from crawler.run.proof import Proof
from crawler.run.run_state import RunState
from crawler.site.attempts import WHAT_TO_DO
from crawler.site.discovery import site_of
from crawler.site.page_links import feed_addresses, home_of, page_language
from crawler.site.start_address import has_scheme, normalise_address
from wparchive.model.run_arguments import types_of

FAILURES_IN_A_ROW = 10
"""After so many failed requests one after the other, nothing more is asked."""


class PublishedReader:
    """The run that reads feeds, sitemaps and pages of a site whose API is closed."""

    def __init__(
        self,
        run: RunState,
        client: RestClient,
        sources: tuple[str, ...],
        limits: ReadingLimits,
        stopped: Callable[[], bool],
    ) -> None:
        self._run = run
        self._client = client
        self._sources = sources
        self._limits = limits
        self._stopped = stopped
        self._left = limits.requests
        self._failed_in_a_row = 0
        self._front: RestResponse | None = None
        self._listed: dict[str, ListedAddress] = {}
        self._taxonomies: dict[str, str] = {}
        """Of which taxonomy a slug is, as far as the sitemaps list terms."""
        self._held: dict[str, tuple[str, int]] = {}
        """Type and id of held posts by `address_key`."""
        self._done: set[str] = set()
        """Addresses that were dealt with, by `address_key`."""
        self._ids: set[tuple[str, int]] = set()
        self._claims = Claims()
        self._made_up: dict[str, set[int]] = {}
        """Made-up ids of held posts whose own id has become known, by type."""
        self._left_out = LeftOut()

    async def begin(self, refusal: str) -> None:
        """Find the home of the site, and note in the archive that a run of it goes on.

        `refusal` says why its API is not read. Raises SiteError, ArchiveError.
        """
        run = self._run
        report = run.report
        report.mode = "fallback"
        report.sources = self._sources
        reason = refusal.removesuffix(f"; {WHAT_TO_DO}")
        report.doubts.append(f"the API is not open ({reason})")
        self._front = await self._first_page()
        if run.site is None:
            await self._take_site(self._front)
        assert run.site is not None
        # The next run that finds the API open reads everything.
        run.site["watermarks"] = []
        await run.store.save_site(run.site)
        await run.store.begin_run(report.run_id)
        for part in await run.store.addresses("posts", run.site_key):
            self._held[address_key(part.link)] = part.type, part.id

    async def _take_site(self, front: RestResponse) -> None:
        run = self._run
        home = home_of(front)
        known = await claim_site(run, self._client, site_key(home))
        if known is None:
            described: dict[str, Any] = {"namespaces": [], "name": urlsplit(home).hostname}
            known = site_of(Api(urljoin(home, "?rest_route=/")), described, "page", run.clock())
            known["language"] = page_language(front.body, front.url)
        run.site = known
        await run.store.save_run(run_so_far(run.report, run.traffic()))

    async def _first_page(self) -> RestResponse:
        """Return the page at the given address. Raises CrawlError."""
        address = self._run.report.arguments["site"]
        start = normalise_address(address)
        try:
            return await self._client.get(start, accept="text/html, */*;q=0.5")
        except NoResponse:
            if has_scheme(address):
                raise
            plain = start.replace("https://", "http://", 1)
            return await self._client.get(plain, accept="text/html, */*;q=0.5")

    async def items(self) -> AsyncIterator[Item]:
        """Yield the posts that are published: those of feeds first, then those of sitemaps.

        Raises ArchiveError, and CrawlError where the run is to end.
        """
        if {"sitemap", "html"} & set(self._sources):
            await self._read_sitemaps()
        if "feed" in self._sources:
            async for item in self._from_feeds():
                yield item
        for key, listed in self._listed.items():
            if self._is_over:
                break
            if key in self._done or listed.kind not in ("posts", None):
                continue
            for item in await self._from_sitemap(key, listed):
                yield item
        await self._run.in_flight.drained()
        await self._end()

    @property
    def _is_over(self) -> bool:
        """Tell whether nothing more is to be asked."""
        return self._stopped() or self._left <= 0 or self._failed_in_a_row >= FAILURES_IN_A_ROW

    async def _read_sitemaps(self) -> None:
        home = self._run.home
        # An index without end must leave something for the posts.
        most = max(1, self._left // 4)
        reader = SitemapReader(self._client, home, most, self._limits.response_bytes)
        found = await reader.read()
        self._left -= found.requests
        self._listed = found.listed
        self._taxonomies = {
            last_part(part.address): part.type or ""
            for part in found.listed.values()
            if part.kind == "terms"
        }
        self._run.report.doubts += [f"sitemap: {problem}" for problem in found.problems[:5]]
        self._run.report.cut_short("sitemap", *found.cut)
        if found.unread:
            self._run.report.doubts.append(f"{found.unread} sitemaps were not read")

    async def _from_feeds(self) -> AsyncIterator[Item]:
        """Yield the posts of the main feed, and of those of custom types."""
        assert self._front is not None
        home = self._run.home
        places = places_of_feed(feed_addresses(self._front), home)
        types = {part.type for part in self._listed.values() if part.kind == "posts"}
        main = None
        for place in dict.fromkeys(places):
            if self._is_over:
                return
            async for item in self._from_feed(place):
                main = place
                yield item
            # Something was found there, be it only posts that were known already: this is the main
            # feed.
            if main is not None or self._done:
                main = place
                break
        if main is None:
            self._run.report.doubts.append(f"no feed at {places[0]}")
            return
        for type_ in sorted(types - {None, "post", "page", "attachment"}, key=str):
            async for item in self._from_feed(with_parameter(main, "post_type", str(type_))):
                yield item

    async def _from_feed(self, place: str) -> AsyncIterator[Item]:
        """Yield the posts of one feed, page by page, until a page has nothing new."""
        number = 1
        while not self._is_over:
            response = await self._ask(page_of_feed(place, number))
            # Behind its last page, WordPress answers with 404.
            if response is None or response.status >= 300:
                return
            try:
                page = read_feed(response.body, self._run.home)
            except ValueError:
                return
            if page.is_cut:
                self._run.report.cut_short("feed", page_of_feed(place, number))
            # Some sites answer every page number with the first page.
            new = [post for post in page.posts if address_key(post.link) not in self._done]
            if not new:
                return
            for post in new:
                for item in await self._from_entry(post):
                    yield item
            number += 1

    async def _from_entry(self, post: PublishedPost) -> list[Item]:
        """Return the item of a post in a feed, completed by the sitemap and its page."""
        key = address_key(post.link)
        if key in self._done:
            return []
        self._done.add(key)
        listed = self._listed.get(key)
        lastmod = listed.lastmod if listed else ""
        if listed is not None:
            post = replace(post, type=post.type or listed.type)
        needs_page = post.completeness != "content" or (post.id is None and key not in self._held)
        if needs_page and "html" in self._sources and not self._is_over:
            return await self._with_page(post, lastmod)
        return await self._items_of(post, lastmod)

    async def _from_sitemap(self, key: str, listed: ListedAddress) -> list[Item]:
        """Return the item of a post that only a sitemap lists."""
        self._done.add(key)
        held = self._held.get(key)
        if held is not None and await self._is_settled(held, listed.lastmod):
            return []
        post = PublishedPost(link=listed.address, source="sitemap", type=listed.type)
        if "html" in self._sources:
            return await self._with_page(post, listed.lastmod)
        if listed.kind == "posts" and key != address_key(self._run.home):
            return await self._items_of(post, listed.lastmod)
        return []

    async def _is_settled(self, held: tuple[str, int], lastmod: str) -> bool:
        """Tell whether a held post needs no request: it is the API's, or has not changed."""
        type_, id_ = held
        raw = await self._raw_of(type_, id_)
        if raw is None:
            return False
        marker = marker_of(raw)
        is_of_api = marker is None or marker.get("source") == "api+page"
        if not is_of_api:
            assert marker is not None
            same = bool(lastmod) and marker.get("lastmod") == lastmod
            if not same or marker.get("completeness") != "content":
                return False
        self._left_out.kept += is_of_api
        self._count_unchanged(type_, id_)
        return True

    def _count_unchanged(self, type_: str, id_: int) -> None:
        if not self._is_wanted(type_) or (type_, id_) in self._ids:
            return
        self._ids.add((type_, id_))
        count = self._run.report.count("posts", type_)
        count.listed += 1
        count.unchanged += 1

    async def _raw_of(self, type_: str, id_: int) -> bytes | None:
        held = await self._run.store.raw_records("posts", self._run.site_key, type_, [id_])
        return held.get(id_)

    async def _with_page(self, post: PublishedPost, lastmod: str) -> list[Item]:
        """Return the item of a post, with what its public page shows."""
        try:
            page = await self._page_of(post)
        except RobotsForbid:
            self._left_out.forbidden += 1
            page = None
        except ResponseError as error:
            self._failed_in_a_row += 1
            await self._lose(post, error)
            page = None
        shown = None
        if page is not None:
            self._failed_in_a_row = 0
            shown = page.post()
        if shown is None:
            if post.source == "sitemap":
                self._left_out.no_posts += page is not None
                return []
            return await self._items_of(post, lastmod)
        if not post.link.startswith(("http://", "https://")):
            return []
        # What classes and links of the page say of its id is surer than the feed's numbers.
        identified = replace(post, id=shown.id or post.id, type=shown.type or post.type)
        return await self._items_of(merged(identified, shown), lastmod)

    async def _page_of(self, post: PublishedPost) -> PublicPage | None:
        """Return the public page of a post; None where it is gone. Raises CrawlError."""
        self._left -= 1
        try:
            return await page_of_run(self._run, self._client, post.link)
        except FileNotFoundError:
            self._left_out.gone += 1
            return None

    async def _lose(self, post: PublishedPost, error: ResponseError) -> None:
        if post.source != "sitemap":
            return  # it is archived as the feed shows it
        held = self._held.get(address_key(post.link))
        lost = NotArchived(
            kind="posts",
            type=post.type or "post",
            id=held[1] if held else None,
            stage="fetch",
            cause=error.cause,
            message=str(error),
            url=post.link,
        )
        await self._run.failures.add(lost)

    async def _items_of(self, post: PublishedPost, lastmod: str) -> list[Item]:
        """Return the item of a post; none for one that is held from the API, or not asked for."""
        key = address_key(post.link)
        self._done.add(key)
        held = self._held.get(key)
        if held is not None and post.id is None:
            post = replace(post, type=held[0], id=held[1])
        type_ = post.type or "post"
        if type_ == "attachment" or not self._is_wanted(type_):
            return []
        stored = await self._raw_of(type_, id_of(post))
        own = self._claims.settled(post, stored, self._listed)
        if own is None or (type_, id_of(own)) in self._ids:
            return []
        if own is not post:
            post, stored = own, await self._raw_of(type_, id_of(own))
        id_ = id_of(post)
        if stored is not None and is_better(stored, post):
            self._left_out.kept += 1
            self._count_unchanged(type_, id_)
            return []
        self._ids.add((type_, id_))
        # It is held under an id that was made up, and now its own is known.
        if held is not None and id_ < MADE_UP_IDS <= held[1]:
            self._made_up.setdefault(held[0], set()).add(held[1])
        run = self._run
        collection = Collection("posts", type_, "", FIELD_OF_TAXONOMY)
        source = RecordSource(collection, run.site_key, run.home, language=run.language)
        run.report.count("posts", type_).listed += 1
        assert run.site is not None
        zone = site_zone(run.site["timezone"], run.site["gmt_offset"])
        return [parse_from(record_of(post, lastmod, self._taxonomies, zone), source)]

    def _is_wanted(self, type_: str) -> bool:
        wanted = types_of(self._run.report.arguments)
        # A type may be named by its route, as with an open API.
        return not wanted or type_ in {TYPE_OF_BASE.get(name, name) for name in wanted}

    async def _ask(self, url: str) -> RestResponse | None:
        """Return the response to a request for a feed; None where there is none."""
        self._left -= 1
        try:
            response = await self._client.get(url, accept="application/rss+xml, */*;q=0.5")
        except (RobotsForbid, ResponseError) as error:
            self._failed_in_a_row += isinstance(error, ResponseError)
            self._run.report.doubts.append(str(error))
            return None
        self._failed_in_a_row = 0
        return response

    async def _end(self) -> None:
        """Write into the report what was left out, and that nothing is proved."""
        run = self._run
        for type_, ids in self._made_up.items():
            await run.store.set_state(
                "posts", run.site_key, type_, sorted(ids), "deleted", run.clock()
            )
        report = run.report
        report.doubts += [*self._claims.doubts(), *report.doubts_of_cut]
        notes = self._left_out.notes()
        if self._left <= 0:
            report.doubts.append("CRAWL_FALLBACK_REQUESTS_MAX was reached")
        if self._failed_in_a_row >= FAILURES_IN_A_ROW:
            report.doubts.append(
                f"{FAILURES_IN_A_ROW} requests failed one after the other; run again later"
            )
        for count in report.types.values():
            count.proof = Proof.unproven(
                f"read from what the site publishes ({', '.join(self._sources)})"
            )
            for note in notes:
                count.because(note)
            notes = []
        await run.failures.save()
