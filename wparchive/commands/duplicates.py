"""`wparchive duplicates`: find what repeats what, look at it, and take copies out."""

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from wparchive.commands.lazy_group import LazyGroup
from wparchive.commands.options import (
    archive_option,
    copies_site_option,
    json_option,
    kind_option,
    require_some_site,
)
from wparchive.commands.output import (
    STANDARD_OUTPUT,
    cut_line,
    difference_text,
    output_name,
    print_json,
    print_json_lines,
    print_paged,
    styled,
    tell,
    wrapped,
)
from wparchive.commands.text_tables import text_table
from wparchive.duplicates.groups import Copy, CopyGroup, Flow, flows, grouped
from wparchive.duplicates.pair import DUPLICATE_KINDS
from wparchive.duplicates.summary import PostSummary
from wparchive.errors import InvalidQuery
from wparchive.export.atomic import atomic_file
from wparchive.reading.arguments import bare_address
from wparchive.reading.copies import COPY_COLUMNS, ChangedCopy, copy_record
from wparchive.reading.library import Archive
from wparchive.reading.views import counted_text, minute_text, share_text, span_text

_TITLE_WIDTH = 60


@click.group(
    "duplicates",
    cls=LazyGroup,
    modules={
        "find": "wparchive.commands.duplicates_find",
        "prune": "wparchive.commands.duplicates_prune",
    },
)
def duplicates_command() -> None:
    """Find, compare, count and take out copies of posts.

    A copy may be exact, near, shortened or syndicated.

    \b
    wparchive duplicates find                       decide who repeats whom
    wparchive duplicates list --across-sites        who copies whom, and how fast
    wparchive duplicates show example.com/post/12   what each copy changed
    wparchive duplicates prune --dry-run            what would be taken out

    A crawl marks what it finds as it goes; `find` decides. search, stats and export take
    --unique to leave copies out.
    """


@duplicates_command.command("list")
@archive_option
@copies_site_option
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
    help="The most groups to show; --json lists all.",
)
@json_option
def list_copies_command(
    archive: Archive,
    sites: tuple[str, ...],
    kinds: tuple[str, ...],
    across_sites: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List groups of copies, the largest first.

    \b
    wparchive duplicates list
    wparchive duplicates list --across-sites
    wparchive duplicates list --kind contained --site example.com
    """
    # Groups and flows are made of the same copies, which are marked posts and hence few.
    found = list(archive.duplicates.copies(site=sites, kind=kinds, across_sites=across_sites))
    groups = grouped(found)
    if as_json and groups:
        print_json_lines(copy_record(copy) for group in groups for copy in group.copies)
    elif groups:
        parts = [_groups_table(groups[:limit])]
        if len(groups) > limit:
            parts.append(f"{len(groups) - limit:,} more groups: --limit, or --json for all")
        if across_sites:
            parts.append(_flows_table(flows(found)))
        print_paged("\n\n".join(parts))
    else:
        require_some_site(archive)
        _say_none(is_chosen=bool(sites or kinds or across_sites))
    _say_moved_out(archive, sites)
    if not found:
        raise click.exceptions.Exit(1)


@duplicates_command.command("show")
@click.argument("post")
@archive_option
@click.option("--full", is_flag=True, help="Differences with all of the unchanged text.")
@json_option
def show_group_command(archive: Archive, post: str, full: bool, as_json: bool) -> None:
    """Show a group of copies, and what each copy changed.

    POST is the key or the address of any post of the group. The post that was published first
    comes first.

    \b
    wparchive duplicates show example.com/post/12
    wparchive duplicates show https://example.com/a-post/ --full
    """
    group = archive.duplicates.group(archive.get(post)["_id"])
    changes = archive.duplicates.changes(group, full)
    if as_json:
        print_json({"original": group.original, "copies": [_as_json(one) for one in changes]})
        return
    headers = ["", "published", "after", "kind", "shared", "words", "post"]
    parts = [text_table(headers, _member_rows(group), right=frozenset({4, 5}))]
    parts += [_changes_text(one) for one in changes]
    print_paged("\n\n".join(parts))


@duplicates_command.command("stats")
@archive_option
@json_option
def count_copies_command(archive: Archive, as_json: bool) -> None:
    """Count the posts that repeat others, by kind and by site.

    \b
    wparchive duplicates stats
    wparchive duplicates stats --json
    """
    totals = archive.duplicates.totals()
    if as_json:
        sites = {site: (one.copies, one.across_sites) for site, one in totals.sites.items()}
        print_json({"kinds": totals.kinds, "sites": sites})
        return
    lines = [f"{name:<14}{count:>8,}" for name, count in totals.kinds.items()]
    click.echo("\n".join(lines) or "no post is marked as a duplicate")
    if totals.sites:
        rows = [
            [site, f"{one.copies:,}", f"{one.across_sites:,}"] for site, one in totals.sites.items()
        ]
        headers = ["site", "copies", "from other sites"]
        click.echo("\n" + text_table(headers, rows, right=frozenset({1, 2})))


@duplicates_command.command("export")
@archive_option
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help="A name ending in .csv or .jsonl; - is JSON Lines on standard output.",
)
@copies_site_option
@kind_option("all")
@json_option
def export_copies_command(
    archive: Archive,
    output: str,
    sites: tuple[str, ...],
    kinds: tuple[str, ...],
    as_json: bool,
) -> None:
    """Write one line for each copy.

    It says which post the copy repeats, in which way, how much of it, and how long after.

    \b
    wparchive duplicates export -o duplicates.csv
    wparchive duplicates export -o - --kind near | jq .
    """
    found = archive.duplicates.copies(site=sites, kind=kinds or DUPLICATE_KINDS)
    count = _write_copies((copy_record(copy) for copy in found), output)
    if as_json and output != STANDARD_OUTPUT:
        print_json({"output": output, "copies": count})
    tell(f"{count:,} copies written to {output_name(output)}")


def _say_none(is_chosen: bool) -> None:
    choice = " of this choice" * is_chosen
    tell(f"no copy{choice} is marked: `wparchive duplicates find` looks for them")


def _say_moved_out(archive: Archive, sites: tuple[str, ...]) -> None:
    """Say how many posts are not listed because `prune` has moved them out, and the way back."""
    chosen = tuple(f"{bare_address(site)}/" for site in sites)
    moved = [
        at for key, at in archive.duplicates.moved_out() if not sites or key.startswith(chosen)
    ]
    if moved:
        count = counted_text(len(moved), "copy", "copies")
        last = minute_text(max(moved))
        said = (
            f"{count} moved out by `wparchive duplicates prune` (last on {last}):"
            " `wparchive duplicates prune --undo` brings all back"
        )
        tell(said)


def _groups_table(groups: Iterable[CopyGroup]) -> str:
    rows = [
        [
            f"{len(group.copies):,}",
            f"{len(group.sites):,}",
            group.original,
            cut_line(_title(group), _TITLE_WIDTH),
        ]
        for group in groups
    ]
    return text_table(["copies", "sites", "original", "title"], rows, right=frozenset({0, 1}))


def _title(group: CopyGroup) -> str:
    first = group.copies[0]
    if first.original is None:
        return f"(no longer live) {first.post.title}"
    return first.original.title


def _flows_table(found: Sequence[Flow]) -> str:
    """Return who copies whom, how much, and how long after."""
    rows = [
        [
            flow.source,
            flow.target,
            f"{flow.copies:,}",
            f"{flow.shared_words:,}",
            share_text(flow.share),
            span_text(flow.median_delay),
        ]
        for flow in found
    ]
    headers = ["from", "to", "copies", "shared words", "share", "median delay"]
    return text_table(headers, rows, right=frozenset({2, 3, 4}))


def _member_rows(group: CopyGroup) -> Iterator[list[str]]:
    """Yield a row for the original, where it is still there, and one for each copy."""
    original = group.copies[0].original
    if original is not None:
        kind = "original"
        reasons = [copy.mark["reason"] for copy in group.copies if "reason" in copy.mark]
        if reasons:
            kind = f"original ({reasons[0]})"
        yield _member_row("*", original, "", kind, "")
    for copy in group.copies:
        yield _copy_row(copy)


def _copy_row(copy: Copy) -> list[str]:
    # Of one text within another, `excerpt` or `extended` says more than `contained`.
    kind = copy.mark.get("direction") or copy.mark["kind"]
    shared = f"{copy.mark['containment']:.0%}"
    if "shared_words" in copy.mark:
        shared = f"{copy.mark['shared_words']:,} ({shared})"
    return _member_row("", copy.post, span_text(copy.delay), kind, shared)


def _member_row(sign: str, post: PostSummary, after: str, kind: str, shared: str) -> list[str]:
    published = minute_text(post.candidate.published_at)
    return [sign, published, after, kind, shared, f"{post.candidate.word_count:,}", post.key]


def _changes_text(changed: ChangedCopy) -> str:
    post = changed.copy.post
    heading = styled(f"{post.key}: {cut_line(post.title, _TITLE_WIDTH)}", bold=True)
    if not changed.pieces:
        return f"{heading}\nthe same text"
    return f"{heading}\n{wrapped(difference_text(changed.pieces))}"


def _as_json(changed: ChangedCopy) -> dict[str, Any]:
    changes = [[piece.what, piece.text] for piece in changed.pieces]
    return {**copy_record(changed.copy), "changes": changes}


def _write_copies(rows: Iterable[dict[str, Any]], output: str) -> int:
    """Write records as CSV or JSON Lines, by the name's ending; return how many.

    Raises InvalidQuery, OutputFailed.
    """
    if output == STANDARD_OUTPUT:
        return _write_lines(rows, sys.stdout.buffer)
    writers = {".csv": _write_csv, ".jsonl": _write_lines}
    path = Path(output)
    if path.suffix not in writers:
        raise InvalidQuery(f"{output!r} does not say in what format: end it in .csv or .jsonl")
    with atomic_file(path) as out:
        return writers[path.suffix](rows, out)


def _write_lines(rows: Iterable[dict[str, Any]], out: BinaryIO) -> int:
    count = 0
    for row in rows:
        out.write(msgspec.json.encode(row) + b"\n")
        count += 1
    return count


def _write_csv(rows: Iterable[dict[str, Any]], out: BinaryIO) -> int:
    # The wrapper must not close `out`, which belongs to the caller: it is detached at the end.
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.DictWriter(text, list(COPY_COLUMNS))
    writer.writeheader()
    count = 0
    for row in rows:
        writer.writerow(msgspec.to_builtins(row))
        count += 1
    text.flush()
    text.detach()
    return count
