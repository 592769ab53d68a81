"""Sitemaps and their indexes: of WordPress itself, and of SEO plugins. Pure.

| made by | index | parts |
|---|---|---|
| WordPress 5.5 | `/wp-sitemap.xml` | `/wp-sitemap-posts-page-1.xml`, `/wp-sitemap-users-1.xml` |
| Yoast, Rank Math | `/sitemap_index.xml` | `/post-sitemap2.xml`, `/category-sitemap.xml` |
| All in One SEO | `/sitemap.xml` | `/post-sitemap.xml` |

Others are read as well, where robots.txt names them (https://www.sitemaps.org/protocol.html).
"""

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from scrapy.utils.gz import gunzip
from scrapy.utils.sitemap import Sitemap

from crawler.fallback.published import type_name
from crawler.rest.encoding import as_utf8
from crawler.robots_rules import in_whole_lines
from wparchive.model.documents import Kind

_USUAL_PLACES = ("wp-sitemap.xml", "sitemap_index.xml", "sitemap.xml")
"""Below a home, the likeliest first."""
SITEMAP_ENTRIES_MAX = 50_000
"""Entries of one sitemap, by the protocol."""
_NAMED_IN_ROBOTS = 50
_SITEMAP_LINE = re.compile(rb"^[ \t]*sitemap:(.*)$", re.IGNORECASE | re.MULTILINE)
# WordPress since 5.5: `wp-sitemap-posts-page-1.xml`. Yoast and Rank Math: `page-sitemap2.xml`.
_CORE = re.compile(r"wp-sitemap-(posts|taxonomies|users)(?:-([\w-]+?))?-\d+\.xml")
_OF_PLUGINS = re.compile(r"([\w-]+?)-sitemap-?\d*\.xml(?:\.gz)?")
_CORE_KINDS: dict[str, Kind] = {"posts": "posts", "taxonomies": "terms", "users": "authors"}
# Plugins do not say whether a name is a type or a taxonomy: WooCommerce has `product_cat`.
_TAXONOMY = re.compile(r"category|post_tag|post_format|.*(?:_cat|_tag|_category|-category|-tag)")
_AUTHORS = frozenset({"author", "authors", "user"})


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """One line of a sitemap."""

    address: str
    lastmod: str = ""
    """When it changed, as the sitemap says it."""


@dataclass(frozen=True, slots=True)
class SitemapPart:
    """A sitemap, or an index of sitemaps."""

    is_index: bool
    entries: tuple[SitemapEntry, ...]


def read_sitemap(body: bytes, max_bytes: int) -> SitemapPart:
    """Return what a sitemap lists; it may be compressed, to `max_bytes` at most.

    Raises ValueError for what is no sitemap.
    """
    try:
        if body[:2] == b"\x1f\x8b":
            body = gunzip(body, max_size=max_bytes)
        lines = as_utf8(body, "").body
        if lines.lstrip()[:4] == b"http":
            return _plain_list(lines)
        sitemap = Sitemap(body.lstrip())
        if sitemap.type not in ("urlset", "sitemapindex"):
            raise ValueError("no sitemap")
        entries: list[SitemapEntry] = []
        for found in sitemap:
            if len(entries) == SITEMAP_ENTRIES_MAX:
                break
            entries.append(SitemapEntry(str(found["loc"]), str(found.get("lastmod", ""))[:40]))
    except Exception as error:  # of lxml, of zlib, and Scrapy's own for what is too large
        raise ValueError(f"no sitemap that can be read: {error}") from None
    return SitemapPart(sitemap.type == "sitemapindex", tuple(entries))


def _plain_list(body: bytes) -> SitemapPart:
    """Return a sitemap that is a list of addresses, one a line."""
    lines = body.decode("utf-8", "replace").split()[:SITEMAP_ENTRIES_MAX]
    return SitemapPart(False, tuple(SitemapEntry(line) for line in lines))


def places_in_robots(body: bytes, base: str) -> list[str]:
    """Return the addresses of sitemaps that a robots.txt names, each once, 50 at most."""
    found: dict[str, None] = {}
    for place in _SITEMAP_LINE.findall(in_whole_lines(body)):
        if len(found) == _NAMED_IN_ROBOTS:
            break
        try:
            address = urljoin(base, place.decode().strip())
            parts = urlsplit(address)
            _ = parts.port  # raises ValueError for `host:port`
        except ValueError:  # UnicodeDecodeError is one, too
            continue
        if parts.scheme in ("http", "https"):
            found[address] = None
    return list(found)


def usual_places_of_sitemaps(home: str) -> list[str]:
    """Return where a site's sitemap usually is."""
    return [urljoin(home, place) for place in _USUAL_PLACES]


def what_it_lists(address: str) -> tuple[Kind | None, str | None]:
    """Return kind and type of what a sitemap lists, as far as its name tells."""
    name = urlsplit(address).path.rpartition("/")[2]
    core = _CORE.fullmatch(name)
    if core:
        return _CORE_KINDS[core[1]], type_name(core[2] or "")
    of_plugin = _OF_PLUGINS.fullmatch(name)
    if of_plugin is None:
        return None, None
    type_ = of_plugin[1]
    if type_ in _AUTHORS:
        return "authors", None
    if _TAXONOMY.fullmatch(type_):
        return "terms", type_name(type_)
    return "posts", type_name(type_)
