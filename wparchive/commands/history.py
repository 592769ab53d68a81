"""`wparchive history`: what became of a post, or of a site's posts."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import click

from wparchive.backends.reader import EVENT_KINDS, EventKind
from wparchive.commands.options import archive_option, json_option
from wparchive.commands.output import (
    cut_line,
    difference_text,
    print_json_lines,
    print_paged,
    styled,
    text_table,
)
from wparchive.errors import InvalidQuery
from wparchive.reading.events import Version, changes_between
from wparchive.reading.library import Archive
from wparchive.reading.views import minute_text, public_fields

_EVENT_COLOURS = {"new": "green", "edited": "yellow", "withdrawn": "magenta", "deleted": "red"}


@click.command("history")
@click.argument("post", required=False)
@archive_option
@click.option("--as-of", metavar="DATE", help="Show the post as it was then.")
@click.option("--full", is_flag=True, help="Differences with all of the unchanged text.")
@click.option(
    "--site", multiple=True, metavar="SITE", help="Without POST: what happened on this site."
)
@click.option("--since", metavar="DATE", help="Without POST: since then (2024-05, 30d, ...).")
@click.option("--until", metavar="DATE", help="Without POST: until then.")
@click.option("--new", is_flag=True, help="Only posts archived for the first time.")
@click.option("--edited", is_flag=True, help="Only posts of which another version was found.")
@click.option("--withdrawn", is_flag=True, help="Only posts found no longer public.")
@click.option("--deleted", is_flag=True, help="Only posts found gone.")
@json_option
def history_command(
    archive: Archive,
    post: str | None,
    as_of: str | None,
    full: bool,
    site: tuple[str, ...],
    since: str | None,
    until: str | None,
    as_json: bool,
    **kinds: bool,
) -> None:
    """The versions of a POST and what changed between them; with --since, what happened on sites.

    \b
    wparchive history example.com/post/12
    wparchive history https://example.com/a-post/ --as-of 2024-05
    wparchive history --site example.com --since 30d --deleted --withdrawn
    wparchive history --since 2024 --edited --json

    Times are those of crawls: an edit happened some time between the crawl that last saw the old
    text and the one named.
    """
    chosen = [what for what in EVENT_KINDS if kinds[what]]
    is_about_sites = bool(site or since or until or chosen)
    is_about_versions = bool(as_of or full)
    _refuse_mixed_questions(post, is_about_sites, is_about_versions)
    # What is left are four ways to ask, which exclude each other.
    if post and as_of:
        _print_version(archive.as_of(post, as_of), as_json)
    elif post:
        _print_versions(archive.history(post), full, as_json)
    elif since:
        _print_events(archive, site, since, until, chosen or EVENT_KINDS, as_json)
    else:
        raise InvalidQuery(
            "name a POST, or a time with --since (30d, 2024-05, ...) to list what happened"
        )


def _refuse_mixed_questions(
    post: str | None, is_about_sites: bool, is_about_versions: bool
) -> None:
    """Raise InvalidQuery for options of the other question than the one that is asked."""
    if post and is_about_sites:
        raise InvalidQuery(
            "--site, --since, --until and kinds of events list what happened on sites: "
            "leave them out, or the POST"
        )
    if not post and is_about_versions:
        raise InvalidQuery("--as-of and --full are about one POST: name it")


def _print_version(version: Version, as_json: bool) -> None:
    if as_json:
        print_json_lines([public_fields(version.post)])
        return
    until = "the latest"
    if version.until_at:
        until = f"until {minute_text(version.until_at)}"
    facts = f"version {version.revision}, from {minute_text(version.from_at)}, {until}"
    title = styled(version.post["title"], bold=True)
    print_paged("\n".join([title, styled(facts, dim=True), "", version.post["text"]]))


def _print_versions(found: Sequence[Version], full: bool, as_json: bool) -> None:
    if as_json:
        print_json_lines(version.summary() for version in found)
        return
    headers = ["version", "from", "until", "words", "title"]
    rows = [_row(version) for version in found]
    parts = [text_table(headers, rows, right=frozenset({0, 3}))]
    parts += ["\n".join(_changes(old, new, full)) for old, new in pairwise(found)]
    post = found[-1].post
    if post["state"] != "live":
        parts.append(styled(f"{post['state']} since {minute_text(post['state_since'])}", fg="red"))
    print_paged("\n\n".join(parts))


def _row(version: Version) -> list[str]:
    return [
        str(version.revision),
        minute_text(version.from_at),
        minute_text(version.until_at),
        f"{version.post['word_count']:,}",
        cut_line(version.post["title"], 60),
    ]


def _changes(old: Version, new: Version, full: bool) -> Iterator[str]:
    found = minute_text(new.from_at)
    yield styled(f"{old.revision} → {new.revision}, found {found}", bold=True)
    text = "the text is the same"
    for name, pieces in changes_between(old, new, full):
        if name == "text":
            text = difference_text(pieces)
        else:
            yield f"{name}: {difference_text(pieces)}"
    yield text


def _print_events(
    archive: Archive,
    site: tuple[str, ...],
    since: str,
    until: str | None,
    kinds: Sequence[EventKind],
    as_json: bool,
) -> None:
    found = list(archive.events(kinds, site=site, since=since, until=until))
    if as_json:
        print_json_lines(found)
    elif found:
        rows = [
            [
                minute_text(event.at),
                styled(f"{event.what:<9}", fg=_EVENT_COLOURS[event.what]),
                event.key,
                cut_line(event.title, 70),
            ]
            for event in found
        ]
        print_paged(text_table(["found", "what", "post", "title"], rows))
    if not found:
        archive.require_sites(site)
        click.echo("nothing happened in that time", err=True)
        raise click.exceptions.Exit(1)
