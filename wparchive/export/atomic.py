"""Files and folders that appear whole or not at all.

They are written beside their place under another name, then moved.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from wparchive.errors import OutputFailed

FOLDER_MARK = ".wparchive-export"
"""A file in every exported folder, with the format: only such a folder is ever replaced."""
_SIGNS = {"site": "search.js", "partitions": "site=*"}
"""What is only in an export of a format. Earlier versions left an empty mark."""


@contextmanager
def atomic_file(path: Path, *, follow_links: bool = True) -> Iterator[BinaryIO]:
    """Give a file to write, which is moved to `path` at the end.

    After any error nothing is left and an earlier file still stands. A device or named pipe is
    written to as it is. What a link points to is replaced, or without `follow_links` the link.
    Raises OutputFailed.
    """
    path = _writable(path, follow_links)
    if path.exists() and not path.is_file():
        with _explained(path), path.open("wb") as out:
            yield out
        return
    partial: Path | None = None
    with _explained(path):
        try:
            # Beside its place: only within one file system can a file be moved at once.
            descriptor, name = tempfile.mkstemp(
                prefix=f".{path.name[:100]}.", suffix=".partial", dir=path.parent
            )
            partial = Path(name)
            with os.fdopen(descriptor, "wb") as out:
                yield out
                out.flush()
                # Else a crash soon after could leave an empty file in the place of the old one.
                os.fsync(out.fileno())
            # `mkstemp` makes files that only their owner can read.
            partial.chmod(0o666 & ~_umask())
            partial.replace(path)
        except BaseException:
            if partial:
                partial.unlink(missing_ok=True)
            raise


@contextmanager
def atomic_folder(path: Path, form: str) -> Iterator[Path]:
    """Give an empty folder to fill, which is moved to `path` at the end.

    An earlier export there in the same format is replaced, and anything else is refused. Raises
    OutputFailed.
    """
    _refuse_other(path, form)
    partial: Path | None = None
    with _explained(path):
        try:
            partial = Path(
                tempfile.mkdtemp(prefix=f".{path.name[:100]}.", suffix=".partial", dir=path.parent)
            )
            (partial / FOLDER_MARK).write_text(f"{form}\n", encoding="ascii")
            yield partial
            partial.chmod(0o777 & ~_umask())
            _swap(partial, path)
        except BaseException:
            if partial:
                shutil.rmtree(partial, ignore_errors=True)
            raise


def _writable(path: Path, follow_links: bool) -> Path:
    """Return where a file is to be written. Raises OutputFailed where none may be written."""
    if follow_links:
        path = Path(os.path.realpath(path))
    elif path.is_symlink() and path.exists() and not path.is_file():
        raise OutputFailed(f"cannot write {path}: it is a link to something that is no file")
    if path.is_dir():
        raise OutputFailed(f"cannot write {path}: it is a folder; name a file in it")
    _refuse_database(path)
    return path


def _refuse_database(path: Path) -> None:
    """Raise OutputFailed for a database: a slip must not replace the archive by its export."""
    if path.is_file():
        with _explained(path), path.open("rb") as file:
            if file.read(16) == b"SQLite format 3\0":
                raise OutputFailed(
                    f"cannot write {path}: it is a database, perhaps the archive itself; "
                    "name another file, or remove it first"
                )


def _refuse_other(path: Path, form: str) -> None:
    """Raise OutputFailed where something else than an export in this format would be lost."""
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return
    if not (path / FOLDER_MARK).is_file():
        raise OutputFailed(
            f"cannot write {path}: it exists and is not an earlier export; "
            "name a folder that does not exist"
        )
    earlier = _format_in(path, form)
    if earlier != form:
        raise OutputFailed(
            f"cannot write {path}: it is an export in the format {earlier}, and not {form}; "
            "name another folder, or remove this one first"
        )


def _format_in(path: Path, asked: str) -> str:
    """Return the format of an exported folder; the one asked for where nothing tells another."""
    noted = (path / FOLDER_MARK).read_text(encoding="ascii", errors="replace").strip()
    if noted:
        return noted
    found = [form for form, sign in _SIGNS.items() if any(path.glob(sign))]
    if not found and asked in _SIGNS:
        found = ["markdown"]
    return (found or [asked])[0]


def _swap(partial: Path, path: Path) -> None:
    """Put the new folder in the place of the old one, or raise OSError and leave the old one."""
    if not path.exists():
        partial.rename(path)
        return
    # A folder cannot be moved over a full one: the old one is moved aside, and back if that fails.
    aside = partial.with_suffix(".old")
    path.rename(aside)
    try:
        partial.rename(path)
    except OSError:
        aside.rename(path)
        raise
    shutil.rmtree(aside)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Raise OutputFailed in place of an OSError, but for a closed pipe, which is no failure."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputFailed(f"cannot write {path}: {reason}; no incomplete file was left") from error


def _umask() -> int:
    """Return the process's mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
