"""`wparchive copy`: the same archive elsewhere, whatever the databases."""

import asyncio
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from samples.documents import SITE, post
from tests.archives import failure, file_record, recurring_block, site, site_memory
from tests.contract.look import Look
from tests.contract.test_verify import DAY, T1, checked, ended, filled
from tests.servers.bucket_server import s3_server
from wparchive import open_archive
from wparchive.backends.copying import COPIED, NOT_COPIED, bare_record
from wparchive.backends.opening import files_place, open_index, open_store
from wparchive.commands import cli
from wparchive.errors import InvalidQuery
from wparchive.model.file_records import stored_path
from wparchive.model.record_types import RECORD_TYPES

OTHER = "example.org"


async def fill(uri):
    """Two sites with everything that an archive can hold."""
    store = open_store(uri)
    await store.open()
    try:
        await store.save_site(site(SITE))
        await store.save_site(site(OTHER))
        await store.save("posts", [post(n, f"Post number {n}.") for n in range(6, 260)], T1)
        await filled(store)
        await store.save_failures([failure(site=SITE)])
        await store.save_recurring_blocks(SITE, [recurring_block(1, site=SITE)])
        gone = {"sha256": None, "path": None, "size_bytes": None, "problem": "http_404"}
        await store.save_files([{**file_record(1, SITE), **gone}])
        await store.save_memory(site_memory(SITE))
        index = open_index(uri)
        index.move_out([f"{SITE}/post/5000"], T1 + DAY)
        index.close()
        await ended(store, T1 + 2 * DAY)
    finally:
        await store.close()


def copied(*arguments):
    result = CliRunner().invoke(cli, ["copy", *arguments], standalone_mode=False)
    assert not isinstance(result.exception, AssertionError)
    return result


def held(uri, site_key=None):
    look = Look(uri)
    found = {}
    for collection in COPIED:
        if collection == "removed" and not look.is_mongo:
            with open_archive(uri) as archive:
                page = archive.reader.records("removed", SITE, "", 100)
            found[collection] = {record["_id"]: bare_record(record) for record in page}
            continue
        records = look.all(collection).items()
        found[collection] = {
            key: bare_record(record)
            for key, record in records
            if site_key in (None, record.get("site", key))
        }
    return found


def test_everything_but_leases_and_checkpoints_is_copied():
    assert {"leases", "checkpoints"} == NOT_COPIED
    assert set(COPIED) == {*RECORD_TYPES, "removed"} - NOT_COPIED


async def test_there_and_back_again_everything_is_the_same(uri, tmp_path):
    source = f"sqlite:///{tmp_path}/source.db"
    back = f"sqlite:///{tmp_path}/back.db"
    await fill(source)

    result = await in_thread(copied, source, uri)
    assert result.exception is None, result.output
    assert "0 were there already" in result.output
    assert "the same:" in result.output
    assert held(uri) == held(source)
    assert all(held(source)[collection] for collection in COPIED)
    assert checked(uri) == checked(source)
    assert checked(uri).is_intact
    with open_archive(source) as one, open_archive(uri) as other:
        for words in ("number", '"number 137"'):
            assert {hit.post["_id"] for hit in other.search(words, limit=500)} == {
                hit.post["_id"] for hit in one.search(words, limit=500)
            }
        assert other.reader.history_since() == one.reader.history_since()

    result = await in_thread(copied, uri, back, "--site", SITE)
    assert result.exception is None, result.output
    assert held(back, SITE) == held(source, SITE)
    assert not held(back, OTHER)["posts"]
    again = await in_thread(copied, uri, back, "--site", SITE)
    assert "0 records copied" in again.output


async def test_files_go_along_and_what_is_missing_is_said(uri, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ARCHIVE_FILES", raising=False)
    source = f"sqlite:///{tmp_path}/source.db"
    await fill(source)
    contents = {sha256(data).hexdigest(): data for data in (b"now", b"before")}
    now, before = contents
    earlier = {"sha256": before, "size_bytes": 6, "mime_type": "", "fetched_at": "", "until_at": ""}
    record = {**file_record(7, SITE), "sha256": now, "path": stored_path(now), "earlier": [earlier]}
    store = open_store(source)
    await store.open()
    await store.save_files([record])
    await store.close()
    held_at = Path(files_place(source))
    for digest, data in contents.items():
        (held_at / digest[:2]).mkdir(parents=True)
        (held_at / stored_path(digest)).write_bytes(data)
    (held_at / stored_path(before)).write_bytes(b"a flipped bit")

    result = await in_thread(copied, source, uri)
    goal = Path(files_place(uri))
    assert result.return_value == 7, result.output
    assert f"1 file that FROM names cannot be found whole in {held_at}" in result.output
    assert (goal / stored_path(now)).read_bytes() == b"now"
    (held_at / stored_path(before)).write_bytes(b"before")
    result = await in_thread(copied, source, uri)
    assert result.return_value is None, result.output
    assert f"1 file copied to {goal}" in result.output
    with open_archive(uri) as archive:
        assert archive.files.check(SITE) == (2, [])
        a_folder_that_is_gone_is_one_finding(archive, goal)
    with s3_server() as bucket:
        for name, value in {**bucket.environment, "ARCHIVE_FILES": bucket.address}.items():
            monkeypatch.setenv(name, value)
        result = await in_thread(copied, source, uri)
        assert "2 files copied to s3://bucket/files" in result.output
        assert sorted(bucket.names()) == sorted(f"files/{stored_path(one)}" for one in contents)


def a_folder_that_is_gone_is_one_finding(archive, folder):
    """Check that not each of its files is named."""
    moved = folder.rename(folder.with_name("moved"))
    (finding,) = archive.files.check(SITE)[1]
    assert finding.url == str(folder)
    assert "the folder of files is not there, nor any of the 2 files" in finding.detail
    moved.rename(folder)


async def test_an_older_copy_is_brought_up_to_date_and_a_newer_one_is_not_lost(uri, tmp_path):
    copy = f"sqlite:///{tmp_path}/copy.db"
    await fill(uri)
    assert (await in_thread(copied, uri, copy)).exception is None

    store = open_store(uri)
    await store.open()
    await store.save("posts", [post(6, "Edited."), post(9000)], T1 + 3 * DAY)
    await store.save_recurring_blocks(SITE, [])
    await ended(store, T1 + 3 * DAY)
    await store.close()
    index = open_index(uri)
    index.move_out([f"{SITE}/post/7"], T1 + 3 * DAY)
    index.close()

    result = await in_thread(copied, copy, uri)
    assert "has runs of example.com/blog that" in str(result.exception)
    assert f"{SITE}/post/9000" in Look(uri).all("posts")

    result = await in_thread(copied, uri, copy)
    assert result.exception is None, result.output
    assert "removed that FROM does not hold" in result.output
    assert held(copy) == held(uri)
    store = open_store(copy)
    await store.open()
    await ended(store, T1 + 4 * DAY)
    await store.close()
    result = await in_thread(copied, uri, copy, "--replace")
    assert result.exception is None, result.output
    assert held(copy) == held(uri)


async def test_what_somebody_decided_in_the_copy_alone_is_not_undone_unasked(uri, tmp_path):
    source = f"sqlite:///{tmp_path}/source.db"
    await fill(source)
    assert (await in_thread(copied, source, uri)).exception is None
    store = open_store(uri)
    await store.open()
    await store.save_recurring_blocks(
        SITE, [recurring_block(1, site=SITE, overruled="keep"), recurring_block(2, site=SITE)]
    )
    await store.close()
    mark = {"of": f"{SITE}/post/6", "kind": "near", "jaccard": 0.9, "containment": 1.0}
    index = open_index(uri)
    index.move_out([f"{SITE}/post/7"], T1 + DAY)
    index.mark({f"{SITE}/post/8": {**mark, "reason": "earliest"}, f"{SITE}/post/9": mark})
    index.close()

    before = held(uri)
    result = await in_thread(copied, source, uri)
    assert isinstance(result.exception, InvalidQuery)
    assert "recurring blocks to keep or drop: 1" in str(result.exception)
    assert "posts taken out: 1" in str(result.exception)
    assert held(uri) == before
    result = await in_thread(copied, source, uri, "--replace", "--json")
    assert result.exception is None, result.output
    assert [json.loads(line)["marks"] for line in result.output.splitlines()] == [1, 0]
    assert held(uri) == held(source)
    # Whoever decides the same on both sides may copy.
    for address in (source, uri):
        store = open_store(address)
        await store.open()
        await store.save_recurring_blocks(
            SITE, [recurring_block(1, site=SITE, overruled="keep", posts=len(address))]
        )
        await store.close()
    assert (await in_thread(copied, source, uri)).exception is None


async def test_a_copy_that_was_killed_goes_on(uri, tmp_path):
    source = f"sqlite:///{tmp_path}/source.db"
    await fill(source)
    program = "import sys; from wparchive.commands import main; main(sys.argv[1:])"
    killed = f"""
import os, sys
from wparchive.backends import copying
written = copying.Copier._write
async def write(self, collection, *rest):
    await written(self, collection, *rest)
    if collection == "posts":
        os.kill(os.getpid(), 9)
copying.Copier._write = write
{program}
"""
    command = [sys.executable, "-c", killed, "copy", source, uri]
    first = await in_thread(lambda: subprocess.run(command, check=False, capture_output=True))
    assert first.returncode == -9, first.stderr
    some = len(Look(uri).all("posts"))
    assert 0 < some < len(Look(source).all("posts"))
    result = await in_thread(copied, source, uri)
    assert result.exception is None, result.output
    assert f"{some + 1} were there already" in result.output.replace(",", "")
    assert held(uri) == held(source)


@pytest.mark.parametrize("word", ["same", "nothing"])
async def test_what_cannot_be_meant_is_refused(word, tmp_path):
    source = f"sqlite:///{tmp_path}/source.db"
    await fill(source)
    if word == "same":
        (tmp_path / "link.db").symlink_to(tmp_path / "source.db")
        arguments = [source, str(tmp_path / "link.db")]
        expected = "is both FROM and TO"
    else:
        arguments = [source, f"{tmp_path}/b.db", "--site", "nobody.example"]
        expected = "holds nothing of nobody.example"
    result = await in_thread(copied, *arguments)
    assert expected in str(result.exception)


async def in_thread(work, *arguments):
    """The command runs an event loop of its own."""
    return await asyncio.to_thread(work, *arguments)
