"""How groups of copies are shown: lists, flows between sites, members side by side with what each changed."""

import csv
import io
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from wparchive.commands.output import colourful, moment, one_line, page, print_json, styled, table
from wparchive.duplicates.find.find_duplicates import FindResult
from wparchive.duplicates.groups import Copy, CopyGroup, Flow
from wparchive.duplicates.index import DuplicateIndex
from wparchive.duplicates.pair import DUPLICATE_KINDS, VERSION_KINDS, PostSummary
from wparchive.errors import InvalidQuery
from wparchive.export.atomic import atomic_file
from wparchive.text.diff import Piece, diff, shortened

_TITLE_WIDTH = 60
_TEXTS_AT_ONCE = 20


def finding_lines(found: FindResult) -> Iterator[str]:
    """The totals of a batch."""
    yield f"{found.posts:,} live posts, {found.compared:,} pairs compared"
    for kind, count in found.relations.items():
        yield f"  {kind:<10} {count:>8,}"
    yield f"{found.clusters:,} clusters, {found.changed:,} marks changed"


def group_rows(groups: Iterable[CopyGroup]) -> list[list[str]]:
    """Copies, sites, original, title."""
    return [
        [f"{len(g.copies):,}", f"{len(g.sites):,}", g.original, one_line(_title(g), _TITLE_WIDTH)]
        for g in groups
    ]


def flow_table(flows: Sequence[Flow]) -> str:
    """Who copies whom, and how long after."""
    rows = [
        [flow.source, flow.target, f"{flow.copies:,}", span(flow.median_delay)] for flow in flows
    ]
    return table(["from", "to", "copies", "median delay"], rows, right=frozenset({2}))


def span(delay: timedelta | None) -> str:
    """A time span in its largest fitting unit; a dash for none."""
    if delay is None:
        return "-"
    sign = "-" if delay < timedelta() else ""
    for size, unit in (
        (timedelta(days=1), "d"),
        (timedelta(hours=1), "h"),
        (timedelta(minutes=1), "min"),
    ):
        if abs(delay) >= size:
            return f"{sign}{abs(delay) // size} {unit}"
    return "at once"


COLUMNS: dict[str, Callable[[Copy], Any]] = {
    "key": lambda copy: copy.post.key,
    "of": lambda copy: copy.mark["of"],
    "kind": lambda copy: copy.mark["kind"],
    "direction": lambda copy: copy.mark.get("direction"),
    "jaccard": lambda copy: copy.mark["jaccard"],
    "containment": lambda copy: copy.mark["containment"],
    "reason": lambda copy: copy.mark.get("reason"),
    "delay_s": lambda copy: copy.delay.total_seconds() if copy.delay is not None else None,
    "site": lambda copy: copy.post.site,
    "original_site": lambda copy: copy.original.site if copy.original else None,
    "title": lambda copy: copy.post.title,
    "original_title": lambda copy: copy.original.title if copy.original else None,
    "published_at": lambda copy: copy.post.candidate.published_at,
    "original_published_at": lambda copy: (
        copy.original.candidate.published_at if copy.original else None
    ),
    "link": lambda copy: copy.post.candidate.link,
    "original_link": lambda copy: copy.original.candidate.link if copy.original else None,
}
"""Column of an exported copy and where its value comes from."""


def copy_row(copy: Copy) -> dict[str, Any]:
    """A copy as one flat record."""
    return {name: value(copy) for name, value in COLUMNS.items()}


def write_copies(rows: Iterable[dict[str, Any]], output: str) -> int:
    """Write records as CSV or JSON Lines, by the name's ending; returns how many. Raises InvalidQuery, OutputFailed."""
    if output == "-":
        return _write_lines(rows, sys.stdout.buffer)
    writers = {".csv": _write_csv, ".jsonl": _write_lines}
    path = Path(output)
    if path.suffix not in writers:
        raise InvalidQuery(f"{output!r} does not say in what format: end it in .csv or .jsonl")
    with atomic_file(path) as out:
        return writers[path.suffix](rows, out)


def totals(found: Iterable[Copy]) -> dict[str, Any]:
    """Copies by kind; by site those that are versions of another post, and how many of these come from other sites."""
    kinds: Counter[str] = Counter()
    own: Counter[str] = Counter()
    elsewhere: Counter[str] = Counter()
    for copy in found:
        kinds[copy.mark["kind"]] += 1
        if copy.mark["kind"] in VERSION_KINDS:
            own[copy.post.site] += 1
            elsewhere[copy.post.site] += copy.across_sites
    return {
        "kinds": {kind: kinds[kind] for kind in DUPLICATE_KINDS if kinds[kind]},
        "sites": {site: (count, elsewhere[site]) for site, count in own.most_common()},
    }


def print_group(index: DuplicateIndex, group: CopyGroup, full: bool, as_json: bool) -> None:
    """An original and its copies side by side, then what each copy changed."""
    if as_json:
        changes = (
            {**copy_row(copy), "changes": [[p.what, p.text] for p in pieces]}
            for copy, pieces in _changes(index, group, full)
        )
        print_json({"original": group.original, "copies": list(changes)})
        return
    parts = [
        table(
            ["", "published", "after", "kind", "shared", "words", "post"],
            _members(group),
            right=frozenset({4, 5}),
        )
    ]
    for copy, pieces in _changes(index, group, full):
        heading = styled(f"{copy.post.key}: {one_line(copy.post.title, _TITLE_WIDTH)}", bold=True)
        parts.append(f"{heading}\n{_shown(pieces)}" if pieces else f"{heading}\nthe same text")
    page("\n\n".join(parts))


def _members(group: CopyGroup) -> Iterator[list[str]]:
    original = group.copies[0].original
    if original is not None:
        reason = next(
            (copy.mark.get("reason") for copy in group.copies if "reason" in copy.mark), None
        )
        yield _member("*", original, "", f"original ({reason})" if reason else "original", "")
    for copy in group.copies:
        kind = copy.mark.get("direction") or copy.mark["kind"]
        yield _member("", copy.post, span(copy.delay), kind, f"{copy.mark['containment']:.0%}")


def _member(sign: str, entry: PostSummary, after: str, kind: str, shared: str) -> list[str]:
    return [
        sign,
        moment(entry.candidate.published_at),
        after,
        kind,
        shared,
        f"{entry.candidate.word_count:,}",
        entry.key,
    ]


def _changes(
    index: DuplicateIndex, group: CopyGroup, full: bool
) -> Iterator[tuple[Copy, list[Piece]]]:
    """Each copy with its differences from the original; none for an equal text, or when the original is no longer there."""
    for start in range(0, len(group.copies), _TEXTS_AT_ONCE):
        chunk = group.copies[start : start + _TEXTS_AT_ONCE]
        texts = index.texts({group.original, *(copy.post.key for copy in chunk)})
        for copy in chunk:
            old, new = texts.get(group.original), texts.get(copy.post.key)
            pieces = (
                diff(old, new)
                if old is not None and new is not None and copy.mark["kind"] != "exact"
                else []
            )
            yield copy, pieces if full else list(shortened(pieces))


def _shown(pieces: Iterable[Piece]) -> str:
    """Taken out and put in: in colour, or in `[-...-]` and `{+...+}` as wdiff marks them."""
    if colourful():
        styles: dict[str, dict[str, Any]] = {
            "=": {},
            "-": {"fg": "red", "strikethrough": True},
            "+": {"fg": "green"},
        }
        return "".join(click.style(piece.text, **styles[piece.what]) for piece in pieces)
    marks = {"=": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}
    return "".join(marks[piece.what][0] + piece.text + marks[piece.what][1] for piece in pieces)


def _title(group: CopyGroup) -> str:
    original = group.copies[0].original
    return original.title if original else f"(no longer live) {group.copies[0].post.title}"


def _write_lines(rows: Iterable[dict[str, Any]], out: BinaryIO) -> int:
    return sum(1 for row in rows if out.write(msgspec.json.encode(row) + b"\n"))


def _write_csv(rows: Iterable[dict[str, Any]], out: BinaryIO) -> int:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.DictWriter(text, list(COLUMNS))
    writer.writeheader()
    count = sum(1 for row in rows if writer.writerow(msgspec.to_builtins(row)))
    text.flush()
    text.detach()
    return count
