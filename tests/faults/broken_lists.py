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


def _is_large(moment: Moment) -> bool:
    """Tell whether more than ten posts are asked for."""
    return moment.is_list and int(moment.query.get("per_page", "10")) > 10


def _is_large_there(moment: Moment) -> bool:
    """Tell whether more than ten posts are asked for, and some of them stand on the second page."""
    first = int(moment.query.get("offset", "0"))
    last = first + int(moment.query.get("per_page", "10"))
    ids = [int(id_) for id_ in moment.query.get("include", "").split(",") if id_]
    is_there = any(100 < id_ <= 200 for id_ in ids) if ids else first < 200 and last > 100
    return _is_large(moment) and is_there


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
    FaultKind("500 for more than ten posts at once", _fails(_is_large), requests_max=95),
    FaultKind(
        "500 for more than ten posts at once, without an order by id",
        _fails(_is_large),
        requests_max=80,
        switches={"orderby_off": 1},
    ),
    FaultKind(
        "500 for more than ten posts of the second page",
        _fails(_is_large_there),
        posts=600,
        requests_max=75,
    ),
)
"""Kinds for `kinds.py`."""
