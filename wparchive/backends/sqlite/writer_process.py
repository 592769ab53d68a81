"""An SQLite archive written to by a process of its own, where a crawl is faster than one core can do all of it."""

import sys
from pathlib import Path
from typing import Any

from wparchive.backends.helper_process import PROCESS_TROUBLE, HelperProcess, serve
from wparchive.backends.sqlite.sqlite_writer import SQLiteWriter
from wparchive.errors import ArchiveUnreachable


class WriterProcess:
    """Does what `SQLiteWriter` does. A process that was killed is started again by the next call."""

    def __init__(self, path: Path, busy_timeout_s: float) -> None:
        self._path = path
        self._worker = HelperProcess(
            "wparchive.backends.sqlite.writer_process", str(path), str(busy_timeout_s)
        )

    def do(self, name: str, *arguments: Any) -> Any:
        """Call a method. Raises the archive's errors."""
        try:
            error, value = self._worker.ask((name, arguments))
        except PROCESS_TROUBLE as trouble:
            raise ArchiveUnreachable(
                f"the process that writes {self._path} ended: {type(trouble).__name__} {trouble}"
            ) from trouble
        if error is not None:
            raise error
        return value

    def close(self) -> None:
        """End the process once it has closed the archive; safe to call twice."""
        self._worker.close()


class Answering:
    """The other side."""

    def __init__(self, path: Path, busy_timeout_s: float) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._writer: SQLiteWriter | None = None

    def __call__(self, question: tuple[str, tuple[Any, ...]]) -> tuple[Exception | None, Any]:
        """What was raised, and what was returned."""
        name, arguments = question
        try:
            self._writer = self._writer or SQLiteWriter(self._path, self._busy_timeout_s)
            return None, self._writer.do(name, *arguments)
        except Exception as error:
            return error, None

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


if __name__ == "__main__":
    answering = Answering(Path(sys.argv[1]), float(sys.argv[2]))
    try:
        serve(answering)
    finally:
        answering.close()
