"""A process that writes an SQLite archive, for crawls that are too fast for one core."""

import sys
from pathlib import Path
from typing import Any, TypeVar

from wparchive.backends.helper_process import PROCESS_TROUBLE, HelperProcess, serve
from wparchive.backends.sqlite.sqlite_writer import SQLiteWriter, WriterCall
from wparchive.errors import ArchiveUnreachable

_Result = TypeVar("_Result")


class WriterProcess:
    """Implements `wparchive.backends.sqlite.sqlite_store.Writer` by a process of its own.

    The next call starts a process that was killed again.
    """

    def __init__(self, path: Path, busy_timeout_s: float) -> None:
        self._path = path
        self._process = HelperProcess(
            "wparchive.backends.sqlite.writer_process", str(path), str(busy_timeout_s)
        )

    def call(self, call: WriterCall[_Result]) -> _Result:
        try:
            error, result = self._process.ask(call)
        except PROCESS_TROUBLE as trouble:
            raise ArchiveUnreachable(
                f"the process that writes {self._path} ended: {type(trouble).__name__} {trouble}"
            ) from trouble
        if error is not None:
            raise error
        answer: _Result = result
        return answer

    def close(self) -> None:
        self._process.close()


class CallAnswerer:
    """The other side: it runs in the process, and opens the archive for the first call."""

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
