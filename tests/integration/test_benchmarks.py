"""Every contender of the end-to-end benchmark stores every post of a small site."""

import importlib.util
import json
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.contenders import CONTENDERS, python
from benchmarks.end_to_end import compare, memory_table, process_table, table
from benchmarks.processes import compile_modules, run, serving
from benchmarks.sites import SITE_NAMES, post_records
from benchmarks.stages import crawl_cost, loading_cost_s, measure, stage_table
from benchmarks.update import POLLING
from benchmarks.update import measure as update_costs
from benchmarks.update import table as update_table

ROOT = Path(__file__).parents[2]
POSTS = 230  # three pages of a hundred, the last one not full


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving("recorded", POSTS) as address:
        yield address


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.bench] * name.startswith("dlt")) for name in CONTENDERS],
)
def test_a_contender_stores_every_post(name: str, site: str, tmp_path: Path) -> None:
    if name.startswith("dlt") and importlib.util.find_spec("dlt") is None:
        pytest.skip("no dlt: pip install -e '.[bench]' -c constraints.txt")
    cost = run(python(CONTENDERS[name], site, tmp_path), tmp_path / "log")
    assert CONTENDERS[name].held(tmp_path) == POSTS
    assert cost.cpu_s > 0
    assert cost.peak_bytes > 10_000_000


def test_a_round_of_several_and_its_tables() -> None:
    costs = compare("english", 120, 1, ["bare", "naive"])
    shown = table(costs, 120, "english")
    assert [len(taken) for taken in costs.values()] == [1, 1]
    assert shown.row_count == 2
    assert memory_table({120: costs["bare"][0]}, "english").row_count == 1


def test_an_update_has_nothing_wrong_and_plain_polling_has() -> None:
    measured = list(update_costs(150, [0, 10]))
    ours = [one for one in measured if one.contender != POLLING]
    assert [sum(one.wrong.values()) for one in ours] == [0, 0, 0, 0]
    (first, unchanged, *_) = ours
    assert unchanged.sent_bytes < first.sent_bytes / 4  # the fixed costs: the site is small
    assert [one.wrong.total() > 3 for one in measured if one.contender == POLLING] == [False, True]
    assert update_table(measured, 150).row_count == 6


def test_where_the_time_of_ours_went() -> None:
    costs = compare("recorded", 2100, 1, ["ours"])[
        "ours"
    ]  # a site that is worth further processes, where there is a second core
    shown = process_table(costs, 2100)
    assert next(iter(shown.columns[0].cells)) == "scrapy crawl"
    assert set(costs[0].cpu_of_others_s) <= {
        "pipelines.helpers.finishing_process",
        "wparchive.backends.sqlite.writer_process",
    }
    assert sum(costs[0].cpu_of_others_s.values()) < costs[0].cpu_s
    # A process that is never without a core is a machine with nothing else to do and cores enough.
    assert set(costs[0].queued_s) == {"", *costs[0].cpu_of_others_s}
    assert all(queued > 0 for queued in costs[0].queued_s.values())


@pytest.mark.parametrize("site_name", SITE_NAMES)
def test_every_stage_of_the_pipeline_is_measured(site_name: str, tmp_path: Path) -> None:
    records = post_records(site_name, 120)
    clock = measure(records, tmp_path)
    assert all(seconds > 0 for seconds in clock.spent.values())
    parts = [stage for stage in clock.spent if stage.startswith(" ")]
    assert (len(clock.spent), len(parts)) == (17, 6)
    assert clock.total < sum(clock.spent.values())
    with closing(sqlite3.connect(tmp_path / "archive.db")) as archive:
        assert archive.execute("SELECT count(*) FROM posts").fetchone() == (120,)


def test_a_crawl_is_set_beside_the_sum_of_the_stages(tmp_path: Path) -> None:
    records = post_records("english", 60)
    loading_s = loading_cost_s()
    assert loading_s > 0
    shown = stage_table(measure(records, tmp_path), records, crawl_cost("english", 60), loading_s)
    names = [*shown.columns[0].cells]
    assert names[-2:] == ["crawl / sum", "crawl without loading / sum"]
    ratio, without_loading = map(float, [*shown.columns[1].cells][-2:])
    assert ratio > without_loading
    assert ratio > 1


def test_a_contender_finds_its_modules_compiled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    compile_modules()
    log = tmp_path / "log"
    shown = "import sys, crawler.items as m; print(sys.dont_write_bytecode, m.__cached__)"
    run([sys.executable, "-c", shown], log)
    dont_write, compiled = log.read_text().split()
    assert dont_write == "False"
    assert Path(compiled).exists()


def test_the_english_site_is_the_same_each_time_and_like_prose() -> None:
    records = post_records("english", 100)
    assert records == post_records("english", 100)
    contents = [json.loads(record)["content"]["rendered"] for record in records]
    assert 4000 < sum(map(len, contents)) / len(contents) < 6000
    words = Counter(" ".join(contents).lower().split())
    most_frequent = sum(count for _, count in words.most_common(100))
    assert 0.3 < most_frequent / sum(words.values()) < 0.7
    assert contents[49].startswith(contents[24])  # every fiftieth nearly repeats an earlier one


def test_a_contender_that_loses_posts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    lossy = CONTENDERS["bare"]
    monkeypatch.setitem(
        CONTENDERS,
        "bare",
        type(lossy)(lossy.label, lossy.command, lambda folder: lossy.held(folder) - 1),
    )  # type: ignore[attr-defined]
    with pytest.raises(RuntimeError, match="bare stored 119 of 120 posts"):
        compare("english", 120, 1, ["bare"])


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
    done = _benchmarks(
        "end_to_end", "--site", "english", "--posts", "60", "--rounds", "1", "--only", "bare"
    )
    assert done.returncode == 0, done.stderr
    assert "60 posts, 1 rounds" in done.stdout


def _benchmarks(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments], cwd=ROOT, capture_output=True, text=True
    )
