"""How the file of an SQLite archive can be opened to read it."""

from pathlib import Path
from urllib.parse import quote

WRITING = "mode=rw"


def reading(path: Path) -> list[str]:
    """Modes to try: where the folder is read-only the log cannot be shared, and a file without one can be read as it is."""
    log = path.with_name(path.name + "-wal")
    return (
        ["mode=ro"] if log.exists() and log.stat().st_size else ["mode=ro", "mode=ro&immutable=1"]
    )


def file_uri(path: Path, mode: str) -> str:
    """What `sqlite3.connect(..., uri=True)` takes."""
    return f"file:{quote(str(path.resolve()))}?{mode}"
