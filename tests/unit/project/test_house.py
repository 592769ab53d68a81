"""The figures of `python -m tests.house` stay within what CONTRIBUTING promises."""

import pytest

from tests.house import House

SHARE_IMPORTED_ONCE = 0.073
"""Of all files; a house of more rooms has more doors that lead to one room only.

One more than there are, so that a new walk asks for no other change."""
CONDITIONAL_EXPRESSIONS_PER_THOUSAND_LINES = 12
SHARE_WITH_DOCSTRING = 0.9


@pytest.fixture(scope="module")
def house() -> House:
    """Return the whole product, parsed once."""
    return House()


@pytest.mark.parametrize(
    "kind",
    [
        "long_lines",
        "long_functions",
        "long_files",
        "nested_conditional_expressions",
        "duplicate_names",
        "repeated_file_names",
        "private_imports",
        "cycles",
        "riddles",
    ],
)
def test_there_is_none_of_these(house: House, kind: str) -> None:
    found = getattr(house, kind)
    assert not found, f"`python -m tests.house --list` explains {kind}: {found}"


def test_there_are_few_of_these(house: House) -> None:
    dense = 1000 * len(house.conditional_expressions) / house.lines
    assert dense <= CONDITIONAL_EXPRESSIONS_PER_THOUSAND_LINES
    most = SHARE_IMPORTED_ONCE * len(house.modules)
    assert len(house.imported_once) <= most, house.imported_once


def test_public_functions_have_docstrings(house: House) -> None:
    lacking = len(house.without_docstring)
    assert lacking <= (1 - SHARE_WITH_DOCSTRING) * len(house.public_functions)


def test_the_measure_sees_what_it_looks_for() -> None:
    """A house that is measured as perfect although nothing was read would hold nothing."""
    everything = House(("tests",))
    assert everything.modules
    assert everything.lines > 1000
    assert everything.repeated_file_names  # conftest.py
