"""Leases compared, and whether the run that has one is alive, as far as a look can tell.

A process of this machine is known to be dead at once, so that nobody has to wait for it.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from wparchive.model.site_records import Lease

LONGEST_SILENCE = timedelta(minutes=15)
"""Time since the last beat after which readers call a run on another machine killed."""


def is_same(one: Lease | None, other: Lease | None) -> bool:
    """Return whether two leases are the same one, at the same beat."""
    if one is None or other is None:
        return one is other
    return (one["holder"], one["beat"]) == (other["holder"], other["beat"])


def has_died(lease: Lease) -> bool:
    """Return whether the holder was a process of this machine that has ended for certain."""
    mark = lease["process"]
    here = process_mark(os.getpid())
    if not mark or not here or _machine(mark) != _machine(here):
        return False
    return process_mark(lease["pid"]) != mark


def seems_alive(lease: Lease, now: datetime) -> bool:
    """Return whether the run that has a lease seems to go on, for readers, who cannot wait.

    That is certain for a process of this machine. Of one on another machine, the time of its last
    beat is all there is to go by, and clocks may differ.
    """
    # Both marks are of one machine, and neither is unknown.
    if _machine(lease["process"]) == _machine(process_mark(os.getpid())) != "":
        return not has_died(lease)
    return abs(now - lease["beat_at"]) < LONGEST_SILENCE


def process_mark(pid: int) -> str:
    """Return what tells a process from all others: machine, start of the machine, start time.

    It is empty for a process that has ended, and where the system does not tell (no /proc).
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        # Containers of one machine have process ids of their own.
        space = str(Path("/proc/self/ns/pid").readlink())
        # The name of a process stands in brackets, and may hold spaces and brackets of its own.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    # Fields 3 and 22 of `man proc`: the state, and when it started.
    state, start = fields[0], fields[19]
    if state in "ZX":  # dead, and nobody has asked for its status yet
        return ""
    return f"{boot} {space} {start}"


def _machine(mark: str) -> str:
    return mark.rpartition(" ")[0]
