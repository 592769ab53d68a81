"""The walk over one collection: it is fed pages, and says what to request next. It does no I/O.

`choose_walk` says which walk suits a route, and which comes next when the site does not do what its
route says.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from crawler.walk.by_date import WalkByDate
from crawler.walk.by_id.walk import WalkById
from crawler.walk.by_page import WalkByPage
from crawler.walk.fallback import FallbackWalk
from crawler.walk.protocol import (
    Capabilities,
    Certificate,
    Page,
    PageRequest,
    Problem,
    ProblemKind,
    Purpose,
    Unreadable,
    Walk,
)

__all__ = [
    "Capabilities",
    "Certificate",
    "Page",
    "PageRequest",
    "Problem",
    "ProblemKind",
    "Purpose",
    "Unreadable",
    "Walk",
    "choose_walk",
    "sorts_by_id",
]


def choose_walk(
    capabilities: Capabilities,
    *,
    per_page: int = 100,
    width: int = 1,
    probe_budget: int = 1000,
    held_rows: int = 0,
    rows_now: Callable[[], int] | None = None,
) -> Walk:
    """Return the best walk that the route allows. It falls back to the next best one.

    It requests at most `per_page` rows at once, and has at most `width` requests in flight.
    `probe_budget` bounds the requests that gaps may take. Of the first `held_rows` rows in id
    order, the walk in that order reads only what the archive lacks; the others read everything.
    `rows_now` says how many rows the site can answer for quickly now; the other walks need pages of
    one size.
    """
    by_id = partial(
        WalkById,
        capabilities,
        per_page=per_page,
        width=width,
        probe_budget=probe_budget,
        held_rows=held_rows,
        rows_now=rows_now,
    )
    # No order at all: that of the site may be the only one that it can send.
    unordered = replace(capabilities, parameters=capabilities.parameters - {"order"})
    # The best walk comes first. The one by page numbers is possible on every route.
    walks: list[tuple[bool, Callable[[], Walk]]] = [
        (sorts_by_id(capabilities), by_id),
        (_sorts_by_date(capabilities), partial(WalkByDate, capabilities, per_page=per_page)),
        (True, partial(WalkByPage, capabilities, per_page=per_page)),
        (unordered != capabilities, partial(WalkByPage, unordered, per_page=per_page)),
    ]
    return FallbackWalk([walk for possible, walk in walks if possible], capabilities)


def sorts_by_id(capabilities: Capabilities) -> bool:
    """Return whether a route can be walked in the order of ids."""
    has_windows = not capabilities.parameters.isdisjoint({"offset", "page"})
    return "id" in capabilities.orderby and has_windows


def _sorts_by_date(capabilities: Capabilities) -> bool:
    return "date" in capabilities.orderby and "before" in capabilities.parameters
