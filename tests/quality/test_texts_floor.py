"""Text is cleaned at least as well as pinned (`python -m tests.quality.texts --pin`)."""

import json

import pytest

from samples.gold.make_sites import HERE, SITES

from .gold import SPLITS, GoldText, fragments, sites
from .texts import FLOOR, our_figures

PINNED: dict[str, float] = json.loads(FLOOR.read_text("utf-8"))


@pytest.fixture(scope="module")
def figures() -> dict[str, float]:
    return our_figures()


@pytest.mark.parametrize(("figure", "floor"), sorted(PINNED.items()))
def test_no_figure_is_worse_than_pinned(
    figures: dict[str, float], figure: str, floor: float
) -> None:
    if figure.endswith("noise kept"):
        assert figures[figure] <= floor
    else:
        assert figures[figure] >= floor


def test_every_figure_is_pinned(figures: dict[str, float]) -> None:
    assert figures.keys() == PINNED.keys()


@pytest.fixture(scope="module")
def pieces() -> list[GoldText]:
    return [*fragments(), *(post for site in sites().values() for post in site)]


def test_what_is_marked_stands_in_the_html(pieces: list[GoldText]) -> None:
    assert [gold.name for gold in pieces if not gold.html or not gold.wanted] == []
    assert {gold.split for gold in pieces} == set(SPLITS)


def test_about_two_fifths_are_held_out() -> None:
    found = fragments()
    held_out = [gold for gold in found if gold.split == "held_out"]
    assert 0.33 <= len(held_out) / len(found) <= 0.45


def test_site_files_are_as_made() -> None:
    assert sorted(path.stem for path in HERE.glob("*.json")) == sorted(site.name for site in SITES)
    changed = [
        site.name
        for site in SITES
        if (HERE / f"{site.name}.json").read_text("utf-8") != site.written()
    ]
    assert changed == []
