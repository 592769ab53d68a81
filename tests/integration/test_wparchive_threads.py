"""An archive in a server: several threads ask one object while a crawl writes."""

import asyncio
import gc
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from samples.documents import post
from tests.archives import (
    FIRST,
    fill_sample,
    filled,
    mongodb_server,
    new_address,
    new_database,
    new_file,
    sample_address,
    sample_file,
)
from wparchive import ArchiveMissing, ArchiveUnreachable, open_archive
from wparchive.backends.opening import open_store
from wparchive.backends.sqlite.connect import MAX_IDLE, ReadPool
from wparchive.errors import ArchiveDamaged

__all__ = ["mongodb_server", "new_address", "new_database", "sample_address", "sample_file"]
THREADS = 16
ROUNDS = 12
KEY = "example.com/blog/post/1"


def ask_everything(archive, start):
    """Ask one thing after the other; return how many answers were right."""
    start.wait()
    right = 0
    for _ in range(ROUNDS):
        right += len(archive.search("heat", site="example.com/blog")) == 3
        right += archive.get(KEY)["title"] == "Heat pumps!"
        right += [post["id"] for post in archive.posts(site="other.org")] == [8]
        right += len(archive.posts(site="example.com/blog", limit=3).page(size=2).items) == 2
        right += archive.posts(site="example.com/blog").by("type") == {"post": 6, "page": 1}
        right += len(archive.history(KEY)) == 2
        right += len(list(archive.terms(site="example.com/blog"))) == 3
        right += [group.original for group in archive.duplicates.groups()] == [KEY]
        right += len(list(archive.events("edited"))) == 1
        right += archive.sites()[0].key == "example.com/blog"
        unfinished = iter(archive.posts(order="key"))
        right += next(unfinished)["site"] == "example.com/blog"
    return right


def test_sixteen_threads_and_a_crawl(sample_address):
    start = threading.Barrier(THREADS + 1)

    def crawl():
        async def write():
            store = open_store(sample_address)
            await store.open()
            start.wait()
            for number in range(100, 100 + 4 * ROUNDS):
                new = post(number, "Something else altogether.", site="growing.org")
                await store.save("posts", [new], FIRST)
            await store.close()

        asyncio.run(write())

    with open_archive(sample_address) as archive, ThreadPoolExecutor(THREADS + 1) as threads:
        writer = threads.submit(crawl)
        asking = [threads.submit(ask_everything, archive, start) for _ in range(THREADS)]
        assert [one.result() for one in asking] == [11 * ROUNDS] * THREADS
        writer.result()
        assert archive.posts(site="growing.org").count() == 4 * ROUNDS


def test_an_answer_is_of_one_moment(tmp_path):
    """What a crawl deletes while a list is read is still in the list, whole."""
    address = filled(new_file(tmp_path), lambda store: store.save("posts", many(500), FIRST))
    with open_archive(address) as archive:
        posts = iter(archive.posts(order="key"))
        first = next(posts)

        async def delete():
            store = open_store(address)
            await store.open()
            ids = list(range(1, 501))
            await store.set_state("posts", "example.com/blog", "post", ids, "deleted", FIRST)
            await store.close()

        asyncio.run(delete())
        assert archive.posts().count() == 0
        assert {one["state"] for one in [first, *posts]} == {"live"}


def many(count):
    return [post(number) for number in range(1, count + 1)]


def test_connections_are_few_and_end_with_the_archive(tmp_path):
    filled(new_file(tmp_path))
    pool = ReadPool(tmp_path / "archive.db", "an archive")
    lent = [pool.connection() for _ in range(2 * MAX_IDLE)]
    connections = [one.__enter__() for one in lent]
    assert len(set(connections)) == 2 * MAX_IDLE, "each question has one to itself"
    for one in lent[1:]:
        one.__exit__(None, None, None)
    assert sum(is_open(one) for one in connections) == MAX_IDLE + 1
    with pool.connection() as again:
        assert again in connections
    pool.close()
    pool.close()
    assert [is_open(one) for one in connections] == [True] + [False] * (2 * MAX_IDLE - 1)
    lent[0].__exit__(None, None, None)
    assert not is_open(connections[0]), "a connection that was lent ends when it comes back"


def is_open(connection):
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return False
    return True


def open_files(path):
    """How many descriptors of this process are of a file."""
    return sum(
        Path(link).resolve() == path for link in Path("/proc/self/fd").iterdir() if link.exists()
    )


def test_lists_that_are_left_early_keep_no_file_open(tmp_path):
    address = filled(new_file(tmp_path))
    path = tmp_path / "archive.db"
    before = open_files(path)
    with open_archive(address) as archive:
        for _ in range(50):
            next(iter(archive.posts()))
            next(iter(archive.events()))
            next(iter(archive.runs()))
        unfinished = iter(archive.posts())
        next(unfinished)
    del unfinished
    gc.collect()
    assert open_files(path) == before


def test_a_file_that_is_put_in_the_place_of_the_archive_is_asked(tmp_path):
    """In all threads alike: no idle connection answers from the file that was there before."""
    address = filled(new_file(tmp_path))
    (tmp_path / "new").mkdir()
    new = filled(new_file(tmp_path / "new"), lambda store: store.save("posts", many(3), FIRST))
    with open_archive(address) as archive:
        unfinished = [iter(archive.posts()) for _ in range(3)]
        for one in unfinished:
            next(one)
        assert ask_duplicates(archive) is None
        del unfinished, one
        Path(new.removeprefix("sqlite:///")).replace(tmp_path / "archive.db")
        with ThreadPoolExecutor(6) as threads:
            assert {threads.submit(archive.posts().count).result() for _ in range(30)} == {3}
        assert archive.duplicates.totals().kinds == {}
        (tmp_path / "archive.db").unlink()
        with pytest.raises(ArchiveMissing, match="nothing there"):
            archive.posts().count()
        with pytest.raises(ArchiveMissing, match="nothing there"):
            archive.duplicates.totals()
        filled(address)
        assert archive.posts().count() == 8
        ask_duplicates(archive)


@pytest.mark.parametrize(
    ("sound", "damage"),
    [(b'[{"id":3,', b'[{"id":x,'), (b"CREATE TABLE posts", b"CREATE TA\xe4LE posts")],
    ids=["a row", "the schema"],
)
def test_a_damaged_file_is_said(tmp_path, sound, damage):
    path = tmp_path / "archive.db"
    filled(new_file(tmp_path))
    whole = path.read_bytes()
    assert sound in whole
    path.write_bytes(whole.replace(sound, damage))
    with (
        pytest.raises(ArchiveUnreachable, match=r"damaged|cannot be read"),
        open_archive(str(path)) as archive,
    ):
        list(archive.posts())


def test_a_file_that_is_cut_off_is_called_damaged_with_what_to_do(tmp_path):
    path = tmp_path / "archive.db"
    filled(new_file(tmp_path))
    path.write_bytes(path.read_bytes()[:60_000])
    with (
        pytest.raises(ArchiveDamaged, match=r"is damaged \(.*restore a copy"),
        open_archive(str(path)) as archive,
    ):
        list(archive.posts())


@pytest.mark.parametrize("asked_before", [True, False])
def test_a_closed_archive_says_so(tmp_path, asked_before):
    archive = open_archive(filled(new_file(tmp_path)))
    if asked_before:
        ask_duplicates(archive)
    archive.close()
    archive.close()
    with pytest.raises(ArchiveUnreachable, match="was closed: open it again"):
        archive.posts().count()
    with pytest.raises(ArchiveUnreachable, match="was closed: open it again"):
        _ = archive.duplicates


@pytest.fixture
def opened(monkeypatch):
    """The addresses that SQLite is asked to open while a test runs."""
    found = []
    connect = sqlite3.connect

    def noting(address, *arguments, **options):
        found.append(str(address))
        return connect(address, *arguments, **options)

    monkeypatch.setattr(sqlite3, "connect", noting)
    return found


def ask_duplicates(archive):
    duplicates = archive.duplicates
    assert [copy.post.key for copy in duplicates.copies()] == ["example.com/blog/post/5"]
    assert duplicates.group(KEY).original == KEY
    assert duplicates.totals().kinds == {"near": 1, "contained": 1}
    assert duplicates.flows() == []
    ((_, pieces),) = list(duplicates.changes(duplicates.groups()[0]))
    assert pieces


def test_what_only_reads_opens_nothing_to_write(sample_file, opened):
    with open_archive(sample_file) as archive:
        archive.search("heat")
        ask_duplicates(archive)
    assert len(opened) >= 2
    assert [address for address in opened if "mode=ro" not in address] == []


def test_an_archive_in_a_read_only_folder_is_read(tmp_path):
    address = filled(new_file(tmp_path), fill_sample)
    for path in (tmp_path / "archive.db", tmp_path):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        with open_archive(address) as archive:
            assert archive.posts().count() == 8
            assert archive.search("heat")
            ask_duplicates(archive)
    finally:
        tmp_path.chmod(0o755)
