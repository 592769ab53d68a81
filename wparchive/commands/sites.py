"""`wparchive sites`: what is held."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click

from wparchive.commands.options import archive_option, json_option
from wparchive.commands.output import age, print_json_lines, say, styled, table
from wparchive.reading.library import Archive, SiteSummary

VERDICT_COLOURS = {"complete": "green", "partial": "yellow", "failed": "red", "running": "cyan"}


@click.command()
@archive_option
@json_option
def sites(archive: Archive, as_json: bool) -> None:
    """What is held: sites with their types, counts, last crawl, its verdict and its age.

    \b
    wparchive sites
    wparchive sites --archive mongodb://localhost:27017/wparchive
    wparchive sites --json | jq -r .site
    """
    held = archive.sites()
    if as_json:
        print_json_lines(_as_json(summary) for summary in held)
    elif held:
        say("\n\n".join("\n".join(_lines(summary, datetime.now(UTC))) for summary in held))
    else:
        click.echo(
            f"{archive.address} holds no site yet: scrapy crawl wordpress -a site=https://example.com",
            err=True,
        )
    if not held:
        raise click.exceptions.Exit(1)


def _lines(summary: SiteSummary, now: datetime) -> Iterator[str]:
    name = f"  {summary.site['name']}" if summary.site and summary.site["name"] else ""
    yield styled(summary.key, bold=True) + name
    yield "  " + _last_crawl(summary, now)
    rows = [[h.type, f"{h.live:,}", f"{h.withdrawn:,}", f"{h.deleted:,}"] for h in summary.held]
    for line in table(
        ["type", "live", "withdrawn", "deleted"], rows, right=frozenset({1, 2, 3})
    ).split("\n"):
        yield "  " + line


def _last_crawl(summary: SiteSummary, now: datetime) -> str:
    run = summary.last_run
    if run is None:
        return "no crawl recorded"
    verdict = styled(run["verdict"], fg=VERDICT_COLOURS.get(run["verdict"]))
    reason = f": {run['reason']}" if run["reason"] else ""
    return f"last crawl {age(run['finished_at'] or run['started_at'], now)}, {verdict}{reason}"


def _as_json(summary: SiteSummary) -> dict[str, Any]:
    run = summary.last_run
    return {
        "site": summary.key,
        "name": summary.site["name"] if summary.site else None,
        "home": summary.site["home"] if summary.site else None,
        "types": summary.held,
        "last_run": run
        and {
            name: run[name]
            for name in (
                "started_at",
                "finished_at",
                "verdict",
                "reason",
                "exit_status",
                "failures",
            )
        },
    }
