"""`wparchive duplicates prune`: copies out of the archive, and back."""

import sys
from datetime import UTC, datetime

import click

from wparchive.commands.duplicates_options import chosen, index_option, kind_option, site_option
from wparchive.commands.options import json_option
from wparchive.commands.output import print_json
from wparchive.duplicates.index import DuplicateIndex
from wparchive.errors import InvalidQuery

_AT_ONCE = 500
_PREVIEWED = 20


@click.command()
@index_option
@site_option
@kind_option("canonical, exact and near")
@click.option("--dry-run", is_flag=True, help="Only say what would be taken out.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--undo", is_flag=True, help="Bring everything back that was taken out.")
@json_option
def prune(
    index: DuplicateIndex,
    sites: tuple[str, ...],
    kinds: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    undo: bool,
    as_json: bool,
) -> None:
    """Take copies out of the archive. They are moved to `removed`, not erased, and --undo brings them back.

    \b
    wparchive duplicates prune --dry-run
    wparchive duplicates prune --kind exact
    wparchive duplicates prune --undo

    Only copies that `find` has settled are taken out, and only while their original is in the archive. A later crawl that meets them
    brings them back, with their history: to leave copies out of what you read, --unique is enough.
    """
    if undo and (sites or kinds):
        raise InvalidQuery("--undo brings everything back: leave out --site and --kind")
    if undo:
        _bring_back(index, dry_run, yes, as_json)
        return
    settled = [
        copy
        for copy in chosen(index, sites, kinds)
        if copy.original is not None and "reason" in copy.mark
    ]
    if not as_json:
        for copy in settled[:_PREVIEWED] if dry_run else ():
            click.echo(f"{copy.post.key}  {copy.mark['kind']} copy of {copy.mark['of']}")
        if dry_run and len(settled) > _PREVIEWED:
            click.echo(f"... and {len(settled) - _PREVIEWED:,} more")
    keys = [copy.post.key for copy in settled]
    moved = (
        0
        if dry_run
        or not _agreed(f"Move {len(keys):,} copies out of {index.address}?", len(keys), yes)
        else _moved(index, keys)
    )
    _say("would be moved out" if dry_run else "moved out", len(keys) if dry_run else moved, as_json)


def _bring_back(index: DuplicateIndex, dry_run: bool, yes: bool, as_json: bool) -> None:
    keys = [key for key, _ in index.removed()]
    if dry_run or not _agreed(f"Bring {len(keys):,} posts back?", len(keys), yes):
        _say(
            "would be brought back" if dry_run else "brought back",
            len(keys) if dry_run else 0,
            as_json,
        )
        return
    _say(
        "brought back",
        sum(
            index.move_back(keys[start : start + _AT_ONCE])
            for start in range(0, len(keys), _AT_ONCE)
        ),
        as_json,
    )


def _moved(index: DuplicateIndex, keys: list[str]) -> int:
    now = datetime.now(UTC)
    return sum(
        index.move_out(keys[start : start + _AT_ONCE], now)
        for start in range(0, len(keys), _AT_ONCE)
    )


def _agreed(question: str, count: int, yes: bool) -> bool:
    if not count or yes:
        return True
    if not sys.stdin.isatty():
        raise InvalidQuery(
            "nobody is there to ask: say --yes to go on, or --dry-run to see what would be done"
        )
    return click.confirm(question)


def _say(what: str, count: int, as_json: bool) -> None:
    if as_json:
        print_json({"posts": count, "what": what})
    else:
        click.echo(f"{count:,} posts {what}")
