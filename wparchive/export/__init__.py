"""Exports: a selection of posts as a file or folder, streamed in constant memory and put in place only when it is whole."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from wparchive.errors import InvalidQuery
from wparchive.export.atomic import atomic_file, atomic_folder
from wparchive.model.documents import PostDocument
from wparchive.reading.library import Archive, Posts

FORMATS = {
    "jsonl": "wparchive.export.jsonl",
    "csv": "wparchive.export.csv",
    "parquet": "wparchive.export.parquet",
    "markdown": "wparchive.export.markdown",
    "wxr": "wparchive.export.wxr",
}
"""Name and module; a module is imported when its format is asked for."""
FOLDERS = frozenset({"markdown"})
SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".xml": "wxr",
    ".wxr": "wxr",
}


class FileWriter(Protocol):
    """What a module of a file format offers."""

    def write(
        self, posts: Iterable[PostDocument], out: BinaryIO, selection: Posts, archive: Archive
    ) -> None:
        """Write the posts, which are those of the selection and are iterated once. Raises ExtraMissing, InvalidQuery."""


class FolderWriter(Protocol):
    """What a module of a format that makes a folder offers."""

    def write_folder(self, posts: Iterable[PostDocument], folder: Path) -> None:
        """Write the posts into an empty folder."""


def format_of(target: str, chosen: str | None) -> str:
    """The format asked for, else the one that the file's suffix names. Raises InvalidQuery."""
    found = chosen or SUFFIXES.get(Path(target).suffix.lower())
    if found is None:
        raise InvalidQuery(f"{target!r} does not tell its format: add --format {'|'.join(FORMATS)}")
    if found in FOLDERS and target == "-":
        raise InvalidQuery(
            f"{found} makes a folder, which standard output cannot take: name one with -o FOLDER"
        )
    return found


def export(
    archive: Archive,
    posts: Posts,
    target: Path | BinaryIO,
    form: str,
    progress: Callable[[], object] = lambda: None,
) -> int:
    """Write a selection in a format to a path, or to an open file; returns how many posts. `progress` is called for each.

    A path is replaced only when everything is written. Raises OutputFailed, ExtraMissing, InvalidQuery.
    """
    count = 0

    def counted() -> Iterator[PostDocument]:
        nonlocal count
        for post in posts:
            yield post
            count += 1
            progress()

    module = import_module(FORMATS[form])
    if form in FOLDERS:
        with atomic_folder(cast(Path, target)) as folder:
            cast(FolderWriter, module).write_folder(counted(), folder)
    else:
        with _opened(target) as out:
            cast(FileWriter, module).write(counted(), out, posts, archive)
    return count


def _opened(target: Path | BinaryIO) -> AbstractContextManager[BinaryIO]:
    return atomic_file(target) if isinstance(target, Path) else nullcontext(target)
