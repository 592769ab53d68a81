"""Read archives of WordPress sites, in SQLite and MongoDB.

    from wparchive import open_archive

    with open_archive("sqlite:///wparchive.db") as archive:
        for post in archive.posts(tag="climate", since="2024"):
            print(post["title"])

`docs/python.md` describes the objects. This package knows neither Scrapy nor WordPress's API. What
is listed in `__all__` is imported when it is first used, so that a command starts fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wparchive.errors import (
    ArchiveError,
    ArchiveMissing,
    ArchiveReadOnly,
    ArchiveTooNew,
    ArchiveUnreachable,
    ExtraMissing,
    InvalidQuery,
    InvalidURI,
    NotFound,
    OutputFailed,
)

if TYPE_CHECKING:
    from wparchive.export import export_documents, export_posts
    from wparchive.export.selecting import documents_of
    from wparchive.reading.library import Archive
    from wparchive.reading.posts import Posts, SearchHit
    from wparchive.reading.selection import ResultPage, Selection
    from wparchive.reading.snippets import Snippet
    from wparchive.text.diff import diff

_LAZY = {
    "Archive": "wparchive.reading.library",
    "Posts": "wparchive.reading.posts",
    "ResultPage": "wparchive.reading.selection",
    "SearchHit": "wparchive.reading.posts",
    "Selection": "wparchive.reading.selection",
    "Snippet": "wparchive.reading.snippets",
    "diff": "wparchive.text.diff",
    "documents_of": "wparchive.export.selecting",
    "export_documents": "wparchive.export",
    "export_posts": "wparchive.export",
}
"""Name, and the module that defines it."""

__all__ = [
    "Archive",
    "ArchiveError",
    "ArchiveMissing",
    "ArchiveReadOnly",
    "ArchiveTooNew",
    "ArchiveUnreachable",
    "ExtraMissing",
    "InvalidQuery",
    "InvalidURI",
    "NotFound",
    "OutputFailed",
    "Posts",
    "ResultPage",
    "SearchHit",
    "Selection",
    "Snippet",
    "diff",
    "documents_of",
    "export_documents",
    "export_posts",
    "open_archive",
]


def open_archive(address: str | None = None) -> "Archive":
    """Open an archive for reading; nothing is created.

    Without an address it is the one that `ARCHIVE_URI` names, else the file that crawls write by
    default. Raises InvalidURI, ArchiveMissing, ArchiveUnreachable, ArchiveTooNew.
    """
    import os

    from wparchive.backends.address import default_uri
    from wparchive.backends.opening import files_place, open_index, open_reader
    from wparchive.reading.library import Archive

    if address is None:
        address = default_uri()
    named = address
    files = files_place(named, os.environ.get("ARCHIVE_FILES", ""))
    return Archive(open_reader(named), lambda: open_index(named, read_only=True), files)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)
