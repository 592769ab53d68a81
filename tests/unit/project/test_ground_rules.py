"""What holds for every tracked file: nothing of the machine it was written on, and a sentence of purpose at the head of each module."""

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]
MACHINE = re.compile(  # [k] and the like, so that this file does not find itself
    r"(?<![\w/.-])/(?:wor[k]|far[m]|roo[t]|tmp/[w]|hom[e]/[a-z]+)/"
    r"|pythonhoste[d]\.org|pypi\.or[g]/simple|proxy\.golan[g]\.org|registry\.npmj[s]|deb\.debia[n]\.org|maven\.apach[e]\.org"
)
BUILT = {".pyc", ".db", ".db-shm", ".db-wal"}
RECORDED = "samples/"  # foreign texts, kept as they are


def tracked(suffixes: tuple[str, ...] = ("",)) -> list[Path]:
    """Files that git knows; everything outside of hidden folders where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    names = (
        listed.stdout.split("\0")
        if listed.returncode == 0
        else [str(path.relative_to(ROOT)) for path in ROOT.rglob("[!.]*")]
    )
    paths = [
        ROOT / name
        for name in names
        if name.endswith(suffixes) and not name.startswith((RECORDED, "."))
    ]
    found = [path for path in paths if path.is_file() and path.suffix not in BUILT]
    assert found
    return found


def test_nothing_of_a_machine_is_in_tracked_files() -> None:
    found = []
    for path in tracked():
        text = path.read_text("utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in MACHINE.finditer(text)]
    assert found == []


def test_the_pattern_finds_what_it_looks_for() -> None:
    assert MACHINE.search("in /" + "work/main")
    assert MACHINE.search("https://files.pythonhosted" + ".org/x")
    assert not MACHINE.search("https://example.org/wor" + "k/1 and patchwork/")


def test_every_module_says_what_it_is_for() -> None:
    modules = [
        path
        for path in tracked((".py",))
        if path.stat().st_size and not path.is_relative_to(ROOT / "tests")
    ]
    assert [
        str(path.relative_to(ROOT))
        for path in modules
        if not ast.get_docstring(ast.parse(path.read_bytes()))
    ] == []
