"""Text is cleaned at least as well as pinned (`python -m tests.quality.texts --pin`)."""

import json
from collections import Counter

import pytest
from lxml import html as lxml_html

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


# In these the text is written otherwise than in the HTML: formulas, Markdown, broken characters,
# tags that are words of code, and a poll that stands in an attribute.
SPELLED_OTHERWISE = frozenset(
    {
        "c1-controls-fr",
        "code-raw-xml-fr",
        "katex-twice-en",
        "latex-images-fr",
        "links-markdown-fr",
        "markdown-left-ja",
        "math-core-block",
        "math-statistics-en",
        "mathjax-katex-zh",
        "mathjax-saved-fr",
        "poll-of-a-block-es",
    }
)


def test_every_letter_of_the_html_is_marked(pieces: list[GoldText]) -> None:
    differ = {gold.name for gold in pieces if letters_of_html(gold) != marked_letters(gold)}
    assert differ == SPELLED_OTHERWISE


def letters_of_html(gold: GoldText) -> Counter[str]:
    tree = lxml_html.fragment_fromstring(gold.html, create_parent=True)
    return Counter(letter for text in _texts(tree) for letter in text if letter.isalnum())


def _texts(tree: lxml_html.HtmlElement) -> list[str]:
    is_unseen = "ancestor::script or ancestor::style or ancestor::template"
    return [str(text) for text in tree.xpath(f".//text()[not({is_unseen})]")]


def marked_letters(gold: GoldText) -> Counter[str]:
    lines = [*gold.wanted, *gold.noise, *gold.either]
    return Counter(letter for line in lines for letter in line if letter.isalnum())


def test_about_two_fifths_are_held_out() -> None:
    found = [gold for gold in fragments() if gold.split != "fresh"]
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
