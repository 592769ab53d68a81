"""The address of an archive: what every backend's addresses have in common."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

FALLBACK_URI = "sqlite:///archive-data/archive.db"
"""Relative to the working directory."""

# Options of drivers that carry secrets: certificate passwords, tokens of clouds, proxies.
_SECRET_OPTIONS = re.compile(
    r"(?i)([?&][^=&]*(?:authMechanismProperties|pass|pwd|secret|token|key)[^=&]*)=[^&]*"
)

_HOST = r"(?:\[[0-9A-Fa-f:.]+(?:%\w+)?\]|[^/?#:,\[\]]*)(?::\d+)?"
# What stands behind a colon, where hosts and ports do not make sense: a password, of any signs.
_NO_HOSTS = re.compile(rf"(?s)(?<=://)(?!{_HOST}(?:,{_HOST})*(?:[/?#]|$))([^/?#:]*):.*")


@dataclass(frozen=True, slots=True)
class ArchiveAddress:
    """The place of an archive, made by the backend of its scheme, and shown without secrets."""

    scheme: str
    """The key of its backend in `opening.SCHEMES`."""
    uri: str = field(repr=False)
    """All that is needed to open it, with its password."""
    place: str
    """The part that says where in the backend it is: an absolute path, the name of a database."""
    shown: str
    """The URI without its secrets, for messages."""

    def __str__(self) -> str:
        return self.shown

    @property
    def file(self) -> Path | None:
        """Return the file of an archive that is one, absolute; None for what a server keeps."""
        path = Path(self.place)
        return path if path.is_absolute() else None


def default_uri() -> str:
    """Return the address of the archive that nobody named: `ARCHIVE_URI`, else `FALLBACK_URI`."""
    return os.environ.get("ARCHIVE_URI") or FALLBACK_URI


def redacted(uri: str) -> str:
    """Return an address without its secrets, for logs and messages.

    Everything before the last @ goes, because the address may be malformed. So does everything
    behind a colon, where what stands there is no host or port.
    """
    hidden = re.sub(r"(?s)^(\w[\w+.-]*://)?.*@", r"\1***@", uri)
    hidden = _NO_HOSTS.sub(r"\1:***", hidden)
    return _SECRET_OPTIONS.sub(r"\1=***", hidden)
