"""The docs state the gold set as it is, and the figures that are pinned."""

import json
from pathlib import Path

import pytest

from .gold import fragments
from .texts import FLOOR
from .texts_set import sentences

DOCS = Path(__file__).parents[2] / "docs"
QUALITY = " ".join((DOCS / "text-quality.md").read_text("utf-8").split())
CHOICES = (DOCS / "choices.md").read_text("utf-8")
PINNED: dict[str, float] = json.loads(FLOOR.read_text("utf-8"))
PARTS = ("fragments, fresh", "fragments, held_out", "fragments, tune", "sites, held_out")


@pytest.mark.parametrize("sentence", sentences())
def test_the_set_is_counted_right(sentence: str) -> None:
    assert sentence in QUALITY


@pytest.mark.parametrize("part", PARTS)
def test_the_pinned_figures_are_stated(part: str) -> None:
    names = ("precision", "recall", "F1", "wanted kept", "noise kept")
    figures = [PINNED[f"{part}, {name}"] for name in names]
    rows = [row.strip(" |").split(" | ") for row in QUALITY.split("| this project |")[1:]]
    stated = [[float(cell) for cell in row[:5]] for row in rows if _is_figures(row[:5])]
    # The docs have three digits, the pinned figures four.
    assert any(
        all(abs(a - b) <= 0.0006 for a, b in zip(row, figures, strict=True)) for row in stated
    )


def _is_figures(cells: list[str]) -> bool:
    return len(cells) == 5 and all(cell.replace(".", "", 1).isdigit() for cell in cells)


def test_the_count_of_fragments_agrees_everywhere() -> None:
    assert f"| gold fragments ({len(fragments())}) | {len(fragments())} |" in CHOICES
