"""The ladder of discovery: where a site's API may be, the likeliest place first.

| step | places | `how` |
|---|---|---|
| 1 | the `Link` header of the page at the given address | `Link header` |
| 2 | its `<link rel="https://api.w.org/">` elements | `link element` |
| 3 | the RSD document that it names, which costs a request | `RSD` |
| 4 | WordPress.com's API, for hosts below wordpress.com | `WordPress.com` |
| 5 | the usual places at the address's own path, then at each folder above | `probe /wp-json/` |
| 6 | WordPress.com's API, for a page that mentions wordpress.com | `WordPress.com` |

A page may name an API of another site: it is noted, and not asked. Where nothing answers at the
host, steps 5 and 6 are left out: asking six more times changes nothing.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from urllib.parse import urlsplit, urlunsplit

from crawler.errors import ResponseError, RobotsForbid
from crawler.rest.api import Api, site_key
from crawler.rest.responses import RestResponse
from crawler.site.attempts import DiscoveryAttempts
from crawler.site.page_links import (
    ROOTS_MAX,
    roots_in_head,
    roots_in_header,
    roots_in_rsd,
    rsd_address,
    same_site,
)

Get = Callable[..., Awaitable[RestResponse]]
"""`crawler.rest.client.RestClient.get`."""

_MAX_FOLDERS = 4  # folders of a path that are tried, besides the root of the host
# Folders of an installation. A home is what stands before them in an address.
_OF_WORDPRESS = frozenset({"wp-json", "wp-admin", "wp-includes", "wp-content"})
_USUAL_PLACES = (("wp-json/", ""), ("index.php/wp-json/", ""), ("", "rest_route=/"))
"""Path and query below a home, by the site's permalinks: pretty, with index.php, plain."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place at which the site's API may be."""

    root: str
    how: str
    """How it was found; becomes the site's `found_by`."""
    wordpress_com: str | None = None
    """The site's name in WordPress.com's API; None for an API of the site's own."""
    guessed: bool = False
    """True for a usual place, which nobody has named."""

    @property
    def api(self) -> Api:
        """Return the API that would be there."""
        return Api(self.root, self.wordpress_com)

    @property
    def site_key(self) -> str:
        """Return the key of the site whose API would be there."""
        return site_key(self.api.home)


class Ladder:
    """The candidates for one address."""

    def __init__(
        self,
        get: Get,
        base: str,
        page: RestResponse | None,
        attempts: DiscoveryAttempts,
        wordpress_com: str,
    ) -> None:
        self._get = get
        self._base = base
        self._page = page
        self._attempts = attempts
        self._host = urlsplit(base).hostname or ""
        self._wordpress_com = Candidate(wordpress_com, "WordPress.com", self._host)

    async def candidates(self) -> AsyncIterator[Candidate]:
        """Yield the candidates, step by step; a step is done only when it is reached."""
        page = self._page
        if page is not None:
            # What the page itself says comes first: it costs no request.
            for root in self._own(roots_in_header(page)):
                yield Candidate(root, "Link header")
            for root in self._own(roots_in_head(page)):
                yield Candidate(root, "link element")
            for root in await self._rsd_roots(page):
                yield Candidate(root, "RSD")
        if self._host.endswith(".wordpress.com"):
            yield self._wordpress_com
        # A host that does not answer at all has no other places to try.
        if page is None and self._attempts.silent:
            return
        for candidate in usual_places(self._base):
            yield candidate
        # A site with a domain of its own may still be hosted there.
        if page is not None and b"wordpress.com" in page.body:
            yield self._wordpress_com

    def _own(self, roots: Iterator[str]) -> Iterator[str]:
        """Yield the roots that are of the page's own site, and note the others."""
        for root in islice(roots, ROOTS_MAX):
            if same_site(root, self._base):
                self._attempts.named = True
                yield root
            else:
                self._attempts.foreign = root

    async def _rsd_roots(self, page: RestResponse) -> list[str]:
        address = rsd_address(page)
        if address is None:
            return []
        try:
            rsd = await self._get(address)
        except (ResponseError, RobotsForbid):
            return []
        return [
            root for root in islice(roots_in_rsd(rsd), ROOTS_MAX) if same_site(root, self._base)
        ]


def _may_be_folder(name: str) -> bool:
    """Tell whether a part of a path may be the folder of a site, and not a part of WordPress."""
    return not name.endswith(".php") and name not in _OF_WORDPRESS


def usual_places(base: str) -> Iterator[Candidate]:
    """Yield the usual places at an address's own path, then at each folder above it.

    Deep paths are tried from their fourth folder upwards.
    """
    parts = urlsplit(base)
    names = takewhile(_may_be_folder, parts.path.strip("/").split("/"))
    folders = [name for name in names if name][:_MAX_FOLDERS]
    for depth in range(len(folders), -1, -1):
        path = "/" + "".join(f"{name}/" for name in folders[:depth])
        for place, query in _USUAL_PLACES:
            root = urlunsplit((parts.scheme, parts.netloc, path + place, query, ""))
            shown = f"{path}{place}?{query}" if query else f"{path}{place}"
            yield Candidate(root, f"probe {shown}", guessed=True)
