"""Make the next request of the walk in id order: for a slice, or for the highest ids.

Records by id are requested in batches (`by_include.py`). The functions here only read.
"""

from collections.abc import Callable
from dataclasses import replace

from crawler.walk.by_id.known import Known, WalkState
from crawler.walk.by_id.slices import SlicesInFlight, slice_request
from crawler.walk.protocol import PageRequest
from crawler.walk.windows import Window


def next_slice(
    known: Known,
    slices: SlicesInFlight,
    number: int,
    held_rows: int,
    quick_rows: Callable[[], int],
) -> tuple[PageRequest, Known]:
    """Return the request for the next slice, and what is known once it is made.

    It begins behind the slices in flight, or at the position. The first `held_rows` rows were read
    by an earlier walk, and `quick_rows` says how many rows the site can answer for quickly.
    """
    if known.failed_slice and not slices:
        request = replace(known.failed_slice, number=number, ids_only=True)
        return request, replace(known, failed_slice=None)
    window = _next_window(known, slices, held_rows, quick_rows)
    request = slice_request(number, window, known.may_be_light(window.start, held_rows))
    if not slices and window.start > known.position.rank:
        # Page numbers can express no window that overlaps: take the one behind.
        known = known.behind_gap(window.start)
    return request, known


def top_request(known: Known, number: int) -> PageRequest:
    """Return the request for the highest ids."""
    size = known.sizes.top
    if known.excluded:
        return _others_request(known, number)
    if known.looks_elsewhere:
        params_of_any = (("per_page", str(size)),)
        return PageRequest(params_of_any, "top", number, ids_only=True, size=size)
    params = [("orderby", "id"), ("order", "desc"), ("per_page", str(size))]
    rank = known.top_rank
    if rank:  # it stays 0 where the route has no `offset`
        params.append(("offset", str(rank)))
    return PageRequest(tuple(params), "top", number, ids_only=True, rank=rank, size=size)


def _others_request(known: Known, number: int) -> PageRequest:
    """Return the request for any row but the only ones that the list shows."""
    size = known.sizes.limit
    order = (("orderby", "id"), ("order", "asc"))
    excluded = ",".join(map(str, known.excluded))
    params = (*order, ("per_page", str(size)), ("exclude", excluded))
    return PageRequest(params, "top", number, ids_only=True, size=size)


def step_deeper(known: Known, request: PageRequest) -> int:
    """Return by how many rows the next request for the highest ids begins before this one.

    Half of the rows are looked at twice, so that a row that moves meanwhile is not passed over.
    """
    return -(-min(request.size, known.page_size.largest) // 2)


def may_request_ahead(
    known: Known, slices: SlicesInFlight, state: WalkState, total: int | None
) -> bool:
    """Return whether a further slice may be requested before those in flight are judged."""
    if state is not WalkState.SLICES or not known.was_full:
        return False
    # One row of the next slice is the anchor: it has to bring one more at least.
    return slices.next_rank + 1 < (total or 0)


def _next_window(
    known: Known, slices: SlicesInFlight, held_rows: int, quick_rows: Callable[[], int]
) -> Window:
    rank = known.position.rank
    size = known.next_size()
    if slices:
        rank = slices.next_rank
        size = known.sizes.size  # a search for a bad row never requests ahead
    if not known.sizes.by_page and known.may_be_light(rank, held_rows):
        # A light slice does not go beyond the rows held. Light rows are quick in any number.
        return known.window(rank, min(size, held_rows - rank))
    return known.window(rank, min(size, quick_rows()))
