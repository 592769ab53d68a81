"""Counts as bars in an SVG picture that stands in a page or is taken away. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

WIDTH = 720
HEIGHT = 180
_MARGIN = 24  # below the bars, for the names
_GAP = 0.15  # of a bar's width


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in units of the picture."""

    name: str
    count: int
    x: float
    y: float
    width: float
    height: float
    is_named: bool
    """True where there is room for its name below it."""


def bars(counts: Mapping[str, int]) -> list[Bar]:
    """Return the bars of counts, from left to right in their order."""
    if not counts:
        return []
    most = max(*counts.values(), 1)
    step = WIDTH / len(counts)
    room = HEIGHT - _MARGIN
    every = max(1, round(56 / step))
    return [
        Bar(
            name=name,
            count=count,
            x=round(number * step, 2),
            y=round(room - room * count / most, 2),
            width=round(step * (1 - _GAP), 2),
            height=round(room * count / most, 2),
            is_named=number % every == 0,
        )
        for number, (name, count) in enumerate(counts.items())
    ]


def months_between(counts: Mapping[str | None, int]) -> dict[str, int]:
    """Return counts by month (`2024-05`) with every month from the first to the last.

    Posts without a date are left out.
    """
    dated = sorted(month for month in counts if month)
    if not dated:
        return {}
    filled: dict[str, int] = {}
    month = dated[0]
    while month <= dated[-1]:
        filled[month] = counts.get(month, 0)
        month = _next_month(month)
    return filled


def _next_month(month: str) -> str:
    year, number = (int(part) for part in month.split("-"))
    return f"{year + number // 12:04}-{number % 12 + 1:02}"
