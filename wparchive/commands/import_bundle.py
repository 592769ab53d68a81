"""`wparchive import`: read a bundle into an archive."""

import os
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wparchive.backends.address import default_uri, redacted
from wparchive.backends.opening import files_place, warc_place
from wparchive.commands import INCOMPLETE, NOT_AS_IT_WAS
from wparchive.commands.options import json_option
from wparchive.commands.output import styled, tell
from wparchive.commands.site_copying import (
    REFUSALS_SHOWN,
    chosen_sites,
    copied_file,
    copy_sites,
)
from wparchive.errors import NotFound, OutputFailed
from wparchive.file_stores import FolderStore, file_store
from wparchive.model.file_records import stored_path
from wparchive.reading.views import counted_text

if TYPE_CHECKING:
    from wparchive.export.bundle_reading import BundleReader


@click.command("import")
@click.argument("bundle", metavar="BUNDLE")
@click.option(
    "--archive", metavar="URI", help="Archive to write to (default: ARCHIVE_URI, else a file)."
)
@click.option("--warc", metavar="DIR", help="Where WARC files go (default: beside the archive).")
@click.option(
    "--replace",
    is_flag=True,
    help="Import also where the archive has runs that BUNDLE does not know.",
)
@json_option
def import_command(
    bundle: str, archive: str | None, warc: str | None, replace: bool, as_json: bool
) -> None:
    """Read a bundle into an archive, with its files.

    BUNDLE is a folder or a ZIP file that `wparchive export --format bundle` has written.

    \b
    wparchive import example-bag --archive sqlite:///again.db
    wparchive import example.zip --archive mongodb://host/database

    All hashes and records of the bundle are checked first. A record that breaks the rules of the
    data format is set aside and named. The rest works as `wparchive copy` does: only records that
    differ are written, and at the end the digests of all records are compared.
    """
    from wparchive.export.zipped import unzipped

    target = archive or default_uri()
    path = Path(bundle)
    if not path.exists():
        raise NotFound(f"there is no bundle {bundle}")
    with unzipped(path) if path.is_file() else nullcontext(path) as folder:
        status = _imported(folder, bundle, target, warc or warc_place(target), replace, as_json)
    if status:
        raise click.exceptions.Exit(status)


def _imported(
    folder: Path, shown: str, target: str, warc: str, replace: bool, as_json: bool
) -> int:
    """Read the folder of a bundle, called `shown`, into an archive; return an exit status."""
    import asyncio

    from wparchive.export.bundle_reading import BundleReader, as_reader

    found = BundleReader(folder, shown)
    warc_ids, damaged = _read_warc_files(found.warc_files)
    warc_files = list(warc_ids)
    _require_no_other(warc_files, Path(warc))
    reading = as_reader(found)
    place = files_place(target, os.environ.get("ARCHIVE_FILES", ""))
    store = file_store(place)
    sites = chosen_sites(reading, ())
    refused = {site: found.refused(site) for site in sites}
    statuses = asyncio.run(copy_sites(reading, target, sites, replace, as_json, refused))
    copied = sum(copied_file(path, store, stored_path(path.name)) for path in found.files)
    if copied:
        tell(f"{counted_text(copied, 'file')} copied to {redacted(place)}")
    folder_store = FolderStore(Path(warc))
    copied = sum(copied_file(path, folder_store, path.name) for path in warc_files)
    if copied:
        tell(f"{counted_text(copied, 'WARC file')} copied to {warc}")
    for name, why in damaged.items():
        tell(styled(f"refused warc/{name}: {why}", fg="red"))
    if damaged:
        statuses.append(INCOMPLETE)
    if _name_taken_out(found, {path.name: ids for path, ids in warc_ids.items()}):
        statuses.append(NOT_AS_IT_WAS)
    return max(statuses, default=0)


def _name_taken_out(bundle: "BundleReader", warc_ids: Mapping[str, frozenset[str]]) -> bool:
    """Name what a bundle lacks; tell whether some of it was there when the bundle was made.

    `warc_ids` are the records in its WARC files, by the names of the files.
    """
    from wparchive.export.bundle_checking import parts_taken_out

    contents = bundle.contents
    taken_out = parts_taken_out(bundle, warc_ids)
    # Where the bundle does not say it, a part may have been missing from the first.
    absent = "is no longer in the bundle" if contents.is_as_written else "is not in the bundle"
    for what, names, color in (
        ("was missing already when the bundle was made", contents.missing, "yellow"),
        ("was damaged already when the bundle was made", contents.damaged, "yellow"),
        (absent, taken_out, "red"),
    ):
        for name in names[:REFUSALS_SHOWN]:
            tell(styled(f"{what}: {name}", fg=color))
        if len(names) > REFUSALS_SHOWN:
            tell(styled(f"{what}, in all: {len(names):,}", fg=color))
    return bool(taken_out)


def _read_warc_files(
    paths: Sequence[Path],
) -> tuple[dict[Path, frozenset[str]], dict[str, str]]:
    """Return the records in the WARC files that are good, and why the others are not, by name."""
    from wparchive.export.bundle_checking import DamagedWarc, ids_of_whole_warc

    good: dict[Path, frozenset[str]] = {}
    damaged: dict[str, str] = {}
    for path in paths:
        try:
            good[path] = ids_of_whole_warc(path)
        except DamagedWarc as error:
            damaged[path.name] = str(error)
    return good, damaged


def _require_no_other(files: Sequence[Path], place: Path) -> None:
    """Raise OutputFailed where a folder has other files of the same names."""
    for path in files:
        held = place / path.name
        if held.exists() and held.stat().st_size != path.stat().st_size:
            raise OutputFailed(
                f"{held} is another file than the bundle's: name a folder with --warc"
            )
