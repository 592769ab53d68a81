"""What the docs say about walks is true: the examples run, and the files are there."""

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

from crawler.walk import Page, PageRequest, Problem, Walk
from crawler.walk.by_id.known import WalkState
from crawler.walk.by_id.walk import WalkById
from crawler.walk.choice import choose_walk
from tests.simulation.site import FULL, Site

ROOT = Path(__file__).parents[4]


def test_the_loop_of_the_protocol_drives_a_walk(capsys: Any) -> None:
    _, _, text = (Walk.__doc__ or "").partition("\n\n")
    loop = dedent("\n".join(line for line in text.splitlines() if line.startswith(" " * 8)))
    assert len(loop.splitlines()) <= 8
    site = Site(list(range(1, 251)), soft={7})
    archived: list[int] = []

    def fetch(request: PageRequest) -> Page | Problem:
        return site.answer(request)

    names = {
        "walk": choose_walk(FULL),
        "fetch": fetch,
        "archive": archived.extend,
        "Problem": Problem,
    }
    exec(loop, names)
    assert sorted(archived) == [id for id in site.ids if id != 7]
    assert "proved=True" in capsys.readouterr().out


def test_the_example_of_adding_a_walk_is_a_test_that_passes() -> None:
    page = (ROOT / "docs/adding-a-walk.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {"MyWalk": WalkById}
    exec(example, names)
    names["test_a_proved_walk_lost_nothing"]()


def test_adding_a_walk_names_files_that_are_there() -> None:
    page = (ROOT / "docs/adding-a-walk.md").read_text(encoding="utf-8")
    folders = ["", "crawler/walk", "tests/unit/crawler/walk"]
    for name in re.findall(r"`([\w/]+\.py)`", page):
        assert any((ROOT / folder / name).is_file() for folder in folders), name


def test_the_picture_names_every_state() -> None:
    source = (ROOT / "docs/pictures/walk-by-id.dot").read_text(encoding="utf-8")
    for state in WalkState:
        assert f'label = "{state.name}\\n' in source
