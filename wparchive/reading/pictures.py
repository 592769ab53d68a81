"""Pictures and links in the safe HTML of a post, for readers that ask no other server. Pure."""

import re
from collections.abc import Callable, Mapping
from html import escape, unescape

SHOWN_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})
"""Types of files that are shown as pictures: none of them can hold code."""
# Patterns are enough for safe HTML: the cleaner has written it, with double quotes and escapes.
_SOURCE = re.compile(r'(<img\b[^>]*?\b)src="([^"]*)"')
_LINK = re.compile(r'(<a\b[^>]*?\b)href="([^"]*)"')
_IMAGE = re.compile(r"<img\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(src|alt)="([^"]*)"')
# An address with a scheme, or with a host and no scheme.
_REMOTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


def with_local_pictures(html: str, places: Mapping[str, str]) -> str:
    """Return safe HTML whose pictures come from their places here, where they have one."""

    def local(found: re.Match[str]) -> str:
        place = places.get(unescape(found[2]))
        return f'{found[1]}src="{escape(place)}"' if place is not None else found[0]

    return _SOURCE.sub(local, html)


def with_local_links(html: str, place_of: Callable[[str], str | None]) -> str:
    """Return safe HTML whose links lead to places here, where `place_of` knows one.

    Links to a part of the page itself stay.
    """

    def local(found: re.Match[str]) -> str:
        url = unescape(found[2])
        place = place_of(url) if _REMOTE.match(url) else None
        return found[0] if place is None else f'{found[1]}href="{escape(place)}"'

    return _LINK.sub(local, html)


def with_remote_pictures_named(html: str) -> str:
    """Return safe HTML with the address and the name of each picture that another server has."""
    return _IMAGE.sub(lambda found: _named(found[0]), html)


def _named(tag: str) -> str:
    attributes = dict(_ATTRIBUTE.findall(tag))
    source = attributes.get("src")
    if source is None:
        return ""
    if not _REMOTE.match(unescape(source)):
        return tag
    # Both values are escaped already: the cleaner wrote them.
    name = attributes.get("alt") or "picture"
    return f'<span class="picture"><span class="address">{source}</span>{name}</span>'
