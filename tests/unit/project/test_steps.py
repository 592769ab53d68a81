"""Every test belongs to one step of CI, and CI has all these steps.

`tests/conftest.py` holds the first for whatever it collects; here is what it goes by.
"""

import tomllib
from pathlib import Path

import pytest

from tests.conftest import LONG_FILES
from tests.steps import APART, QUICK, SLOW, SLOW_FILES, STEPS, Step, steps_of, told

ROOT = Path(__file__).parents[3]
CI = (ROOT / ".ci/run").read_text(encoding="utf-8")


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.command)
def test_ci_has_every_step(step: Step) -> None:
    assert f"{step.command} " in CI or f"{step.command}\n" in CI


def test_the_marks_of_a_test_name_its_step() -> None:
    assert steps_of(()) == [QUICK]
    assert steps_of({"parametrize", "slow"}) == [SLOW]
    for step in APART:
        for mark in step.marks:
            assert steps_of({mark}) == steps_of({mark, "slow"}) == [step]
    assert len(steps_of({"browser", "mongodb"})) == 2


def test_every_mark_of_the_project_is_known() -> None:
    """A mark of a new kind of server would else be run by `make test` alone, and skipped there."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = {
        line.partition(":")[0] for line in settings["tool"]["pytest"]["ini_options"]["markers"]
    }
    assert named == {mark for step in STEPS for mark in step.marks}


def test_files_that_are_named_exist() -> None:
    assert [path for path in sorted(SLOW_FILES) if not (ROOT / path).is_file()] == []
    names = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert names >= LONG_FILES


def test_what_a_step_takes_is_told_for_the_cores_there_are() -> None:
    step = Step("make x", frozenset(), 8)
    assert told(step, 2).startswith("the whole of make x: about 4 min on 2 free cores")
    assert "about 1 min on 64 free cores" in told(step, 64)
