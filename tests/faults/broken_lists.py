"""Lists that fail at every request, in one order, or for more than a few rows at once."""

from collections.abc import Callable

from tests.faults.answers import POSTS, Fault, Moment, always
from tests.faults.kind import PARTIAL, FaultKind

_failure = always(500, "There has been a critical error on this website")


def _fails(is_meant: Callable[[Moment], bool]) -> Fault:
    return lambda moment: _failure(moment) if is_meant(moment) else moment.answer()


def _is_about_posts(moment: Moment) -> bool:
    return moment.is_list or moment.path.startswith(POSTS)


def _is_by_id(moment: Moment) -> bool:
    return moment.is_list and moment.query.get("orderby") == "id"


def _is_rising(moment: Moment) -> bool:
    return moment.is_list and moment.query.get("order") == "asc"


BROKEN_LIST_KINDS: tuple[FaultKind, ...] = (
    FaultKind(
        "500 for everything about posts",
        _fails(_is_about_posts),
        PARTIAL,
        may_lose=True,
        requests_max=60,
    ),
    FaultKind(
        "500 for every list of posts in the order of ids", _fails(_is_by_id), requests_max=80
    ),
    FaultKind("500 for every list of posts in rising order", _fails(_is_rising), requests_max=80),
)
"""Kinds for `kinds.py`."""
