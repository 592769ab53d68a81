"""Everything that can go wrong with an archive, as one family:

ArchiveError
├── InvalidURI           the archive's address cannot be understood
├── ArchiveMissing       reading was asked for, and nothing is there
├── ArchiveUnreachable   a server or disk that cannot be reached, or was lost
│   └── ArchiveDamaged   a file whose bytes are no sound database: no pause mends it
├── ArchiveReadOnly      the archive cannot be written to: rights, a read-only or a full disk
├── ArchiveTooNew        written by a newer version of the project
├── ArchiveBusy          another run is crawling the same site
├── DocumentRejected     one document that the database will not take
├── InvalidQuery         a filter, date, key or search that cannot be understood
├── NotFound             a key or URL that the archive does not hold
├── OutputFailed         an export that cannot be written where it was asked for
└── ExtraMissing         an optional package that is not installed

| raised by | errors |
|---|---|
| `backends/opening.py`, before anything is opened | InvalidURI |
| opening a store | ArchiveUnreachable, ArchiveReadOnly, ArchiveTooNew |
| opening a reader or an index of duplicates | ArchiveMissing, ArchiveUnreachable, ArchiveTooNew |
| every other method of a store | ArchiveUnreachable, ArchiveReadOnly |
| `backends/leases.py`, and every write of a run whose lease was taken | ArchiveBusy |
| every other method of a reader | ArchiveUnreachable |
| `model/storable.py` and the databases, for one document | DocumentRejected (`Written.error`) |
| `text/search_query.py`, `reading/`, `backends/cursor.py`, `commands/` | InvalidQuery, NotFound |
| `export/`, `commands/` | OutputFailed, ExtraMissing |

Every message says what was found and what to do; none of them carries a password.
"""

from importlib.util import find_spec


class ArchiveError(Exception):
    """Root of everything the archive raises on purpose."""


class InvalidURI(ArchiveError):
    """The archive's address cannot be understood."""


class ArchiveMissing(ArchiveError):
    """There is no archive at that address, and this caller must not create one."""


class ArchiveUnreachable(ArchiveError):
    """The server or disk cannot be reached, or was lost while in use."""


class ArchiveDamaged(ArchiveUnreachable):
    """The file is damaged, or is no database. It stays so, and nobody need ask it again."""


class ArchiveReadOnly(ArchiveError):
    """The archive cannot be written to: permissions, a read-only disk, or no space left."""


class ArchiveTooNew(ArchiveError):
    """The archive was written by a newer version than this one can read."""


class ArchiveBusy(ArchiveError):
    """Another run is crawling the same site, or has taken it over from this one."""


class DocumentRejected(ArchiveError):
    """The database refused one document; the others of its batch are not affected."""


class InvalidQuery(ArchiveError):
    """A filter, date, key or search expression that cannot be understood."""


class NotFound(ArchiveError):
    """Nothing in the archive has that key or URL."""


class OutputFailed(ArchiveError):
    """A file for the user cannot be written: no space, no permission, or its place is taken."""


class ExtraMissing(ArchiveError):
    """An optional package is not installed, and the task needs it."""


def missing(address: str, found: str) -> ArchiveMissing:
    """Return the error of an address at which there is no archive."""
    return ArchiveMissing(
        f"no archive at {address}: {found}; give another address (ARCHIVE_URI can name it), "
        f"or make one: {crawl_hint()}"
    )


def extra_missing(need: str, extra: str, packages: str) -> ExtraMissing:
    """Return the error for packages that are not installed, with the way to install them.

    `need` is a clause, such as "bundles need the package bagit".
    """
    return ExtraMissing(
        f"{need}: in a checkout, pip install -c constraints.txt -e '.[{extra}]'; "
        f"elsewhere, pip install {packages}"
    )


def crawl_hint() -> str:
    """Return how to crawl a site, as far as it can be done where this is installed."""
    if find_spec("scrapy") is None:
        return (
            "crawls need a checkout of wparchive, installed there with pip install -c"
            " constraints.txt -e '.[crawl]'; what is installed here only reads"
        )
    return "scrapy crawl wordpress -a site=https://example.com"


def too_new(address: str, found: int, known: int) -> ArchiveTooNew:
    """Return the error of an archive whose schema version this version does not know."""
    return ArchiveTooNew(
        f"{address} has schema {found}, this version reads up to {known}: upgrade wparchive"
    )
