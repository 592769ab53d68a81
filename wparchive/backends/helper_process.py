"""Work done by a process of its own: a question and its answer at a time, pickled, over its pipes.

Such a process ends when its input does, so that none outlives who started it, however that ends.
"""

import gc
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TROUBLE = (OSError, EOFError, pickle.UnpicklingError)
"""What `HelperProcess.ask` raises when the process is not there any more."""
_SELDOM = (50_000, 20, 100)
"""Thresholds of Python's search for cycles: batches make many objects and no cycles, and looking for some took a tenth of the time."""


class HelperProcess:
    """Runs a module of this project (`main` calls `serve`); started by the first question, and anew by the first one after a failure."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._command = [sys.executable, "-m", module, *arguments]
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, question: Any) -> Any:
        """The answer. Blocks; one caller at a time. Raises `TROUBLE`, and what pickling raises, before anything was sent."""
        sent = pickle.dumps(question, pickle.HIGHEST_PROTOCOL)
        try:
            process = self._process = self._process or self._started()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(sent)
            process.stdin.flush()
            return pickle.load(process.stdout)
        except TROUBLE:
            self.close()
            raise

    def close(self) -> None:
        """End the process and wait until it has ended; safe to call twice."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what was still to be sent, to a process that is gone
                pipe.close()
        process.wait()

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return self._process.pid if self._process else None

    def _started(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )


def serve(answer: Callable[[Any], Any]) -> None:
    """Answer until the input ends. Signals to a whole group of processes are for the crawl, which then ends this one."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    look_seldom_for_cycles()
    while True:
        try:
            question = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(answer(question), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.flush()


def look_seldom_for_cycles() -> None:
    """For a process that has imported what it needs and now makes many objects, hardly any of them in cycles."""
    gc.freeze()
    gc.set_threshold(*_SELDOM)
