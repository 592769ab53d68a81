"""`wparchive sites`: what is held."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from wparchive.commands.options import archive_option, json_option
from wparchive.commands.output import (
    STANDARD_OUTPUT,
    VERDICT_COLOURS,
    print_json_lines,
    say,
    styled,
    tell,
    wrapped,
)
from wparchive.commands.text_tables import text_table
from wparchive.errors import crawl_hint
from wparchive.export.atomic import atomic_file
from wparchive.model.run_records import Run
from wparchive.reading.arguments import parse_since
from wparchive.reading.library import Archive
from wparchive.reading.monitoring import prometheus_text, stale_sites
from wparchive.reading.site_summaries import SiteSummary
from wparchive.reading.views import age_text

_RUN_FIELDS = (
    "started_at",
    "finished_at",
    "verdict",
    "reason",
    "exit_status",
    "failures",
    "mode",
    "scope",
)


@click.command("sites")
@archive_option
@click.option(
    "--stale",
    metavar="AGE",
    help="Only sites that had no complete or partial crawl for so long (2d). Status 1 if any.",
)
@click.option(
    "--metrics",
    metavar="FILE",
    help="Write figures for Prometheus (the text format) to this file; - is standard output.",
)
@json_option
def sites_command(archive: Archive, stale: str | None, metrics: str | None, as_json: bool) -> None:
    """List the sites that are held, and their last crawls.

    Each site is shown with its types and their counts, and with the verdict and the age of its
    last crawl.

    \b
    wparchive sites
    wparchive sites --archive mongodb://localhost:27017/wparchive
    wparchive sites --json | jq -r .site
    wparchive sites --stale 2d || echo "some sites were not crawled for two days"
    wparchive sites --metrics /var/lib/prometheus/node-exporter/wparchive.prom
    """
    held = archive.sites()
    if metrics is not None:
        _write_metrics(prometheus_text(held), metrics)
        if stale is None:
            return
    if not held:
        tell(f"{archive.address} holds no site yet: {crawl_hint()}")
        raise click.exceptions.Exit(1)
    now = datetime.now(UTC)
    if stale is None:
        _show(held, now, as_json)
        return
    late = stale_sites(held, parse_since(stale, now))
    _show(late, now, as_json)
    if late:
        raise click.exceptions.Exit(1)


def _write_metrics(figures: str, target: str) -> None:
    if target == STANDARD_OUTPUT:
        click.echo(figures, nl=False)
        return
    with atomic_file(Path(target)) as file:
        file.write(figures.encode())


def _show(held: list[SiteSummary], now: datetime, as_json: bool) -> None:
    if as_json:
        print_json_lines(_as_json(summary) for summary in held)
    elif held:
        text = "\n\n".join("\n".join(_lines(summary, now)) for summary in held)
        say(wrapped(text, hanging=2))


def _lines(summary: SiteSummary, now: datetime) -> Iterator[str]:
    title = styled(summary.key, bold=True)
    if summary.site and summary.site["name"]:
        title += f"  {summary.site['name']}"
    yield title
    yield from ("  " + line for line in _last_crawls(summary, now))
    if not summary.held:
        yield "  nothing is held of it"
        return
    states = ["live", "withdrawn", "deleted"]
    if any(counts.unpublished for counts in summary.held):
        states.append("unpublished")
    rows = [
        [counts.type, *(f"{getattr(counts, state):,}" for state in states)]
        for counts in summary.held
    ]
    table = text_table(["type", *states], rows, right=frozenset(range(1, len(states) + 1)))
    yield from ("  " + line for line in table.split("\n"))


def _last_crawls(summary: SiteSummary, now: datetime) -> Iterator[str]:
    """Yield a line about the last run for everything, and one about a later one for some types."""
    if summary.last_run is None:
        yield "no crawl recorded"
    for run in (summary.last_run, summary.last_partial):
        if run is not None:
            yield _crawl_line(run, now)


def _crawl_line(run: Run, now: datetime) -> str:
    verdict = styled(run["verdict"], fg=VERDICT_COLOURS.get(run["verdict"]))
    what = "last crawl"
    if types := run["arguments"].get("types"):
        what += f" of {types}"
    line = f"{what} {age_text(run['finished_at'] or run['started_at'], now)}, {verdict}"
    if run["reason"]:
        line += f": {run['reason']}"
    return line


def _as_json(summary: SiteSummary) -> dict[str, Any]:
    name = home = None
    if summary.site is not None:
        name = summary.site["name"]
        home = summary.site["home"]
    return {
        "site": summary.key,
        "name": name,
        "home": home,
        "types": summary.held,
        "last_run": _fields_of(summary.last_run),
        "last_partial": _fields_of(summary.last_partial),
    }


def _fields_of(run: Run | None) -> dict[str, Any] | None:
    """Return what is shown of a run."""
    if run is None:
        return None
    fields: dict[str, Any] = dict(run)
    shown = {field: fields.get(field) for field in _RUN_FIELDS}
    # Runs of early versions say neither: there was no other mode, and no part of a site.
    shown["mode"] = shown["mode"] or "full"
    shown["scope"] = shown["scope"] or "everything"
    return shown
