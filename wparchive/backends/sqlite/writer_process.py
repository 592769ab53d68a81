"""The process that writes an SQLite archive, for crawls that are too fast for one core.

`sqlite_store.py` starts it: python -m wparchive.backends.sqlite.writer_process PATH BUSY_TIMEOUT_S
"""

import sys
from pathlib import Path
from typing import Any

from wparchive.backends.helper_process import serve
from wparchive.backends.sqlite.sqlite_writer import SQLiteWriter, WriterCall


class CallAnswerer:
    """The runner of the calls that the store sends; it opens the archive for the first one."""

    def __init__(self, path: Path, busy_timeout_s: float) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._writer: SQLiteWriter | None = None

    def answer(self, call: WriterCall[Any]) -> tuple[Exception | None, Any]:
        """Return what a call raised, and what it returned."""
        try:
            if self._writer is None:
                self._writer = SQLiteWriter(self._path, self._busy_timeout_s)
            return None, call.run(self._writer)
        except Exception as error:
            # Raised again by the store, so that a caller need not know where the writer is.
            return error, None

    def close(self) -> None:
        """Close the archive."""
        if self._writer is not None:
            self._writer.close()


if __name__ == "__main__":
    answerer = CallAnswerer(Path(sys.argv[1]), float(sys.argv[2]))
    try:
        serve(answerer.answer)
    finally:
        answerer.close()
