"""Disks, servers and processes that fail."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from samples.documents import SITE, post
from tests.contract.look import Look
from wparchive.backends.opening import open_store
from wparchive.backends.sqlite.sqlite_store import SQLiteStore, WriterHere
from wparchive.errors import ArchiveReadOnly, ArchiveUnreachable, DocumentRejected
from wparchive.model.outcome import Outcome

T1 = datetime(2026, 1, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


async def refusal(path: Path) -> str:
    """What opening and writing raises."""
    store = SQLiteStore(path, busy_timeout_s=0.1)
    try:
        await store.open()
        await store.save("posts", [post(1)], T1)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        await store.close()
    return "nothing"


async def on_connection(store: SQLiteStore, sql: str) -> None:
    await store._in_thread(lambda: store._writer._writer._connection.execute(sql))


async def test_a_file_that_is_no_database(tmp_path):
    path = tmp_path / "notes.db"
    path.write_text("Not a database. " * 100)
    assert (
        await refusal(path)
    ) == f"ArchiveDamaged: {path} is not an SQLite database: choose another path"
    assert path.read_text().startswith("Not a database.")


async def test_a_database_of_something_else_is_left_alone(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE posts (mine)")
    connection.close()
    before = path.read_bytes()
    assert "of something else" in await refusal(path)
    assert path.read_bytes() == before


async def test_a_path_that_cannot_be(tmp_path):
    (tmp_path / "file").write_text("")
    assert (await refusal(tmp_path / "file" / "archive.db")).startswith(
        "ArchiveReadOnly: the folder"
    )
    assert (await refusal(tmp_path)).startswith("ArchiveReadOnly:")


async def test_a_disk_that_is_full_loses_nothing_that_was_written(tmp_path):
    store = SQLiteStore(tmp_path / "archive.db")
    await store.open()
    try:
        await store.save("posts", [post(1)], T1)
        await on_connection(
            store, "PRAGMA max_page_count = 1"
        )  # SQLite answers as it does when the disk is full
        with pytest.raises(ArchiveReadOnly, match="no space left"):
            await store.save("posts", [post(2, "long " * 50_000)], T1)
        assert await store.held("posts", SITE, "post") == 1
        await on_connection(store, "PRAGMA max_page_count = 100000")
        assert (await store.save("posts", [post(2, "long " * 50_000)], T1))[
            0
        ].outcome is Outcome.NEW
    finally:
        await store.close()


async def test_an_archive_that_another_process_locks(tmp_path):
    store = SQLiteStore(tmp_path / "archive.db", busy_timeout_s=0.1)
    await store.open()
    locker = sqlite3.connect(tmp_path / "archive.db", isolation_level=None)
    try:
        locker.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveUnreachable, match="locked by another process"):
            await store.save("posts", [post(1)], T1)
        locker.execute("ROLLBACK")
        assert (await store.save("posts", [post(1)], T1))[0].outcome is Outcome.NEW
    finally:
        locker.close()
        await store.close()


WITHOUT_RIGHTS = """
import asyncio, os, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.contract.test_trouble import refusal
if os.geteuid() == 0:  # root may write anywhere
    os.setgid(65534)
    os.setuid(65534)
print(asyncio.run(refusal(Path({path!r}))))
"""


def test_an_archive_without_the_right_to_write(tmp_path):
    asyncio.run(refusal(tmp_path / "archive.db"))
    for path in (*tmp_path.iterdir(), tmp_path):
        path.chmod(0o555)
    code = WITHOUT_RIGHTS.format(root=str(ROOT), path=str(tmp_path / "archive.db"))
    for parent in tmp_path.parents:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    tmp_path.chmod(0o755)
    assert said.startswith("ArchiveReadOnly:"), said


async def test_a_document_that_sqlite_refuses_fails_alone(tmp_path):
    store = SQLiteStore(tmp_path / "archive.db")
    await store.open()
    trigger = (
        "CREATE TRIGGER no BEFORE INSERT ON posts WHEN new.id = 2 "
        "BEGIN SELECT RAISE(ABORT, 'not this one'); END"
    )
    try:
        await on_connection(store, trigger)
        written = await store.save("posts", [post(1), post(2), post(3)], T1)
        assert [w.outcome for w in written] == [Outcome.NEW, None, Outcome.NEW]
        assert isinstance(written[1].error, DocumentRejected)
        assert "not this one" in str(written[1].error)
        assert await store.held("posts", SITE, "post") == 2
    finally:
        await store.close()


async def test_what_cannot_be_told_to_another_process_is_refused_alone(tmp_path):
    store = SQLiteStore(tmp_path / "archive.db", use_process=lambda: True)
    await store.open()
    try:
        written = await store.save(
            "posts", [post(1), post(2) | {"title": lambda: "no data"}, post(3)], T1
        )
        assert [w.outcome for w in written] == [Outcome.NEW, None, Outcome.NEW]
        assert isinstance(written[1].error, DocumentRejected)
        assert await store.held("posts", SITE, "post") == 2
    finally:
        await store.close()


async def test_the_process_that_writes_is_started_again_when_it_was_killed(tmp_path):
    worth_it = False
    store = SQLiteStore(tmp_path / "archive.db", use_process=lambda: worth_it)
    await store.open()
    try:
        await store.save("posts", [post(1)], T1)
        assert isinstance(store._writer, WriterHere)
        worth_it = True
        await store.save("posts", [post(2)], T1)
        process = store._writer._process
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(
            ArchiveUnreachable, match=r"the process that writes .*archive\.db ended"
        ):
            await store.save("posts", [post(3)], T1)
        assert (await store.save("posts", [post(3)], T1))[0].outcome is Outcome.NEW
        assert await store.held("posts", SITE, "post") == 3
    finally:
        await store.close()
    assert process.pid is None


async def test_an_error_that_is_not_the_archives_comes_back_from_another_process(tmp_path):
    store = SQLiteStore(tmp_path / "archive.db", use_process=lambda: True)
    await store.open()
    try:
        await store.save("posts", [post(1)], T1)
        with pytest.raises(ValueError, match="no time zone"):
            await store.save("posts", [post(2)], datetime(2026, 1, 1))
        assert await store.held("posts", SITE, "post") == 1
    finally:
        await store.close()


async def test_a_document_that_the_server_refuses_fails_alone(mongo_uri):
    """Another document has its identity under a foreign key: the unique index refuses it."""
    store, look = open_store(mongo_uri), Look(mongo_uri)
    await store.open()
    try:
        await store.save("posts", [post(3)], T1)
        look.put("posts", post(2) | {"_id": "foreign"})
        written = await store.save("posts", [post(1), post(2), post(3, "Other."), post(4)], T1)
    finally:
        await store.close()
    assert [w.outcome for w in written] == [Outcome.NEW, None, Outcome.CHANGED, Outcome.NEW]
    assert isinstance(written[1].error, DocumentRejected)
    assert "duplicate key" in str(written[1].error)
    assert {d["_id"] for d in look.all("posts").values()} == {
        "foreign",
        *(f"{SITE}/post/{n}" for n in (1, 3, 4)),
    }


WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from wparchive.backends.opening import open_store
from samples.documents import post

async def main():
    store = open_store(sys.argv[1])
    await store.open()
    for start in range(1, 100_000, 10):
        ids = range(start, start + 10)
        posts = [post(id_, f"Text {id_} of {sys.argv[2]}. " * 40) for id_ in ids]
        await store.save("posts", posts, datetime.now(UTC))
        print(start, flush=True)

asyncio.run(main())
"""


async def test_a_writer_that_is_killed_leaves_what_it_acknowledged(uri, look):
    store = open_store(uri)
    await store.open()
    try:
        # The second run replaces what the first has written, and is killed in the middle of that.
        for name in ("first", "second"):
            acknowledged = await asyncio.to_thread(killed_writer, uri, name)
            held = [d for d in look.all("posts").values() if d["id"] < acknowledged + 10]
            names = [d["text"].split()[3] for d in held]
            assert names == [f"{name}."] * (acknowledged + 9)
        documents = [post(n, f"Text {n} of first. " * 40) for n in range(1, 61)]
        await store.save("posts", documents, T1)
        posts, revisions = look.all("posts"), look.all("revisions")
        assert all(posts[d["_id"]]["text"] == d["text"] for d in documents)
        assert all(
            f"{key}#{n}" in revisions for key, d in posts.items() for n in range(1, d["revision"])
        )
    finally:
        await store.close()


def killed_writer(uri: str, name: str) -> int:
    """Kill it after some batches; return the first id of the last batch that it acknowledged."""
    command = [sys.executable, "-c", WRITER, uri, name]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    return int([line for line in lines if line.endswith("\n")][-1])


def test_no_server_there():
    async def opening() -> None:
        store = open_store("mongodb://user:secret@127.0.0.1:9/archive?serverSelectionTimeoutMS=200")
        try:
            await store.open()
        finally:
            await store.close()

    with pytest.raises(ArchiveUnreachable, match="no server answers at mongodb://") as caught:
        asyncio.run(opening())
    assert "secret" not in str(caught.value)


@pytest.mark.mongodb
async def test_a_server_that_is_lost_in_the_middle_and_comes_back(own_ferretdb):
    uri = f"{own_ferretdb.uri}archive?serverSelectionTimeoutMS=300"
    store = open_store(uri)

    async def save_on_and_on() -> None:
        for n in range(2, 10_000):
            await store.save("posts", [post(n)], T1)

    try:
        await store.open()
        await store.save("posts", [post(1)], T1)
        threading.Thread(target=own_ferretdb.kill).start()
        with pytest.raises(ArchiveUnreachable):
            await save_on_and_on()
        own_ferretdb.start()
        written = await store.save("posts", [post(1), post(10_001)], T1)
    finally:
        await store.close()
    assert [w.outcome for w in written] == [Outcome.UNCHANGED, Outcome.NEW]
    assert set(Look(uri).all("posts")) >= {f"{SITE}/post/1", f"{SITE}/post/10001"}
