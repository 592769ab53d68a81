"""Compute what displays of an archive show, for commands and for web pages.

Pure functions from documents and counts to names, texts and figures.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from wparchive.backends.questions import Group
from wparchive.model.document_parts import Ref
from wparchive.model.documents import translation_key
from wparchive.model.run_records import Run
from wparchive.text.diff import Piece, diff, shortened

CHART_WIDTH = 720
CHART_HEIGHT = 180
_CHART_MARGIN = 24  # below the bars, for the names
_BAR_NAME_WIDTH = 56
_BAR_GAP = 0.15  # of a bar's width
NO_VALUE = "(none)"
"""Name of the posts without a value in counts."""
GROUPS_IN_TIME: tuple[Group, ...] = ("year", "month")
"""Groups that are shown in their own order and never cut."""
_INTERNAL_FIELDS = frozenset({"raw", "sketch", "sketch_version"})
_UNITS = (
    (timedelta(days=1), "d"),
    (timedelta(hours=1), "h"),
    (timedelta(minutes=1), "min"),
)


def ref_name(ref: Ref) -> str:
    """Return what to call a term, an author or a picture: its name, else its slug, else its id."""
    return ref["name"] or ref["slug"] or f"#{ref['id']}"


def term_names(refs: Iterable[Ref]) -> list[str]:
    """Return the names of several references, in their order."""
    return [ref_name(ref) for ref in refs]


def co_author_names(post: Mapping[str, Any]) -> list[str]:
    """Return the names of all authors of a post that has several, or others than its author."""
    authors = post.get("authors") or []
    ids = [ref["id"] for ref in authors]
    if post["author"] is not None and ids == [post["author"]["id"]]:
        return []
    return term_names(authors)


def protected_status(post: Mapping[str, Any]) -> str:
    """Return the status of a post that not every visitor may read; empty for all others."""
    status = "" if post["status"] == "publish" else str(post["status"])
    return ", ".join(filter(None, (status, "protected by a password" * post["protected"])))


def translation_names(post: Mapping[str, Any]) -> list[str]:
    """Return what to call the translations of a post: `fr: example.com/post/12`.

    One whose id is not known is named by its address.
    """
    return [
        f"{one['language']}: {translation_key(post, one) or one['link']}"
        for one in post.get("translations") or ()
    ]


def web_address(url: str | None) -> str:
    """Return an address that a page may link to; empty for any other, such as `javascript:...`."""
    if url and url.lower().startswith(("http://", "https://")):
        return url
    return ""


def public_fields(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document without what only programs want: the compressed record and the sketch."""
    return {name: value for name, value in document.items() if name not in _INTERNAL_FIELDS}


def iso_time(at: datetime | None) -> str | None:
    """Return a time as `2024-05-17T08:30:00Z`; None for none."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def counted_text(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: `1 post`, `1,200 posts`, `2 copies`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {plural or noun + 's'}"


def minute_text(at: datetime | None) -> str:
    """Return a time in UTC, to the minute; a dash for none."""
    if at is None:
        return "-"
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def age_text(at: datetime | None, now: datetime) -> str:
    """Return how long ago a time was, in the largest fitting unit."""
    if at is None:
        return "never"
    passed = now - at
    for unit, name in _UNITS:
        if passed >= unit:
            return f"{passed // unit} {name} ago"
    return "just now"


def span_text(span: timedelta | None) -> str:
    """Return a time span in its largest fitting unit; a dash for none."""
    if span is None:
        return "-"
    sign = ""
    if span < timedelta():
        sign = "-"
    for unit, name in _UNITS:
        if abs(span) >= unit:
            return f"{sign}{abs(span) // unit} {name}"
    return "at once"


def share_text(share: float | None) -> str:
    """Return a part of something in per cent; a dash for none."""
    if share is None:
        return "-"
    return f"{share:.0%}"


def ranked_counts(counts: Mapping[str | None, int], group: Group, top: int) -> dict[str, int]:
    """Return counts as they are shown: times in order, all else the `top` most frequent first.

    Years and months without a post are there, with 0: a series that leaves them out would mislead.
    """
    if group in GROUPS_IN_TIME:
        in_order = sorted(without_gaps(counts).items(), key=lambda item: item[0] or "")
        return {name or NO_VALUE: count for name, count in in_order}
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0] or ""))[:top]
    shown: dict[str, int] = {}
    for name, count in most:
        # An empty name is a value of its own, unlike None.
        if name is None:
            shown[NO_VALUE] = count
        else:
            shown[name] = count
    return shown


def crossed_counts(
    pairs: Mapping[tuple[str | None, str | None], int], first: Group, second: Group, top: int
) -> dict[str, dict[str, int]]:
    """Return counts of pairs as they are shown: by the first value, then by the second.

    Years and months are in order and without gaps, the same ones for each first value. Of other
    groups, the `top` values with the most posts are shown.
    """
    sums: tuple[Counter[str | None], Counter[str | None]] = (Counter(), Counter())
    for pair, count in pairs.items():
        for counted, name in zip(sums, pair, strict=True):
            counted[name] += count
    rows = ranked_counts(sums[0], first, top)
    columns = ranked_counts(sums[1], second, top)
    named = {
        tuple(NO_VALUE if name is None else name for name in pair): count
        for pair, count in pairs.items()
    }
    table = {}
    for row in rows:
        counts = {column: named.get((row, column), 0) for column in columns}
        # A row in time shows its zeros, or its columns would not line up.
        if second not in GROUPS_IN_TIME:
            counts = {name: count for name, count in counts.items() if count}
        table[row] = counts
    return table


def from_first_to_last(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts in their order, without the zeros before the first and after the last other."""
    names = list(counts)
    held = [number for number, name in enumerate(names) if counts[name]]
    if not held:
        return {}
    return {name: counts[name] for name in names[held[0] : held[-1] + 1]}


def silent_periods(months: Mapping[str, int], most: int = 5) -> list[tuple[str, str, int]]:
    """Return the longest stretches of months without a post: first, last, how many months.

    `months` are counts in order and without gaps, as `months_of` returns them.
    """
    silent: list[list[str]] = [[]]
    for month, count in months.items():
        if count:
            silent.append([])
        else:
            silent[-1].append(month)
    longest = sorted(filter(None, silent), key=len, reverse=True)[:most]
    return [(stretch[0], stretch[-1], len(stretch)) for stretch in longest]


def objects_found(run: Run) -> dict[str, int]:
    """Return what a run found of all types: new, changed and gone objects."""
    sums = dict.fromkeys(("new", "changed", "returned", "withdrawn", "deleted"), 0)
    for part in run["types"]:
        for name in sums:
            sums[name] += part.get(name) or 0
    return sums


def without_gaps(counts: Mapping[str | None, int]) -> dict[str | None, int]:
    """Return counts by year or month with 0 for those between the first and the last one."""
    named = sorted(name for name in counts if name)
    filled = dict(counts)
    if not named:
        return filled
    name, last = named[0], named[-1]
    while name < last:
        filled.setdefault(name, 0)
        name = _following(name)
    return filled


def _following(name: str) -> str:
    """Return the year after `2024`, or the month after `2024-12`."""
    year, _, month = name.partition("-")
    if not month:
        return f"{int(year) + 1:04}"
    if month == "12":
        return f"{int(year) + 1:04}-01"
    return f"{year}-{int(month) + 1:02}"


def shares(counts: Mapping[str, int]) -> dict[str, float]:
    """Return the length of each count's bar, 0 to 1: its share of the largest count."""
    most = max(counts.values(), default=0)
    return {name: count / most for name, count in counts.items()}


def text_difference(old: str, new: str, full: bool = False) -> list[Piece]:
    """Return what changed between two texts.

    Long stretches of unchanged text are left out, unless `full`.
    """
    pieces = diff(old, new)
    if full:
        return pieces
    return list(shortened(pieces))


def marked_pieces(
    pieces: Iterable[Piece],
    removed: Callable[[str], str],
    added: Callable[[str], str],
    kept: Callable[[str], str] = str,
) -> str:
    """Return a difference as one text, each piece as the function for its sort writes it.

    For HTML pass functions that escape, such as `lambda text: f"<del>{escape(text)}</del>"`, and
    `escape` itself for what was kept.
    """
    writers = {"=": kept, "-": removed, "+": added}
    return "".join(writers[piece.what](piece.text) for piece in pieces)


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
    step = CHART_WIDTH / len(counts)
    room = CHART_HEIGHT - _CHART_MARGIN
    every = max(1, ceil(_BAR_NAME_WIDTH / step))
    return [
        Bar(
            name=name,
            count=count,
            x=round(number * step, 2),
            y=round(room - room * count / most, 2),
            width=round(step * (1 - _BAR_GAP), 2),
            height=round(room * count / most, 2),
            is_named=number % every == 0 and number * step + _BAR_NAME_WIDTH <= CHART_WIDTH,
        )
        for number, (name, count) in enumerate(counts.items())
    ]


def months_of(counts: Mapping[str | None, int]) -> dict[str, int]:
    """Return counts by month in order, with every month from the first to the last.

    Posts without a date are left out.
    """
    filled = without_gaps(counts)
    return {month: filled[month] for month in sorted(name for name in filled if name)}
