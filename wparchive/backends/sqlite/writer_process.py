"""The process that writes an SQLite archive, for crawls that are too fast for one core.

`sqlite_store.py` asks it. Each question says which archive it is for, always the same one: so the
process can be started before that is known.
"""

from pathlib import Path
from typing import Any

from wparchive.backends.helper_process import serve
from wparchive.backends.sqlite.sqlite_writer import SQLiteWriter, WriterCall

WriterQuestion = tuple[Path, float, WriterCall[Any]]
"""The file of the archive, its busy timeout in seconds, and the call."""


class CallAnswerer:
    """The runner of the calls that the store sends; it opens the archive for the first one."""

    def __init__(self) -> None:
        self._writer: SQLiteWriter | None = None

    def answer(self, question: WriterQuestion) -> tuple[Exception | None, Any]:
        """Return what a call raised, and what it returned."""
        path, busy_timeout_s, call = question
        try:
            if self._writer is None:
                self._writer = SQLiteWriter(path, busy_timeout_s)
            return None, call.run(self._writer)
        except Exception as error:
            # Raised again by the store, so that a caller need not know where the writer is.
            return error, None

    def close(self) -> None:
        """Close the archive."""
        if self._writer is not None:
            self._writer.close()


if __name__ == "__main__":
    answerer = CallAnswerer()
    try:
        serve(answerer.answer)
    finally:
        answerer.close()
