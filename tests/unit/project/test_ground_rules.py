"""Every tracked file is free of the machine it was written on; every module says its purpose."""

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]
MACHINE = re.compile(  # [k] and the like, so that this file does not find itself
    r"(?<![\w/.-])/(?:wor[k]|far[m]|roo[t]|tmp/[w]|hom[e]/[a-z]+)/"
    r"|pythonhoste[d]\.org|pypi\.or[g]/simple|proxy\.golan[g]\.org"
    r"|registry\.npmj[s]|deb\.debia[n]\.org|maven\.apach[e]\.org"
)
BUILT = {".pyc", ".db", ".db-shm", ".db-wal"}
RECORDED = "samples/"  # foreign texts, kept as they are


def tracked(suffix: str = "") -> list[Path]:
    """Return the files that git knows, without recorded ones and those in hidden folders."""
    paths = [
        ROOT / name
        for name in _names()
        if name.endswith(suffix) and not name.startswith((RECORDED, "."))
    ]
    found = [path for path in paths if path.is_file() and path.suffix not in BUILT]
    assert found
    return found


def _names() -> list[str]:
    """Return the paths that git lists; where there is no git, all paths that are not hidden."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0:
        return listed.stdout.split("\0")
    return [str(path.relative_to(ROOT)) for path in ROOT.rglob("[!.]*")]


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
    modules = [path for path in tracked(".py") if not path.is_relative_to(ROOT / "tests")]
    silent = [
        str(path.relative_to(ROOT))
        for path in modules
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_bytes()))
    ]
    assert silent == []
