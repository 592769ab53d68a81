"""The README names the arguments, exit statuses and settings of the code; no link is dead."""

import re
import tomllib
from pathlib import Path

import pytest

import settings.base
from crawler.arguments import SPIDER_ARGUMENTS
from crawler.routes.plugin_shapes import KNOWN_SHAPES
from crawler.run.verdict import EXIT_STATUSES

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FOLDERS = "crawler|pipelines|wparchive|samples|settings|tests|demo|benchmarks|examples|docs"
NAMED_FILE = re.compile(rf"`((?:{FOLDERS})/[\w./-]+)`")
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "examples" / "README.md",
]


def rows(heading: str) -> list[list[str]]:
    """Cells of the first table after a line of text."""
    after = README[README.index(heading) :]
    table = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)
    assert table
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table[0].splitlines()[2:]
    ]


def test_arguments():
    assert {row[0].strip("`") for row in rows("| argument | meaning |")} == set(SPIDER_ARGUMENTS)


def test_exit_statuses():
    assert {int(row[0]): row[1] for row in rows("| exit status | meaning |")} == dict(EXIT_STATUSES)


def test_settings():
    for name, default, _ in rows("| setting | default | what for |"):
        value = getattr(settings.base, name.split("`")[1])
        shown = default.strip("`")
        assert shown == str(value) or (
            name.startswith("`ARCHIVE_URI`") and shown == "sqlite:///archive-data/archive.db"
        ), name


def test_extras_are_those_that_users_install():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = set(project["project"]["optional-dependencies"])
    listed = {name for row in rows("| extra | for |") for name in re.findall(r"`(\w+)`", row[0])}
    assert listed == extras - {"dev", "bench", "deploy", "browser", "servers", "fuzz"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[\w-]*)?\)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{document.name}: {target}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_are_named_exist(document: Path):
    text = document.read_text(encoding="utf-8")
    for target in NAMED_FILE.findall(text):
        assert (ROOT / target).exists(), f"{document.name}: {target}"


def test_the_page_about_plugin_lists_names_those_of_the_table():
    page = (ROOT / "docs" / "plugin-lists.md").read_text()
    listed = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|", page, re.MULTILINE)
    assert [
        (type_, what, tuple(re.findall(r"`(.+?)`", routes))) for type_, what, routes in listed
    ] == [(shape.type, shape.what, shape.routes) for shape in KNOWN_SHAPES]


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs").glob("adding-a-*.md")), ids=lambda page: page.stem
)
def test_pages_for_newcomers_name_files_that_are_there(page: Path) -> None:
    # These pages name files by their last part, too: `mongo/mongo_setup.py`.
    there = [
        f"/{path.relative_to(ROOT)}"
        for folder in FOLDERS.split("|")
        for path in (ROOT / folder).rglob("*.py")
    ]
    for name in re.findall(r"`([\w/]+\.py)`", page.read_text(encoding="utf-8")):
        assert any(path.endswith(f"/{name}") for path in there), name


def test_the_page_about_cleaning_rules_leads_to_every_file() -> None:
    page = (ROOT / "docs" / "adding-a-cleaning-rule.md").read_text(encoding="utf-8")
    cleaning = ROOT / "pipelines" / "cleaning"
    for folder in ("parse", "rules", "write"):
        for path in sorted((cleaning / folder).glob("[!_]*.py")):
            name = f"`{path.relative_to(cleaning)}`"
            assert name in page, f"{name} is in no row: what is wrong where it is to be changed?"
    # They stand below this folder, below that of its tests, or are named from the top.
    tests = ROOT / "tests" / "unit" / "pipelines" / "cleaning"
    for name in re.findall(r"`([\w/]+\.py)`", page):
        assert any((place / name).exists() for place in (cleaning, tests, ROOT)), name
