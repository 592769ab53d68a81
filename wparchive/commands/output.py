"""How answers reach a terminal, a pipe or another program."""

import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click
import msgspec
from rich.cells import cell_len, set_cell_size

HIT_WITHOUT_COLOUR = "**"
CONTROLS = re.compile(r"\x1b\[[0-9;]*m|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def colourful() -> bool:
    """Whether standard output shows colours: a terminal, and NO_COLOR (no-color.org) is not set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def styled(text: str, **style: Any) -> str:
    """The text in a style, where colours are shown."""
    return click.style(text, **style) if colourful() else text


def hit(text: str) -> str:
    """A place that a search found: in colour, or between asterisks."""
    return (
        click.style(text, fg="yellow", bold=True)
        if colourful()
        else f"{HIT_WITHOUT_COLOUR}{text}{HIT_WITHOUT_COLOUR}"
    )


def say(text: str) -> None:
    """Print a text of an archive. On a terminal, control characters that a site put into it do nothing."""
    click.echo(harmless(text) if sys.stdout.isatty() else text)


def harmless(text: str) -> str:
    """A text without control characters other than line breaks, tabs and our own colours."""
    return CONTROLS.sub(lambda match: match[0] if match[0].endswith("m") else "\ufffd", text)


def print_json(value: object) -> None:
    """One JSON document, indented."""
    say(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def print_json_lines(values: Iterable[object]) -> None:
    """One JSON document a line."""
    for value in values:
        say(msgspec.json.encode(value).decode())


def public(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document without what only programs want: the compressed record and the sketch."""
    return {
        name: value
        for name, value in document.items()
        if name not in ("raw", "sketch", "sketch_version")
    }


def page(text: str) -> None:
    """Print a text: through the pager where a terminal is too low for it."""
    if sys.stdout.isatty() and _overflows(text):
        os.environ.setdefault("LESS", "-FRX")
        click.echo_via_pager(harmless(text))
    else:
        say(text)


def _overflows(text: str) -> bool:
    """Whether a text has more lines, as the terminal breaks them, than fit with the prompt that follows."""
    columns, lines = shutil.get_terminal_size()
    return sum(1 + len(click.unstyle(line)) // (columns + 1) for line in text.split("\n")) >= lines


def table(
    headers: Sequence[str], rows: Iterable[Sequence[str]], right: frozenset[int] = frozenset()
) -> str:
    """Columns aligned by what a terminal shows (wide characters count two); columns in `right` are aligned to the right."""
    lines = [list(headers), *(list(row) for row in rows)]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(headers))]
    shown = [
        "  ".join(
            _cell(text, width, i in right)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    return "\n".join([styled(shown[0].rstrip(), bold=True), *(line.rstrip() for line in shown[1:])])


def _cell(text: str, width: int, right: bool) -> str:
    blank = " " * (width - _width(text))
    return blank + text if right else text + blank


def _width(text: str) -> int:
    return cell_len(click.unstyle(text))


def bars(counts: Mapping[str, int], width: int = 40) -> str:
    """A bar for each count, in eighths of a character."""
    most = max(counts.values(), default=0)
    label, digits = max(map(cell_len, counts), default=0), len(f"{most:,}")
    return "\n".join(
        f"{_cell(name, label, False)}  {count:>{digits},}  {_bar(count / most * width)}"
        for name, count in counts.items()
    )


def _bar(length: float) -> str:
    eighths = max(1, round(length * 8))
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def one_line(text: str, width: int) -> str:
    """A text on one line, cut to a width of the terminal's cells."""
    line = " ".join(text.split())
    return line if cell_len(line) <= width else set_cell_size(line, width - 1).rstrip() + "…"


def moment(at: datetime | None) -> str:
    """UTC, to the minute; a dash for none."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}" if at else "-"


def age(at: datetime | None, now: datetime) -> str:
    """How long ago, in the largest fitting unit."""
    if at is None:
        return "never"
    passed = now - at
    for unit, name in (
        (timedelta(days=1), "d"),
        (timedelta(hours=1), "h"),
        (timedelta(minutes=1), "min"),
    ):
        if passed >= unit:
            return f"{passed // unit} {name} ago"
    return "just now"
