"""Running one command and measuring all its processes together.

Linux only: it reads /proc.
"""

import compileall
import ctypes
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

POLL_S = 0.1
_PR_SET_CHILD_SUBREAPER = 36  # of Linux's `prctl`
MEMORY_EVERY = 5
"""Looks at processes for each look at their memory.

That takes the kernel 10 ms of processor time where a process is large. Twenty times a second, it
cost the largest contenders a tenth of their speed.
"""
ROOT = Path(__file__).parent.parent
LEFT_OUT = ("ARCHIVE_URI", "SCRAPY_PROJECT", "PYTHONDONTWRITEBYTECODE")
"""Variables that a contender does not get from the caller.

With the last one, each process of ours would compile our modules again (1 to 2 s of processor time
each), while those of installed packages are compiled once, when they are installed.
"""
COMPILED = ("crawler", "pipelines", "settings", "wparchive", "benchmarks", "demo")
"""Folders of the checkout whose modules are compiled before anything is measured."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a command."""

    wall_s: float
    cpu_s: float
    """User and system time of all its processes."""
    peak_bytes: int
    """Largest sum of the sizes of its processes; each shared page is counted in part (PSS)."""
    cpu_of_others_s: Mapping[str, float]
    """The part of `cpu_s` of the processes that it started, by what they run."""
    queued_s: Mapping[str, float]
    """Time in which processes had work and no core, by what they run; "" is the command itself."""


def run(command: Sequence[str], log: Path) -> Cost:
    """Run a command to its end. Raises RuntimeError with the end of what it wrote when it fails."""
    _adopt_orphans()
    before = set(_children(os.getpid()))
    with log.open("wb") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        watcher = _Watcher(process.pid)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        watcher.stop()
    cpu_s = usage.ru_utime + usage.ru_stime
    # Processes of a fork server are nobody's to wait for, once the command has ended.
    for pid in set(_children(os.getpid())) - before:
        _, _, orphan = os.wait4(pid, 0)
        cpu_s += orphan.ru_utime + orphan.ru_stime
    if process.returncode:
        end = log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{end}")
    return Cost(
        wall,
        cpu_s,
        max(watcher.peak_bytes, usage.ru_maxrss * 1024),
        watcher.cpu_s_by_name(),
        watcher.queued_s_by_name(),
    )


@contextmanager
def serving(site_name: str, posts: int) -> Iterator[str]:
    """Serve a site of so many posts in a process of its own; give its address.

    The modules of the checkout are compiled before.
    """
    compile_modules()
    command = [sys.executable, "-m", "benchmarks.sites", site_name, "--posts", str(posts)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def compile_modules() -> None:
    """Compile the modules of the checkout, as installing a package does with its own."""
    for folder in COMPILED:
        compileall.compile_dir(ROOT / folder, quiet=1)


def _environment() -> dict[str, str]:
    """Return the caller's environment without what would change a contender.

    That is `LEFT_OUT` and dlt's telemetry.
    """
    kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    return kept | {"RUNTIME__DLTHUB_TELEMETRY": "false"}


class _Watcher(threading.Thread):
    """A thread that looks at a process and its descendants again and again.

    It notes their memory together, the CPU time of each descendant, and how long each waited for a
    core.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self._cpu_s: dict[tuple[int, str], float] = {}
        self._queued_s: dict[tuple[int, str], float] = {}
        self._pid = pid
        self._ended = threading.Event()

    def run(self) -> None:
        looks = 0
        while not self._ended.wait(POLL_S):
            family = _family(self._pid)
            for pid in family[1:]:
                if (cpu_s := _cpu_s(pid)) and (
                    name := _name(pid)
                ):  # one that has just ended has no name any more
                    self._cpu_s[pid, name] = cpu_s
                    self._note_queued(pid, name)
            self._note_queued(self._pid, "")
            looks += 1
            if looks % MEMORY_EVERY == 0:
                self.peak_bytes = max(self.peak_bytes, sum(map(_pss_bytes, family)))

    def cpu_s_by_name(self) -> dict[str, float]:
        """Several processes that run the same are one line."""
        return _by_name(self._cpu_s)

    def queued_s_by_name(self) -> dict[str, float]:
        """Return how long processes had work and no core."""
        return _by_name(self._queued_s)

    def _note_queued(self, pid: int, name: str) -> None:
        # A thread that ended takes its time with it.
        known = self._queued_s.get((pid, name), 0.0)
        self._queued_s[pid, name] = max(known, _queued_s(pid))

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _family(pid: int) -> list[int]:
    found = [pid]
    for parent in found:  # grows while it is read
        found += _children(parent)
    return found


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):  # it has just ended
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            found += map(int, _read(children).split())
    return found


def _adopt_orphans() -> None:
    """Make processes whose parent has ended children of this one, so that they are measured."""
    if ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError("this system does not let a process adopt orphans")


def _pss_bytes(pid: int) -> int:
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _cpu_s(pid: int) -> float:
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return (
        (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if len(fields) > 12 else 0.0
    )


def _queued_s(pid: int) -> float:
    """Return the time in which threads of a process were ready to run and waited for a core."""
    files = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(fields[1]) for file in files if (fields := _read(file).split())) / 1e9


def _by_name(values: Mapping[tuple[int, str], float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for (_, name), value in values.items():
        found[name] = found.get(name, 0.0) + value
    return found


def _name(pid: int) -> str:
    """The module that a Python process runs, or else its command."""
    words = _read(Path(f"/proc/{pid}/cmdline")).split("\0")
    return words[words.index("-m") + 1] if "-m" in words[:-1] else words[0]


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended
        return ""
