"""From any address of a site to the root of its API.

The page at the address is fetched, then the ladder of `crawler.site.candidates` is climbed until
an API answers. `crawler.site.attempts` keeps what the places answered that did not do. A known site
is asked where its API was, which spares its front page and most of its index.
"""

import html
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from crawler.errors import CrawlError, NoResponse, ResponseError, RobotsForbid, SiteUnreachable
from crawler.rest.api import Api, is_same_place, site_key
from crawler.rest.php_values import as_mapping, as_text
from crawler.rest.responses import RestResponse, read_object
from crawler.routes.language_lists import LANGUAGE_PARAMETERS
from crawler.site.attempts import DiscoveryAttempts, discovery_error
from crawler.site.candidates import Candidate, Get, Ladder
from crawler.site.page_links import page_language, page_theme
from crawler.site.private_hosts import is_local
from crawler.site.start_address import has_scheme, normalise_address
from wparchive.model.site_records import Site
from wparchive.text.marks import one_line

# For an https that nobody has named: a closed port may swallow requests in silence.
GUESS_TIMEOUT_S = 20.0
WORDPRESS_COM = "https://public-api.wordpress.com/"
_THEME_HOLDS = timedelta(days=7)
"""How long the theme of a site is taken to be the same."""
_PUBLIC_SETTINGS = (
    *("site_icon", "site_icon_url", "site_logo"),
    *("show_on_front", "page_on_front", "page_for_posts"),
)
"""Settings that the index shows to everybody, since WordPress 5.8 to 6.4."""
_SETTING_CHARACTERS = 1000  # a site may say anything there
_SITE_FIELDS = ("name", "description", "url", "home", "gmt_offset", "timezone_string", "namespaces")
_FIELDS = ",".join((*_SITE_FIELDS, *_PUBLIC_SETTINGS))
"""What the index says of the site; its routes, up to megabytes, are left out."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """A site whose API answers."""

    api: Api
    site: Site
    routes: dict[str, Any]
    """`routes` of the index; empty where there is no index (WordPress.com)."""
    claimed_home: str = ""
    """The home that the index names; empty where it names none."""
    claimed_url: str = ""
    """Where WordPress itself is, as the index names it (`url`); empty as the home is."""

    @property
    def homes(self) -> tuple[str, ...]:
        """Return the addresses to whose hosts the site's routes may redirect.

        A site on the internet cannot name one in a private network.
        """
        own = urlsplit(self.api.home).hostname or ""
        claimed = (self.claimed_home, self.claimed_url)
        return tuple(dict.fromkeys(home for home in claimed if _may_be_home(home, own)))

    @property
    def below_its_home(self) -> bool:
        """Return True if the API was found at a page of its site, and not at its home.

        `?rest_route=/` answers below any page of a site, so that only the claimed home tells a
        page from a home. Hosts are not compared, because a site may be known by several.
        """
        if not self.claimed_home or not self.api.is_query_form:
            return False
        found = _folder(self.api.home)
        claimed = _folder(self.claimed_home)
        return found != claimed and found.startswith(claimed)


async def discover(
    get: Get, address: str, now: datetime, wordpress_com: str = WORDPRESS_COM
) -> Discovered:
    """Return the site at an address.

    `wordpress_com` is the root of WordPress.com's API. An address without a scheme is tried with
    https, then with http.

    Raises SiteUnreachable, NotWordPress, ApiClosed, RobotsForbid, BadArguments.
    """
    start = normalise_address(address)
    if has_scheme(address):
        return await _discover_at(get, start, now, wordpress_com)
    brief = partial(get, tries=1, timeout_s=GUESS_TIMEOUT_S)
    try:
        return await _discover_at(brief, start, now, wordpress_com)
    except SiteUnreachable as unreachable:
        plain = start.replace("https://", "http://", 1)
        try:
            return await _discover_at(get, plain, now, wordpress_com)
        except SiteUnreachable:
            # The error about https is the one to show: most sites are meant to be asked so.
            raise unreachable from None


async def _discover_at(get: Get, start: str, now: datetime, wordpress_com: str) -> Discovered:
    attempts = DiscoveryAttempts()
    page = await _first_page(get, start, attempts)
    base = page.url if page else start  # redirects lead to the site's usual address
    search = _Search(get, base, attempts, now)
    found = await search.climb(Ladder(get, base, page, attempts, wordpress_com))
    if found is None:
        raise discovery_error(start, attempts)
    if page:
        found.site["language"] = page_language(page.body, page.url)
        found.site["theme"] = page_theme(page.body)
        found.site["theme_seen_at"] = now
    return found


async def _first_page(get: Get, start: str, attempts: DiscoveryAttempts) -> RestResponse | None:
    """Return the page at the given address, or note why there is none."""
    try:
        return await get(start)
    except RobotsForbid as error:
        attempts.robots.append(str(error))
    except NoResponse as error:
        attempts.silent.append(str(error))
    except ResponseError:
        pass  # too large, for instance: the usual places are still worth asking
    return None


class _Search:
    """The search for the first candidate that answers as an API."""

    def __init__(self, get: Get, base: str, attempts: DiscoveryAttempts, now: datetime) -> None:
        self._get = get
        self._host = urlsplit(base).hostname
        self._attempts = attempts
        self._now = now

    async def climb(self, ladder: Ladder) -> Discovered | None:
        """Return the first site that answers.

        One that answers below its own home waits for the home itself, which is further up.
        """
        seen: set[Api] = set()
        waiting: Discovered | None = None
        async for candidate in ladder.candidates():
            if candidate.api in seen or candidate.site_key in self._attempts.refused:
                continue
            seen.add(candidate.api)
            found = await self._try(candidate)
            if found is None:
                if self._own_api_refused(candidate):
                    break
            elif found.below_its_home:
                waiting = waiting or found
            elif waiting is None or found.claimed_home == waiting.claimed_home:
                return found
            else:  # the site of a folder above is another one, and has the home's key
                waiting.site["home"] = waiting.api.home
                waiting.site["_id"] = site_key(waiting.api.home)
                return waiting
        if self._attempts.refused:
            return None  # a page is no side entrance to a site that refuses
        return waiting

    def _own_api_refused(self, candidate: Candidate) -> bool:
        """Return True if the page's own API said no: then a site further up is another one."""
        if not self._attempts.refused or candidate.guessed:
            return False
        return urlsplit(candidate.root).hostname == self._host

    async def _try(self, candidate: Candidate) -> Discovered | None:
        """Return the site behind a candidate, or note why there is none."""
        api = candidate.api
        # WordPress.com has no index for a single site.
        url = api.url("/wp/v2/types") if api.wordpress_com else api.root
        place = url
        self._attempts.tried.append(candidate.how)
        try:
            response = await self._get(url, expects_json=True)
            if response.url != url:
                place = f"{url} (a redirect to {response.url})"
            answer = read_object(response)
        except (ResponseError, RobotsForbid) as error:
            key = candidate.site_key
            self._attempts.failed(place, key, error, guessed=candidate.guessed)
            return None
        if api.wordpress_com:
            return self._on_wordpress_com(api, answer)
        return self._from_index(Api(_final_root(response.url)), answer, candidate.how)

    def _on_wordpress_com(self, api: Api, types: dict[str, Any]) -> Discovered | None:
        if "post" not in types:
            return None
        described = {"name": api.wordpress_com, "namespaces": ["wp/v2"]}
        return Discovered(api, site_of(api, described, "WordPress.com", self._now), {})

    def _from_index(self, api: Api, index: dict[str, Any], how: str) -> Discovered | None:
        namespaces = index.get("namespaces")
        if not isinstance(namespaces, list) or "wp/v2" not in namespaces:
            return None
        # With a slash at the end, a route is the same one.
        described = as_mapping(index.get("routes"))
        routes = {route.rstrip("/") or "/": about for route, about in described.items()}
        return _discovered(api, site_of(api, index, how, self._now), routes, index)


def _may_be_home(address: str, host: str) -> bool:
    """Tell whether an address may be another name of the site that is found at `host`."""
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises ValueError for `host:port`
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    return is_local(host) or not is_local(parts.hostname)


def _discovered(
    api: Api, site: Site, routes: dict[str, Any], index: Mapping[str, Any]
) -> Discovered:
    return Discovered(api, site, routes, as_text(index.get("home")), as_text(index.get("url")))


def _final_root(answered: str) -> str:
    """Return the root for the rest of the crawl: redirects of the index decide scheme and host."""
    parts = urlsplit(answered)
    path = parts.path
    if "rest_route" not in parts.query and not path.endswith("/"):
        path += "/"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def site_of(api: Api, index: dict[str, Any], how: str, now: datetime) -> Site:
    """Return the site's document, from what its index says of it."""
    home = api.home_as_claimed(index.get("home"))
    return Site(
        _id=site_key(home),
        home=home,
        api_root=api.root,
        found_by=how,
        name=_shown(index.get("name")),
        description=_shown(index.get("description")),
        timezone=str(index.get("timezone_string") or ""),
        gmt_offset=_hours(index.get("gmt_offset")),
        public_settings=_public_settings(index),
        namespaces=[str(name) for name in index["namespaces"]],
        language=None,
        capabilities=[],
        brakes=[],
        watermarks=[],
        first_seen_at=now,
        last_seen_at=now,
    )


def _public_settings(index: dict[str, Any]) -> dict[str, str | int]:
    """Return the public settings that are set; the index has 0 or nothing for others."""
    settings: dict[str, str | int] = {}
    for name in _PUBLIC_SETTINGS:
        value = index.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63:
            settings[name] = value
        elif isinstance(value, str) and value:
            settings[name] = _shown(value)[:_SETTING_CHARACTERS]
    return settings


def _hours(value: Any) -> float | None:
    """Return an offset in hours, from a number or a numeral; None for anything else."""
    try:
        hours = float(value)
    except (TypeError, ValueError):
        return None
    return hours if math.isfinite(hours) else None


def _shown(words: Any) -> str:
    """Return a name as it can be shown anywhere: in one line, without control characters."""
    return one_line(html.unescape(str(words or "")))


def _folder(address: str) -> str:
    return urlsplit(address).path.rstrip("/") + "/"


async def recall(get: Get, known: Site, now: datetime) -> Discovered | None:
    """Return a known site, with the routes that its document describes.

    None where it has to be found anew: it does not answer as it did, or has other plugins.
    """
    api = Api(known["api_root"])
    if not is_same_place(api.home, known["home"]) or not known["capabilities"]:
        return None  # WordPress.com has no index, and a run that was killed may know no routes
    url = api.url("/", [("_fields", _FIELDS)])
    try:
        response = await get(url, expects_json=True)
        index = read_object(response)
    except CrawlError:
        return None
    # Other namespaces are other plugins, which may have brought other types and routes.
    if response.url != url or index.get("namespaces") != known["namespaces"]:
        return None
    site = site_of(api, index, known["found_by"], now)
    site["language"] = known["language"]
    await _look_at_theme(get, site, known, now)
    return _discovered(api, site, _routes(known), index)


async def _look_at_theme(get: Get, site: Site, known: Site, now: datetime) -> None:
    """Note a known site's theme, for which its front page is requested once a week."""
    seen_at = known.get("theme_seen_at")
    site["theme"] = known.get("theme")
    site["theme_seen_at"] = seen_at
    if seen_at is not None and now - seen_at < _THEME_HOLDS:
        return
    with suppress(CrawlError):
        page = await get(site["home"])
        site["theme"] = page_theme(page.body) or site["theme"]
        site["theme_seen_at"] = now


def _routes(known: Site) -> dict[str, Any]:
    """Return the routes of a site, as its index would describe them."""
    routes: dict[str, Any] = {}
    for part in known["capabilities"]:
        if part.get("in_index", True):
            routes[part["route"]] = _route(part)
            # The route of a single object shows that the other one is a list.
            routes[part["route"] + r"/(?P<id>[\d]+)"] = {}
    return routes


def _route(part: Mapping[str, Any]) -> Mapping[str, Any]:
    args: dict[str, Any] = {name: {} for name in part["parameters"]}
    args["orderby"] = {"enum": part["orderby"]}
    args["per_page"] = {"maximum": part["per_page_maximum"]}
    languages = part.get("languages", [])
    args |= {name: {"enum": languages} for name in LANGUAGE_PARAMETERS if name in args}
    return {"endpoints": [{"methods": ["GET"], "args": args}]}
