"""Look at a site with a dozen requests, for `scrapy doctor`."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urljoin

from crawler.doctor.diagnosis import (
    ASK_AGAIN,
    LET_PASS,
    SAMPLE,
    WHAT_ELSE,
    Diagnosis,
    OfferedType,
    estimate_of,
    judge_types,
    name_plugins,
    some_of,
    version_of,
)
from crawler.errors import (
    ApiClosed,
    AskedToWait,
    Challenge,
    CrawlError,
    CredentialsRefused,
    NotWordPress,
    ResponseError,
    RobotsForbid,
    RunEnds,
    SiteError,
    TimedOut,
)
from crawler.fallback.feeds import places_of_feed, read_feed
from crawler.fallback.rendering import what_is_wrong
from crawler.fallback.sitemaps import (
    places_in_robots,
    read_sitemap,
    usual_places_of_sitemaps,
    what_it_lists,
)
from crawler.phases.plan import (
    TAXONOMIES_ROUTE,
    TYPES_ROUTE,
    Listings,
    lists_besides,
    read_listing,
)
from crawler.rest.api import Api
from crawler.rest.classify import is_closed
from crawler.rest.client import RestClient
from crawler.rest.collections import Collection, read_collections
from crawler.rest.lenient_json import decode_record
from crawler.rest.record_fields import record_language
from crawler.rest.responses import KEEPS_OUT, RestResponse, read_page
from crawler.robots_rules import UNREAD, robots_rules
from crawler.routes.core_lists import CORE_TYPES, with_core
from crawler.routes.offered import known_collections, unknown_routes
from crawler.run.run_state import utc_now
from crawler.site.attempts import led_away, same_site_elsewhere
from crawler.site.candidates import Get
from crawler.site.discovery import Discovered, discover
from crawler.site.page_links import feed_addresses, home_of
from crawler.site.start_address import normalise_address


class Examination:
    """One look at a site."""

    def __init__(self, client: RestClient, address: str, wordpress_com: str, delay_s: float):
        self._client = client
        self._get: Get = partial(client.get, tries=1)
        self._wordpress_com = wordpress_com
        self._delay_s = delay_s
        self._robots = b""
        self._bytes_of_post = 0.0
        self.diagnosis = Diagnosis(address)

    async def run(self) -> None:
        """Look; a site that cannot be read is a diagnosis, too. Raises BadArguments."""
        diagnosis = self.diagnosis
        try:
            found = await discover(self._get, diagnosis.address, utc_now(), self._wordpress_com)
        except RunEnds as limit:
            self._failed("unknown", f"no API was found ({limit})", "")
        except SiteError as error:
            await self._no_api(error)
        else:
            await self._look_at(found)
        diagnosis.estimate = estimate_of(diagnosis, self._delay_s, self._bytes_of_post)

    async def _look_at(self, found: Discovered) -> None:
        diagnosis = self.diagnosis
        site = found.site
        self._client.homes = found.homes
        diagnosis.site = site["_id"]
        diagnosis.name = site["name"]
        diagnosis.home = site["home"]
        diagnosis.api_root = site["api_root"]
        diagnosis.found_by = site["found_by"]
        diagnosis.languages += filter(None, [site["language"]])
        name_plugins(diagnosis, site["namespaces"])
        try:
            collections = await self._collections(found)
            diagnosis.wordpress = version_of(found, collections)
            await self._read_posts(found.api, collections)
            await self._read_robots(site["home"])
            await self._measure(found.api, collections)
        except AskedToWait as error:
            diagnosis.found(_request_to_wait(error), ASK_AGAIN)
            self._name_unread(str(error).partition(";")[0])
        except RunEnds as limit:
            self._name_unread(str(limit))
        except SiteError as error:
            diagnosis.found(str(error), ASK_AGAIN)
            self._name_unread("the look ended there")
        judge_types(diagnosis)

    def _name_unread(self, why: str) -> None:
        """Note the lists whose size is not known, because the look ended before."""
        unknown = [part.type for part in self.diagnosis.types if part.is_unknown]
        if unknown:
            self.diagnosis.found(
                f"sizes that are not known ({why}): {some_of(unknown)}",
                "nothing: a crawl asks for them all",
                serious=False,
            )

    async def _collections(self, found: Discovered) -> list[Collection]:
        listings: list[dict[str, Any]] = []
        for route in (TYPES_ROUTE, TAXONOMIES_ROUTE):
            try:
                listings.append(read_listing(await self._ask(found.api, route), route))
            except (ResponseError, RobotsForbid) as error:
                listings.append({})
                todo = ASK_AGAIN
                if is_closed(error):
                    todo = "ask the owner to open it: custom types are named nowhere else"
                self.diagnosis.found(f"{route} cannot be read ({error})", todo)
        types, taxonomies = listings
        if types:  # the doctor says that they are closed, and guesses nothing
            types = with_core(types, CORE_TYPES, found.routes)
        collections, skipped = read_collections(found.api, types, taxonomies, found.routes)
        self.diagnosis.not_archived = skipped
        self._name_lists(found)
        besides = lists_besides(found.api, Listings(types, taxonomies), found.routes, collections)
        if besides and types:
            self.diagnosis.found(
                f"no type describes these lists of the index: {some_of(besides)}",
                "nothing: a crawl looks at them, and says what it cannot read",
                serious=False,
            )
        collections += known_collections(found.routes, {part.type for part in collections})
        for part in collections:
            can = part.capabilities
            in_table = part.shape is not None
            offered = OfferedType(part.type, part.kind, part.route, in_table=in_table)
            offered.rows_of_a_request = can.per_page_maximum
            offered.order_by_id = "id" in can.orderby or can.count_proves
            self.diagnosis.types.append(offered)
        return collections

    def _name_lists(self, found: Discovered) -> None:
        """Name the lists of plugins that no entry of the table describes."""
        others, refused = unknown_routes(found.routes)
        self.diagnosis.other_lists = others
        self.diagnosis.refused_lists = [
            {"name": each.route, "reason": each.reason} for each in refused
        ]

    async def _read_posts(self, api: Api, collections: list[Collection]) -> None:
        """Read some posts whole: size, speed, cache, languages, contents that are not there."""
        part = next((part for part in collections if part.type == "post"), None)
        if part is None:
            return
        offered = self._offered(part)
        try:
            response = await self._ask(api, part.route, [("per_page", str(SAMPLE))])
            page = read_page(response)
        except (ResponseError, RobotsForbid) as error:
            self._note(offered, error)
            return
        # Without the pause before the request, which the estimate counts apart.
        if response.latency_s is not None:
            self.diagnosis.answer_s = round(response.latency_s, 2)
        offered.total = page.total
        if page.total is None:
            self.diagnosis.found(
                "lists do not say how long they are",
                "nothing: a crawl then reads until nothing more comes",
                serious=False,
            )
        if page.records:
            self._bytes_of_post = len(response.body) / len(page.records)
        age = response.headers.get("age", "")
        if age.isdecimal() and int(age[:9]) > 0:
            self.diagnosis.cache_age_s = float(age[:9])
            self.diagnosis.found(
                f"answers come from a cache; this one was {age[:9]} s old",
                "nothing: update runs look back further by as much",
                serious=False,
            )
        self._look_at_records(page.records)

    def _look_at_records(self, records: list[bytes]) -> None:
        wrong = [what for raw in records if (what := what_is_wrong(raw))]
        if wrong:
            self.diagnosis.found(
                f"{len(wrong)} of {len(records)} posts are without their content in the API",
                "crawl with -a render=1, which takes it from their public pages",
                serious=False,
            )
        for raw in records:
            try:
                language = record_language(decode_record(raw)[0])
            except ValueError:
                continue
            if language and language not in self.diagnosis.languages:
                self.diagnosis.languages.append(language)

    async def _read_robots(self, home: str) -> None:
        """Read what robots.txt asks for, and the sitemap that it names."""
        response = await self._try(urljoin(home, "/robots.txt"))
        if response is not None and response.status == 200:
            self._robots = response.body
            rules = robots_rules(response.status, response.body, "wparchive")
            delay_s = rules.crawl_delay("wparchive")
            self.diagnosis.crawl_delay_s = None if delay_s is None else float(delay_s)
        named = places_in_robots(self._robots, home)
        for place in (named or usual_places_of_sitemaps(home))[:1]:
            await self._read_sitemap(place)

    async def _read_sitemap(self, place: str) -> None:
        response = await self._try(place)
        if response is None or response.status != 200:
            return
        try:
            part = read_sitemap(response.body, 32_000_000)
        except ValueError:
            return
        self.diagnosis.sitemaps = [place]
        names = {type_ for kind, type_ in _types_in(part.entries) if kind == "posts" and type_}
        hidden = sorted(names - {offered.type for offered in self.diagnosis.types})
        if part.is_index and hidden and self.diagnosis.state == "open":
            self.diagnosis.found(
                f"the sitemap lists types that the API does not show: {', '.join(hidden)}",
                "ask the owner to show them (show_in_rest); the report of a crawl counts what it "
                "lacks",
                serious=False,
            )

    async def _measure(self, api: Api, collections: list[Collection]) -> None:
        """Ask for the size of each list, those of posts first. Raises RunEnds at the limit."""
        order = {"posts": 0, "media": 1, "authors": 2, "terms": 3}
        for part in sorted(collections, key=lambda part: order.get(part.kind, 4)):
            offered = self._offered(part)
            if not offered.is_unknown:
                continue
            try:
                params = [*part.list_filters, ("per_page", "1"), *part.selected("id")]
                response = await self._ask(api, part.route, params)
                offered.total = read_page(response, part.shape).total
            except (ResponseError, RobotsForbid) as error:
                self._note(offered, error)

    def _note(self, offered: OfferedType, error: CrawlError) -> None:
        """Note why a list could not be read, and what to do where that is not the usual."""
        if not is_closed(error):
            offered.unread = _reason(error)
            offered.todo = LET_PASS if isinstance(error, Challenge) else ""
            return
        offered.closed = str(error)
        home = led_away(offered.closed, self.diagnosis.home or self.diagnosis.address)
        if home:
            offered.todo = same_site_elsewhere(home)

    def _offered(self, part: Collection) -> OfferedType:
        return next(
            offered
            for offered in self.diagnosis.types
            if (offered.kind, offered.type) == (part.kind, part.type)
        )

    async def _no_api(self, error: SiteError) -> None:
        """Say why there is no API to read, and what the site publishes besides."""
        words = str(error)
        # robots.txt could not be read, which forbids everything for now.
        if isinstance(error, RobotsForbid) and UNREAD in words:
            self._failed("busy", words.partition("; a site that says no")[0], ASK_AGAIN)
        elif isinstance(error, RobotsForbid):
            self._failed("forbidden", words, "leave it alone, or ask its owner")
        elif isinstance(error, CredentialsRefused):
            self._failed("closed", words, "write the right user and password (docs/credentials.md)")
        elif isinstance(error, ApiClosed):
            self._failed("closed", words.partition("; ask its owner")[0], _way_in(words))
        elif isinstance(error, NotWordPress):
            self._failed("no WordPress", words.partition("; give")[0], "")
        elif isinstance(error, AskedToWait):
            self._failed("busy", _request_to_wait(error), ASK_AGAIN)
        elif "; run again later" in words:
            self._failed("busy", _reason(error), ASK_AGAIN)
        else:
            self._failed("unreachable", words, "check the address, then try again later")
        if isinstance(error, ApiClosed):
            await self._look_at_feed()

    async def _look_at_feed(self) -> None:
        start = normalise_address(self.diagnosis.address)
        try:
            front = await self._try(start)
            if front is None:
                return
            home = home_of(front)
            for place in dict.fromkeys(places_of_feed(feed_addresses(front), home)):
                if await self._is_feed(place, home):
                    break
            await self._read_robots(home)
        except (ValueError, RunEnds, SiteError):
            return

    async def _is_feed(self, place: str, home: str) -> bool:
        """Read what may be the main feed of the site; tell whether it is one."""
        response = await self._try(place)
        if response is None or response.status != 200:
            return False
        try:
            feed = read_feed(response.body, home)
        except ValueError:  # a page of the site
            return False
        self.diagnosis.feed = response.url
        self.diagnosis.wordpress = feed.generator.rpartition("?v=")[2] or None
        return True

    def _failed(self, state: str, what: str, todo: str) -> None:
        self.diagnosis.state = state
        self.diagnosis.found(what, todo or "give the address of the blog itself")

    async def _ask(
        self, api: Api, route: str, params: list[tuple[str, str]] | None = None
    ) -> RestResponse:
        return await self._get(api.url(route, params or []), follow=False)

    async def _try(self, url: str) -> RestResponse | None:
        """Return the response for something that may be missing. Raises RunEnds at the limit."""
        try:
            return await self._get(url)
        except (ResponseError, RobotsForbid):
            return None


def _types_in(entries: Any) -> Iterator[tuple[Any, Any]]:
    for entry in entries:
        yield what_it_lists(entry.address)


def _reason(error: CrawlError) -> str:
    """Return an error in words that are the same for all lists that it befell."""
    if isinstance(error, TimedOut):
        return "no answer in time"
    return str(error).partition("; run again later")[0]


def _way_in(words: str) -> str:
    """Return what to do about a closed API, by what was said of it."""
    return LET_PASS if KEEPS_OUT in words else WHAT_ELSE


def _request_to_wait(error: AskedToWait) -> str:
    """Return what a site has asked for, without the advice for a crawl."""
    return str(error).partition(";")[0]
