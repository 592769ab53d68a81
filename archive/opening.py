"""From an address to the reader behind it, without creating anything."""

from archive.errors import ArchiveMissing
from archive.reader import Reader
from archive.uri import SQLiteAddress, parse_uri

TO_DO = "name yours with --archive or ARCHIVE_URI, or make one: scrapy crawl wordpress -a site=https://example.com"


def open_reader(uri: str) -> Reader:
    """An open reader. Raises InvalidURI, ArchiveMissing, ArchiveUnreachable, ArchiveTooNew."""
    address = parse_uri(uri)
    if isinstance(address, SQLiteAddress):
        from archive.sqlite.reader import SQLiteReader

        return SQLiteReader(address.path, str(address))
    from archive.mongo.reader import MongoReader

    return MongoReader(address)


def missing(address: str, found: str) -> ArchiveMissing:
    """The error of an address at which there is no archive."""
    return ArchiveMissing(f"no archive at {address}: {found}; {TO_DO}")
