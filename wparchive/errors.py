"""What can go wrong with an archive, as one family:

ArchiveError
├── InvalidURI           the archive's address cannot be understood
├── ArchiveMissing       reading was asked for, and nothing is there
├── ArchiveUnreachable   a server or disk that cannot be reached, or was lost
├── ArchiveReadOnly      the archive, its disk or its user may not be written to, or the disk is full
├── ArchiveTooNew        written by a newer version of the project
├── DocumentRejected     one document that the database will not take
├── InvalidQuery         a filter, date, key or search that cannot be understood
├── NotFound             a key or URL that the archive does not hold
├── OutputFailed         an export that cannot be written where it was asked for
└── ExtraMissing         an optional package that is not installed

Every message says what was found and what to do; none of them carries a password.
"""


class ArchiveError(Exception):
    """Root of everything the archive raises on purpose."""


class InvalidURI(ArchiveError):
    """The archive's address cannot be understood."""


class ArchiveMissing(ArchiveError):
    """There is no archive at that address, and this caller must not create one."""


class ArchiveUnreachable(ArchiveError):
    """The server or disk cannot be reached, or was lost while in use."""


class ArchiveReadOnly(ArchiveError):
    """The archive cannot be written to: permissions, a read-only disk, or no space left."""


class ArchiveTooNew(ArchiveError):
    """The archive was written by a newer version than this one can read."""


class DocumentRejected(ArchiveError):
    """The database refused one document; the others of its batch are not affected."""


class InvalidQuery(ArchiveError):
    """A filter, date, key or search expression that cannot be understood."""


class NotFound(ArchiveError):
    """Nothing in the archive has that key or URL."""


class OutputFailed(ArchiveError):
    """A file that was being written for the user cannot be: no space, no permission, or something else is in its place."""


class ExtraMissing(ArchiveError):
    """What was asked for needs an optional package that is not installed."""
