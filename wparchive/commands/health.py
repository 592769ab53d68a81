"""`wparchive health`: whether everything is as usual."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click

from wparchive.alarms.sending import addresses_to_alarm, send_alarms
from wparchive.alarms.watching import SiteHealth, health_of
from wparchive.alarms.wording import alarm_lines
from wparchive.commands.options import (
    archive_option,
    completed_option,
    json_option,
    require_some_site,
)
from wparchive.commands.output import VERDICT_COLOURS, print_json_lines, say, styled, wrapped
from wparchive.errors import InvalidQuery
from wparchive.reading.arguments import parse_since
from wparchive.reading.library import Archive
from wparchive.reading.views import age_text

_NOT_AS_USUAL = 7


@click.command("health")
@archive_option
@completed_option("site", "SITE", "Only this site.")
@click.option(
    "--since",
    metavar="DATE",
    help="Also show alarms that were raised since then and have ended (30d).",
)
@click.option(
    "--send", is_flag=True, help="Send what is shown to the addresses in CRAWL_ALARMS_TO, too."
)
@json_option
def health_command(
    archive: Archive, site: tuple[str, ...], since: str | None, send: bool, as_json: bool
) -> None:
    """Show whether the last run of each site was as usual.

    The alarms that stand are named. The status is 7 where something is not as usual.

    \b
    wparchive health
    wparchive health --site example.com --since 30d
    wparchive health --json | jq -r 'select(.alarms != []) | .site'
    wparchive health >/dev/null || echo "look at it"

    Each run looks for alarms at its end, by the rules of docs/alarms.md. A site is also not well if
    its last run failed or was killed, or if no run came for longer than usual.
    """
    now = datetime.now(UTC)
    begin = None
    if since is not None:
        begin = parse_since(since, now)
    found = health_of(archive, site, now, begin)
    if not found:
        require_some_site(archive)
    if as_json:
        print_json_lines(map(_as_json, found))
    else:
        text = "\n".join(line for one in found for line in _lines(one, now))
        say(wrapped(text, hanging=2))
    if send:
        _send(found)
    if not all(one.is_well for one in found):
        raise click.exceptions.Exit(_NOT_AS_USUAL)


def _lines(health: SiteHealth, now: datetime) -> Iterator[str]:
    yield f"{styled(health.site, bold=True)}  {_state(health, now)}"
    if health.reason:
        yield styled(f"  {health.reason}", fg="red")
    if health.late:
        yield styled(f"  late: {health.late}", fg="red")
    for alarm in health.alarms:
        first, *rest = alarm_lines(alarm)
        yield styled(f"  {first}", fg="red")
        yield from (f"  {line}" for line in rest)


def _state(health: SiteHealth, now: datetime) -> str:
    run = health.last_run
    if run is None:
        return "no crawl has ended yet"
    verdict = styled(run["verdict"], fg=VERDICT_COLOURS.get(run["verdict"]))
    text = f"{verdict} {age_text(run['finished_at'] or run['started_at'], now)}"
    if health.is_well:
        return f"{text}, as usual"
    return text


def _as_json(health: SiteHealth) -> dict[str, Any]:
    run = health.last_run
    return {
        "site": health.site,
        "well": health.is_well,
        "late": health.late,
        "verdict": run["verdict"] if run else None,
        "reason": health.reason,
        "finished_at": run["finished_at"] if run else None,
        "alarms": health.alarms,
    }


def _send(found: list[SiteHealth]) -> None:
    """Send the alarms of each site. Raises InvalidQuery where nobody said where to."""
    addresses = addresses_to_alarm()
    if not addresses:
        raise InvalidQuery("--send needs addresses in the environment variable CRAWL_ALARMS_TO")
    for health in found:
        if health.alarms:
            send_alarms(health.site, health.alarms, addresses)
