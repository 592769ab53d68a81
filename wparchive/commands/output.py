"""Write answers to a terminal, a pipe or another program."""

import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import click
import msgspec
from rich.cells import cell_len, set_cell_size

from wparchive.reading.views import marked_pieces, shares
from wparchive.text.diff import Piece
from wparchive.text.marks import unbroken, visible_controls

HIT_MARK = "**"
"""Stands around a hit where there are no colours."""
BAR_WIDTH = 24
LABEL_WIDTH = 32
"""Label, count, share and bar fit into 80 columns: 32 + 2 + 9 + 2 + 6 + 2 + 24, and an indent."""
CHART_COLUMNS = 80
SHORTEST_BAR = 4
MOST_EMPTY = 24
"""Years or months without posts, one after the other, that have a line each."""
MOST_EMPTY_OF_A_SERIES = 2
"""The same where many series stand below each other: their zeros would bury what there is."""
SHORTEST_CELL = 16
"""Cells of a table are not cut to less, however narrow the terminal is."""
# Without a terminal, progress is a line in a log: not too many of them.
_SAY_EVERY_S = 10.0
STANDARD_OUTPUT = "-"
"""Stands for standard output where a command takes the name of a file."""
VERDICT_COLOURS = {
    "complete": "green",
    "partial": "yellow",
    "failed": "red",
    "killed": "red",
    "running": "cyan",
}
_COLOURS = re.compile("(\x1b\\[(?:[01249]|22|3[0-79]|9[0-7])m)")
"""Sequences as `click.style` writes them. None of them hides a text or moves the cursor."""


def shows_colours() -> bool:
    """Return True for a terminal that can show them, unless NO_COLOR (no-color.org) is set."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()


def terminal_width(error: bool = False) -> int | None:
    """Return the columns of the terminal on standard output; None where there is no terminal.

    With `error` it is the terminal on standard error.
    """
    stream = sys.stderr if error else sys.stdout
    if not stream.isatty():
        return None
    return shutil.get_terminal_size().columns


def styled(text: str, **style: Any) -> str:
    """Return the text in a style, where colours are shown."""
    if shows_colours():
        return click.style(text, **style)
    return text


def marked_hit(text: str) -> str:
    """Return a place that a search found: in colour, or between asterisks."""
    if shows_colours():
        return click.style(text, fg="yellow", bold=True)
    return f"{HIT_MARK}{text}{HIT_MARK}"


def difference_text(pieces: Iterable[Piece]) -> str:
    """Return a difference: in colour, or with `[-...-]` and `{+...+}` as wdiff marks it."""
    return marked_pieces(pieces, _removed, _added)


def _removed(text: str) -> str:
    if shows_colours():
        return click.style(text, fg="red", strikethrough=True)
    return f"[-{text}-]"


def _added(text: str) -> str:
    if shows_colours():
        return click.style(text, fg="green")
    return f"{{+{text}+}}"


def say(text: str) -> None:
    """Print a text of an archive. Control characters that a site put into it do nothing."""
    click.echo(harmless(text))


def tell(text: str) -> None:
    """Print a message on standard error; a terminal breaks its lines at words."""
    click.echo(harmless(wrapped(text, hanging=2, error=True)), err=True)


def harmless(text: str) -> str:
    """Return a text without control characters, except line breaks, tabs and our own colours."""
    if "\x1b" not in text:
        return visible_controls(text)
    pieces = _COLOURS.split(text)  # every second one is a colour
    pieces[::2] = map(visible_controls, pieces[::2])
    return "".join(pieces)


def print_json(value: object) -> None:
    """Print one JSON document, indented."""
    say(_json_text(msgspec.json.format(msgspec.json.encode(value), indent=2)))


def print_json_lines(values: Iterable[object]) -> None:
    """Print one JSON document a line."""
    for value in values:
        say(_json_text(msgspec.json.encode(value)))


def _json_text(encoded: bytes) -> str:
    return unbroken(encoded).decode()


def print_paged(text: str) -> None:
    """Print a text, through the pager if the terminal has too few lines for it."""
    if sys.stdout.isatty() and _overflows(text):
        # less: end at once where all fits, keep colours, leave the text on the screen.
        os.environ.setdefault("LESS", "-FRX")
        click.echo_via_pager(harmless(text))
    else:
        say(text)


def wrapped(text: str, hanging: int = 0, error: bool = False) -> str:
    """Return lines broken at words where the terminal ends; as they are where there is none.

    The lines that follow a broken one begin with as many blanks as it, and `hanging` more. With
    `error` the text is for standard error.
    """
    width = terminal_width(error)
    if width is None:
        return text
    return "\n".join(_wrapped_line(line, width, hanging) for line in text.split("\n"))


def _wrapped_line(line: str, width: int, hanging: int) -> str:
    if cell_width(line) <= width:
        return line
    indent = len(line) - len(line.lstrip(" ")) + hanging
    words = line.split(" ")
    lines = [words[0]]
    for word in words[1:]:
        # What stands before the words of a line stays with the first of them.
        begins = not lines[-1].strip()
        # An address that is longer than any line is not made shorter by a line of its own.
        is_endless = indent + cell_width(word) > width
        if begins or is_endless or cell_width(lines[-1]) + 1 + cell_width(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(" " * indent + word)
    return "\n".join(lines)


def _overflows(text: str) -> bool:
    """Return True when a text, as the terminal breaks its lines, leaves no line for the prompt."""
    columns, lines = shutil.get_terminal_size()
    # Colours take no columns.
    needed = sum(1 + len(click.unstyle(line)) // (columns + 1) for line in text.split("\n"))
    return needed >= lines


def padded(text: str, width: int, right: bool = False) -> str:
    """Return a text with blanks before or after it, so that it takes `width` cells."""
    blank = " " * (width - cell_width(text))
    if right:
        return blank + text
    return text + blank


def cell_width(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    return cell_len(click.unstyle(text))


def bar_chart(
    counts: Mapping[str, int],
    total: int | None = None,
    period: str | None = None,
    most_empty: int = MOST_EMPTY,
) -> str:
    """Return a bar for each count, drawn in eighths of a character; it fits into the terminal.

    Without a terminal it fits into 80 columns.

    With a `total`, the share of it stands beside each count. With a `period`, `year` or `month`,
    stretches of more than `most_empty` zeros are one line each.
    """
    left_out = empty_stretches(counts, period, most_empty)
    lengths = shares(counts)
    label_width, bar_width = _chart_widths(terminal_width())
    names = {name: cut_line(name, label_width) for name in counts}
    label = max(map(cell_len, names.values()), default=0)
    digits = len(f"{max(counts.values(), default=0):,}")
    lines = {
        name: f"{padded(names[name], label)}  {count:>{digits},}{_share(count, total)}"
        f"  {_bar(lengths[name] * bar_width)}".rstrip()
        for name, count in counts.items()
    }
    return "\n".join(line for line in (lines | left_out).values() if line)


def _chart_widths(columns: int | None) -> tuple[int, int]:
    """Return the cells of labels and of bars that fit into a terminal of some columns."""
    if columns is None or columns >= CHART_COLUMNS:
        return LABEL_WIDTH, BAR_WIDTH
    room = columns - (CHART_COLUMNS - LABEL_WIDTH - BAR_WIDTH)
    bar = max(room // 3, SHORTEST_BAR)
    return max(room - bar, SHORTEST_CELL // 2), bar


def empty_stretches(
    counts: Mapping[str, int], period: str | None, most_empty: int = MOST_EMPTY
) -> dict[str, str]:
    """Return the years or months that a table leaves out: long rows of them without posts.

    The first of a stretch has the line that says so, the others have an empty one. Nothing is left
    out without a `period`.
    """
    if period is None:
        return {}
    left_out: dict[str, str] = {}
    for has_posts, stretch in groupby(counts, key=lambda name: bool(counts[name])):
        names = list(stretch)
        if not has_posts and len(names) > most_empty:
            left_out |= dict.fromkeys(names, "")
            span = f"{names[0]} to {names[-1]}"
            left_out[names[0]] = f"... {len(names):,} {period}s without posts ({span}) ..."
    return left_out


def _share(count: int, total: int | None) -> str:
    if not total:
        return ""
    return f"  {count / total:6.1%}"


def _bar(length: float) -> str:
    if not length:
        return ""
    # What there is at all is shown, however little it is.
    eighths = max(1, round(length * 8))
    # A whole character has eight eighths. The rest of it is one of seven thinner blocks, or none.
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def output_name(output: str) -> str:
    """Return what to call an output in a message."""
    if output == STANDARD_OUTPUT:
        return "standard output"
    return output


def cut_line(text: str, width: int) -> str:
    """Return a text on one line, cut to a width of the terminal's cells."""
    line = " ".join(text.split())
    if cell_len(line) <= width:
        return line
    return set_cell_size(line, width - 1).rstrip() + "…"


@contextmanager
def counted_progress(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """Give a function that is called with a number of things done, and shows the progress.

    `what` says what is counted. It goes to standard error: a bar on a terminal, else some lines.
    """
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda documents: bar.update(task, advance=documents)
        return
    done = 0
    said_at = time.monotonic()

    def on_progress(documents: int) -> None:
        nonlocal done, said_at
        done += documents
        if time.monotonic() - said_at >= _SAY_EVERY_S:
            said_at = time.monotonic()
            click.echo(f"{done:,} of {total:,} {what}", err=True)

    yield on_progress
