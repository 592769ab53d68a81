"""How the file of an SQLite archive can be opened."""

from pathlib import Path
from urllib.parse import quote

WRITE_MODE = "mode=rw"
READ_MODE = "mode=ro"
UNSHARED_MODE = "mode=ro&immutable=1"
"""The log is not shared with anybody who writes, so that no file has to be made beside this one."""


def read_modes(path: Path) -> list[str]:
    """Return the modes in which to try to read a file, the best first.

    In a read-only folder the log cannot be shared. A file without a log can be read as it is.
    """
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        return [READ_MODE]
    return [READ_MODE, UNSHARED_MODE]


def file_uri(path: Path, mode: str) -> str:
    """Return an address for `sqlite3.connect(..., uri=True)`."""
    return f"file:{quote(str(path.resolve()))}?{mode}"
