"""Every contender of the end-to-end benchmark stores every post of a small site."""

import importlib.util
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.contenders import CONTENDERS, python
from benchmarks.end_to_end import compare, memory_table, process_table, table
from benchmarks.processes import run, serving
from benchmarks.stages import measure
from demo.multiply import multiplied_site

ROOT = Path(__file__).parents[2]
POSTS = 230  # three pages of a hundred, the last one not full


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(POSTS) as address:
        yield address


@pytest.mark.parametrize("name", CONTENDERS)
def test_a_contender_stores_every_post(name: str, site: str, tmp_path: Path) -> None:
    if name.startswith("dlt") and importlib.util.find_spec("dlt") is None:
        pytest.skip("no dlt: pip install -e '.[bench]' -c constraints.txt")
    cost = run(python(CONTENDERS[name], site, tmp_path), tmp_path / "log")
    assert CONTENDERS[name].held(tmp_path) == POSTS
    assert cost.cpu_s > 0
    assert cost.peak_bytes > 10_000_000


def test_a_round_of_several_and_its_tables() -> None:
    costs = compare(120, 1, ["bare", "naive"])
    shown = table(costs, 120)
    assert [len(taken) for taken in costs.values()] == [1, 1]
    assert shown.row_count == 2
    assert memory_table({120: costs["bare"][0]}).row_count == 1


def test_where_the_time_of_ours_went() -> None:
    costs = compare(2100, 1, ["ours"])[
        "ours"
    ]  # a site that is worth further processes, where there is a second core
    shown = process_table(costs, 2100)
    assert next(iter(shown.columns[0].cells)) == "scrapy crawl"
    assert set(costs[0].cpu_of_others_s) <= {
        "pipelines.helpers.cleaning_worker",
        "wparchive.backends.sqlite.writer_process",
    }
    assert sum(costs[0].cpu_of_others_s.values()) < costs[0].cpu_s


def test_every_stage_of_the_pipeline_is_measured(tmp_path: Path) -> None:
    records = [row.body for row in multiplied_site(120)["posts"].rows.values()]
    spent = measure(records, tmp_path)
    assert len(spent) == 15
    assert all(seconds > 0 for seconds in spent.values())
    with closing(sqlite3.connect(tmp_path / "archive.db")) as archive:
        assert archive.execute("SELECT count(*) FROM posts").fetchone() == (120,)


def test_a_contender_that_loses_posts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    lossy = CONTENDERS["bare"]
    monkeypatch.setitem(
        CONTENDERS,
        "bare",
        type(lossy)(lossy.label, lossy.command, lambda folder: lossy.held(folder) - 1),
    )  # type: ignore[attr-defined]
    with pytest.raises(RuntimeError, match="bare stored 119 of 120 posts"):
        compare(120, 1, ["bare"])


def test_a_contender_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ended with 3:\nno luck"):
        run(
            [sys.executable, "-c", "import sys; print('no luck', flush=True); sys.exit(3)"],
            tmp_path / "log",
        )


def test_python_m_benchmarks_lists_them_and_knows_no_others() -> None:
    listed = _benchmarks("--list")
    assert (listed.returncode, "  end_to_end: The whole job" in listed.stdout) == (0, True)
    wrong = _benchmarks("nonsense")
    assert (wrong.returncode, "end_to_end" in wrong.stderr) == (2, True)


def test_python_m_benchmarks_passes_options_on() -> None:
    done = _benchmarks("end_to_end", "--posts", "60", "--rounds", "1", "--only", "bare")
    assert done.returncode == 0, done.stderr
    assert "60 posts, 1 rounds" in done.stdout


def _benchmarks(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments], cwd=ROOT, capture_output=True, text=True
    )
