"""`wparchive failures`: what could not be archived."""

import zlib
from typing import Any

import click

from wparchive.commands.options import archive_option, json_option
from wparchive.commands.output import moment, one_line, page, print_json_lines, table
from wparchive.model.documents import Failure
from wparchive.reading.library import Archive


@click.command()
@archive_option
@click.option("--site", multiple=True, metavar="SITE", help="Only of this site.")
@click.option("--type", "type_", multiple=True, metavar="TYPE", help="Only of this type.")
@click.option("--raw", is_flag=True, help="With --json: the records as received too.")
@json_option
def failures(
    archive: Archive, site: tuple[str, ...], type_: tuple[str, ...], raw: bool, as_json: bool
) -> None:
    """What could not be archived: where, at which stage, and why. A complete archive has none.

    \b
    wparchive failures
    wparchive failures --site example.com --json | jq -r .url
    """
    found = list(archive.failures(site=site, type=type_))
    if not found:
        archive.require_sites(archive.posts(site=site).filter)
    if as_json:
        print_json_lines(_as_json(failure, raw) for failure in found)
    elif found:
        rows = [_row(failure) for failure in found]
        page(
            table(
                ["last met", "times", "what", "stage", "cause", "message"],
                rows,
                right=frozenset({1}),
            )
        )
    else:
        click.echo("none: everything that was met could be archived")


def _row(failure: Failure) -> list[str]:
    what = failure["_id"].rpartition("#")[0]
    message = one_line(failure["message"], 100)
    return [
        moment(failure["last_at"]),
        str(failure["attempts"]),
        what,
        failure["stage"],
        failure["cause"],
        message,
    ]


def _as_json(failure: Failure, raw: bool) -> dict[str, Any]:
    record = failure["raw"]
    shown: dict[str, Any] = {name: value for name, value in failure.items() if name != "raw"}
    return (
        {**shown, "raw": zlib.decompress(record).decode(errors="replace") if record else None}
        if raw
        else shown
    )
