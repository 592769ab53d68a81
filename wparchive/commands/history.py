"""`wparchive history`: what became of a post, or of a site's posts."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, cast

import click

from wparchive.backends.reader import HAPPENINGS, EventKind
from wparchive.commands.options import archive_option, json_option
from wparchive.commands.output import (
    colourful,
    moment,
    one_line,
    page,
    print_json_lines,
    public,
    styled,
    table,
)
from wparchive.errors import InvalidQuery
from wparchive.reading.events import Version
from wparchive.reading.library import Archive

COLOURS = {"new": "green", "edited": "yellow", "withdrawn": "magenta", "deleted": "red"}


@click.command()
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
def history(
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
    """The versions of a POST and what changed between them; or, with --since, what happened on sites.

    \b
    wparchive history example.com/post/12
    wparchive history https://example.com/a-post/ --as-of 2024-05
    wparchive history --site example.com --since 30d --deleted --withdrawn
    wparchive history --since 2024 --edited --json

    Times are those of crawls: an edit happened some time between the crawl that last saw the old text and the one named.
    """
    chosen = [what for what in HAPPENINGS if kinds[what]]
    if post and (site or since or until or chosen):
        raise InvalidQuery(
            "--site, --since, --until and kinds of events list what happened on sites: leave them out, or the POST"
        )
    if not post and (as_of or full):
        raise InvalidQuery("--as-of and --full are about one POST: name it")
    if post and as_of:
        _show(archive.as_of(post, as_of), as_json)
    elif post:
        _versions(archive.history(post), full, as_json)
    elif since:
        _events(archive, site, since, until, chosen or HAPPENINGS, as_json)
    else:
        raise InvalidQuery(
            "name a POST, or a time with --since (30d, 2024-05, ...) to list what happened"
        )


def _show(version: Version, as_json: bool) -> None:
    if as_json:
        print_json_lines([public(version.post)])
        return
    until = f"until {moment(version.until_at)}" if version.until_at else "the latest"
    facts = styled(f"version {version.revision}, from {moment(version.from_at)}, {until}", dim=True)
    page("\n".join([styled(version.post["title"], bold=True), facts, "", version.post["text"]]))


def _versions(found: Sequence[Version], full: bool, as_json: bool) -> None:
    if as_json:
        print_json_lines(version.summary() for version in found)
        return
    rows = [_row(version) for version in found]
    parts = [table(["version", "from", "until", "words", "title"], rows, right=frozenset({0, 3}))]
    parts += ["\n".join(_changes(old, new, full)) for old, new in pairwise(found)]
    state = found[-1].post
    if state["state"] != "live":
        parts.append(styled(f"{state['state']} since {moment(state['state_since'])}", fg="red"))
    page("\n\n".join(parts))


def _row(version: Version) -> list[str]:
    post = version.post
    size = f"{post['word_count']:,}"
    return [
        str(version.revision),
        moment(version.from_at),
        moment(version.until_at),
        size,
        one_line(post["title"], 60),
    ]


def _changes(old: Version, new: Version, full: bool) -> Iterator[str]:
    yield styled(f"{old.revision} → {new.revision}, found {moment(new.from_at)}", bold=True)
    before, after = cast(dict[str, Any], old.post), cast(dict[str, Any], new.post)
    for name in ("title", "excerpt", "slug"):
        if before[name] != after[name]:
            yield f"{name}: " + _difference(before[name], after[name], full=True)
    for name in ("categories", "tags", "terms"):
        was, became = (
            ", ".join(str(t["name"] or t["slug"] or t["id"]) for t in post[name])
            for post in (before, after)
        )
        if was != became:
            yield f"{name}: " + _difference(was, became, full=True)
    yield (
        _difference(before["text"], after["text"], full)
        if before["text"] != after["text"]
        else "the text is the same"
    )


def _difference(old: str, new: str, full: bool) -> str:
    from wparchive.text.diff import diff, shortened

    pieces = diff(old, new)
    marks = {"=": lambda text: text, "-": _removed, "+": _added}
    return "".join(marks[what](text) for what, text in (pieces if full else shortened(pieces)))


def _removed(text: str) -> str:
    return click.style(text, fg="red", strikethrough=True) if colourful() else f"[-{text}-]"


def _added(text: str) -> str:
    return click.style(text, fg="green") if colourful() else f"{{+{text}+}}"


def _events(
    archive: Archive,
    site: tuple[str, ...],
    since: str,
    until: str | None,
    what: Sequence[EventKind],
    as_json: bool,
) -> None:
    found = [
        event
        for kind in what
        for event in archive.events(kind, site=site, since=since, until=until)
    ]
    found.sort(key=lambda event: (event.at, event.key), reverse=True)
    if as_json:
        print_json_lines(found)
    elif found:
        rows = [
            [moment(e.at), styled(f"{e.what:<9}", fg=COLOURS[e.what]), e.key, one_line(e.title, 70)]
            for e in found
        ]
        page(table(["found", "what", "post", "title"], rows))
    if not found:
        archive.require_sites(archive.posts(site=site).filter)
        click.echo("nothing happened in that time", err=True)
        raise click.exceptions.Exit(1)
