"""Sketch keys are in two tables; a look-up does not depend on which of them they are in."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from samples.documents import SITE, post
from tests.contract.look import Look
from wparchive.backends.sqlite import postings
from wparchive.backends.sqlite.sqlite_store import SQLiteStore
from wparchive.backends.sqlite.sqlite_writer import SQLiteWriter
from wparchive.backends.storable_batch import batch_of
from wparchive.duplicates import SKETCH_VERSION, sketch

T1 = datetime(2026, 1, 1, tzinfo=UTC)
T2 = datetime(2026, 1, 2, tzinfo=UTC)
TEXT = " ".join(f"word{n * n % 97}x{n}" for n in range(300))
OTHER = " ".join(f"other{n * n % 89}y{n}" for n in range(300))


def written(id_: int, text: str) -> dict[str, Any]:
    return post(id_, text) | {"sketch": sketch(text), "sketch_version": SKETCH_VERSION}


def save(writer: SQLiteWriter, documents: list[dict[str, Any]], at: datetime) -> None:
    writer.save("posts", batch_of("posts", documents).documents, at)


@pytest.fixture
def writer(tmp_path: Path):
    writer = SQLiteWriter(tmp_path / "archive.db", 1.0)
    yield writer
    writer.close()


def rows(writer: SQLiteWriter, table: str) -> set[tuple[int, int]]:
    return {
        (key, post) for key, post in writer._connection.execute(f"SELECT key, post FROM {table}")
    }


def merge(writer: SQLiteWriter) -> None:
    postings.merge(writer._connection, enough=1)


def test_rows_wait_in_the_small_table_until_they_are_merged(writer: SQLiteWriter) -> None:
    save(writer, [written(1, TEXT)], T1)
    expected = {(key, 1) for key in sketch(TEXT)}
    assert len(expected) > 10
    assert (rows(writer, postings.SMALL), rows(writer, postings.LARGE)) == (expected, set())
    postings.merge(writer._connection)
    assert rows(writer, postings.LARGE) == set()
    merge(writer)
    assert (rows(writer, postings.SMALL), rows(writer, postings.LARGE)) == (set(), expected)


@pytest.mark.parametrize("merged", ["neither", "first", "both"])
def test_a_copy_is_found_wherever_the_keys_are(writer: SQLiteWriter, merged: str) -> None:
    save(writer, [written(1, TEXT), written(3, OTHER)], T1)
    if merged == "first":
        merge(writer)
    save(writer, [written(2, f"{TEXT} and a word")], T2)  # the longer one is taken for the original
    if merged == "both":
        merge(writer)
    assert writer.mark_duplicates([f"{SITE}/post/{n}" for n in (2, 3)], T2) == 1
    [copy] = writer._connection.execute(
        "SELECT key, duplicate_of, duplicate_kind FROM posts WHERE duplicate_of IS NOT NULL"
    )
    assert tuple(copy) == (f"{SITE}/post/1", f"{SITE}/post/2", "near")


@pytest.mark.parametrize("merged", [False, True])
def test_the_keys_of_an_earlier_text_go(writer: SQLiteWriter, merged: bool) -> None:
    save(writer, [written(1, TEXT)], T1)
    if merged:
        merge(writer)
    save(writer, [written(1, OTHER) | {"version_hash": "2"}], T2)
    assert rows(writer, postings.SMALL) | rows(writer, postings.LARGE) == {
        (key, 1) for key in sketch(OTHER)
    }


def test_a_save_merges_when_there_are_many(writer: SQLiteWriter) -> None:
    keys = range(postings.FEWEST // 2)
    for id_ in (1, 2, 3):
        save(
            writer,
            [post(id_) | {"sketch": [key + id_ for key in keys], "sketch_version": SKETCH_VERSION}],
            T1,
        )
    assert len(rows(writer, postings.LARGE)) == postings.FEWEST
    assert {pk for _, pk in rows(writer, postings.SMALL)} == {3}


async def test_an_archive_from_before_the_small_table_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    writer = SQLiteWriter(path, 1.0)
    save(writer, [written(1, TEXT)], T1)
    merge(writer)
    writer._connection.execute(f"DROP TABLE {postings.SMALL}")
    writer.close()
    store = SQLiteStore(path)
    await store.open()
    try:
        await store.save("posts", [written(2, TEXT)], T2)
        assert await store.mark_duplicates([f"{SITE}/post/2"], T2) == 1
    finally:
        await store.close()
    assert (
        Look(f"sqlite:///{path}").all("posts")[f"{SITE}/post/2"]["duplicate"]["of"]
        == f"{SITE}/post/1"
    )
