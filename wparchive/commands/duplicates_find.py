"""`wparchive duplicates find`: compare all posts and mark what repeats what."""

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wparchive.commands.options import json_option, writable_index_option
from wparchive.commands.output import print_json, tell
from wparchive.duplicates.find.find_duplicates import FindResult, ProgressCallback, find_duplicates
from wparchive.duplicates.index import DuplicateIndex
from wparchive.duplicates.summary import PostSummary
from wparchive.reading.arguments import parse_since, sites_of

if TYPE_CHECKING:
    from rich.progress import TaskID

_NAMED = 20
"""Damaged posts that are named; --json names all."""


@click.command("find")
@writable_index_option
@click.option(
    "--site",
    "sites",
    multiple=True,
    metavar="SITE",
    help="Decide only on posts of this site, against the whole archive.",
)
@click.option(
    "--since",
    metavar="DATE",
    help="Decide only on posts published since (2024-05, 30d, ...), against the whole archive.",
)
@click.option(
    "--work",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Folder in which the next run finds the work of an interrupted one.",
)
@json_option
def find_command(
    index: DuplicateIndex,
    sites: tuple[str, ...],
    since: str | None,
    work: Path | None,
    as_json: bool,
) -> None:
    """Compare all live posts, and mark copies.

    Copies are grouped around their originals.

    \b
    wparchive duplicates find
    wparchive duplicates find --site example.com --since 30d

    Earlier marks that no longer hold are taken away. Started again after an interruption, it goes
    on where it ended. Nothing is deleted.
    """
    now = datetime.now(UTC)
    start = None
    if since:
        start = parse_since(since, now)
    selected = _selector(frozenset(sites_of(sites)), start)
    with _progress_bar() as progress:
        found = find_duplicates(
            index, work or _default_work(index.address), now, selected, progress
        )
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(_lines(found)))
    if found.damaged:
        raise click.exceptions.Exit(1)
    if not found.selected:
        tell("no live post is selected")
        raise click.exceptions.Exit(1)


def _selector(sites: frozenset[str], since: datetime | None) -> Callable[[PostSummary], bool]:
    """Return the function that says whether to decide on a post."""

    def is_selected(post: PostSummary) -> bool:
        if sites and post.site not in sites:
            return False
        if since is None:
            return True
        published_at = post.candidate.published_at
        return published_at is not None and published_at >= since

    return is_selected


def _lines(found: FindResult) -> Iterator[str]:
    """Yield the totals of a batch."""
    yield f"{found.posts:,} live posts, {found.compared:,} pairs compared"
    for kind, count in found.relations.items():
        yield f"  {kind:<10} {count:>8,}"
    yield f"clusters: {found.clusters:,}, marks changed: {found.changed:,}"
    if found.damaged:
        yield f"{len(found.damaged):,} posts are damaged and were left out:"
        yield from (f"  {key}: {what}" for key, what in islice(found.damaged.items(), _NAMED))


def _default_work(address: str) -> Path:
    """Return one folder for each archive, the same in every run."""
    # The address may hold what no file's name can.
    name = hashlib.blake2b(address.encode(), digest_size=8).hexdigest()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "wparchive" / f"duplicates-{name}"


@contextmanager
def _progress_bar() -> Iterator[ProgressCallback]:
    """Show progress on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def progress(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield progress
