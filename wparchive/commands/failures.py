"""`wparchive failures`: what could not be archived."""

import zlib
from typing import Any

import click

from wparchive.commands.options import archive_option, completed_option, json_option
from wparchive.commands.output import cut_line, print_json_lines, print_paged
from wparchive.commands.text_tables import text_table
from wparchive.model.file_records import shown_address
from wparchive.model.run_records import Failure
from wparchive.reading.library import Archive
from wparchive.reading.views import minute_text


@click.command("failures")
@archive_option
@completed_option("site", "SITE", "Only this site.")
@completed_option("type", "TYPE", "Only this type.", "type_")
@click.option("--raw", is_flag=True, help="With --json: the records as received too.")
@json_option
def failures_command(
    archive: Archive, site: tuple[str, ...], type_: tuple[str, ...], raw: bool, as_json: bool
) -> None:
    """List what could not be archived, and why.

    Each line names the object, the stage at which it failed, and the cause.

    \b
    wparchive failures
    wparchive failures --site example.com --json | jq -r .url

    A complete archive has none.
    """
    found = list(archive.failures(site=site, type=type_))
    if not found:
        archive.require_sites(site)
    if as_json:
        print_json_lines(_as_json(failure, raw) for failure in found)
    elif found:
        headers = ["last met", "times", "what", "stage", "cause", "message"]
        rows = [_row(failure) for failure in found]
        print_paged(text_table(headers, rows, right=frozenset({1})))
    else:
        click.echo("none: everything that was met could be archived")


def _row(failure: Failure) -> list[str]:
    # The key ends with `#stage`, which has a column of its own.
    what = failure["_id"].rpartition("#")[0]
    return [
        minute_text(failure["last_at"]),
        str(failure["attempts"]),
        shown_address(what),
        failure["stage"],
        failure["cause"],
        cut_line(failure["message"], 100),
    ]


def _as_json(failure: Failure, raw: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {name: value for name, value in failure.items() if name != "raw"}
    if raw:
        shown["raw"] = None
        if failure["raw"]:
            shown["raw"] = zlib.decompress(failure["raw"]).decode(errors="replace")
    return shown
