"""`wparchive stats`: totals, and counts by what posts have in common."""

from typing import Any, cast

import click

from wparchive.backends.reader import GROUPS, Group
from wparchive.commands.options import (
    archive_option,
    filter_options,
    found_or_explained,
    json_option,
)
from wparchive.commands.output import bars, page, print_json, say
from wparchive.reading.library import Archive, Posts

NONE = "(none)"
IN_TIME = ("year", "month")


@click.command()
@archive_option
@filter_options
@click.option("--by", type=click.Choice(list(GROUPS)), help="Count by this.")
@click.option(
    "--top",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="At most so many bars; times are never cut.",
)
@json_option
def stats(archive: Archive, posts: Posts, by: str | None, top: int, as_json: bool) -> None:
    """How many posts and words, or posts by year, month, tag, category, author, site, type, state or language.

    \b
    wparchive stats
    wparchive stats --by month --site example.com --since 2023
    wparchive stats --by tag --top 50 --type post
    wparchive stats --by author --json

    A post counts once for each of its tags, so the bars may sum to more than there are posts. Months are in UTC.
    """
    counts = posts.by(cast(Group, by)) if by else None
    shown: dict[str, Any] = (
        {"posts": posts.count(), "words": posts.words()}
        if counts is None
        else _ranked(counts, by in IN_TIME, top)
    )
    if as_json:
        print_json(shown)
    elif counts is None:
        say(_totals(posts, shown))
    elif shown:
        page(bars(shown))
    if counts == {} or shown.get("posts") == 0:
        found_or_explained(archive, posts)
        click.echo("no post is selected", err=True)
        raise click.exceptions.Exit(1)


def _totals(posts: Posts, shown: dict[str, Any]) -> str:
    values = posts.by("site"), posts.by("type"), posts.by("year")
    sites, types, years = values
    lines = [
        f"posts   {shown['posts']:,}",
        f"words   {shown['words']:,}",
        f"sites   {len(sites):,}",
    ]
    lines.append(
        "types   "
        + ", ".join(
            f"{name} {count:,}" for name, count in sorted(types.items(), key=lambda item: -item[1])
        )
    )
    known = sorted(year for year in years if year)
    if known:
        lines.append(f"years   {known[0]} to {known[-1]}")
    return "\n".join(lines)


def _ranked(counts: dict[str | None, int], in_time: bool, top: int) -> dict[str, int]:
    """In order of time, or the most frequent first."""
    if in_time:
        return {
            name or NONE: count
            for name, count in sorted(counts.items(), key=lambda item: item[0] or "")
        }
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0] or ""))
    return {NONE if name is None else name: count for name, count in most[:top]}
