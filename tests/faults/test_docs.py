"""The table of what shows that a promise holds names kinds and tests that exist."""

import re
from pathlib import Path

from tests.faults.kinds import KINDS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs/fault-bench.md"
ROW = re.compile(r"^\| (?!what \||---)(.+?) \|(.*?)\|(.*?)\|$", re.MULTILINE)


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_each_promise_is_shown_by_kinds_and_tests_that_exist() -> None:
    kinds = {kind.name for kind in KINDS}
    sources = (path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    tests = set(re.findall(r"def (test_\w+)", "\n".join(sources)))
    rows = ROW.findall(DOCS.read_text())
    assert len(rows) > 25
    for what, in_bench, in_tests in rows:
        assert named(in_bench) or named(in_tests), what
        assert set(named(in_bench)) <= kinds, what
        assert set(named(in_tests)) <= tests, what
