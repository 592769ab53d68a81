"""The answers of the places where no API was found, and the error that follows from them. Pure."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crawler.errors import (
    ApiClosed,
    ApiError,
    Challenge,
    CrawlError,
    NoResponse,
    NotJson,
    NotWordPress,
    RobotsForbid,
    SiteUnreachable,
)
from crawler.rest.classify import is_down

AGAIN_LATER = "; run again later"
WHAT_TO_DO = (
    "ask its owner to open it, or archive what the site publishes for everyone: "
    "-a fallback=feed,sitemap,html"
)
"""What an operator can do where an API is closed."""

# What `responses.py` says of an answer that leads elsewhere.
_LED_TO = re.compile(r"\b30[1278] redirects to (https?://\S+)")
_API_IN = re.compile(r"(?:/index\.php)?/?(?:\?rest_route=|wp-json/)")


def led_away(refusal: str, address: str) -> str:
    """Return the home of the other host to which a refusal of the site at `address` leads.

    That may be the same site under another name. It is empty where a refusal leads nowhere else,
    or to a page that is no home and no API, as that of a login is.
    """
    moved = _LED_TO.search(refusal)
    if moved is None or urlsplit(moved[1]).netloc == urlsplit(address).netloc:
        return ""
    home, *api = _API_IN.split(moved[1], maxsplit=1)
    parts = urlsplit(home)
    if not api and (parts.path.strip("/") or parts.query):
        return ""
    return home.rstrip("/")


def way_on(refusal: str, address: str) -> str:
    """Return what an operator can do about a list of the site at `address` that was refused."""
    home = led_away(refusal, address)
    if not home:
        return WHAT_TO_DO
    return f"{same_site_elsewhere(home)}; {WHAT_TO_DO}"


def same_site_elsewhere(home: str) -> str:
    """Return what an operator can do about a site that leads to another host."""
    return f"crawl that address (-a site={home}) if it is the same site under another name"


@dataclass
class DiscoveryAttempts:
    """The candidates tried so far, and why each of them did not do."""

    tried: list[str] = field(default_factory=list)
    """How each candidate was found."""
    closed: list[str] = field(default_factory=list)
    """Messages of APIs that are there, and closed."""
    pages: list[str] = field(default_factory=list)
    """Messages of APIs that the site names, and that show a page."""
    robots: list[str] = field(default_factory=list)
    """Messages of addresses that robots.txt forbids."""
    silent: list[str] = field(default_factory=list)
    """Messages of addresses without a response, or that ask to come back later."""
    refused: set[str] = field(default_factory=set)
    """Keys of the sites whose API said no: another entrance to them is not tried."""
    named: bool = False
    """The page names an API of its own site."""
    foreign: str = ""
    """An API of another site that the page names."""

    def failed(self, place: str, key: str, error: CrawlError, *, guessed: bool) -> None:
        """Note why a candidate did not do.

        `place` is its address, `key` the key of its site. An error that shows no API at all, such
        as 404, leaves nothing to note.
        """
        if isinstance(error, NoResponse):
            self.silent.append(str(error))
        elif isinstance(error, RobotsForbid):
            self.robots.append(str(error))
            self.refused.add(key)
        elif is_down(error):
            words = str(error).removesuffix(AGAIN_LATER)
            self.silent.append(f"{place}: {words}{AGAIN_LATER}")
            self.refused.add(key)
        elif is_page(error) and not guessed:
            self.pages.append(f"{place}: {error}")
            self.refused.add(key)
        elif shows_closed_api(error):
            self.closed.append(f"{place}: {error}")
            self.refused.add(key)


def is_page(error: CrawlError) -> bool:
    """Return True for a page instead of JSON that keeps nobody out.

    Where the site itself has named the place, its owner has closed the API, or it is away for a
    while. At a guessed place, many sites answer with their home page.
    """
    return isinstance(error, NotJson) and not isinstance(error, Challenge)


def shows_closed_api(error: CrawlError) -> bool:
    """Return True for an error that shows an API which is closed, rather than no API at all."""
    if isinstance(error, ApiError):
        if error.code == "rest_no_route":
            return False
        return error.status in (401, 403) or error.code.startswith("rest_")
    return isinstance(error, Challenge)


def discovery_error(start: str, attempts: DiscoveryAttempts) -> CrawlError:
    """Return the error that all attempts amount to; the firmest "no" comes first."""
    if attempts.robots:
        return RobotsForbid(
            f"{attempts.robots[0]}; a site that says no is left alone "
            "(ROBOTSTXT_OBEY is for sites of your own)"
        )
    if attempts.closed:
        refusal = attempts.closed[0].rstrip(".")  # WordPress says it in a whole sentence
        return ApiClosed(f"the site's REST API is closed to visitors: {refusal}; {WHAT_TO_DO}")
    if attempts.pages:
        return ApiClosed(
            "the site's REST API is closed to visitors, or away for a while (then run again "
            f"later): {attempts.pages[0]}; {WHAT_TO_DO}"
        )
    if attempts.silent:
        return SiteUnreachable(attempts.silent[0])
    if attempts.named:
        return ApiClosed(
            f"{start} names an API that does not answer as one (redirect or page instead); "
            f"{WHAT_TO_DO}"
        )
    if attempts.foreign:
        return NotWordPress(
            f"{start} names an API at another site, {attempts.foreign}; "
            "give that site's address if it is the one you mean"
        )
    return NotWordPress(
        f"no WordPress API at {start} (tried: {', '.join(attempts.tried)}); "
        "give the address of the blog itself"
    )
