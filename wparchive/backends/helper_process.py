"""Work that a process of its own does: one question after the other, over its pipes.

A message is a mark of four bytes, its length in eight, then the pickled question or answer. Both
sides read and write it whole, on the pipes themselves: a buffered stream loses the rest of a long
message where Python runs unbuffered (`PYTHONUNBUFFERED=1`), for instance when a process is stopped
and goes on. What is no message, or only a part of one, is trouble like a process that died: it must
never pass for an answer, nor be waited for without end.

A helper process ends when its input does. So none outlives the process that started it.
"""

import atexit
import fcntl
import os
import pickle
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import IO, Any

from wparchive.tuning import tune_process

ROOT = Path(__file__).parents[2]
PROCESS_TROUBLE = (OSError, EOFError, pickle.UnpicklingError)
"""The exceptions of `HelperProcess.ask` when the process died, or answered with half a message."""
WRITER_PROCESS = "wparchive.backends.sqlite.writer_process"
"""The module that writes SQLite archives."""
_INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_HEAD = struct.Struct("!4sQ")
_MARK = b"WPA1"
_LONGEST = 1 << 32  # bytes; a longer message is none of ours
_PIPE_BYTES = 1 << 20  # as many as Linux lets anybody have


class _Processes:
    """The helper processes of this process, to be killed where it is told to end at once."""

    def __init__(self) -> None:
        self.running: set[subprocess.Popen[bytes]] = set()
        self.prepared: list[subprocess.Popen[bytes]] = []
        """Those of `running` that nobody has had a question for yet."""
        self.killed = False
        self._taking = Lock()

    def take_prepared(self, command: list[str]) -> "subprocess.Popen[bytes] | None":
        """Return a prepared process that runs a command, if one lives."""
        with self._taking:  # several threads may want one at the same time
            for process in [one for one in self.prepared if one.args == command]:
                self.prepared.remove(process)
                if process.poll() is None:
                    return process
                _close(process)
        return None


_processes = _Processes()


def prepare_helper_process(module: str) -> None:
    """Start a process that runs a module, so that it loads while this one has something else to do.

    The next `HelperProcess` of that module takes it over. It ends with this program otherwise.
    """
    if not _processes.prepared:
        atexit.register(_end_prepared_processes)
    _processes.prepared.append(_started(_command_of(module)))


def _end_prepared_processes() -> None:
    """End the processes that nobody had a question for: nothing is lost with them."""
    while _processes.prepared:
        process = _processes.prepared.pop()
        process.kill()
        _close(process)


def _command_of(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def kill_helper_processes() -> None:
    """Kill all helper processes of this process, and let none begin any more.

    For a program that ends at once: a thread that waits for a process which was stopped (SIGSTOP)
    would keep the program from its end.
    """
    _processes.killed = True
    for process in list(_processes.running):
        process.kill()


def wake_helper_processes() -> None:
    """Let helper processes that were stopped (SIGSTOP) go on, so that they see the end of this one.

    May be called by the handler of a signal.
    """
    for process in list(_processes.running):
        process.send_signal(signal.SIGCONT)


class HelperProcess:
    """A process that runs a module of this project, whose main part calls `serve`.

    The first question starts it, and so does the first one after a failure. Several threads may ask
    at a time. The next question is sent while the process works on the one before, so that it has
    something to do at once. Answers come in the order of the questions.
    """

    def __init__(self, module: str) -> None:
        self._command = _command_of(module)
        self._process: subprocess.Popen[bytes] | None = None
        # Whoever holds both took them in this order.
        self._sending = Lock()
        self._receiving = Lock()

    def ask(self, question: Any) -> Any:
        """Send a question and return the answer. Blocks.

        Raises one of `PROCESS_TROUBLE`, and what pickling the question raises.
        """
        message = pickle.dumps(question, pickle.HIGHEST_PROTOCOL)
        process: subprocess.Popen[bytes] | None = None
        try:
            with self._sending:
                process = self._running()
                assert process.stdin is not None
                assert process.stdout is not None
                _write(process.stdin.fileno(), message)
                del message  # it may be megabytes, and the answer takes a while
                self._receiving.acquire()  # whoever asked before has its answer now
            try:
                answer = _read(process.stdout.fileno())
            finally:
                self._receiving.release()
            return _loaded(answer)
        except BaseException:  # whatever it was: a part of a message may be in the pipes
            if process is not None:
                self._end(process)
            raise

    def close(self) -> None:
        """End the process and wait until it has ended; safe to call twice."""
        with self._sending, self._receiving:
            if self._process is not None:
                _close(self._process)
                self._process = None

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        """End a process that is of no use any more, once nobody uses its pipes."""
        process.kill()  # others who wait for it meet the end of its pipes
        with self._sending, self._receiving:
            if self._process is process:
                _close(process)
                self._process = None

    @property
    def pid(self) -> int | None:
        """Return the id of the process; None while none runs."""
        if self._process is None:
            return None
        return self._process.pid

    def _running(self) -> "subprocess.Popen[bytes]":
        if _processes.killed:
            raise OSError("this program ends")
        if self._process is None:
            self._process = _processes.take_prepared(self._command) or _started(self._command)
        return self._process


def _started(command: list[str]) -> "subprocess.Popen[bytes]":
    with _interrupts_kept_back():
        process = subprocess.Popen(
            command,
            **_where_modules_are(ROOT),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
    _processes.running.add(process)
    _widen(process.stdin)
    _widen(process.stdout)
    return process


def _close(process: "subprocess.Popen[bytes]") -> None:
    """Close the pipes of a process, with which it ends, and wait for that."""
    assert process.stdin is not None
    assert process.stdout is not None
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # the process may be gone
            pipe.close()
    process.wait()
    _processes.running.discard(process)


@contextmanager
def _interrupts_kept_back() -> Iterator[None]:
    """Keep interrupts back for a moment: a process that is started now inherits that.

    So Ctrl-C, which reaches all processes of a terminal, does not meet one that still imports its
    modules. `serve` lets them come, once they are ignored.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _widen(pipe: IO[bytes] | None) -> None:
    """Let a pipe hold most of a message.

    A usual one holds 64 kB, and both processes take turns for each part of that size.
    """
    change = getattr(fcntl, "F_SETPIPE_SZ", None)  # Linux has it
    if pipe is None or change is None:
        return
    with suppress(OSError):  # a system may allow less
        fcntl.fcntl(pipe, change, _PIPE_BYTES)


def _where_modules_are(root: Path) -> dict[str, Any]:
    """Return the arguments of `Popen` with which a process finds the modules of this project.

    In a checkout that is its folder. In an egg (Scrapyd) they are in a file, and this package may
    be installed beside it, so that a process is told all places that this one imports from.
    """
    found: dict[str, Any] = {"env": {**os.environ, "PYTHONPATH": python_path()}}
    if root.is_dir():
        found["cwd"] = root
    return found


def python_path() -> str:
    """Return a `PYTHONPATH` with all places that this process imports from."""
    return os.pathsep.join(str(Path(place).resolve()) for place in sys.path)


def serve(answer: Callable[[Any], Any]) -> None:
    """Answer questions until the input ends: the main part of a helper process.

    Ctrl-C reaches all processes of a terminal, and so does the end of the terminal. They are left
    to the crawl, which then ends this one.
    """
    for number in _INTERRUPTS:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPTS)
    questions = os.dup(sys.stdin.fileno())
    answers = os.dup(sys.stdout.fileno())
    # What a library prints must not get between the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    tune_process()
    # A long answer does not fit into its pipe: the next question is worked on while it is sent.
    with ThreadPoolExecutor(1) as sender:
        sent: Future[None] | None = None
        while True:
            try:
                question = _loaded(_read(questions))
            except PROCESS_TROUBLE:
                return
            message = pickle.dumps(answer(question), pickle.HIGHEST_PROTOCOL)
            del question  # it need not stay in memory beside the next one
            try:
                if sent is not None:
                    sent.result()
            except BrokenPipeError:
                return  # whoever asked was killed meanwhile
            sent = sender.submit(_write, answers, message)
            del message


def _write(pipe: int, message: bytes) -> None:
    """Write a whole message; the system may take only a part of it at a time."""
    os.write(pipe, _HEAD.pack(_MARK, len(message)))  # so few bytes are never cut
    rest = memoryview(message)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def _read(pipe: int) -> bytearray:
    """Read a whole message.

    Raises EOFError where the pipe ends before the message does, UnpicklingError for anything else
    that is no message.
    """
    mark, length = _HEAD.unpack(_read_exactly(pipe, _HEAD.size))
    if mark != _MARK or length > _LONGEST:
        raise pickle.UnpicklingError(f"no message, but {mark!r}...")
    return _read_exactly(pipe, length)


def _loaded(message: bytearray) -> Any:
    """Return what a message says. Raises UnpicklingError for whatever cannot be read."""
    try:
        return pickle.loads(message)
    except Exception as error:  # garbage makes pickle raise nearly anything
        raise pickle.UnpicklingError(f"{type(error).__name__}: {error}") from error


def _read_exactly(pipe: int, size: int) -> bytearray:
    # Read into one place: a block of memory for each part costs as much as the part itself.
    found = bytearray(size)
    rest = memoryview(found)
    while rest:
        length = os.readv(pipe, [rest])
        if not length:
            raise EOFError(f"the pipe ended after {size - len(rest)} of {size} bytes")
        rest = rest[length:]
    return found
