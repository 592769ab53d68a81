"""Each query of docs/queries.md and docs/mongodb-queries.md finds something in the samples."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tests.archives import sample_file
from wparchive import open_archive
from wparchive.export import export_posts

__all__ = ["sample_file"]
DOCS = Path(__file__).parents[2] / "docs"
_, DUCKDB, SQLITE = re.split(
    r"^## (?:DuckDB|SQLite).*$", (DOCS / "queries.md").read_text(), flags=re.MULTILINE
)


def queries(text, language="sql"):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(sample_file, tmp_path_factory):
    """A folder with `posts.parquet`."""
    made = tmp_path_factory.mktemp("parquet")
    with open_archive(sample_file) as archive:
        export_posts(
            archive, archive.posts(order="key", state="any"), made / "posts.parquet", "parquet"
        )
    return made


@pytest.mark.parametrize("sql", queries(DUCKDB))
def test_duckdb_answers(folder, monkeypatch, sql):
    monkeypatch.chdir(folder)
    with duckdb.connect() as database:
        assert database.execute(sql).fetchall()


@pytest.mark.parametrize("sql", queries(SQLITE))
def test_sqlite_answers(sample_file, sql):
    with closing(
        sqlite3.connect(f"file:{sample_file.removeprefix('sqlite:///')}?mode=ro", uri=True)
    ) as database:
        assert database.execute(sql).fetchall()
