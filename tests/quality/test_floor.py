"""Duplicates are found at least as well as when `floor.json` was pinned, and as well as aimed at.

`python -m tests.quality --pin` pins it.
"""

import json

import pytest

from .__main__ import FLOOR, SMALL, measure
from .labelled import labelled, sources
from .scores import Scores

AIM = {"precision, all": 0.99} | {
    f"recall, {edit}": 0.95
    for edit in (
        "words 2 %",
        "words 5 %",
        "words 10 %",
        "words 20 %",
        "cut to 30 %",
        "site boilerplate",
    )
}


@pytest.fixture(scope="module")
def figures() -> dict[str, float]:
    scores: Scores = measure(labelled(sources(**SMALL)), peers=False)["this project"]
    return scores.figures()


@pytest.mark.parametrize(("figure", "floor"), sorted(json.loads(FLOOR.read_text()).items()))
def test_no_figure_falls_below_the_floor(
    figures: dict[str, float], figure: str, floor: float
) -> None:
    assert figures[figure] >= floor


@pytest.mark.parametrize(("figure", "aim"), AIM.items())
def test_what_was_aimed_at_is_reached(figures: dict[str, float], figure: str, aim: float) -> None:
    assert figures[figure] >= aim


def test_the_labelled_set_is_the_same_in_every_run() -> None:
    assert labelled(sources(6, 2)) == labelled(sources(6, 2))
