"""`wparchive stats`: totals, and counts by what posts have in common."""

from textwrap import indent
from typing import Any, cast

import click
from click.shell_completion import CompletionItem

from wparchive.backends.questions import GROUPS, Group, PostTotals
from wparchive.commands.options import (
    archive_option,
    filter_options,
    hint_at_reclean,
    json_option,
    require_named,
    require_some_site,
)
from wparchive.commands.output import (
    MOST_EMPTY_OF_A_SERIES,
    bar_chart,
    empty_stretches,
    print_json,
    print_json_lines,
    print_paged,
    say,
    styled,
    tell,
)
from wparchive.reading.library import Archive
from wparchive.reading.posts import Posts
from wparchive.reading.suggestions import near_names
from wparchive.reading.views import (
    GROUPS_IN_TIME,
    NO_VALUE,
    crossed_counts,
    from_first_to_last,
    ranked_counts,
)


class _GroupNames(click.ParamType[tuple[Group, ...]]):
    """One group, or two with a comma between them."""

    name = "groups"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[Group, ...]:
        names = tuple(name.strip() for name in value.split(","))
        for name in names:
            if name not in GROUPS:
                near = near_names(name, GROUPS)
                hint = f" (did you mean {near[0]}?)" if near else ""
                self.fail(f"{name!r} is none of {', '.join(GROUPS)}{hint}", param, ctx)
        if len(names) > 2 or len(set(names)) < len(names):
            self.fail(f"{value!r}: name one of these, or two different ones", param, ctx)
        return cast(tuple[Group, ...], names)

    def shell_complete(self, ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:
        before, comma, begun = incomplete.rpartition(",")
        return [CompletionItem(before + comma + name) for name in GROUPS if name.startswith(begun)]


@click.command("stats")
@archive_option
@filter_options
@click.option(
    "--by",
    type=_GroupNames(),
    metavar="WHAT[,WHAT]",
    help=f"Count by this, or by two of these: {', '.join(GROUPS)}.",
)
@click.option(
    "--top",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="The most bars to show; years and months are all shown.",
)
@json_option
def stats_command(
    archive: Archive, posts: Posts, by: tuple[Group, ...] | None, top: int, as_json: bool
) -> None:
    """Count posts and words, or posts by what they have in common.

    \b
    wparchive stats
    wparchive stats --by month --site example.com --since 2023
    wparchive stats --by tag --top 50 --type post
    wparchive stats --by tag,month --top 5
    wparchive stats --by domain,year --term genre=drama
    wparchive stats --by author --json

    A post counts once for each of its tags and authors. So the bars, and their shares of all posts,
    may sum to more than there are.

    Months are in UTC. Those without a post between the first and the last one have a line, too.
    More than 24 of them in a row are one line. A series (tag,month) begins with its first month and
    ends with its last one, and more than 2 empty months in it are one line. --json has each.
    """
    if by is None:
        is_empty = _print_totals(posts, as_json)
    elif len(by) == 1:
        is_empty = _print_counts(posts, by[0], top, as_json)
    else:
        is_empty = _print_pairs(posts, by, top, as_json)
    if is_empty:
        require_some_site(archive)
        require_named(archive, posts)
        tell("no post is selected")
        hint_at_reclean(posts)
        raise click.exceptions.Exit(1)


def _print_counts(posts: Posts, by: Group, top: int, as_json: bool) -> bool:
    """Print how many posts have each value; return True when there are none."""
    counts = ranked_counts(posts.by(by), by, top)
    total = posts.count()
    if as_json:
        print_json_lines(_row({by: name}, count, total) for name, count in counts.items())
    elif counts:
        print_paged(bar_chart(counts, total, _period(by)))
    return not counts


def _row(values: dict[str, str], count: int, total: int) -> dict[str, Any]:
    """Return one count for programs: the values that are counted, how many, their share."""
    named = {group: None if name == NO_VALUE else name for group, name in values.items()}
    return {**named, "posts": count, "share": round(count / total, 6)}


def _print_pairs(posts: Posts, by: tuple[Group, ...], top: int, as_json: bool) -> bool:
    """Print how many posts have each pair of values; return True when there are none."""
    first, second = by
    table = crossed_counts(posts.by_both(first, second), first, second, top)
    total = posts.count()
    if as_json:
        print_json_lines(
            _row({first: name, second: other}, count, total)
            for name, counts in table.items()
            for other, count in counts.items()
        )
    elif table:
        sums = {name: sum(counts.values()) for name, counts in table.items()}
        parts = {name: _part(name, counts, total, second) for name, counts in table.items()}
        parts |= empty_stretches(sums, _period(first), MOST_EMPTY_OF_A_SERIES)
        print_paged("\n".join(part for part in parts.values() if part))
    return not table


def _part(name: str, counts: dict[str, int], total: int, group: Group) -> str:
    """Return the bars of one value of the first group, with shares of all posts, below its name."""
    heading = styled(name, bold=True)
    if not any(counts.values()):
        return f"{heading}  no posts"
    period = _period(group)
    if period is not None:
        counts = from_first_to_last(counts)
    chart = bar_chart(counts, total, period, MOST_EMPTY_OF_A_SERIES)
    return heading + "\n" + indent(chart, "  ")


def _period(group: Group) -> str | None:
    """Return what the values of a group in time are called; None for other groups."""
    if group in GROUPS_IN_TIME:
        return group
    return None


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
