"""The article that JSON-LD on a page describes (https://schema.org/Article). Pure.

Pages describe related articles as well as their own. An article is the page's own

| by | as in |
|---|---|
| its address: `url`, else `mainEntityOfPage`, else `@id` | `https://example.com/tea/#article` |
| else its headline, which is the title of the page | `Green tea` |
| else because it is the only one, and names no other address | |
"""

import html
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

Node = Mapping[str, Any]

# Types of schema.org that plugins give to a post. Products and organisations are none.
_ARTICLES = re.compile(r"Article|BlogPosting|NewsArticle|Report|Recipe|WebPage")
_NODES_MAX = 500
_SCRIPT_MAX = 1_000_000  # characters of one script


def own_article(
    scripts: Iterable[str], base: str, is_own: Callable[[str], bool], titles: Collection[str]
) -> Node:
    """Return the article that the scripts of a page describe as its own; empty where none is.

    `base` is the address of the page, and `is_own` tells whether another one is, too; `titles` are
    those of the page, as `plain_title` returns them.
    """
    found: dict[str, list[Node]] = {"address": [], "title": [], "": []}
    for node in _articles(scripts):
        address = _address(node, base)
        if address and is_own(address):
            found["address"].append(node)
        elif plain_title(node.get("headline")) in titles:
            found["title"].append(node)
        elif not address:
            found[""].append(node)
    best = found["address"] or found["title"]
    if not best:
        return _joined(_only(found[""], titles))
    # What has no address and no headline says more of the same page.
    pages = [node for node in found[""] if "headline" not in node]
    return _joined(pages + _only(best, titles))


def _only(nodes: list[Node], titles: Collection[str]) -> list[Node]:
    """Return the nodes of one article; of several, the one that has the title of the page."""
    headlines = {plain_title(node["headline"]) for node in nodes if "headline" in node}
    if len(headlines) <= 1:
        return nodes
    return [node for node in nodes if plain_title(node.get("headline")) in titles]


def plain_title(value: Any) -> str:
    """Return a title without what may differ between two places of a page; empty for no text."""
    if not isinstance(value, str):
        return ""
    return " ".join(html.unescape(value).casefold().split())


def _joined(nodes: Iterable[Node]) -> Node:
    """Return one article of several nodes: plugins describe the article and its page apart, and
    each has what the other lacks."""
    best: Node = {}
    for node in nodes:
        if "headline" in node or not best:
            best = {**best, **node}
    return best


def _articles(scripts: Iterable[str]) -> Iterator[Node]:
    """Yield what may be an article, or the page of one."""
    for text in scripts:
        if len(text) > _SCRIPT_MAX:
            continue
        try:
            value = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(value):
            is_article = _ARTICLES.search(str(node.get("@type"))[:200])
            if is_article and ("headline" in node or "datePublished" in node):
                yield node


def _nodes(value: Any) -> Iterator[Node]:
    """Yield the objects of a JSON-LD document: itself, its list, its `@graph`."""
    waiting = [value]
    for _ in range(_NODES_MAX):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting += node[:_NODES_MAX]
        elif isinstance(node, dict):
            yield node
            waiting += [node.get("@graph", [])]


def _address(node: Node, base: str) -> str:
    """Return the address of the page that an article is on; empty where it names none."""
    for value in (node.get("url"), node.get("mainEntityOfPage"), node.get("@id")):
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        # `#related-1` is a name within the page, and says nothing of an address.
        if not isinstance(value, str) or not value.strip() or value.strip().startswith("#"):
            continue
        try:
            address = urljoin(base, value.strip())
        except ValueError:
            continue
        if address.startswith(("http://", "https://")):
            return address
    return ""
