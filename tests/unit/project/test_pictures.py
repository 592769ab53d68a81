"""Every picture of the docs is the one that its source draws."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
SOURCES = sorted(PICTURES.glob("*.dot"))


def drawing() -> ModuleType:
    """Load `docs/pictures/make.py`, which is no package."""
    spec = importlib.util.spec_from_file_location("make_pictures", PICTURES / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_a_picture_is_drawn_from_its_source(source: Path) -> None:
    drawn = source.with_suffix(".svg").read_text(encoding="utf-8")
    assert drawn.endswith(drawing().stamp(source)), "run `make pictures`"


def test_there_are_pictures() -> None:
    assert SOURCES
