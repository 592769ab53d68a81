"""Addresses and slugs as an archive holds them: none runs, and none leads out of a folder. Pure.

A crawl writes no others. What comes from elsewhere is looked at by the same rules.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

WEB_SCHEMES = frozenset({"http", "https"})
LINK_SCHEMES = WEB_SCHEMES | {"ftp", "mailto", "tel"}
"""Schemes of links in a text; a click on any of them is harmless."""
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
# Browsers leave them out, also in the middle of a scheme.
_IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0]+")
_BETWEEN = re.compile(r"[\\/]")
_UPWARDS = frozenset({".", ".."})
_WEB_FIELDS = frozenset({"link", "url", "canonical_url", "home"})
_LINK_FIELDS = frozenset({"author_url"})
_LISTS_OF_LINKS = frozenset({"links"})
_AS_THE_SITE_SAYS = frozenset({"raw", "extra", "html"})
"""Fields that are kept to the letter, or looked at by rules of their own."""
_DEEPEST = 6


def is_address(url: str, schemes: frozenset[str] = WEB_SCHEMES) -> bool:
    """Tell whether an address has one of the schemes, or none at all."""
    found = _SCHEME.match(_IGNORED.sub("", url))
    return found is None or found[1].lower() in schemes


def plain_slug(slug: str) -> str:
    """Return a slug without the parts by which a path leads out of its folder."""
    parts = _BETWEEN.split(slug)
    if _UPWARDS.isdisjoint(parts):
        return slug
    return "/".join(part for part in parts if part not in _UPWARDS)


def odd_value(record: Mapping[str, Any]) -> str:
    """Return what is wrong with an address or a slug of a record; empty for nothing."""
    return next(_odd_values(record, WEB_SCHEMES, 0), "")


def _odd_values(value: Any, schemes: frozenset[str], depth: int) -> Iterator[str]:
    if depth == _DEEPEST:
        return
    if isinstance(value, list):
        for part in value:
            yield from _odd_values(part, schemes, depth + 1)
    if not isinstance(value, Mapping):
        return
    for name, part in value.items():
        if name in _AS_THE_SITE_SAYS:
            continue
        if isinstance(part, str):
            yield from _odd_text(name, part, schemes)
        else:
            inner = LINK_SCHEMES if name in _LISTS_OF_LINKS else schemes
            yield from _odd_values(part, inner, depth + 1)


def _odd_text(name: str, text: str, schemes: frozenset[str]) -> Iterator[str]:
    if name in _LINK_FIELDS:
        schemes = LINK_SCHEMES
    if name in _WEB_FIELDS | _LINK_FIELDS and not is_address(text, schemes):
        yield f"its {name} is no address of the web: {text[:80]!a}"
    if name == "slug" and plain_slug(text) != text:
        yield f"its slug is a path: {text[:80]!a}"
