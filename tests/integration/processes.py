"""The processes that a crawl starts, and the wait for their end."""

import contextlib
import time
from pathlib import Path


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def wait_for_end(pids: list[int]) -> None:
    """Wait until processes have ended, by themselves."""
    until = time.monotonic() + 30
    while left := {pid: state(pid) for pid in pids if not has_ended(pid)}:
        assert time.monotonic() < until, f"still there, in these states: {left}"
        time.sleep(0.02)


def has_ended(pid: int) -> bool:
    """Say whether a process has ended.

    One whose parent was killed is left to the first process of the system. That one takes note of
    an end when it likes: a container's may take minutes. Until then the process is shown as `Z`.
    """
    return state(pid) in ("", "Z", "X")


def state(pid: int) -> str:
    """Return the letter that the system shows for the state of a process; "" without one."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[0]
