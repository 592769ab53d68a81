"""`wparchive runs`: the crawls, with what each did and how it ended."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from wparchive.commands.options import archive_option, completed_option, json_option
from wparchive.commands.output import (
    VERDICT_COLOURS,
    cut_line,
    print_json_lines,
    print_paged,
    styled,
    tell,
)
from wparchive.commands.text_tables import text_table
from wparchive.model.run_records import Run
from wparchive.reading.library import Archive
from wparchive.reading.views import minute_text

_HEADERS = (
    "started",
    "site",
    "mode",
    "scope",
    "as",
    "verdict",
    "new",
    "changed",
    "gone",
    "failed",
    "requests",
    "took",
    "why",
)
_USUAL = {"scope": "everything", "as": "visitor", "gone": "0", "failed": "0", "why": ""}
"""The values of columns that say nothing: a column that has no others is left out."""
_NUMBERS = frozenset(range(_HEADERS.index("new"), _HEADERS.index("took") + 1))


@click.command("runs")
@archive_option
@completed_option("site", "SITE", "Only this site.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    metavar="N",
    help="The newest N.",
)
@json_option
def runs_command(archive: Archive, site: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List crawls, the newest first.

    Each has its mode, scope, verdict and counts, and how long it took.

    \b
    wparchive runs
    wparchive runs --site example.com --limit 5
    wparchive runs --json | jq -r 'select(.verdict == "killed") | .site'

    The column `as` says whether a run used credentials: a user's, or the web server's.
    A run that goes on is `running`. A run that ended without a word was `killed`.
    """
    found = archive.runs(site).page(limit).items
    if not found:
        archive.require_sites(site)
    if as_json:
        print_json_lines(found)
    elif found:
        now = datetime.now(UTC)
        rows = [_row(run, now) for run in found]
        print_paged(_table(rows))
    else:
        tell(f"{archive.address} holds no crawl yet")
    if not found:
        raise click.exceptions.Exit(1)


def _table(rows: list[list[str]]) -> str:
    """Return the table of runs, without columns that have only usual values."""
    kept = [
        number
        for number, name in enumerate(_HEADERS)
        if any(row[number] != _USUAL.get(name) for row in rows)
    ]
    # Columns have moved to the left of where others are gone.
    right = frozenset(at for at, number in enumerate(kept) if number in _NUMBERS)
    headers = [_HEADERS[number] for number in kept]
    return text_table(headers, [[row[number] for number in kept] for row in rows], right=right)


def _row(run: Run, now: datetime) -> list[str]:
    told: Mapping[str, Any] = run  # runs of earlier versions have no mode and no scope
    return [
        minute_text(run["started_at"]),
        cut_line(run["site"], 40),
        told.get("mode") or "-",
        cut_line(told.get("scope") or "-", 30),
        told.get("credentials") or "visitor",
        styled(run["verdict"], fg=VERDICT_COLOURS.get(run["verdict"])),
        _sum(run, "new"),
        _sum(run, "changed", "refreshed", "returned"),
        _sum(run, "withdrawn", "deleted"),
        _count(run, run["failures"]),
        _count(run, run["requests"]),
        _duration(run, now),
        cut_line(_why(run, now), 60),
    ]


def _why(run: Run, now: datetime) -> str:
    """Return why a run is not complete, or why it stands where it does."""
    if run["started_at"] > now:
        return f"its clock was ahead; {run['reason'] or ''}".rstrip("; ")
    return run["reason"] or ""


def _sum(run: Run, *names: str) -> str:
    """Return a sum over all types."""
    return _count(run, sum(part.get(name) or 0 for part in run["types"] for name in names))


def _count(run: Run, number: int) -> str:
    """Return a number; `?` for a run that goes on or was killed, which has written none."""
    return "?" if run["finished_at"] is None else f"{number:,}"


def _duration(run: Run, now: datetime) -> str:
    """Return how long a run took, or has taken so far; `?` for one that was killed."""
    seconds = run["seconds"]
    if run["verdict"] == "running":
        seconds = (now - run["started_at"]).total_seconds()
    elif run["finished_at"] is None:
        return "?"
    return str(timedelta(seconds=round(seconds)))
