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
"""A file in every exported folder: only a folder that has it is ever replaced."""


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
def atomic_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder to fill, which is moved to `path` at the end.

    An earlier export there is replaced, and anything else is refused. Raises OutputFailed.
    """
    if path.exists() and not _replaceable(path):
        raise OutputFailed(
            f"cannot write {path}: it exists and is not an earlier export; "
            "name a folder that does not exist"
        )
    partial: Path | None = None
    with _explained(path):
        try:
            partial = Path(
                tempfile.mkdtemp(prefix=f".{path.name[:100]}.", suffix=".partial", dir=path.parent)
            )
            (partial / FOLDER_MARK).touch()
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


def _replaceable(path: Path) -> bool:
    return path.is_dir() and ((path / FOLDER_MARK).is_file() or not any(path.iterdir()))


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
