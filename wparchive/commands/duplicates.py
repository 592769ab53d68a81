"""`wparchive duplicates`: find what repeats what, look at it, and take copies out of the archive."""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wparchive.commands.duplicates_options import (
    chosen,
    index_option,
    kind_option,
    reading_index_option,
    site_option,
)
from wparchive.commands.duplicates_prune import prune
from wparchive.commands.duplicates_view import (
    copy_row,
    finding_lines,
    flow_table,
    group_rows,
    print_group,
    totals,
    write_copies,
)
from wparchive.commands.options import json_option
from wparchive.commands.output import page, print_json, print_json_lines, table
from wparchive.duplicates.find.find_duplicates import ProgressCallback, find_duplicates
from wparchive.duplicates.groups import copies, flows, grouped, original_of
from wparchive.duplicates.index import DuplicateIndex
from wparchive.duplicates.pair import DUPLICATE_KINDS, PostSummary
from wparchive.errors import NotFound
from wparchive.reading.arguments import bare_address, link_forms, parse_since

if TYPE_CHECKING:
    from rich.progress import TaskID


@click.group()
def duplicates() -> None:
    """Exact, near, shortened and syndicated copies: find them, compare them, take them out.

    \b
    wparchive duplicates find                       settle who repeats whom
    wparchive duplicates list --across-sites        who copies whom, how fast
    wparchive duplicates show example.com/post/12   what each copy changed
    wparchive duplicates prune --dry-run            what would be taken out

    A crawl marks what it finds as it goes; `find` settles it. search, stats and export take --unique to leave copies out.
    """


@duplicates.command()
@index_option
@click.option(
    "--site",
    "sites",
    multiple=True,
    metavar="SITE",
    help="Settle only posts of this site, against the whole archive.",
)
@click.option(
    "--since",
    metavar="DATE",
    help="Settle only posts published since (2024-05, 30d, ...), against the whole archive.",
)
@click.option(
    "--work",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Where to keep what a killed run has done.",
)
@json_option
def find(
    index: DuplicateIndex,
    sites: tuple[str, ...],
    since: str | None,
    work: Path | None,
    as_json: bool,
) -> None:
    """Compare all live posts, group copies around their originals, and mark them; earlier marks that no longer hold go.

    \b
    wparchive duplicates find
    wparchive duplicates find --site example.com --since 30d

    Started again after an interruption, it goes on where it ended. Nothing is deleted.
    """
    now = datetime.now(UTC)
    wanted = frozenset(bare_address(site) for site in sites)
    start = parse_since(since, now) if since else None

    def selected(entry: PostSummary) -> bool:
        published = entry.candidate.published_at
        return (not wanted or entry.site in wanted) and (
            start is None or (published is not None and published >= start)
        )

    with _bar() as progress:
        found = find_duplicates(index, work or _workplace(index.address), now, selected, progress)
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(finding_lines(found)))
    if not found.selected:
        click.echo("no live post is selected", err=True)
        raise click.exceptions.Exit(1)


@duplicates.command("list")
@reading_index_option
@site_option
@kind_option("canonical, exact and near")
@click.option(
    "--across-sites",
    is_flag=True,
    help="Only copies on another site than the original's, and who copies whom.",
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=50,
    show_default=True,
    help="At most so many groups; --json lists all.",
)
@json_option
def list_(
    index: DuplicateIndex,
    sites: tuple[str, ...],
    kinds: tuple[str, ...],
    across_sites: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Groups of copies, the largest first.

    \b
    wparchive duplicates list
    wparchive duplicates list --across-sites
    wparchive duplicates list --kind contained --site example.com
    """
    found = [copy for copy in chosen(index, sites, kinds) if copy.across_sites or not across_sites]
    groups = grouped(found)
    if as_json:
        print_json_lines(copy_row(copy) for group in groups for copy in group.copies)
    elif groups:
        parts = [
            table(
                ["copies", "sites", "original", "title"],
                group_rows(groups[:limit]),
                right=frozenset({0, 1}),
            )
        ]
        if len(groups) > limit:
            parts.append(f"{len(groups) - limit:,} more groups: --limit, or --json for all")
        if across_sites:
            parts.append(flow_table(flows(found)))
        page("\n\n".join(parts))
    if not found:
        chosen_ = " of this choice" if sites or kinds or across_sites else ""
        click.echo(
            f"no copy{chosen_} is marked: `wparchive duplicates find` looks for them", err=True
        )
        raise click.exceptions.Exit(1)


@duplicates.command()
@click.argument("post")
@reading_index_option
@click.option("--full", is_flag=True, help="Differences with all of the unchanged text.")
@json_option
def show(index: DuplicateIndex, post: str, full: bool, as_json: bool) -> None:
    """The group of a POST (key or address): who published first, how much was copied, and what each copy changed.

    \b
    wparchive duplicates show example.com/post/12
    wparchive duplicates show https://example.com/a-post/ --full
    """
    original = original_of(index, _key(index, post))
    members = grouped(copies(index, DUPLICATE_KINDS, original))
    if not members:
        raise NotFound(
            f"{post} is no duplicate and has none: `wparchive duplicates find` looks for them"
        )
    print_group(index, members[0], full, as_json)


@duplicates.command()
@reading_index_option
@json_option
def stats(index: DuplicateIndex, as_json: bool) -> None:
    """How many posts repeat others, by kind and by site.

    \b
    wparchive duplicates stats
    wparchive duplicates stats --json
    """
    counted = totals(copies(index, DUPLICATE_KINDS))
    if as_json:
        print_json(counted)
        return
    click.echo(
        "\n".join(f"{name:<14}{value:>8,}" for name, value in counted["kinds"].items())
        or "no post is marked as a duplicate"
    )
    if counted["sites"]:
        rows = [
            [site, f"{copies_:,}", f"{elsewhere:,}"]
            for site, (copies_, elsewhere) in counted["sites"].items()
        ]
        click.echo(
            "\n" + table(["site", "copies", "from other sites"], rows, right=frozenset({1, 2}))
        )


@duplicates.command()
@reading_index_option
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help="A name ending in .csv or .jsonl; - is JSON Lines on standard output.",
)
@site_option
@kind_option("all")
@json_option
def export(
    index: DuplicateIndex,
    output: str,
    sites: tuple[str, ...],
    kinds: tuple[str, ...],
    as_json: bool,
) -> None:
    """One line for each copy: what it repeats, how, how much, how long after.

    \b
    wparchive duplicates export -o duplicates.csv
    wparchive duplicates export -o - --kind near | jq .
    """
    count = write_copies(
        (copy_row(copy) for copy in chosen(index, sites, kinds or DUPLICATE_KINDS)), output
    )
    if as_json and output != "-":
        print_json({"output": output, "copies": count})
    click.echo(
        f"{count:,} copies written to {'standard output' if output == '-' else output}", err=True
    )


duplicates.add_command(prune)


def _key(index: DuplicateIndex, post: str) -> str:
    key = post.strip()
    if index.find([key]):
        return key
    for link, keys in sorted(index.linked(link_forms(post)).items()):
        return keys[0] if link else key
    raise NotFound(
        f"no live post {post!r} in {index.address}: a post is named by its key (site/type/id) or address"
    )


def _workplace(address: str) -> Path:
    """One folder for each archive, the same in every run."""
    name = hashlib.blake2b(address.encode(), digest_size=8).hexdigest()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "wparchive" / f"duplicates-{name}"


@contextmanager
def _bar() -> Iterator[ProgressCallback]:
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
