"""`wparchive duplicates prune`: move copies out of the archive, and bring them back."""

import sys
from datetime import UTC, datetime
from itertools import islice

import click

from wparchive.commands.options import (
    copies_site_option,
    json_option,
    kind_option,
    writable_index_option,
)
from wparchive.commands.output import print_json, tell
from wparchive.duplicates.groups import Copy
from wparchive.duplicates.index import DuplicateIndex
from wparchive.errors import InvalidQuery
from wparchive.reading.copies import Duplicates
from wparchive.reading.views import counted_text

_KEYS_AT_ONCE = 500
_PREVIEWED = 20


@click.command("prune")
@writable_index_option
@copies_site_option
@kind_option("canonical, exact and near")
@click.option("--dry-run", is_flag=True, help="Only say what would be taken out.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--undo", is_flag=True, help="Bring everything back that was taken out.")
@json_option
def prune_command(
    index: DuplicateIndex,
    sites: tuple[str, ...],
    kinds: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    undo: bool,
    as_json: bool,
) -> None:
    """Take copies out of the archive.

    They are moved to `removed`, and --undo brings them back.

    \b
    wparchive duplicates prune --dry-run
    wparchive duplicates prune --kind exact
    wparchive duplicates prune --undo

    Only copies that `find` has decided on are taken out, and only while their original is in the
    archive. A later crawl that meets them brings them back, with their history. To leave copies
    out of what you read, --unique is enough.
    """
    if undo and (sites or kinds):
        raise InvalidQuery("--undo brings everything back: leave out --site and --kind")
    if undo:
        _bring_back(index, dry_run, yes, as_json)
    else:
        _take_out(index, _decided(index, sites, kinds), dry_run, yes, as_json)


def _decided(index: DuplicateIndex, sites: tuple[str, ...], kinds: tuple[str, ...]) -> list[Copy]:
    """Return the copies that `find` has decided on and whose original is there."""
    # A crawl's own mark has no reason: it is a hint, made without looking at the whole archive.
    return [
        copy
        for copy in Duplicates(index).copies(site=sites, kind=kinds)
        if copy.original is not None and "reason" in copy.mark
    ]


def _take_out(
    index: DuplicateIndex, decided: list[Copy], dry_run: bool, yes: bool, as_json: bool
) -> None:
    if dry_run:
        if not as_json:
            _preview(decided)
        _say("would be moved out", len(decided), as_json)
        if not decided:
            _hint_at_find()
        return
    moved = 0
    if _agreed(f"Move {len(decided):,} copies out of {index.address}?", len(decided), yes):
        now = datetime.now(UTC)
        keys = iter([copy.post.key for copy in decided])
        while chunk := list(islice(keys, _KEYS_AT_ONCE)):
            moved += index.move_out(chunk, now)
    _say("moved out", moved, as_json)
    if not decided:
        _hint_at_find()
    if moved and not as_json:
        tell("`wparchive duplicates prune --undo` brings them back")


def _hint_at_find() -> None:
    hint = "only copies that `wparchive duplicates find` has decided on are moved out: run it first"
    tell(hint)


def _preview(decided: list[Copy]) -> None:
    for copy in decided[:_PREVIEWED]:
        click.echo(f"{copy.post.key}  {copy.mark['kind']} copy of {copy.mark['of']}")
    if len(decided) > _PREVIEWED:
        click.echo(f"... and {len(decided) - _PREVIEWED:,} more")


def _bring_back(index: DuplicateIndex, dry_run: bool, yes: bool, as_json: bool) -> None:
    keys = [key for key, _ in index.removed()]
    if dry_run:
        _say("would be brought back", len(keys), as_json)
        return
    moved = 0
    if _agreed(f"Bring {len(keys):,} posts back?", len(keys), yes):
        remaining = iter(keys)
        while chunk := list(islice(remaining, _KEYS_AT_ONCE)):
            moved += index.move_back(chunk)
    _say("brought back", moved, as_json)


def _agreed(question: str, count: int, yes: bool) -> bool:
    """Return True to go on: nothing to do, or `--yes`, or the user says so."""
    if not count or yes:
        return True
    if not sys.stdin.isatty():
        raise InvalidQuery(
            "there is no terminal to ask on: give --yes to go on, "
            "or --dry-run to see what would be done"
        )
    return click.confirm(question)


def _say(what: str, count: int, as_json: bool) -> None:
    if as_json:
        print_json({"posts": count, "what": what})
    else:
        click.echo(f"{counted_text(count, 'post')} {what}")
