"""A few kinds for every run of the tests; CI runs all of them by `python -m tests.faults`."""

import pytest

from tests.faults.kinds import KINDS
from tests.faults.measure import crawl_of
from tests.faults.verdict import broken_laws

QUICK = (
    "a debugger's panel after the JSON",
    "a 403 in the middle",
    "301 adds a slash",
    "plain text that is called gzip",
    "compressed pages above the limit of size",
    "a number with thousands of digits",
)


def test_the_kinds_have_names_of_their_own():
    names = [kind.name for kind in KINDS]
    assert len(set(names)) == len(names) >= 50


@pytest.mark.parametrize("name", QUICK)
def test_nothing_is_lost_and_the_verdict_is_true(name):
    [kind] = [kind for kind in KINDS if kind.name == name]
    measured = crawl_of(kind)
    assert broken_laws(kind, measured) == [], measured.output
