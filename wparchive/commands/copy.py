"""`wparchive copy`: bring sites from one archive to another, with their whole history."""

import os
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import click

from wparchive.backends.address import ArchiveAddress, redacted
from wparchive.backends.opening import files_place, parse_uri
from wparchive.commands import NOT_AS_IT_WAS
from wparchive.commands.options import completed_option, json_option
from wparchive.commands.output import styled, tell
from wparchive.commands.site_copying import (
    chosen_sites,
    copy_sites,
    opened_reader,
    put_explained,
)
from wparchive.errors import InvalidQuery
from wparchive.file_stores import FileStore, file_store, stored_digest
from wparchive.model.file_records import is_digest, stored_path
from wparchive.reading.views import counted_text

if TYPE_CHECKING:
    from wparchive.backends.reader import Reader


@click.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@completed_option("site", "SITE", "Only this site.")
@click.option(
    "--replace",
    is_flag=True,
    help="Copy also where TO has runs or decisions that FROM does not know.",
)
@json_option
def copy_command(
    source: str, target: str, site: tuple[str, ...], replace: bool, as_json: bool
) -> None:
    """Copy sites to another archive, with their history.

    \b
    wparchive copy archive.db mongodb://host/database
    wparchive copy mongodb://host/database example.db --site example.com

    Afterwards TO has the same records of these sites as FROM. Digests of both are compared, and
    `wparchive verify` says the same of both. Records that TO has already are not written again. So
    the same command goes on after an interruption, and brings TO up to date later. It also brings
    the marks of duplicates of FROM: run `wparchive duplicates find` in TO again. Files
    (`-a media`) go to ARCHIVE_FILES, else beside TO.
    """
    import asyncio  # here, because the general help imports the modules of all commands

    origin = parse_uri(source)
    goal = parse_uri(target)
    if _is_same(origin, goal):
        raise InvalidQuery(f"{origin} is both FROM and TO")
    with opened_reader(source) as reading:
        sites = chosen_sites(reading, site)
        try:
            statuses = asyncio.run(copy_sites(reading, target, sites, replace, as_json))
            statuses.append(_copy_files(reading, sites, source, target))
        except KeyboardInterrupt:
            tell("interrupted: the same command goes on from here")
            raise
    status = max(statuses, default=0)
    if status:
        raise click.exceptions.Exit(status)


def _copy_files(reading: "Reader", sites: Sequence[str], source: str, target: str) -> int:
    """Copy the kept files of some sites to the place of TO's files; return an exit status.

    `ARCHIVE_FILES` is the place of TO's files. Those of FROM are sought there and beside FROM.
    """
    from wparchive.reading.files import HeldFiles

    given = os.environ.get("ARCHIVE_FILES", "")
    place = files_place(target, given)
    digests = {digest for site in sites for digest in HeldFiles(reading, "").digests(site)}
    if not digests:
        return 0  # so that a bucket that nobody needs is not asked
    store = file_store(place)
    # Each place once, in this order.
    sought = dict.fromkeys((files_place(source, given), files_place(source)))
    origins = [file_store(one) for one in sought if one != place]
    results = Counter(_copy_file(store, origins, digest) for digest in sorted(digests))
    copied = results["copied"]
    missing = results["missing"]
    if copied:
        tell(f"{counted_text(copied, 'file')} copied to {redacted(place)}")
    if not missing:
        return 0
    why = f"that FROM names cannot be found whole in {next(iter(sought))}: copy them to {place}"
    tell(styled(f"{counted_text(missing, 'file')} {why}", fg="red"))
    return NOT_AS_IT_WAS


def _copy_file(
    store: FileStore, origins: Sequence[FileStore], digest: str
) -> Literal["copied", "there", "missing"]:
    """Copy one file from the first store that has it whole; return what became of it."""
    if not is_digest(digest):
        return "missing"
    path = stored_path(digest)
    with put_explained(store.where(path)):
        if store.size(path) is not None:
            return "there"
        origin = next((one for one in origins if _is_whole(one, path, digest)), None)
        if origin is None:
            return "missing"
        with origin.open(path) as file:
            store.put(path, file)
    return "copied"


def _is_whole(store: FileStore, path: str, digest: str) -> bool:
    """Tell whether a store has a file, and its bytes have this hash."""
    try:
        return stored_digest(store, path) == digest
    except FileNotFoundError:
        return False


def _is_same(one: ArchiveAddress, other: ArchiveAddress) -> bool:
    if one.file and other.file:
        # One file may have several paths.
        return one.file.resolve() == other.file.resolve()
    return one.uri == other.uri
