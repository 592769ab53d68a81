"""Options that the commands of `wparchive duplicates` share."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import click

from wparchive.backends.address import default_uri
from wparchive.backends.opening import open_index
from wparchive.duplicates.groups import Copy, copies
from wparchive.duplicates.index import DuplicateIndex
from wparchive.duplicates.pair import DUPLICATE_KINDS, VERSION_KINDS
from wparchive.reading.arguments import bare_address


def index_option(command: Callable[..., Any], read_only: bool = False) -> Callable[..., Any]:
    """Add `--archive`; the command gets the open index of duplicates as `index`.

    It is closed afterwards.
    """

    def opened(archive: str | None, **arguments: Any) -> Any:
        root = click.get_current_context().find_root()
        named = root.params.get("archive") if archive is None else archive
        index = open_index(default_uri() if named is None else named, read_only=read_only)
        try:
            return command(index=index, **arguments)
        finally:
            index.close()

    return click.option(
        "--archive", metavar="URI", help="The archive: sqlite:///path or mongodb://host/database."
    )(update_wrapper(opened, command))


def reading_index_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--archive` for a command that only reads: the file is never opened for writing."""
    return index_option(command, read_only=True)


def kind_option(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        "--kind",
        "kinds",
        multiple=True,
        type=click.Choice(DUPLICATE_KINDS),
        help=f"Only this kind (default: {default}).",
    )


site_option = click.option(
    "--site", "sites", multiple=True, metavar="SITE", help="Only copies on this site."
)


def chosen(index: DuplicateIndex, sites: tuple[str, ...], kinds: tuple[str, ...]) -> list[Copy]:
    """The copies on these sites (any, when none is named) of these kinds (versions of one text, when none is named)."""
    wanted = frozenset(bare_address(site) for site in sites)
    return [
        copy
        for copy in copies(index, kinds or tuple(VERSION_KINDS))
        if not wanted or copy.post.site in wanted
    ]
