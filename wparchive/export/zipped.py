"""Folders as ZIP files, and the guarded way back.

A ZIP file may come from anybody. So nothing in it is unpacked before all names and sizes in its
list are known to be harmless.
"""

import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from stat import S_ISLNK
from tempfile import TemporaryDirectory
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from wparchive.errors import OutputFailed

SUFFIX = ".zip"
RATIO_MAX = 200
"""Texts are packed to a tenth; a file that is packed to less than this part of it was made to
fill a disk."""
_HARMLESS_BYTES = 100 << 20
"""Below this size, a file may be packed as well as it likes."""
_DAMAGES = (BadZipFile, zlib.error, LZMAError, EOFError, OSError, RuntimeError, ValueError)
"""What zipfile raises for damaged and for encrypted files."""


def zip_folder(folder: Path, out: BinaryIO, name: str) -> None:
    """Write a folder as a ZIP file, in which it has a name."""
    with ZipFile(out, "w", ZIP_DEFLATED, strict_timestamps=False) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                # What is compressed already would only take time.
                method = ZIP_STORED if path.suffix == ".gz" else ZIP_DEFLATED
                packed.write(path, f"{name}/{path.relative_to(folder).as_posix()}", method)


@contextmanager
def unzipped(path: Path) -> Iterator[Path]:
    """Give the one folder in a ZIP file, unpacked among temporary files until it is used.

    Raises OutputFailed for a file that is cut off, and for one that would write elsewhere or fill
    the disk.
    """
    with TemporaryDirectory(prefix="wparchive-") as place:
        yield _unpacked(path, Path(place))


def _unpacked(path: Path, place: Path) -> Path:
    """Unpack a ZIP file and return the folder in it. Raises OutputFailed."""
    try:
        with ZipFile(path) as packed:
            _require_harmless(packed, path, place)
            for entry in packed.infolist():
                if entry.is_dir():
                    continue
                target = place / entry.filename
                target.parent.mkdir(parents=True, exist_ok=True)
                # No more is read of an entry than the list says.
                with packed.open(entry) as source, target.open("xb") as out:
                    shutil.copyfileobj(source, out)
    except _DAMAGES as error:
        raise OutputFailed(f"{path} is not a whole ZIP file: {error}") from error
    return next(place.iterdir())


def _require_harmless(packed: ZipFile, path: Path, place: Path) -> None:
    """Raise OutputFailed where the list of a ZIP file is not that of one folder of usual size."""
    entries = packed.infolist()
    names = [entry.filename for entry in entries]
    links = [entry.filename for entry in entries if S_ISLNK(entry.external_attr >> 16)]
    if links:
        raise OutputFailed(f"{path} holds a symbolic link, {links[0]!r}: it was not unpacked")
    for name in names:
        if "\\" in name or name.startswith("/") or ".." in PurePosixPath(name).parts:
            raise OutputFailed(f"{path} would write to {name!r}: it was not unpacked")
    if len(set(names)) < len(names):
        raise OutputFailed(f"{path} has two files of one name: it was not unpacked")
    tops = {PurePosixPath(name).parts[:1] for name in names}
    has_files = not all(entry.is_dir() for entry in entries)
    if len(tops) != 1 or not has_files or any("/" not in name for name in names):
        raise OutputFailed(f"{path} holds no bundle: it needs one folder, and nothing beside it")
    size = sum(entry.file_size for entry in entries)
    held = path.stat().st_size
    # Entries that share their bytes are how small files unpack to very large ones.
    if sum(entry.compress_size for entry in entries) > held or (
        size > max(_HARMLESS_BYTES, RATIO_MAX * held)
    ):
        raise OutputFailed(
            f"{path} has {held:,} bytes and would unpack to {size:,}: it was not unpacked"
        )
    free = shutil.disk_usage(place).free
    if size > free:
        raise OutputFailed(
            f"{path} unpacks to {size:,} bytes, and {place.parent} has room for {free:,}: make "
            "room, or name another folder with TMPDIR"
        )
