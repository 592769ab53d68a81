"""The facts about a site that cleaning its documents again needs."""

from typing import NamedTuple

from wparchive.furniture.remove import Furniture


class SiteFacts(NamedTuple):
    """The facts about a site that cleaning its documents again needs."""

    home: str
    """Address of the front page."""
    furniture: Furniture
    """What is left out of the texts of its posts."""
    language: str | None = None
    """The language that the front page declares."""
    watched: frozenset[int] = frozenset()
    """Keys of blocks to look for in its posts, for whoever counts what recurs."""
