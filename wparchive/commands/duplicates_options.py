"""Options that the commands of `wparchive duplicates` share."""

import os
from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import click

from wparchive.backends.address import DEFAULT_URI
from wparchive.backends.opening import open_index
from wparchive.duplicates.groups import Copy, copies
from wparchive.duplicates.index import DuplicateIndex
from wparchive.duplicates.pair import KINDS, VERSION_KINDS
from wparchive.model.query import bare


def index_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--archive`; the command gets the archive's open index of duplicates as `index`, and it is closed afterwards."""

    def opened(archive: str | None, **arguments: Any) -> Any:
        root = click.get_current_context().find_root()
        named = root.params.get("archive") if archive is None else archive
        index = open_index(
            (os.environ.get("ARCHIVE_URI") or DEFAULT_URI) if named is None else named
        )
        try:
            return command(index=index, **arguments)
        finally:
            index.close()

    return click.option(
        "--archive", metavar="URI", help="The archive: sqlite:///path or mongodb://host/database."
    )(update_wrapper(opened, command))


def kind_option(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        "--kind",
        "kinds",
        multiple=True,
        type=click.Choice(KINDS),
        help=f"Only this kind (default: {default}).",
    )


site_option = click.option(
    "--site", "sites", multiple=True, metavar="SITE", help="Only copies on this site."
)


def chosen(index: DuplicateIndex, sites: tuple[str, ...], kinds: tuple[str, ...]) -> list[Copy]:
    """The copies on these sites (any, when none is named) of these kinds (versions of one text, when none is named)."""
    wanted = frozenset(bare(site) for site in sites)
    return [
        copy
        for copy in copies(index, kinds or tuple(VERSION_KINDS))
        if not wanted or copy.entry.site in wanted
    ]
