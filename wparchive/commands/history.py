"""`wparchive history`: what became of an object, or of all that sites have."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import update_wrapper
from itertools import islice, pairwise
from typing import Any

import click

from wparchive.commands.options import (
    archive_option,
    completed_option,
    event_options,
    json_option,
    require_some_site,
)
from wparchive.commands.output import (
    cut_line,
    difference_text,
    print_json_lines,
    print_paged,
    styled,
    tell,
    wrapped,
)
from wparchive.commands.text_tables import text_table
from wparchive.errors import InvalidQuery
from wparchive.model.documents import KINDS, EventKind
from wparchive.model.event_records import title_of
from wparchive.reading.events import LISTED_EVENTS, Event, Version, changes_between
from wparchive.reading.library import Archive
from wparchive.reading.views import minute_text, public_fields

_EVENT_COLOURS = {
    "new": "green",
    "edited": "yellow",
    "withdrawn": "magenta",
    "deleted": "red",
    "returned": "cyan",
    "unpublished": "magenta",
    "gone": "red",
}
_LIST_OPTIONS = (
    completed_option("site", "SITE", "Without POST: what happened on this site."),
    click.option(
        "--since",
        metavar="DATE",
        help="Without POST: what happened since then (2024-05, 30d, ...).",
    ),
    click.option("--until", metavar="DATE", help="Without POST: what happened until then."),
    click.option(
        "--kind",
        multiple=True,
        type=click.Choice([*KINDS, "any"]),
        help="Without POST: what it happened to (default: posts, and names of terms and authors).",
    ),
    click.option(
        "--limit",
        type=click.IntRange(1),
        metavar="N",
        help="Without POST: the newest N (default: all).",
    ),
    event_options(),
)


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """The choices of a user for a list of events."""

    site: tuple[str, ...]
    since: str | None
    until: str | None
    kind: tuple[str, ...]
    limit: int | None
    what: list[EventKind]
    """Kinds of events; empty where none was named."""

    def is_asked(self) -> bool:
        """Tell whether any option of it was given."""
        return any((self.site, self.since, self.until, self.kind, self.limit, self.what))


def _list_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options about events on sites; the command gets them as `listed`."""

    def asked(what: list[EventKind], **arguments: Any) -> Any:
        values = {name: arguments.pop(name) for name in ("site", "since", "until", "kind", "limit")}
        return command(listed=ListQuestion(what=what, **values), **arguments)

    wrapped: Callable[..., Any] = update_wrapper(asked, command)
    # Decorators are applied from the last to the first, and the help shows them in this order.
    for option in reversed(_LIST_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


@click.command("history")
@click.argument("post", required=False)
@archive_option
@click.option("--as-of", metavar="DATE", help="Show the post as it was then.")
@click.option("--full", is_flag=True, help="Show differences with all of the unchanged text.")
@_list_options
@json_option
def history_command(
    archive: Archive,
    post: str | None,
    as_of: str | None,
    full: bool,
    listed: ListQuestion,
    as_json: bool,
) -> None:
    """Show the versions of a post, or what happened on sites.

    With a POST, it shows each version and what became of the post. Without one, it lists what
    happened on the sites that --site names, or since the time of --since.

    Terms, authors, media and comments have a history too: name them by their keys.

    \b
    wparchive history example.com/post/12
    wparchive history https://example.com/a-post/ --as-of 2024-05
    wparchive history --site example.com --since 30d --deleted --withdrawn
    wparchive history --since 2024 --edited --limit 20 --json
    wparchive history example.com/category/3

    Times are those of crawls. An edit happened between the crawl that last saw the old text and
    the crawl whose time is shown.
    """
    _require_one_question(post, listed.is_asked(), bool(as_of or full))
    if post and as_of:
        _print_version(archive.as_of(post, as_of), as_json)
    elif post:
        _print_versions(archive, post, full, as_json)
    else:
        _print_events(archive, listed, as_json)


def _require_one_question(post: str | None, is_about_sites: bool, is_about_versions: bool) -> None:
    """Raise InvalidQuery where nothing is asked, or options belong to different questions."""
    if post and is_about_sites:
        raise InvalidQuery(
            "--site, --since, --until, --limit and kinds of events list what happened on sites: "
            "leave them out, or the POST (--site names a site)"
        )
    if not post and is_about_versions:
        raise InvalidQuery("--as-of and --full are about one POST: name it")
    if not post and not is_about_sites:
        raise InvalidQuery(
            "name a POST, or add --site or --since (30d, 2024-05, ...): what happened on sites"
        )


def _print_version(version: Version, as_json: bool) -> None:
    if version.note:
        tell(f"note: {version.note}")
    if as_json:
        print_json_lines([public_fields(version.post)])
        return
    until = "the latest"
    if version.until_at:
        until = f"until {minute_text(version.until_at)}"
    facts = f"version {version.revision}, from {minute_text(version.from_at)}, {until}"
    if version.post["state"] != "live":
        since = minute_text(version.post["state_since"])
        facts += f"; {version.post['state']} since {since}"
    title = styled(title_of(version.kind, version.post), bold=True)
    text = version.post.get("text") or version.post.get("description") or ""
    print_paged("\n".join([title, styled(facts, dim=True), "", wrapped(text)]))


def _print_versions(archive: Archive, name: str, full: bool, as_json: bool) -> None:
    found = archive.history(name)
    if as_json:
        print_json_lines(version.summary() for version in found)
        return
    headers = ["version", "from", "until", "words", "title"]
    rows = [_row(version) for version in found]
    parts = [text_table(headers, rows, right=frozenset({0, 3}))]
    parts += ["\n".join(_changes(old, new, full)) for old, new in pairwise(found)]
    # The table has the first version, and the differences above are the edits.
    told = [event for event in archive.events_of(name) if event.what not in ("new", "edited")]
    if told:
        parts.append("\n".join(map(_line, told)))
    print_paged(wrapped("\n\n".join(parts)))


def _line(event: Event) -> str:
    """Return what became of one object, besides its edits."""
    text = f"{minute_text(event.at)}  {event.what}"
    if event.what == "renamed":
        text += f": {event.before} → {event.after}"
    elif event.what == "merged":
        text += f" into {event.after}"
    elif event.changed:
        text += f": {', '.join(event.changed)}"
    return styled(text, fg=_EVENT_COLOURS.get(event.what))


def _row(version: Version) -> list[str]:
    return [
        str(version.revision),
        minute_text(version.from_at),
        minute_text(version.until_at),
        f"{version.post.get('word_count', 0):,}",
        cut_line(title_of(version.kind, version.post), 60),
    ]


def _changes(old: Version, new: Version, full: bool) -> Iterator[str]:
    found = minute_text(new.from_at)
    yield styled(f"{old.revision} → {new.revision}, found {found}", bold=True)
    text = "the text is the same"
    if "text" not in new.post:
        text = ""
    for name, pieces in changes_between(old, new, full):
        if name == "text":
            text = difference_text(pieces)
        else:
            yield f"{name}: {difference_text(pieces)}"
    yield text


def _print_events(archive: Archive, listed: ListQuestion, as_json: bool) -> None:
    events = archive.events(
        listed.what or LISTED_EVENTS,
        kind=listed.kind,
        site=listed.site,
        since=listed.since,
        until=listed.until,
    )
    found = list(islice(events, listed.limit))
    if as_json:
        print_json_lines(found)
    elif found:
        rows = [
            [
                minute_text(event.at),
                styled(f"{event.what:<9}", fg=_EVENT_COLOURS.get(event.what)),
                event.key,
                cut_line(_told(event), 70),
            ]
            for event in found
        ]
        print_paged(text_table(["found", "what", "post", "title"], rows))
    if not found:
        require_some_site(archive)
        archive.require_sites(listed.site)
        happened = f"was {' or '.join(listed.what)}" if listed.what else "happened"
        tell(f"nothing {happened} in that time")
        raise click.exceptions.Exit(1)


def _told(event: Event) -> str:
    """Return the title of what something happened to; of what was renamed, both names."""
    if event.what == "renamed":
        return f"{event.before} → {event.after}"
    if event.what == "merged":
        return f"{event.title}, into {event.after}"
    return event.title
