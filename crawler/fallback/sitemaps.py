"""Sitemaps and their indexes: of WordPress itself, and of SEO plugins. Pure.

| made by | index | parts |
|---|---|---|
| WordPress 5.5 | `/wp-sitemap.xml` | `/wp-sitemap-posts-page-1.xml`, `/wp-sitemap-users-1.xml` |
| Yoast, Rank Math | `/sitemap_index.xml` | `/post-sitemap2.xml`, `/category-sitemap.xml` |
| All in One SEO | `/sitemap.xml` | `/post-sitemap.xml` |

Others are read as well, where robots.txt names them (https://www.sitemaps.org/protocol.html).
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree
from scrapy.utils.gz import gunzip

from crawler.fallback.bounded_markup import bounded, with_numeric_references
from crawler.fallback.published import type_name
from crawler.rest.encoding import as_utf8
from crawler.robots_rules import in_whole_lines
from wparchive.model.documents import Kind

_USUAL_PLACES = ("wp-sitemap.xml", "sitemap_index.xml", "sitemap.xml")
"""Below a home, the likeliest first."""
SITEMAP_ENTRIES_MAX = 50_000
"""Entries of one sitemap, by the protocol."""
_TAGS_MAX = 2_000_000
"""Of one sitemap: so many have fifty thousand entries with ten images each."""
_FIELDS = frozenset({"loc", "lastmod"})
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
    is_cut: bool = False
    """True when it is longer than its limits, so that only its beginning was read."""


def read_sitemap(body: bytes, max_bytes: int) -> SitemapPart:
    """Return what a sitemap lists; it may be compressed, to `max_bytes` at most.

    Raises ValueError for what is no sitemap.
    """
    try:
        if body[:2] == b"\x1f\x8b":
            body = gunzip(body, max_size=max_bytes)
        text = as_utf8(body, "").body.lstrip()
        if text[:4] == b"http":
            return _plain_list(text)
        part = bounded(text, _TAGS_MAX)
        found = _listed_in(part)
    except Exception as error:  # of lxml, of zlib, and Scrapy's own for what is too large
        raise ValueError(f"no sitemap that can be read: {error}") from None
    readable = (entry for entry in found.entries if _can_be_read(entry.address))
    is_cut = found.is_cut or len(part) < len(text)
    return SitemapPart(found.kind == "sitemapindex", tuple(readable), is_cut)


def _can_be_read(address: str) -> bool:
    """Tell whether an address is one at all: `http://[` and `http://h.org:x/` are none."""
    try:
        _ = urlsplit(address).port
    except ValueError:
        return False
    return True


def _plain_list(body: bytes) -> SitemapPart:
    """Return a sitemap that is a list of addresses, one a line."""
    lines = re.finditer(rb"\S+", body)
    first = islice(lines, SITEMAP_ENTRIES_MAX)
    addresses = [line[0].decode("utf-8", "replace") for line in first]
    entries = tuple(map(SitemapEntry, filter(_can_be_read, addresses)))
    return SitemapPart(False, entries, is_cut=next(lines, None) is not None)


def _listed_in(text: bytes) -> "_SitemapTarget":
    """Return what a sitemap in XML lists. Raises ValueError for other XML, and errors of lxml."""
    target = _SitemapTarget()
    # A broken sitemap is read as far as it can be. A tree of it would take much memory.
    parser = etree.XMLParser(target=target, recover=True, resolve_entities=False, no_network=True)
    with suppress(_Enough):
        etree.fromstring(with_numeric_references(text), parser)
    if not target.kind:
        raise ValueError("no XML")
    return target


class _Enough(Exception):
    """The parsing may end here."""


class _SitemapTarget:
    """The entries of a sitemap, from what lxml tells element by element."""

    def __init__(self) -> None:
        self.kind = ""
        """Name of the outermost element."""
        self.entries: list[SitemapEntry] = []
        self.is_cut = False
        """There are more entries than are read."""
        self._depth = 0
        self._entry_depth = 0
        """Of the entry that is being read; 0 outside of any."""
        self._fields: dict[str, str] = {}
        self._text: list[str] | None = None
        """Parts of the text of a field of the entry; None outside of any."""

    def start(self, tag: str, attributes: object) -> None:
        """Begin an element. Raises ValueError for what is no sitemap."""
        self._depth += 1
        name = tag.rpartition("}")[2]
        self._text = None
        if not self.kind:
            self.kind = name
            if name not in ("urlset", "sitemapindex"):
                raise ValueError("no sitemap")
        elif name in ("url", "sitemap"):
            self._entry_depth = self._depth
            self._fields = {}
        # An image within an entry has an address, too, one level further down.
        elif self._depth == self._entry_depth + 1 and name in _FIELDS - self._fields.keys():
            self._text = []

    def data(self, text: str) -> None:
        """Take a part of the text of an element."""
        if self._text is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """End an element. Raises _Enough."""
        if self._text is not None:
            self._fields[tag.rpartition("}")[2]] = "".join(self._text).strip()
            self._text = None
        if self._depth == self._entry_depth:
            self._end_entry()
        self._depth -= 1

    def close(self) -> None:
        """End the document; of an entry that was cut off, a whole address is kept."""
        self._end_entry()

    def _end_entry(self) -> None:
        """Keep the entry if it has an address. Raises _Enough."""
        if "loc" in self._fields:
            if len(self.entries) == SITEMAP_ENTRIES_MAX:
                self.is_cut = True
                raise _Enough
            lastmod = self._fields.get("lastmod", "")[:40]
            self.entries.append(SitemapEntry(self._fields["loc"], lastmod))
        self._entry_depth = 0
        self._fields = {}


def places_in_robots(body: bytes, base: str) -> list[str]:
    """Return the addresses of sitemaps that a robots.txt names, each once."""
    found: dict[str, None] = {}
    for place in _SITEMAP_LINE.findall(in_whole_lines(body)):
        try:
            address = urljoin(base, place.decode().strip())
        except ValueError:  # UnicodeDecodeError is one, too
            continue
        if _can_be_read(address) and address.startswith(("http://", "https://")):
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
