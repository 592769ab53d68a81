"""Exports: a selection of posts as a file or folder.

They stream in constant memory, and are put in place only when they are whole.
"""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, cast

from wparchive.errors import InvalidQuery
from wparchive.export.atomic import atomic_file, atomic_folder
from wparchive.export.readable import without_removed_blocks
from wparchive.model.documents import PostDocument
from wparchive.reading.library import Archive
from wparchive.reading.posts import Posts


class FileWriter(Protocol):
    """The function that writes a file format."""

    def __call__(
        self, posts: Iterable[PostDocument], out: BinaryIO, selection: Posts, archive: Archive
    ) -> None:
        """Write the posts, which are those of the selection and are iterated once.

        Raises ExtraMissing, InvalidQuery.
        """


class FolderWriter(Protocol):
    """The function that writes a format that is a folder."""

    def __call__(self, posts: Iterable[PostDocument], folder: Path) -> None:
        """Write the posts into an empty folder."""


class ExportFormat(NamedTuple):
    """A format, and where its writer is; its module is imported when it is asked for."""

    module: str
    function: str
    is_folder: bool = False
    keeps_raw: bool = False
    """True where the records as received have a place."""
    needs_raw: bool = False
    """True where the writer reads the records as received."""
    writes_html: bool = False
    """True where a post's content is written from its HTML."""


FORMATS = {
    "jsonl": ExportFormat("wparchive.export.jsonl", "write_jsonl", keeps_raw=True),
    "csv": ExportFormat("wparchive.export.csv", "write_csv"),
    "parquet": ExportFormat("wparchive.export.parquet", "write_parquet", keeps_raw=True),
    "markdown": ExportFormat(
        "wparchive.export.markdown", "write_markdown", is_folder=True, writes_html=True
    ),
    "wxr": ExportFormat("wparchive.export.wxr", "write_wxr", needs_raw=True, writes_html=True),
}
SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".xml": "wxr",
    ".wxr": "wxr",
}


def format_of(target: str, chosen: str | None) -> str:
    """Return the format asked for, else the one that the file's suffix names.

    Raises InvalidQuery.
    """
    found = chosen or SUFFIXES.get(Path(target).suffix.lower())
    if found is None:
        raise InvalidQuery(
            f"{target!r} has no ending that names a format: add --format {'|'.join(FORMATS)}"
        )
    if FORMATS[found].is_folder and target == "-":
        raise InvalidQuery(
            f"{found} makes a folder, which standard output cannot take: name one with -o FOLDER"
        )
    return found


def export_posts(
    archive: Archive,
    posts: Posts,
    target: Path | BinaryIO,
    form: str,
    progress: Callable[[], object] = lambda: None,
    keep_removed: bool = False,
    bom: bool = False,
) -> int:
    """Write a selection in a format to a path, or to an open file; return how many posts.

    A path is replaced only when everything is written. `progress` is called after each post.
    `keep_removed` writes HTML with what is no part of a post's text; `bom` begins a file with a
    byte-order mark. Raises OutputFailed, ExtraMissing, InvalidQuery.
    """
    count = 0

    def counted() -> Iterator[PostDocument]:
        nonlocal count
        for post in posts:
            if shortened:
                post = without_removed_blocks(post)
            yield post
            # After the yield: a post counts when the writer asks for the next one, or is done.
            count += 1
            progress()

    chosen = FORMATS[form]
    shortened = chosen.writes_html and not keep_removed
    writer = getattr(import_module(chosen.module), chosen.function)
    if chosen.is_folder:
        # `format_of` refuses a folder on standard output, so the target is a path.
        with atomic_folder(cast(Path, target)) as folder:
            cast(FolderWriter, writer)(counted(), folder)
    else:
        with _opened(target) as out:
            if bom:
                out.write(BOM_UTF8)
            cast(FileWriter, writer)(counted(), out, posts, archive)
    return count


def _opened(target: Path | BinaryIO) -> AbstractContextManager[BinaryIO]:
    if isinstance(target, Path):
        return atomic_file(target)
    return nullcontext(target)
