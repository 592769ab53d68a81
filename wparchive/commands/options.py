"""Options that commands share: the archive, the filters and `--json`. A command gets them as ready values."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import click

from wparchive import open_archive
from wparchive.reading.arguments import STATES
from wparchive.reading.library import Archive, Posts

Command = Callable[..., Any]
FILTERS = ("site", "type", "tag", "category", "author", "since", "until", "state", "unique")


def archive_option(command: Command) -> Command:
    """Adds `--archive`; the command gets the open archive as `archive`, and it is closed afterwards."""

    def opened(archive: str | None, **arguments: Any) -> Any:
        root = click.get_current_context().find_root()
        with open_archive(root.params.get("archive") if archive is None else archive) as reading:
            return command(archive=reading, **arguments)

    address = click.option(
        "--archive",
        metavar="URI",
        help="sqlite:///path or mongodb://host/database (default: ARCHIVE_URI, else a file).",
    )
    return address(update_wrapper(opened, command))


def json_option(command: Command) -> Command:
    """Adds `--json`, passed as `as_json`."""
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        help="JSON: one object a line for lists, times in ISO 8601.",
    )(command)


def filter_options(command: Command) -> Command:
    """Adds the filters; the command gets the posts that they select as `posts`. Stands below `archive_option`."""

    def selected(archive: Archive, **arguments: Any) -> Any:
        chosen = {name: arguments.pop(name) for name in FILTERS}
        posts = archive.posts(**{**chosen, "state": chosen["state"] or "live"})
        return command(archive=archive, posts=posts, **arguments)

    wrapped: Command = update_wrapper(selected, command)
    for option in reversed(_filters()):
        wrapped = option(wrapped)
    return wrapped


def _filters() -> list[Callable[[Command], Command]]:
    return [
        click.option(
            "--site",
            "site",
            multiple=True,
            metavar="SITE",
            help="Only this site (host and path, or its address).",
        ),
        click.option(
            "--type",
            "type",
            multiple=True,
            metavar="TYPE",
            help="Only this post type: post, page, ...",
        ),
        click.option(
            "--tag",
            "tag",
            multiple=True,
            metavar="NAME",
            help="Only posts with this tag (name or slug).",
        ),
        click.option(
            "--category",
            "category",
            multiple=True,
            metavar="NAME",
            help="Only posts in this category (name or slug).",
        ),
        click.option(
            "--author",
            "author",
            multiple=True,
            metavar="NAME",
            help="Only posts by this author (name or slug).",
        ),
        click.option(
            "--since",
            metavar="DATE",
            help="Published since: 2024, 2024-05, 2024-05-17, a full time, or an age (30d, 6w, 2y).",
        ),
        click.option(
            "--until",
            metavar="DATE",
            help="Published until then, that day, month or year included; the same forms.",
        ),
        click.option(
            "--state",
            multiple=True,
            type=click.Choice([*STATES, "any"]),
            help="As the site has them now (default: live).",
        ),
        click.option(
            "--unique",
            is_flag=True,
            help="Leave out copies of other posts (found by `wparchive duplicates`).",
        ),
    ]


def found_or_explained(archive: Archive, posts: Posts) -> None:
    """After an empty answer: raise NotFound if it is so because a named site is not in the archive."""
    if posts.filter.sites:
        archive.require_sites(posts.filter)
