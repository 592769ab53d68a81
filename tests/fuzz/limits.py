"""Run one input in a process of its own, with limits that the system keeps."""

import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

ADDRESSES_MAX = 4 << 30
"""Bytes of addresses: so that a defect costs the input and not the machine."""
MEGABYTES_MAX = 300
SECONDS_MAX = 30
"""Seconds of the processor: no limit on the way to be fast, but the end of what has no end."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What one input took."""

    seconds: float
    """Of the processor."""
    megabytes: float
    """The most memory, beyond what the process had before."""
    trouble: str
    """What was raised, or what limit was broken; "" for none."""


def run_limited(work: Callable[[], object], seconds_max: int = SECONDS_MAX) -> Ran:
    """Run work in a copy of this process, which ends when it takes too long."""
    before = _megabytes_now()
    with TemporaryFile("w+") as out:
        pid = os.fork()
        if pid == 0:
            _work_as_child(work, seconds_max, out.fileno())
        _, status, usage = os.wait4(pid, 0)
        out.seek(0)
        said = out.read()
    seconds = usage.ru_utime + usage.ru_stime
    megabytes = max(0.0, usage.ru_maxrss / 1024 - before)
    return Ran(seconds, megabytes, _trouble(status, said, megabytes))


def _work_as_child(work: Callable[[], object], seconds_max: int, out: int) -> None:
    code = 1
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds_max, seconds_max + 5))
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES_MAX, ADDRESSES_MAX))
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        os.dup2(out, sys.stderr.fileno())
        work()
        code = 0
    except BaseException:
        os.write(out, traceback.format_exc()[-3000:].encode("utf-8", "replace"))
    finally:
        os._exit(code)


def _trouble(status: int, said: str, megabytes: float) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGXCPU:
        return "it takes too long"
    if code != 0:
        return said or f"it ended with {code}"
    if megabytes > MEGABYTES_MAX:
        return f"it takes {megabytes:.0f} MiB"
    return ""


def _megabytes_now() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / (1 << 20)


def wall_clock() -> Callable[[], float]:
    """Return a clock that counts from now."""
    start = time.monotonic()
    return lambda: time.monotonic() - start
