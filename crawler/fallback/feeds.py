"""Posts in an RSS or Atom feed. Pure.

WordPress makes its feeds with few elements (wp-includes/feed-rss2.php, feed-rss.php, feed-rdf.php,
feed-atom.php); those are read, whatever a broken feed has around them.
"""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler.fallback.bounded_markup import bounded, with_numeric_references
from crawler.fallback.published import PublishedPost, id_in_address, is_below
from crawler.fallback.published_terms import PublishedTerm, joined_terms
from crawler.fallback.times import time_fields

FEED_ENTRIES_MAX = 2000
"""Entries of one feed that are read; WordPress shows 10, and sites up to some hundred."""
_TAGS_MAX = 500_000
"""Of one feed, those in its contents included: a megabyte of HTML has some thirty thousand."""
_TERMS_MAX = 1000
"""Terms of one entry that are looked at."""
_START = re.compile(rb"<(?:\?xml|rss|feed|rdf:RDF)\b", re.IGNORECASE)
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_CREATOR = f"{_DUBLIN_CORE}creator"
_DATE = f"{_DUBLIN_CORE}date"
_SUBJECT = f"{_DUBLIN_CORE}subject"
_POST_ID = "{com-wordpress:feed-additions:1}post-id"
_ATOM = "{http://www.w3.org/2005/Atom}"
_RDF_NAMESPACES = re.compile(
    r"^\{http://(?:purl\.org/rss/1\.0|my\.netscape\.com/rdf/simple/0\.9)/\}"
)
"""Namespaces of RSS 1.0 and 0.90, whose elements have the names of RSS 2.0."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of a feed."""

    posts: tuple[PublishedPost, ...]
    generator: str = ""
    """`https://wordpress.org/?v=6.8`, where it is named."""
    is_cut: bool = False
    """True when the feed is longer than its limits, so that only its beginning was read."""


def read_feed(body: bytes, home: str) -> FeedPage:
    """Return the posts of a feed that are of the site with this home.

    Raises ValueError for what is no feed.
    """
    start = _START.search(body[:20_000])
    if start is None:
        raise ValueError("no feed")
    # Entities are not resolved, so that nothing can multiply; a broken feed is read as far as it
    # can be.
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    part = bounded(body[start.start() :], _TAGS_MAX)
    try:
        root = etree.fromstring(with_numeric_references(part), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"no feed: {error}") from None
    if root is None or etree.QName(root).localname.lower() not in ("rss", "feed", "rdf"):
        raise ValueError("no feed")
    entries = list(islice(root.iter("{*}item", "{*}entry"), FEED_ENTRIES_MAX + 1))
    posts = (_post(element, home) for element in entries[:FEED_ENTRIES_MAX])
    return FeedPage(
        tuple(post for post in posts if post is not None),
        _text(next(root.iter("{*}generator"), None))[:200],
        is_cut=len(part) < len(body) - start.start() or len(entries) > FEED_ENTRIES_MAX,
    )


def _post(entry: Any, home: str) -> PublishedPost | None:
    """Return the post of an entry; None for one without an address of the site."""
    is_atom = entry.tag.startswith(_ATOM)
    # Reversed, so that the first of two elements of one name counts. A comment has no text as its
    # tag.
    fields = {
        _RDF_NAMESPACES.sub("", child.tag): child
        for child in reversed(entry)
        if isinstance(child.tag, str)
    }
    link = _link_within(home, _address(entry, fields, is_atom))
    if link is None:
        return None
    id_, type_ = _identity(fields, home)
    if is_atom:
        return _from_atom(entry, fields, link, id_, type_)
    content = _text(fields.get(_CONTENT))
    excerpt = _text(fields.get("description"))
    return PublishedPost(
        link=link,
        source="feed",
        completeness=_completeness(content, excerpt),
        id=id_,
        type=type_,
        # In RSS a title is plain text. In a record it is HTML.
        title=html.escape(_text(fields.get("title")), quote=False),
        content=content or excerpt,
        excerpt=excerpt,
        **time_fields("published", _text(fields.get("pubDate")) or _text(fields.get(_DATE))),
        author_name=_text(fields.get(_CREATOR))[:200],
        terms=_terms(map(_text, entry.iterchildren("category", _SUBJECT))),
    )


def _link_within(home: str, address: str) -> str | None:
    """Return the whole address of an entry; None where it has none, or none of the site."""
    try:
        link = urljoin(home, address)
        _ = urlsplit(link).port  # raises for a port that is no number
    except ValueError:
        return None
    if not address or not is_below(link, home):
        return None
    return link


def _from_atom(
    entry: Any, fields: dict[str, Any], link: str, id_: int | None, type_: str | None
) -> PublishedPost:
    content = _html_in(fields.get(f"{_ATOM}content"))
    excerpt = _html_in(fields.get(f"{_ATOM}summary"))
    author = fields.get(f"{_ATOM}author")
    names = (part.get("term", "") for part in entry.iterchildren(f"{_ATOM}category"))
    return PublishedPost(
        link=link,
        source="feed",
        completeness=_completeness(content, excerpt),
        id=id_,
        type=type_,
        title=_html_in(fields.get(f"{_ATOM}title")),
        content=content or excerpt,
        excerpt=excerpt,
        **time_fields("published", _text(fields.get(f"{_ATOM}published"))),
        **time_fields("modified", _text(fields.get(f"{_ATOM}updated"))),
        author_name=_text(None if author is None else author.find(f"{_ATOM}name"))[:200],
        terms=_terms(names),
    )


def _terms(names: Iterable[str]) -> tuple[PublishedTerm, ...]:
    """Return the terms of an entry: WordPress writes names, and not which taxonomy they are of."""
    return joined_terms(PublishedTerm(name) for name in islice(names, _TERMS_MAX))


def _completeness(content: str, excerpt: str) -> Any:
    if content.strip():
        return "content"
    if excerpt.strip():
        return "excerpt"
    return "address"


def _address(entry: Any, fields: dict[str, Any], is_atom: bool) -> str:
    if not is_atom:
        return _text(fields.get("link")) or _permalink(fields.get("guid"))
    for link in entry.iterchildren(f"{_ATOM}link"):
        if link.get("rel", "alternate") == "alternate":
            return str(link.get("href", "")).strip()
    return ""


def _permalink(guid: Any) -> str:
    """Return the address in a guid: it is one unless it says otherwise (RSS 2.0)."""
    if guid is None or guid.get("isPermaLink", "true") != "true":
        return ""
    return _text(guid)


def _identity(fields: dict[str, Any], home: str) -> tuple[int | None, str | None]:
    """Return id and type, as far as the feed shows them."""
    guid = fields.get("guid")
    if guid is None:
        guid = fields.get(f"{_ATOM}id")
    id_, type_ = id_in_address(_text(guid), home)
    named = _text(fields.get(_POST_ID))
    if named.isascii() and named.isdecimal() and 0 < len(named) < 16:
        id_ = int(named)
    return id_, type_


def _html_in(element: Any) -> str:
    """Return the HTML of a text construct of Atom: plain text, escaped HTML, or XHTML."""
    if element is None:
        return ""
    kind = element.get("type", "text")
    if kind == "xhtml":
        inner = (etree.tostring(part, encoding="unicode") for part in element)
        return "".join(inner).strip()
    if kind == "html":
        return _text(element)
    return html.escape(_text(element), quote=False)


def _text(element: Any) -> str:
    """Return the text of an element, without that of elements inside; empty where there is none."""
    if element is None:
        return ""
    return str(element.text or "").strip()


def places_of_feed(named: Sequence[str], home: str) -> list[str]:
    """Return where the main feed may be: where the front page says, or at usual places."""
    places = [place for place in named if is_below(place, home)][:1]
    return [*places, urljoin(home, "feed/"), urljoin(home, "?feed=rss2")]


def page_of_feed(place: str, number: int) -> str:
    """Return the address of a page of a feed, counted from 1."""
    if number == 1:
        return place
    return with_parameter(place, "paged", str(number))


def with_parameter(address: str, name: str, value: str) -> str:
    """Return the address of a feed with one more parameter."""
    parts = urlsplit(address)
    query = f"{parts.query}&{name}={value}" if parts.query else f"{name}={value}"
    return parts._replace(query=query).geturl()
