"""Handle interrupts (Ctrl-C, SIGTERM, the end of a terminal) from the first moment on.

| when | the first one | the second one |
|---|---|---|
| before a crawl begins | ends the process: nothing was asked or opened | |
| while it is opened, and goes on | ends the run in order, with a verdict | ends the process |

This module imports little: it is loaded before everything else of a command.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_EXIT_STATUS = 130  # of what was interrupted, whatever signal it was


def end_at_first_interrupt(words: str) -> None:
    """Let an interrupt end the process with these words: for a time with nothing to put in order.

    Python's own way is an exception, and where it comes while modules are imported, a traceback.
    """

    def first(number: int, frame: FrameType | None) -> None:
        with suppress(OSError):  # the terminal may be gone
            os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"{words}\n".encode())
        os._exit(_EXIT_STATUS)

    _handle(first)


def end_in_order(begin: Callable[[], None]) -> None:
    """Let the first interrupt call `begin`, which ends a run in order, and the second one kill.

    Python's own handlers wait for the end of a call into C, such as a long regular expression. So
    the second interrupt is left to the system. What was acknowledged is in the archive, helper
    processes end with their pipes, and the next run goes on.
    """

    def first(number: int, frame: FrameType | None) -> None:
        begin()
        for one in INTERRUPTS:
            signal.signal(one, _at_once())

    _handle(first)


def _handle(first: Callable[[int, FrameType | None], None]) -> None:
    for one in INTERRUPTS:
        if signal.getsignal(one) == signal.SIG_IGN:  # nohup
            continue
        signal.signal(one, first)
        _let_the_system_take_the_next(one)


def _at_once() -> "signal._HANDLER":
    """Return what ends the process; nothing that is left to the system ends a container's first."""
    if os.getpid() == 1:
        return lambda number, frame: os._exit(128 + number)
    return signal.SIG_DFL


def _let_the_system_take_the_next(number: int) -> None:
    """Put the system's own handler back as soon as Python's is called, in C."""
    libc = ctypes.CDLL(None)
    with suppress(AttributeError):  # another system than Linux: then Python does it, when it can
        again = libc.sysv_signal
        for function in (libc.signal, again):
            function.restype = ctypes.c_void_p
            function.argtypes = (ctypes.c_int, ctypes.c_void_p)
        again(number, libc.signal(number, None))
