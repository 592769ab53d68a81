"""From a rank in a list to the query parameters of a window: by `offset`, or by `page`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """Rows `start .. start + size - 1` of the collection."""

    start: int
    size: int
    params: tuple[tuple[str, str], ...]


def window_by_offset(rank: int, size: int) -> Window:
    """Return the window that starts exactly at `rank`.

    Comments, terms and users read `offset=0` as "no offset", which means the same.
    """
    return Window(rank, size, (("offset", str(rank)), ("per_page", str(size))))


def window_by_page(rank: int, size: int, overlap: int = 0, least: int = 0) -> Window:
    """Return the window that holds `rank` and ends furthest beyond it, of at most `size` rows.

    Page numbers can express only windows that start at a multiple of their size. With 99 rows a
    page every multiple of 99 can be reached; elsewhere a slightly smaller page does nearly as well.
    The window starts at `least` or later, and must reach beyond `overlap` rows from `rank` on.
    Where no window does, the best one with fewer of these rows is returned.
    """
    lowest = min(least, rank)
    # Windows of every size that hold `rank`, as first rank and size; their sum is their end.
    windows = ((rank // rows * rows, rows) for rows in range(1, size + 1))
    start, rows = max((window for window in windows if window[0] >= lowest), key=sum)
    if overlap and start + rows <= rank + overlap:
        return window_by_page(rank + 1, size, overlap - 1, least)
    return Window(start, rows, (("page", str(start // rows + 1)), ("per_page", str(rows))))


def lower_page_size(size: int) -> int | None:
    """Return the next page size to try when the site rejects `size`; None when there is none."""
    return next((step for step in (50, 20, 10, 5, 2, 1) if step < size), None)
