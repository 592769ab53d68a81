"""Exports: what an archive holds as a file or folder.

They stream in constant memory, and are put in place only when they are whole.
"""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast
from urllib.parse import quote

from wparchive.errors import InvalidQuery
from wparchive.export.atomic import atomic_file, atomic_folder
from wparchive.export.columns import table_of, with_fields_checked
from wparchive.export.readable import without_removed_blocks
from wparchive.reading.library import Archive
from wparchive.reading.posts import Posts


class ExportFormat(NamedTuple):
    """A format, and where its writer is; its module is imported when it is asked for."""

    module: str
    function: str
    """`write(documents, out, table)` into an open file, or into an empty folder."""
    is_folder: bool = False
    keeps_raw: bool = False
    """True where the format can hold records as received."""
    needs_raw: bool = False
    """True where the writer reads the records as received."""
    is_of_posts: bool = False
    """True for formats of posts alone, which write a post's content from its HTML."""

    @property
    def name(self) -> str:
        """Return what `--format` calls it."""
        return self.function.removeprefix("write_")


FORMATS = {
    "jsonl": ExportFormat("wparchive.export.jsonl", "write_jsonl", keeps_raw=True),
    "csv": ExportFormat("wparchive.export.csv", "write_csv"),
    "xlsx": ExportFormat("wparchive.export.csv", "write_xlsx"),
    "parquet": ExportFormat("wparchive.export.parquet", "write_parquet", keeps_raw=True),
    "partitions": ExportFormat(
        "wparchive.export.parquet", "write_partitions", is_folder=True, keeps_raw=True
    ),
    "markdown": ExportFormat(
        "wparchive.export.markdown", "write_markdown", is_folder=True, is_of_posts=True
    ),
    "site": ExportFormat(
        "wparchive.export.static_site.writing", "write_site", is_folder=True, is_of_posts=True
    ),
    "bundle": ExportFormat("wparchive.export.bundle", "write_bundle", is_folder=True),
    "wxr": ExportFormat("wparchive.export.wxr", "write_wxr", needs_raw=True, is_of_posts=True),
}
SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".xml": "wxr",
    ".wxr": "wxr",
    ".zip": "bundle",
}


def format_of(target: str, chosen: str | None) -> str:
    """Return the format asked for, else the one that the file's suffix names.

    Raises InvalidQuery.
    """
    named = SUFFIXES.get(Path(target).suffix.lower())
    found = chosen or named
    if found is None:
        raise InvalidQuery(
            f"{target!r} has no ending that names a format: add --format {'|'.join(FORMATS)}"
        )
    if named not in (found, None) and not FORMATS[found].is_folder:
        raise InvalidQuery(
            f"{target!r} is named like {named}, and --format says {found}: "
            "name another file, or leave out --format"
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
    fields: Iterable[str] = (),
    with_files: bool = False,
    files_at: str | None = None,
) -> int:
    """Write a selection of posts in a format to a path, or to an open file; return how many.

    A path is replaced only when everything is written. `progress` is called after each post. The
    rest are the options of `wparchive export`; a site always has its pictures. Raises OutputFailed,
    ExtraMissing, InvalidQuery.
    """
    if form == "bundle":
        from wparchive.export.bundle import write_bundle

        return write_bundle(archive, cast(Path, target), posts.filter).posts
    chosen = FORMATS[form]
    counted = _Counted(cast(Iterable[Mapping[str, Any]], posts), progress)
    if not chosen.is_of_posts:
        table = table_of("posts", fields, counted.documents, posts.raw)
        counted.documents = with_fields_checked(counted.documents, table)
        _write(counted, target, chosen, bom, table)
        return counted.count
    if not keep_removed:
        counted.change = cast(Any, without_removed_blocks)
    if form == "wxr" and with_files:
        _write_with_files(counted, target, chosen, posts, archive, files_at)
    else:
        _write(counted, target, chosen, bom, *_context_of(form, archive, posts, with_files))
    return counted.count


def _context_of(form: str, archive: Archive, posts: Posts, with_files: bool) -> Sequence[Any]:
    """Return what the writer of a format of posts takes besides the documents and the target."""
    if form == "site":
        return archive.files, posts
    if form == "markdown":
        return (archive.files if with_files else None,)
    return posts, archive


def _write_with_files(
    documents: Iterable[Mapping[str, Any]],
    target: Path | BinaryIO,
    chosen: ExportFormat,
    posts: Posts,
    archive: Archive,
    files_at: str | None,
) -> None:
    """Write a WXR file, and the files that it names into a folder beside it."""
    from wparchive.export.wxr_items import LocalFiles

    if not isinstance(target, Path):
        raise InvalidQuery("files go into a folder beside the file: name one with -o FILE")
    # Not `NAME.files`: an archive of that name has its kept files there.
    beside = target.with_name(f"{target.stem}-files")
    address = (files_at or quote(beside.name)).rstrip("/")
    with atomic_folder(beside, form="files of wxr") as folder:
        _write(documents, target, chosen, False, posts, archive, LocalFiles(folder, address))


def export_documents(
    documents: Iterable[Mapping[str, Any]],
    kind: str,
    target: Path | BinaryIO,
    form: str,
    *,
    fields: Iterable[str] = (),
    raw: bool = False,
    bom: bool = False,
) -> int:
    """Write documents of one kind in a format, as `export_posts` does; return how many.

    Kinds are those of the archive, `revisions` and `events`; `documents_of` reads them. With a
    pattern among the fields, the documents are iterated twice. Raises OutputFailed, ExtraMissing,
    and InvalidQuery for a format that holds posts alone.
    """
    chosen = FORMATS[form]
    if chosen.is_of_posts and kind != "posts":
        others = ", ".join(name for name, one in FORMATS.items() if not one.is_of_posts)
        raise InvalidQuery(f"{form} has no place for {kind}: choose one of {others}")
    table = table_of(kind, fields, documents, raw)
    counted = _Counted(with_fields_checked(documents, table), lambda: None)
    _write(counted, target, chosen, bom, table)
    return counted.count


class _Counted:
    """Documents on their way into a file, with their number: one counts once it is written."""

    def __init__(
        self, documents: Iterable[Mapping[str, Any]], progress: Callable[[], object]
    ) -> None:
        self.documents = documents
        self.count = 0
        self.change: Callable[[Any], Any] = lambda document: document
        self._progress = progress

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for document in self.documents:
            yield self.change(document)
            self.count += 1
            self._progress()


def _write(
    documents: Iterable[Mapping[str, Any]],
    target: Path | BinaryIO,
    chosen: ExportFormat,
    bom: bool,
    *context: Any,
) -> None:
    """Call the writer of a format with the opened target."""
    writer = getattr(import_module(chosen.module), chosen.function)
    if chosen.is_folder:
        # `format_of` refuses a folder on standard output, so the target is a path.
        with atomic_folder(cast(Path, target), chosen.name) as folder:
            writer(documents, folder, *context)
        return
    with _opened(target) as out:
        if bom:
            out.write(BOM_UTF8)
        writer(documents, out, *context)


def _opened(target: Path | BinaryIO) -> AbstractContextManager[BinaryIO]:
    if isinstance(target, Path):
        return atomic_file(target)
    return nullcontext(target)
