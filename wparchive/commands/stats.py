"""`wparchive stats`: totals, and counts by what posts have in common."""

from typing import cast

import click

from wparchive.backends.reader import GROUPS, Group, PostTotals
from wparchive.commands.options import (
    archive_option,
    filter_options,
    hint_at_reclean,
    json_option,
    require_named,
)
from wparchive.commands.output import bar_chart, print_json, print_paged, say
from wparchive.reading.library import Archive
from wparchive.reading.posts import Posts
from wparchive.reading.views import ranked_counts


@click.command("stats")
@archive_option
@filter_options
@click.option("--by", type=click.Choice(list(GROUPS)), help="Count by this.")
@click.option(
    "--top",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="The most bars to show; years and months are all shown.",
)
@json_option
def stats_command(archive: Archive, posts: Posts, by: str | None, top: int, as_json: bool) -> None:
    """Count posts and words, or posts by what they have in common.

    \b
    wparchive stats
    wparchive stats --by month --site example.com --since 2023
    wparchive stats --by tag --top 50 --type post
    wparchive stats --by author --json

    A post counts once for each of its tags, so the bars may sum to more than there are posts.
    Months are in UTC; those without a post, between the first and the last one, are shown with 0.
    """
    if by is None:
        is_empty = _print_totals(posts, as_json)
    else:
        is_empty = _print_counts(posts, cast(Group, by), top, as_json)
    if is_empty:
        require_named(archive, posts)
        click.echo("no post is selected", err=True)
        hint_at_reclean(posts)
        raise click.exceptions.Exit(1)


def _print_counts(posts: Posts, by: Group, top: int, as_json: bool) -> bool:
    """Print how many posts have each value; return True when there are none."""
    counts = ranked_counts(posts.by(by), by, top)
    if as_json:
        print_json(counts)
    elif counts:
        print_paged(bar_chart(counts))
    return not counts


def _print_totals(posts: Posts, as_json: bool) -> bool:
    """Print how much the selection holds; return True when that is nothing."""
    totals = posts.totals()
    if as_json:
        print_json({"posts": totals.posts, "words": totals.words})
    else:
        say(_totals_text(totals))
    return totals.posts == 0


def _totals_text(totals: PostTotals) -> str:
    types = ", ".join(f"{name} {count:,}" for name, count in totals.types.items())
    lines = [
        f"posts   {totals.posts:,}",
        f"words   {totals.words:,}",
        f"sites   {totals.sites:,}",
        f"types   {types}",
    ]
    if totals.first_year:
        lines.append(f"years   {totals.first_year} to {totals.last_year}")
    return "\n".join(lines)
