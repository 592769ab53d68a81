"""Which walk suits a route."""

from crawler.walks.anchored import AnchoredWalk
from crawler.walks.base import Capabilities, Walk


def choose_walk(capabilities: Capabilities, *, per_page: int = 100, width: int = 1) -> Walk:
    """The best walk that a route's own parameters allow. `per_page` rows at once at most; `width` requests in flight at most."""
    return AnchoredWalk(capabilities, per_page=per_page, width=width)
