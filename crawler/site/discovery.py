"""From any address of a site to the root of its API, with what was tried: home page hints first, then the usual places."""

import html
import math
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from crawler.errors import (
    ApiError,
    BadArguments,
    NoResponse,
    ResponseError,
    RobotsForbid,
    SiteUnreachable,
)
from crawler.rest.api import Api, site_key
from crawler.rest.responses import RestResponse, read_object
from crawler.site.attempts import DiscoveryAttempts, discovery_error, shows_closed_api
from crawler.site.page_links import hints, probes, rsd_address, rsd_roots, same_site
from crawler.site.page_links import language as page_language
from wparchive.model.documents import Site

Get = Callable[..., Awaitable[RestResponse]]
"""`crawler.rest.client.RestClient.get`"""

GUESS_TIMEOUT_S = (
    20.0  # for the https that nobody spoke of: a closed port may swallow requests in silence
)
WORDPRESS_COM = "https://public-api.wordpress.com/"


@dataclass(frozen=True, slots=True)
class Discovered:
    """A site whose API answers."""

    api: Api
    site: Site
    routes: dict[str, Any]
    """`routes` of the index; empty where there is no index (WordPress.com)."""
    claimed_home: str = ""
    """The home that the index names. `?rest_route=/` answers below any page of a site, so that this alone tells a page from a home."""

    @property
    def below_its_home(self) -> bool:
        """Whether the API was found at a page of its site. Hosts are not compared: a site may be known by several."""
        home, claimed = (
            urlsplit(address).path.rstrip("/") + "/"
            for address in (self.site["home"], self.claimed_home)
        )
        return (
            bool(self.claimed_home)
            and "rest_route" in urlsplit(self.api.root).query
            and home != claimed
            and home.startswith(claimed)
        )


def normalise_address(address: str) -> str:
    """An absolute http(s) address. Raises BadArguments for anything that cannot be one."""
    text = address.strip()
    if text and not _has_scheme(text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadArguments(f"not an address: {address!r} ({error})") from None
    plausible = (
        host
        and re.fullmatch(r"[^\s/\\@<>\"']+", host)
        and ("." in host or ":" in host or host == "localhost")
    )
    if parts.scheme not in ("http", "https") or not plausible:
        raise BadArguments(
            f"not the address of a site: {address!r}; give one such as https://example.com/blog"
        )
    if "@" in parts.netloc:  # it would do nothing, and be stored with the run
        raise BadArguments(
            f"no user name or password in the address: the crawl sees what every visitor of {host} sees"
        )
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", parts.query, ""))


def _has_scheme(text: str) -> bool:
    return re.match(r"[a-z][a-z0-9+.-]*://", text, re.IGNORECASE) is not None


async def discover(
    get: Get, address: str, now: datetime, wordpress_com: str = WORDPRESS_COM
) -> Discovered:
    """Find the API of the site at an address.

    Raises SiteUnreachable, NotWordPress, ApiClosed, RobotsForbid, BadArguments.
    """
    start = normalise_address(address)
    if not _has_scheme(address.strip()):  # nobody said which: a site without https is still a site
        try:
            return await discover(
                partial(get, tries=1, timeout_s=GUESS_TIMEOUT_S), start, now, wordpress_com
            )
        except SiteUnreachable as unreachable:
            try:
                return await discover(
                    get, start.replace("https://", "http://", 1), now, wordpress_com
                )
            except SiteUnreachable:
                raise unreachable from None
    attempts = DiscoveryAttempts()
    home = await _home(get, start, attempts)
    found = await _search(get, home.url if home else start, home, attempts, now, wordpress_com)
    if not found:
        raise discovery_error(start, attempts)
    found.site["language"] = page_language(home.body) if home else None
    return found


async def _search(
    get: Get,
    base: str,
    home: RestResponse | None,
    attempts: DiscoveryAttempts,
    now: datetime,
    wordpress_com: str,
) -> Discovered | None:
    """The first candidate that answers. One that answers below its own home waits for the home itself, which is further up."""
    seen: set[str] = set()
    stray: Discovered | None = None
    async for root, how in _candidates(get, base, home, attempts, wordpress_com):
        if root in seen or _home_key(root) in attempts.refused:
            continue
        seen.add(root)
        found = await _try_root(get, root, how, attempts, now, wordpress_com)
        if found and found.below_its_home:
            stray = stray or found
        elif found:
            return found if stray is None or found.claimed_home == stray.claimed_home else stray
        elif (
            attempts.refused
            and not how.startswith("probe")
            and urlsplit(root).hostname == urlsplit(base).hostname
        ):
            break  # the page's own API said no: the site of a folder above is another one
    return None if attempts.refused else stray


async def _home(get: Get, start: str, attempts: DiscoveryAttempts) -> RestResponse | None:
    try:
        return await get(
            start
        )  # its failure ends the discovery: patience is for a site that is known to be there
    except RobotsForbid as error:
        attempts.robots.append(str(error))
    except NoResponse as error:
        attempts.silent.append(str(error))
    except ResponseError:
        pass  # too large, for instance: the usual places are still worth asking
    return None


async def _candidates(
    get: Get, base: str, home: RestResponse | None, attempts: DiscoveryAttempts, wordpress_com: str
) -> AsyncIterator[tuple[str, str]]:
    """(root, how it was found), best first."""
    if home is not None:
        for root, how in hints(home):
            if same_site(root, base):
                attempts.hinted = True
                yield root, how
            else:
                attempts.foreign = root
        if rsd := rsd_address(home):
            for root in await _rsd_roots(get, rsd, base):
                yield root, "RSD"
    host = urlsplit(base).hostname or ""
    if host.endswith(".wordpress.com"):
        yield f"{wordpress_com}|{host}", "WordPress.com"
    if home is None and attempts.silent:
        return  # nothing answers at this host: asking six more times changes nothing
    for root, how in probes(base):
        yield root, how
    if home is not None and b"wordpress.com" in home.body:
        yield f"{wordpress_com}|{host}", "WordPress.com"


async def _try_root(
    get: Get, root: str, how: str, attempts: DiscoveryAttempts, now: datetime, wordpress_com: str
) -> Discovered | None:
    """The site behind a root, or None. A root that is forbidden or closed is a no, not a reason to try a side entrance."""
    com = root.partition("|")[2] or None
    api = Api(root.partition("|")[0], com)
    url = api.url("/wp/v2/types") if com else api.root
    attempts.tried.append(how)
    response = None
    try:
        response = await get(url)
        index = read_object(response)
    except NoResponse as error:
        attempts.silent.append(str(error))
        return None
    except RobotsForbid as error:
        attempts.robots.append(str(error))
        attempts.refused.add(_home_key(root))
        return None
    except (ResponseError, ValueError) as error:
        if isinstance(error, ApiError) and error.status in (429, 503, 508, 509):
            attempts.silent.append(f"{url}: {error}; run again later")
            attempts.refused.add(_home_key(root))
        elif shows_closed_api(error, how):
            elsewhere = (
                f" (a redirect to {response.url})" if response and response.url != url else ""
            )
            attempts.closed.append(f"{url}{elsewhere}: {error}")
            attempts.refused.add(_home_key(root))
        return None
    if com:
        return Discovered(api, _wordpress_com_site(api, com, now), {}) if "post" in index else None
    if not isinstance(index.get("namespaces"), list) or "wp/v2" not in index["namespaces"]:
        return None
    api = Api(_final_root(response.url, api.root))
    routes = index.get("routes")
    claimed = index.get("home")
    return Discovered(
        api,
        _site(api, index, how, now),
        routes if isinstance(routes, dict) else {},
        claimed if isinstance(claimed, str) else "",
    )


def _final_root(answered: str, asked: str) -> str:
    """The address that answered, as root: redirects of the index decide scheme and host for the rest of the crawl."""
    parts = urlsplit(answered or asked)
    path = (
        parts.path if "rest_route" in parts.query or parts.path.endswith("/") else parts.path + "/"
    )
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def _home_key(root: str) -> str:
    """Which site a candidate is an entrance to."""
    url, _, com = root.partition("|")
    return site_key(Api(url, com or None).home)


def _site(api: Api, index: dict[str, Any], how: str, now: datetime) -> Site:
    home = api.home
    return Site(
        _id=site_key(home), home=home, api_root=api.root, found_by=how,
        name=html.unescape(str(index.get("name") or "")), description=html.unescape(str(index.get("description") or "")),
        timezone=str(index.get("timezone_string") or ""), gmt_offset=_offset(index.get("gmt_offset")),
        namespaces=[str(name) for name in index["namespaces"]], language=None, capabilities=[], brakes=[],
        first_seen_at=now, last_seen_at=now,
    )  # fmt: skip


def _wordpress_com_site(api: Api, host: str, now: datetime) -> Site:
    home = api.home
    return Site(
        _id=site_key(home), home=home, api_root=api.root, found_by="WordPress.com", name=host, description="", timezone="", gmt_offset=None,
        namespaces=["wp/v2"], language=None, capabilities=[], brakes=[], first_seen_at=now, last_seen_at=now,
    )  # fmt: skip


def _offset(value: Any) -> float | None:
    """Hours, from a number or a string (`"5.5"`, `""`)."""
    try:
        return float(value) if math.isfinite(float(value)) else None
    except (TypeError, ValueError):
        return None


async def _rsd_roots(get: Get, rsd: str, base: str) -> list[str]:
    try:
        return [root for root in rsd_roots(await get(rsd)) if same_site(root, base)]
    except (ResponseError, RobotsForbid):
        return []
