"""From a rank in id order to query parameters: by `offset`, or where a route has none, by `page`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """Rows `start .. start + size - 1` of the collection."""

    start: int
    size: int
    params: tuple[tuple[str, str], ...]


def window_by_offset(rank: int, size: int, overlap: bool = False, least: int = 0) -> Window:
    """The window that starts exactly at `rank`. (Comments, terms and users read `offset=0` as "no offset", which is the same.)"""
    return Window(rank, size, (("offset", str(rank)), ("per_page", str(size))))


def window_by_page(rank: int, size: int, overlap: bool = False, least: int = 0) -> Window:
    """Of all windows that page numbers can express in at most `size` rows, the one that holds `rank` and ends furthest beyond it.

    It starts at `least` or later. 99 rows a page hit every multiple of 99; elsewhere a slightly smaller page does nearly as well. With
    `overlap` the window must reach beyond `rank`: where none does, the best that starts behind `rank` is given.
    """
    starts = ((rank // q * q, q) for q in range(1, size + 1))
    start, best = max((window for window in starts if window[0] >= min(least, rank)), key=sum)
    if overlap and start + best == rank + 1:
        return window_by_page(rank + 1, size, False, least)
    return Window(start, best, (("page", str(start // best + 1)), ("per_page", str(best))))


def lower_page_size(size: int) -> int | None:
    """The next page size to try when the site rejects `size`; None when there is none."""
    return next((step for step in (50, 20, 10, 5, 2, 1) if step < size), None)
