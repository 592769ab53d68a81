"""The archive: documents, the backends that keep them, and what reads them. Knows neither Scrapy nor WordPress's API.

from wparchive import open_archive
with open_archive("sqlite:///wparchive.db") as archive:
    for post in archive.posts(tag="climate", since="2024"):
        print(post["title"])
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wparchive.reading.library import Archive

__all__ = ["open_archive"]


def open_archive(address: str | None = None) -> "Archive":
    """Open an archive for reading: the address given, else `ARCHIVE_URI`, else the embedded default. Never creates one.

    Raises InvalidURI, ArchiveMissing, ArchiveUnreachable, ArchiveTooNew.
    """
    from wparchive.backends.address import default_uri
    from wparchive.backends.opening import open_reader
    from wparchive.reading.library import Archive

    return Archive(open_reader(default_uri() if address is None else address))
