"""The steps of CI that run tests, and which of them a test belongs to.

`make test` is for everybody, several times a day: it has to end within five minutes on two cores.
What takes long is in other steps. `python -m tests.steps` prints how long each one takes.
"""

import os
import sys
from collections.abc import Collection
from dataclasses import dataclass

SLOW_FILES = frozenset(
    {
        "tests/faults/test_faults.py",
        "tests/fuzz/test_fuzz.py",
        "tests/integration/test_bad_input.py",
        "tests/integration/test_benchmarks.py",
        "tests/integration/test_closed_sites.py",
        "tests/integration/test_courtesy.py",
        "tests/integration/test_duplicates_commands.py",
        "tests/integration/test_export_files.py",
        "tests/integration/test_files.py",
        "tests/integration/test_files_bucket.py",
        "tests/integration/test_interrupt.py",
        "tests/integration/test_kills.py",
        "tests/integration/test_lost_archive.py",
        "tests/integration/test_own_strategy.py",
        "tests/integration/test_owner_login.py",
        "tests/integration/test_reclean.py",
        "tests/integration/test_resume.py",
        "tests/integration/test_routes.py",
        "tests/integration/test_site_key.py",
        "tests/integration/test_site_memory.py",
        "tests/integration/test_stages.py",
        "tests/integration/test_tls.py",
        "tests/integration/test_two_runs.py",
        "tests/integration/test_update.py",
        "tests/integration/test_warc.py",
        "tests/quality/test_floor.py",
    }
)
"""Files with the mark `slow`: each took more than six seconds of processor time. They were chosen
by measurement, and other files cover the same code in less."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of CI that runs tests."""

    command: str
    """What runs it, as it stands in `.ci/run` and is told to those who left it out."""
    marks: frozenset[str]
    """It runs the tests with one of these marks; none: those without any such mark."""
    cpu_minutes: float | None = None
    """Minutes of processor time that it took when it was last measured."""


QUICK = Step("make test", frozenset(), 8)
SLOW = Step("make test-slow", frozenset({"slow"}), 11)
SERVERS = Step(
    "-m 'wordpress or mongodb or spark or bench'",
    frozenset({"wordpress", "mongodb", "spark", "bench"}),
)
APART = (
    SERVERS,
    Step(".ci/deploy", frozenset({"deploy"})),
    Step("pytest tests/browser", frozenset({"browser"})),
    Step("pytest tests/integration/test_warc_replay.py", frozenset({"replay"})),
)
"""Steps that have to install something first."""
STEPS = (QUICK, SLOW, *APART)
NOT_QUICK = frozenset({"slow", "deploy"})
"""Marks of the tests that `make test` leaves out although they could run. Those with other marks
skip themselves where what they need is not there, and run where it is."""


def steps_of(marks: Collection[str]) -> list[Step]:
    """Return the steps that a test with these marks belongs to, which ought to be one."""
    found = [step for step in APART if not step.marks.isdisjoint(marks)]
    if found:
        return found
    if SLOW.marks.isdisjoint(marks):
        return [QUICK]
    return [SLOW]


def told(step: Step, cores: int) -> str:
    """Return how long a step takes on so many cores that have nothing else to do."""
    assert step.cpu_minutes is not None
    minutes = max(1, round(step.cpu_minutes / cores))
    return (
        f"the whole of {step.command}: about {minutes} min on {cores} free cores"
        f" ({step.cpu_minutes:.0f} min of processor time); longer where other work shares them"
    )


def main() -> None:
    """Print how long the steps that are named on the command line take, or both."""
    named = sys.argv[1:]
    for step in (QUICK, SLOW):
        if not named or step.command.removeprefix("make ") in named:
            print(told(step, os.cpu_count() or 1))


if __name__ == "__main__":
    main()
