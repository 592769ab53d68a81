"""Read the canonical address and the dates of a post from the heads of SEO plugins. Pure.

| plugin | fields of a record | keys in `meta` |
|---|---|---|
| Yoast SEO | `yoast_head_json`, `yoast_head` | `_yoast_wpseo_canonical` |
| All in One SEO | `aioseo_head_json`, `aioseo_head` | |
| Rank Math | `rank_math_head`, `rank_math`, `rankMath` | `rank_math_canonical_url` |
| SEOPress | `seopress`, `seopress_head` | `_seopress_robots_canonical` |
| The SEO Framework | `tsf`, `tsf_head`, `the_seo_framework` | `_genesis_canonical_uri` |
| Slim SEO | `slim_seo`, `slim_seo_head` | |

A field holds an object, or the HTML of the head, or `{"head": html}` as Rank Math answers. Versions
differ, so each field is read in any form.
"""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from crawler.rest.php_values import as_mapping

HEADS = (
    "yoast_head_json",
    "aioseo_head_json",
    "rank_math_head_json",
    "rank_math_head",
    "rank_math",
    "rankMath",
    "rankmath",
    "seopress",
    "seopress_head",
    "tsf",
    "tsf_head",
    "the_seo_framework",
    "slim_seo",
    "slim_seo_head",
    "yoast_head",
    "aioseo_head",
)
"""Fields with a head, those that are mostly objects first."""
_META = (
    "_yoast_wpseo_canonical",
    "rank_math_canonical_url",
    "_seopress_robots_canonical",
    "_genesis_canonical_uri",
)
_CANONICAL_KEYS = ("canonical", "canonical_url", "canonicalUrl")
# Every quantifier is bounded or ends at the next bracket, so these take linear time.
_ELEMENT = re.compile(r"<(?:link|meta)\b([^<>]{0,5000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z]{1,20})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE
)
_DATE = {
    "published": re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"]{4,40})"'),
    "modified": re.compile(r'"dateModified"\s{0,9}:\s{0,9}"([^"]{4,40})"'),
}


def canonical_in_heads(record: Mapping[str, Any]) -> str | None:
    """Return the canonical address that an SEO plugin gives; None where none does."""
    return next(filter(_is_address, _canonicals(record)), None)


def dates_in_heads(record: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the dates of publication and change in the HTML of heads, as they stand."""
    found: dict[str, str] = {}
    for head in _html_heads(record):
        for element in _elements(head):
            _, colon, name = element.get("property", "").partition("article:")
            if colon and name.endswith("_time") and element.get("content"):
                found.setdefault(name.removesuffix("_time"), element["content"])
        for name, pattern in _DATE.items():
            if name not in found and (date := pattern.search(head)):
                found[name] = date[1]
    return found.get("published"), found.get("modified")


def _canonicals(record: Mapping[str, Any]) -> Iterator[Any]:
    """Yield what may be the address: by objects and keys first, then by the HTML of heads."""
    for name in HEADS:
        head = record.get(name)
        if isinstance(head, dict):
            yield from (head.get(key) for key in _CANONICAL_KEYS)
    meta = as_mapping(record.get("meta"))
    yield from (meta.get(key) for key in _META)
    yield record.get("canonical_url")
    for head in _html_heads(record):
        for element in _elements(head):
            if element.get("rel", "").lower() == "canonical":
                yield element.get("href")


def _html_heads(record: Mapping[str, Any]) -> Iterator[str]:
    for name in HEADS:
        head = record.get(name)
        if isinstance(head, dict):
            head = head.get("head")
        if isinstance(head, str) and "<" in head:
            yield head


def _elements(head: str) -> Iterator[dict[str, str]]:
    """Yield the attributes of the links and metas in a head."""
    for element in _ELEMENT.finditer(head):
        yield {
            name.lower(): html.unescape("".join(value))
            for name, *value in _ATTRIBUTE.findall(element[1])
        }


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://"))
