"""The Spark job, in local mode as a user runs it, finds what the built-in batch finds."""

import os
import random
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.integration.test_duplicates import FAMILY, STORY, Crawled, edited, post, prose
from wparchive import open_archive
from wparchive.export import export_posts

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(
        find_spec("pyspark") is None and os.environ.get("REQUIRE_SPARK") != "1",
        reason="needs pip install '.[spark]' and Java 17",
    ),
]


def test_the_marks_are_those_of_the_batch(tmp_path: Path) -> None:
    import pyarrow.parquet as parquet

    rng = random.Random(3)
    more = [
        post(n, edited(prose(rng.randrange(40)), rng.choice((0, 0.02, 0.1, 0.3))), days=n)
        for n in range(100, 180)
    ]
    declared = post(
        300, edited(STORY, 0.3, 8), days=40, canonical_url="https://example.com/blog/post-1"
    )
    archive = Crawled(f"sqlite:///{tmp_path}/archive.db")
    archive.save([*FAMILY, *more, declared])
    archive.find(tmp_path / "work")
    with open_archive(archive.uri) as reading:
        export_posts(reading, reading.posts(order="key"), tmp_path / "posts.parquet", "parquet")
    command = [
        sys.executable,
        "-m",
        "wparchive.duplicates.find.spark",
        str(tmp_path / "posts.parquet"),
        str(tmp_path / "marks.parquet"),
    ]
    settings = {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    arguments = (
        "--master local[2] --conf spark.ui.enabled=false "
        "--conf spark.sql.shuffle.partitions=4 --conf spark.default.parallelism=4"
    )
    environment = os.environ | settings | {"PYSPARK_SUBMIT_ARGS": f"{arguments} pyspark-shell"}
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    rows = parquet.read_table(tmp_path / "marks.parquet").to_pylist()
    found = {
        row.pop("key").rpartition("/")[2]: {
            name: value for name, value in row.items() if value is not None
        }
        for row in rows
    }
    assert found == archive.marks()
    assert len(found) > 40
