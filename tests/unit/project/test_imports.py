"""Imports point one way: wparchive <- crawler <- pipelines; settings stand alone.

An analyst's notebook must not need Scrapy or Twisted.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
OURS = {"wparchive", "crawler", "pipelines", "settings", "demo", "tests", "benchmarks"}
FORBIDDEN = {
    "settings": OURS - {"settings"},
    "wparchive": {"scrapy", "twisted", "itemadapter"} | OURS - {"wparchive"},
    "pipelines/cleaning": {"scrapy", "twisted"} | OURS - {"pipelines", "wparchive"},
    "pipelines": OURS - {"pipelines", "wparchive", "crawler"},
    "crawler": OURS - {"crawler", "wparchive"},
    "demo": OURS - {"demo"},  # it reads samples/, as tests and benchmarks do
    "samples": {"tests", "benchmarks", "demo", "crawler"},
    "benchmarks": {"tests"},
}


def imported(path: Path) -> Iterator[str]:
    """Yield the top-level names of the packages that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("package", FORBIDDEN)
def test_imports_point_one_way(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files, f"{package} has no files"
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files
        for name in imported(path)
        if name in FORBIDDEN[package]
    ]
    assert wrong == []
