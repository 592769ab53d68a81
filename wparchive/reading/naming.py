"""Names of posts that are neither a key nor an address: a slug, a part of one, an id."""

import re
from collections.abc import Callable, Iterator

from wparchive.backends.questions import SlugFound
from wparchive.backends.reader import Reader
from wparchive.errors import InvalidQuery, NotFound
from wparchive.reading.arguments import link_forms, path_forms
from wparchive.reading.site_summaries import SiteSummary

Sites = Callable[[], list[SiteSummary]]
"""What is held of each site. It is asked for only where a name needs it: it costs a count."""
_NOT_IN_A_SLUG = frozenset("/.:?#")
_ID = re.compile(r"(?:[\w-]+/)?[0-9]{1,18}")
"""An id alone, or with a type before it: `12`, `post/12`."""
_SHORTEST_PART = 3
"""Bytes; a shorter part of a slug would be a part of nearly all of them."""
_LONGEST_SLUG = 200
"""WordPress cuts slugs there; a longer text is no name, and no pattern for a database."""
_NAMED = 5
"""Candidates that a message names."""


def named_by_slug(reader: Reader, name: str, sites: Sites) -> str | None:
    """Return the key of the post that a slug names; None for no such post.

    It is the one at `SITE/SLUG/`, of whatever site, else the only one with that slug. Raises
    InvalidQuery where there are several.
    """
    if not _may_be_a_slug(name):
        return None
    at_each = [reader.find_link(link_forms(f"{site.key}/{name}")) for site in sites()]
    found = sorted({key for key in at_each if key is not None})
    if not found:
        found = [one.key for one in _slugs_with(reader, name) if one.slug == name.lower()]
    if len(found) > 1:
        raise InvalidQuery(f"{name!r} names several posts: {_listed(found)}; give a key")
    return next(iter(found), None)


def not_named(reader: Reader, name: str, sites: Sites) -> NotFound:
    """Return the error for a name of nothing; it names what may have been meant."""
    message = f"nothing is named {name!r} in {reader.address}: "
    near = [*_with_id(reader, name, sites)]
    if not near and _may_be_a_slug(name):
        near = [one.key for one in _slugs_with(reader, name)]
    if near:
        return NotFound(f"{message}did you mean {_listed(near)}?")
    return NotFound(
        f"{message}use a key (site/type/id) or a post's address; `wparchive search` finds posts"
    )


def _may_be_a_slug(name: str) -> bool:
    # A slug has no dot, an address does: most names that are not found cost nothing more.
    return 0 < len(name) <= _LONGEST_SLUG and name.isprintable() and _NOT_IN_A_SLUG.isdisjoint(name)


def _slugs_with(reader: Reader, part: str) -> list[SlugFound]:
    """Return the posts whose slug has a part, one more than a message names."""
    if len(part.encode()) < _SHORTEST_PART:
        return []
    # WordPress makes slugs of small letters.
    return reader.slugs_with(part.lower(), path_forms(part.lower()), _NAMED + 1)


def _with_id(reader: Reader, name: str, sites: Sites) -> Iterator[str]:
    """Yield the keys that end with an id, or with a type and an id."""
    if not _ID.fullmatch(name):
        return
    for site in sites():
        ends = [name]
        if "/" not in name:
            ends = [f"{counts.type}/{name}" for counts in site.held]
        for end in ends:
            if reader.get(f"{site.key}/{end}"):
                yield f"{site.key}/{end}"


def _listed(keys: list[str]) -> str:
    more = " or others" if len(keys) > _NAMED else ""
    return " or ".join(keys[:_NAMED]) + more
