"""The post on a public page: its id, its dates, its content. Pure.

WordPress and its themes mark them by classes and links that have been the same for many years;
SEO plugins say the rest as JSON-LD (https://schema.org/Article) and Open Graph.
"""

import html
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from lxml import etree
from lxml import html as lxml_html

from crawler.fallback.bounded_markup import bounded
from crawler.fallback.linked_data import own_article, plain_title
from crawler.fallback.published import (
    PublishedPost,
    address_key,
    id_in_address,
    is_below,
    type_name,
)
from crawler.fallback.published_terms import (
    PublishedTerm,
    described_terms,
    joined_terms,
    term_of_link,
    terms_of_classes,
)
from crawler.fallback.times import time_fields

PAGE_MAX_BYTES = 5_000_000
"""Of a longer page, the beginning is read."""
_TAGS_MAX = 200_000
_CONTENT_CLASSES = frozenset(
    {
        "entry-content",
        "post-content",
        "wp-block-post-content",
        "td-post-content",
        "elementor-widget-theme-post-content",
        "article-content",
        "post-entry",
        "post-body",
        "single-content",
        "the-content",
        "page-content",
    }
)
"""Classes by which themes mark the content of a post."""
_LIST_CLASSES = frozenset({"archive", "blog", "search", "error404"})
"""Classes of `<body>` on pages that list posts (`get_body_class()`)."""
# Classes of `get_body_class()` and `get_post_class()`: 15 digits stay below `MADE_UP_IDS`.
_BODY_ID = re.compile(r"(?:postid|page-id|attachmentid)-(\d{1,15})")
_SINGLE = re.compile(r"single-(?!format-|author$|post-)([\w-]+)")
_ARTICLE_ID = re.compile(r"post-(\d{1,15})")
# The page's own record: `<link rel="alternate" type="application/json">` since WordPress 5.5.
_API_PLACE = re.compile(r"/wp/v2/([\w-]+)/(\d{1,15})/?$")
TYPE_OF_BASE = {"posts": "post", "pages": "page", "media": "attachment"}
"""WordPress's own types, by the last part of their route."""
# Elements that may be the content. A page with more of them is a list.
_CANDIDATES_MAX = 40


class PublicPage:
    """A public page, parsed; it says what it knows of the post that it shows."""

    def __init__(self, body: bytes, url: str, home: str, charset: str | None = None) -> None:
        """Parse a page. `charset` is that of the HTTP header. Raises ValueError for no page."""
        parser = _parser(charset)
        try:
            # lxml refuses an empty page.
            part = bounded(body[:PAGE_MAX_BYTES], _TAGS_MAX)
            root = lxml_html.document_fromstring(part or b"<p>", parser=parser)
            self.is_cut = len(part) < len(body)
            """True when the page is longer than its limits, so that only its beginning is seen."""
        except (etree.ParserError, etree.XMLSyntaxError, AssertionError) as error:
            raise ValueError(f"no page: {error}") from None
        self._url = url
        self._home = home
        self._root = root
        self._metas = _metas(root)
        self._body_classes = _classes(root.find("body"))
        self._articles = list(_some(root.iter("article")))
        self._linked = own_article(_json_ld(root), url, self._is_own, self._titles())

    def post(self) -> PublishedPost | None:
        """Return the post of the page; None where it shows none, or a list of posts."""
        id_, type_ = self._identity()
        if id_ is None and not self._looks_like_a_post():
            return None
        content = self._content(id_)
        described = self._metas.get("og:description") or self._metas.get("description", "")
        completeness: Any = "address"
        if content and self.is_cut:  # nobody knows whether it ends where the page was cut
            completeness = "excerpt"
        elif content:
            completeness = "content"
        elif described:
            completeness = "excerpt"
            content = f"<p>{html.escape(described, quote=False)}</p>"
        return PublishedPost(
            link=self.link,
            source="page",
            completeness=completeness,
            id=id_,
            type=type_,
            title=html.escape(self._title(), quote=False),
            content=content,
            excerpt=html.escape(described, quote=False),
            **(self._time("published") or self._time_element(id_)),
            **self._time("modified"),
            author_name=self._author(id_)[:200],
            terms=self._terms(id_),
            image=self._metas.get("og:image", "")[:2000],
            language=(self._root.get("lang") or "")[:35],
        )

    @property
    def link(self) -> str:
        """Return the address that the page gives itself, if it is one of the site; else its own."""
        for element in _some(self._root.iter("link")):
            if (element.get("rel") or "").lower() == "canonical":
                address = _joined(self._url, element.get("href") or "")
                if address and is_below(address, self._home):
                    return address
        return self._url

    def _looks_like_a_post(self) -> bool:
        if _LIST_CLASSES.intersection(self._body_classes):
            return False
        if self._metas.get("og:type") == "article" or "articleBody" in self._linked:
            return True
        return "datePublished" in self._linked or len(self._articles) == 1

    def _identity(self) -> tuple[int | None, str | None]:
        """Return id and type: by links to the API and short links, then by classes."""
        if _LIST_CLASSES.intersection(self._body_classes):
            return None, None
        type_ = self._type_in_classes()
        for element in _some(self._root.iter("link")):
            relation = (element.get("rel") or "").lower()
            address = _joined(self._url, element.get("href") or "")
            if not address or not is_below(address, self._home):
                continue
            # Sites without permalinks link to `?rest_route=%2Fwp%2Fv2%2F...`.
            place = _API_PLACE.search(address.replace("%2F", "/"))
            if relation == "alternate" and place and place[1] not in ("users", "categories"):
                return int(place[2]), type_ or TYPE_OF_BASE.get(place[1])
            if relation == "shortlink":
                id_, named = id_in_address(address, self._home)
                if id_ is not None:
                    return id_, type_ or named
        for name in self._body_classes:
            found = _BODY_ID.fullmatch(name)
            if found:
                return int(found[1]), type_
        if len(self._articles) == 1:
            found = _ARTICLE_ID.fullmatch(self._articles[0].get("id") or "")
            if found:
                return int(found[1]), type_
        return None, type_

    def _type_in_classes(self) -> str | None:
        """Return the post type by the classes of the body, or of the only article."""
        if "page" in self._body_classes:
            return "page"
        for name in self._body_classes:
            found = _SINGLE.fullmatch(name)
            if found:
                return type_name(found[1])
        if len(self._articles) == 1:
            for name in _classes(self._articles[0]):
                if name.startswith("type-"):
                    return type_name(name.removeprefix("type-"))
        return None

    def _content(self, id_: int | None) -> str:
        """Return the HTML of the content; empty where no part of the page can be taken for it."""
        place = self._root
        for article in self._articles:
            if id_ is not None and article.get("id") == f"post-{id_}":
                place = article
        # An article that carries such a class itself is left to the last resort below.
        found = [
            element
            for element in _some(_with_classes(place))
            if not (element is place and place is not self._root)
        ]
        found += [part for part in _some(place.iter()) if part.get("itemprop") == "articleBody"]
        if not found and place is not self._root:
            found = [place]
        if not found and len(self._articles) == 1:
            found = self._articles
        # The longest one: teasers of other posts carry the same classes.
        best = max(found, key=_length, default=None)
        if best is not None and _length(best):
            return _inner_html(best)
        text = self._linked.get("articleBody")
        if isinstance(text, str) and text.strip():
            lines = (html.escape(line, quote=False) for line in text.split("\n") if line.strip())
            return "".join(f"<p>{line}</p>" for line in lines)
        return ""

    def _is_own(self, address: str) -> bool:
        """Tell whether an address is the page's own."""
        return address_key(address) in map(address_key, (self._url, self.link))

    def _titles(self) -> set[str]:
        """Return the titles of the page, as `plain_title` writes them."""
        texts = [str(element.text_content()) for element in islice(self._root.iter("h1"), 20)]
        texts.append(self._metas.get("og:title", ""))
        return {title for text in texts if (title := plain_title(text))}

    def _title(self) -> str:
        headline = self._linked.get("headline") or self._metas.get("og:title")
        if isinstance(headline, str) and headline.strip():
            return html.unescape(headline).strip()
        for tag in ("h1", "title"):
            element = next(self._root.iter(tag), None)
            if element is not None and _length(element):
                return " ".join(str(element.text_content()).split())
        return ""

    def _time(self, name: str) -> dict[str, Any]:
        value = self._linked.get(f"date{name.title()}") or self._metas.get(f"article:{name}_time")
        return time_fields(name, value)

    def _time_element(self, id_: int | None) -> dict[str, Any]:
        element = next(self._own_place(id_).iter("time"), None)
        return {} if element is None else time_fields("published", element.get("datetime"))

    def _author(self, id_: int | None) -> str:
        """Return the author by JSON-LD, else by the meta element, else by the theme's marks."""
        return (
            _name(self._linked.get("author"))
            or self._metas.get("author", "")
            or _author_in(self._own_place(id_))
            or _author_in(self._root)
        )

    def _terms(self, id_: int | None) -> tuple[PublishedTerm, ...]:
        """Return the terms: by classes of the article, else by links in it, else by JSON-LD."""
        article = self._article(id_)
        linked = list(_linked_terms(self._root if article is None else article))
        return (
            terms_of_classes(_classes(article), _linked_terms(self._root))
            or joined_terms(linked)
            or joined_terms(described_terms(self._linked))
        )

    def _own_place(self, id_: int | None) -> Any:
        """Return the element of the post; the whole page where none is surely its own."""
        article = self._article(id_)
        return self._root if article is None else article

    def _article(self, id_: int | None) -> Any:
        """Return the element of the post; None where none is surely its own."""
        for article in self._articles:
            if id_ is not None and article.get("id") == f"post-{id_}":
                return article
        return self._articles[0] if len(self._articles) == 1 else None


def _linked_terms(place: Any) -> Iterator[PublishedTerm]:
    """Yield the terms that a part of a page links to."""
    for element in _some(place.iter("a")):
        relations = (element.get("rel") or "").split()
        if "tag" in relations or "category" in relations:
            yield term_of_link(relations, element.get("href") or "", element.text_content())


def _parser(charset: str | None) -> Any:
    try:
        return lxml_html.HTMLParser(encoding=charset)
    except LookupError:  # a charset that nobody knows
        return lxml_html.HTMLParser()


def _some(elements: Iterator[Any]) -> Iterator[Any]:
    """Yield the first elements: a page with very many of them tells nothing by the others."""
    for number, element in enumerate(elements):
        if number == 20_000:
            return
        if isinstance(element.tag, str):
            yield element


def _with_classes(place: Any) -> Iterator[Any]:
    """Yield elements that a theme marks as the content; not those inside of others."""
    number = 0
    for element in place.iter():
        if not isinstance(element.tag, str) or not _CONTENT_CLASSES.intersection(_classes(element)):
            continue
        yield element
        number += 1
        if number == _CANDIDATES_MAX:
            return


def _classes(element: Any) -> list[str]:
    if element is None:
        return []
    return (element.get("class") or "")[:10_000].split()


def _length(element: Any) -> int:
    return len(" ".join(str(element.text_content()).split()))


def _inner_html(element: Any) -> str:
    parts = [html.escape(element.text or "", quote=False)]
    parts += [str(etree.tostring(child, encoding="unicode", method="html")) for child in element]
    return "".join(parts).strip()


def _json_ld(root: Any) -> Iterator[str]:
    """Yield the texts of the scripts with JSON-LD."""
    for script in _some(root.iter("script")):
        if script.get("type") == "application/ld+json":
            yield script.text or ""


def _metas(root: Any) -> dict[str, str]:
    """Return what the `<meta>` elements say, by name or property; the first of a name counts."""
    found: dict[str, str] = {}
    for element in _some(root.iter("meta")):
        name = (element.get("property") or element.get("name") or "").lower()
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content)
    return found


def _author_in(place: Any) -> str:
    """Return the author that a theme marks in a part of a page; empty where it marks none."""
    for element in _some(place.iter("a", "span")):
        if {"author", "vcard", "byline"} & set(_classes(element)) or element.get("rel") == "author":
            return " ".join(str(element.text_content()).split())
    return ""


def _name(author: Any) -> str:
    """Return the name in JSON-LD's `author`: a text, an object or a list of them."""
    if isinstance(author, list):
        author = author[0] if author else ""
    if isinstance(author, dict):
        author = author.get("name")
    return author.strip() if isinstance(author, str) else ""


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""
