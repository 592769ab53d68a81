"""`wparchive duplicates`: find what repeats what, look at it, and take copies out of the archive."""

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.commands.duplicates_view import copy_row, finding_lines, flow_table, group_rows, print_group, totals, write_copies
from archive.commands.options import json_option
from archive.commands.output import page, print_json, print_json_lines, table
from archive.duplicates.batch import Progress, settle
from archive.duplicates.groups import Copy, copies, flows, grouped, original_of
from archive.duplicates.index import DuplicateIndex, open_index
from archive.duplicates.relation import KINDS, VERSION_KINDS, Entry
from archive.errors import InvalidQuery, NotFound
from archive.query import bare, link_forms, parse_since
from archive.uri import DEFAULT_URI

if TYPE_CHECKING:
    from rich.progress import TaskID

_PRUNED_AT_ONCE = 500
_PREVIEWED = 20


def index_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--archive`; the command gets the archive's open index of duplicates as `index`, and it is closed afterwards."""

    def opened(archive: str | None, **arguments: Any) -> Any:
        root = click.get_current_context().find_root()
        index = open_index(archive or root.params.get("archive") or os.environ.get("ARCHIVE_URI") or DEFAULT_URI)
        try:
            return command(index=index, **arguments)
        finally:
            index.close()

    return click.option("--archive", metavar="URI", help="The archive: sqlite:///path or mongodb://host/database.")(
        update_wrapper(opened, command)
    )


def _kind_option(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help=f"Only this kind (default: {default}).")


_site_option = click.option("--site", "sites", multiple=True, metavar="SITE", help="Only copies on this site.")


@click.group()
def duplicates() -> None:
    """Exact, near, shortened and syndicated copies: find them, compare them, take them out.

    \b
    wparchive duplicates find                       settle who repeats whom
    wparchive duplicates list --across-sites        who copies whom, how fast
    wparchive duplicates show example.com/post/12   what each copy changed
    wparchive duplicates prune --dry-run            what would be taken out

    A crawl marks what it finds as it goes; `find` settles it. Every reading command takes --unique to leave copies out.
    """


@duplicates.command()
@index_option
@click.option("--site", "sites", multiple=True, metavar="SITE", help="Settle only posts of this site, against the whole archive.")
@click.option("--since", metavar="DATE", help="Settle only posts published since (2024-05, 30d, ...), against the whole archive.")
@click.option("--work", metavar="FOLDER", type=click.Path(path_type=Path), help="Where to keep what a killed run has done.")
@json_option
def find(index: DuplicateIndex, sites: tuple[str, ...], since: str | None, work: Path | None, as_json: bool) -> None:
    """Compare all live posts, group copies around their originals, and mark them; earlier marks that no longer hold go.

    \b
    wparchive duplicates find
    wparchive duplicates find --site example.com --since 30d

    Started again after an interruption, it goes on where it ended. Nothing is deleted.
    """
    now = datetime.now(UTC)
    wanted = frozenset(bare(site) for site in sites)
    start = parse_since(since, now) if since else None

    def selected(entry: Entry) -> bool:
        published = entry.member.published_at
        return (not wanted or entry.site in wanted) and (start is None or (published is not None and published >= start))

    with _bar() as progress:
        found = settle(index, work or _workplace(index.address), now, selected, progress)
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(finding_lines(found)))


@duplicates.command("list")
@index_option
@_site_option
@_kind_option("canonical, exact and near")
@click.option("--across-sites", is_flag=True, help="Only copies on another site than the original's, and who copies whom.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many groups; --json lists all.")
@json_option
def list_(index: DuplicateIndex, sites: tuple[str, ...], kinds: tuple[str, ...], across_sites: bool, limit: int, as_json: bool) -> None:
    """Groups of copies, the largest first.

    \b
    wparchive duplicates list
    wparchive duplicates list --across-sites
    wparchive duplicates list --kind contained --site example.com
    """
    found = [copy for copy in _chosen(index, sites, kinds) if copy.across_sites or not across_sites]
    groups = grouped(found)
    if as_json:
        print_json_lines(copy_row(copy) for group in groups for copy in group.copies)
    elif groups:
        parts = [table(["copies", "sites", "original", "title"], group_rows(groups[:limit]), right=frozenset({0, 1}))]
        if len(groups) > limit:
            parts.append(f"{len(groups) - limit:,} more groups: --limit, or --json for all")
        if across_sites:
            parts.append(flow_table(flows(found)))
        page("\n\n".join(parts))
    _or_nothing(found)


@duplicates.command()
@click.argument("post")
@index_option
@click.option("--full", is_flag=True, help="Differences with all of the unchanged text.")
@json_option
def show(index: DuplicateIndex, post: str, full: bool, as_json: bool) -> None:
    """The group of a POST (key or address): who published first, how much was copied, and what each copy changed.

    \b
    wparchive duplicates show example.com/post/12
    wparchive duplicates show https://example.com/a-post/ --full
    """
    original = original_of(index, _key(index, post))
    members = grouped(copies(index, KINDS, original))
    if not members:
        raise NotFound(f"{post} is no duplicate and has none: `wparchive duplicates find` looks for them")
    print_group(index, members[0], full, as_json)


@duplicates.command()
@index_option
@json_option
def stats(index: DuplicateIndex, as_json: bool) -> None:
    """How many posts repeat others, by kind and by site.

    \b
    wparchive duplicates stats
    wparchive duplicates stats --json
    """
    counted = totals(copies(index, KINDS))
    if as_json:
        print_json(counted)
        return
    click.echo("\n".join(f"{name:<14}{value:>8,}" for name, value in counted["kinds"].items()) or "no post is marked as a duplicate")
    if counted["sites"]:
        rows = [[site, f"{copies_:,}", f"{elsewhere:,}"] for site, (copies_, elsewhere) in counted["sites"].items()]
        click.echo("\n" + table(["site", "copies", "from other sites"], rows, right=frozenset({1, 2})))


@duplicates.command()
@index_option
@click.option("-o", "--output", required=True, metavar="FILE", help="A name ending in .csv or .jsonl; - is JSON Lines on standard output.")
@_site_option
@_kind_option("all")
def export(index: DuplicateIndex, output: str, sites: tuple[str, ...], kinds: tuple[str, ...]) -> None:
    """One line for each copy: what it repeats, how, how much, how long after.

    \b
    wparchive duplicates export -o duplicates.csv
    wparchive duplicates export -o - --kind near | jq .
    """
    count = write_copies((copy_row(copy) for copy in _chosen(index, sites, kinds or KINDS)), output)
    click.echo(f"{count:,} copies written to {'standard output' if output == '-' else output}", err=True)


@duplicates.command()
@index_option
@_site_option
@_kind_option("canonical, exact and near")
@click.option("--dry-run", is_flag=True, help="Only say what would be taken out.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--undo", is_flag=True, help="Bring everything back that was taken out.")
@json_option
def prune(
    index: DuplicateIndex, sites: tuple[str, ...], kinds: tuple[str, ...], dry_run: bool, yes: bool, undo: bool, as_json: bool
) -> None:
    """Take copies out of the archive. They are moved to `removed`, not erased, and --undo brings them back.

    \b
    wparchive duplicates prune --dry-run
    wparchive duplicates prune --kind exact
    wparchive duplicates prune --undo

    Only copies that `find` has settled are taken out, and only while their original is in the archive. A later crawl of the whole site
    archives them again: to leave copies out of what you read, --unique is enough.
    """
    if undo:
        _bring_back(index, dry_run, yes, as_json)
        return
    chosen = [copy for copy in _chosen(index, sites, kinds) if copy.original is not None and "reason" in copy.mark]
    if not as_json:
        for copy in chosen[:_PREVIEWED] if dry_run else ():
            click.echo(f"{copy.entry.key}  {copy.mark['kind']} copy of {copy.mark['of']}")
        if dry_run and len(chosen) > _PREVIEWED:
            click.echo(f"... and {len(chosen) - _PREVIEWED:,} more")
    keys = [copy.entry.key for copy in chosen]
    moved = 0 if dry_run or not _agreed(f"Move {len(keys):,} copies out of {index.address}?", len(keys), yes) else _moved(index, keys)
    _say("would be moved out" if dry_run else "moved out", len(keys) if dry_run else moved, as_json)


def _bring_back(index: DuplicateIndex, dry_run: bool, yes: bool, as_json: bool) -> None:
    keys = [key for key, _ in index.removed()]
    if dry_run or not _agreed(f"Bring {len(keys):,} posts back?", len(keys), yes):
        _say("would be brought back" if dry_run else "brought back", len(keys) if dry_run else 0, as_json)
        return
    _say(
        "brought back",
        sum(index.move_back(keys[start : start + _PRUNED_AT_ONCE]) for start in range(0, len(keys), _PRUNED_AT_ONCE)),
        as_json,
    )


def _moved(index: DuplicateIndex, keys: list[str]) -> int:
    now = datetime.now(UTC)
    return sum(index.move_out(keys[start : start + _PRUNED_AT_ONCE], now) for start in range(0, len(keys), _PRUNED_AT_ONCE))


def _agreed(question: str, count: int, yes: bool) -> bool:
    if not count or yes:
        return True
    if not sys.stdin.isatty():
        raise InvalidQuery("nobody is there to ask: say --yes to go on, or --dry-run to see what would be done")
    return click.confirm(question)


def _say(what: str, count: int, as_json: bool) -> None:
    if as_json:
        print_json({"posts": count, "what": what})
    else:
        click.echo(f"{count:,} posts {what}")


def _chosen(index: DuplicateIndex, sites: tuple[str, ...], kinds: tuple[str, ...]) -> list[Copy]:
    wanted = frozenset(bare(site) for site in sites)
    return [copy for copy in copies(index, kinds or tuple(VERSION_KINDS)) if not wanted or copy.entry.site in wanted]


def _or_nothing(found: list[Copy]) -> None:
    if not found:
        click.echo("no copy is marked: `wparchive duplicates find` looks for them", err=True)
        raise click.exceptions.Exit(1)


def _key(index: DuplicateIndex, post: str) -> str:
    key = post.strip()
    if index.find([key]):
        return key
    for link, keys in sorted(index.linked(link_forms(post)).items()):
        return keys[0] if link else key
    raise NotFound(f"no live post {post!r} in {index.address}: a post is named by its key (site/type/id) or address")


def _workplace(address: str) -> Path:
    """One folder for each archive, the same in every run."""
    name = hashlib.blake2b(address.encode(), digest_size=8).hexdigest()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "wparchive" / f"duplicates-{name}"


@contextmanager
def _bar() -> Iterator[Progress]:
    """A progress bar on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def progress(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield progress
