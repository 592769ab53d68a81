"""`wparchive reclean` as a user runs it, on archives that crawls have filled."""

import asyncio
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime

import pytest

from pipelines.cleaning import CLEANER_VERSION
from samples.documents import SITE, post, term
from tests.archives import filled, new_file
from tests.integration.crawling import ROOT, crawl, documents, uri
from tests.servers.recorded_site import made_site, recorded, serve
from wparchive import open_archive
from wparchive.backends.opening import open_store
from wparchive.backends.store import CleaningSelection
from wparchive.model.documents import KINDS
from wparchive.model.storable import compress

CALM = {"ARCHIVE_MARK_DUPLICATES": 0}
AT = datetime(2026, 1, 1, tzinfo=UTC)


def line(*arguments, archive):
    return [sys.executable, "-m", "wparchive", "reclean", *arguments, "--archive", uri(archive)]


def reclean(*arguments, archive, status=0, cwd=ROOT):
    """Run the command; returns its output."""
    done = subprocess.run(
        line(*arguments, archive=archive), capture_output=True, text=True, cwd=cwd
    )
    assert done.returncode == status, done.stderr
    assert without_progress(done.stderr) == ""
    return done.stdout


def without_progress(said):
    """Leave out the lines that a slow machine makes the command print."""
    return re.sub(r"[\d,]+ of [\d,]+ documents (cleaned again|compared)\n", "", said).strip()


def reclean_json(*arguments, archive, **options):
    return json.loads(reclean(*arguments, "--json", archive=archive, **options))


def everything(archive):
    return {kind: documents(archive, kind) for kind in (*KINDS, "revisions")}


def spoil(archive, kind, **fields):
    """Make documents look as if an older cleaner had made them."""

    async def work():
        store = open_store(uri(archive))
        await store.open()
        try:
            found = await store.next_to_clean(CleaningSelection(kind), "", 1000)
            await store.rewrite(kind, [{**document, **fields} for document in found])
        finally:
            await store.close()

    asyncio.run(work())


def test_an_archive_of_an_older_cleaner_becomes_what_a_crawl_makes_today(archive):
    with serve(recorded("yankay.com")) as site:
        assert crawl(site.home, archive, settings=CALM).exit_status == 0
    before = everything(archive)
    posts = len(before["posts"])

    again = reclean_json("--all", "--again", archive=archive)
    assert set(again["changed"].values()) == {0}
    assert again["documents"] == {kind: len(before[kind]) for kind in KINDS if before[kind]}
    assert everything(archive) == before

    old = {"cleaner_version": 0, "version_hash": "old"}
    spoil(archive, "posts", title="Old", text="bygone words", links=[], **old)
    spoil(archive, "terms", name="Old", **old)
    spoiled = everything(archive)
    dry = reclean_json("--all", "--dry-run", "--show", "1", archive=archive)
    assert everything(archive) == spoiled
    assert dry["documents"] == {"terms": len(before["terms"]), "posts": posts}
    assert dry["fields"]["posts"]["title"] == dry["fields"]["posts"]["text"] == posts
    (shown,) = dry["differences"]
    assert shown["fields"]["title" if "title" in shown["fields"] else "name"][0] == "Old"

    said = reclean("--all", archive=archive)
    assert f"{posts:,} posts cleaned again, {posts:,} changed" in said
    assert everything(archive) == before
    with open_archive(uri(archive)) as reading:
        assert reading.search("bygone") == []
    assert "nothing to clean again" in reclean("--all", archive=archive)


def test_a_crawl_with_a_newer_cleaner_makes_no_history(tmp_path):
    archive = tmp_path / "archive.db"
    with serve(made_site(20)) as site:
        crawl(site.home, archive, settings=CALM)
        before = everything(archive)
        spoil(archive, "posts", text="old", cleaner_version=0, version_hash="old")
        run = crawl(site.home, archive, settings=CALM)
    posts = run.report["types"]["post"]
    assert (posts["refreshed"], posts["changed"], posts["new"]) == (20, 0, 0)
    after = everything(archive)
    assert after["revisions"] == []
    assert [post["text"] for post in after["posts"]] == [post["text"] for post in before["posts"]]


def record(id_, content, **fields):
    raw = {"id": id_, "link": "", "content": {"rendered": content}, "title": {"rendered": "T"}}
    return post(id_, raw=compress(json.dumps(raw).encode()), cleaner_version=0, **fields)


@pytest.fixture
def small(tmp_path):
    """An archive with three posts, of which one has a record that cannot be read."""

    async def fill(store):
        good = [record(1, "<p>One</p>"), record(2, "<p>Two</p>", site="example.org")]
        await store.save("posts", [*good, post(3, raw=compress(b"{"), cleaner_version=0)], AT)
        tag = compress(b'{"id": 1, "name": "Wind &amp; sun"}')
        await store.save("terms", [term(1, "Wind", raw=tag, cleaner_version=0)], AT)

    filled(new_file(tmp_path), fill)
    return tmp_path / "archive.db"


def test_one_document(small):
    said = reclean(f"{SITE}/post/1", "--show", "1", archive=small)
    assert "text: [-Some words.-]{+One+}" in said
    assert "1 posts cleaned again, 1 changed" in said
    texts = {document["id"]: document["text"] for document in documents(small, "posts")}
    assert texts == {1: "One", 2: "Some words.", 3: "Some words."}
    assert "1 terms cleaned again" in reclean(f"{SITE}/post_tag/1", archive=small)
    assert documents(small, "terms")[0]["name"] == "Wind & sun"


def test_one_site(small):
    reclean("--site", "https://example.org/", archive=small)
    texts = {document["id"]: document["text"] for document in documents(small, "posts")}
    assert texts == {1: "Some words.", 2: "Two", 3: "Some words."}


def test_a_document_that_cannot_be_cleaned_is_named_and_stops_nothing(small):
    found = reclean_json("--all", archive=small, status=6)
    assert list(found["failures"]) == [f"{SITE}/post/3"]
    assert found["documents"] == {"posts": 2, "terms": 1}
    said = reclean("--all", archive=small, status=6)
    assert f"1 could not be cleaned again; they stay as they were:\n  {SITE}/post/3: " in said


def refusal(*arguments, archive, **environment):
    done = subprocess.run(
        line(*arguments, archive=archive),
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def verified(archive, status=0):
    """Return the findings of `verify --documents`."""
    line = [sys.executable, "-m", "wparchive", "verify", "--documents", "--json"]
    done = subprocess.run(
        [*line, "--archive", uri(archive)], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == status, done.stderr
    return done.stderr if status == 2 else json.loads(done.stdout)["findings"]


def test_verify_sees_a_title_and_a_name_that_were_changed_in_the_database(tmp_path):
    file = tmp_path / "archive.db"
    with serve(recorded("yankay.com")) as site:
        assert crawl(site.home, file, settings=CALM).exit_status == 0
    assert verified(file) == []
    with closing(sqlite3.connect(file)) as database, database:
        (post_key,) = database.execute("SELECT max(key) FROM posts").fetchone()
        (term_key,) = database.execute("SELECT max(key) FROM terms").fetchone()
        database.execute("UPDATE posts SET title = 'forged' WHERE key = ?", (post_key,))
        database.execute("UPDATE terms SET name = 'forged' WHERE key = ?", (term_key,))
    found = {one["key"]: (one["what"], one["detail"]) for one in verified(file, status=7)}
    assert found.keys() == {post_key, term_key}
    assert found[post_key][0] == "altered"
    assert found[post_key][1].startswith("title: not what its record gives")
    for key in found:
        reclean(key, "--again", archive=file)
    assert verified(file) == []
    spoil(file, "posts", cleaner_version=1)
    assert "makes them comparable" in verified(file, status=2)


def test_what_is_not_there(small, tmp_path):
    assert refusal("--all", archive=tmp_path / "none.db")[0] == 3
    assert not (tmp_path / "none.db").exists()
    status, said = refusal(f"{SITE}/post/77", archive=small)
    assert (status, said.count("\n")) == (1, 1)
    assert refusal("--site", "nowhere.org", archive=small)[0] == 1
    assert refusal(archive=small)[0] == 2
    assert refusal("--all", "--site", SITE, archive=small)[0] == 2


def test_without_the_crawler_it_says_what_to_do(small, tmp_path):
    # As in an environment that has only the wheel: `wparchive` and nothing beside it.
    installed = tmp_path / "site-packages"
    installed.mkdir()
    (installed / "wparchive").symlink_to(ROOT / "wparchive")
    status, said = refusal_of_installed(installed, small)
    assert (status, said.count("\n")) == (5, 1)
    assert "run this command in a checkout of the project" in said


def refusal_of_installed(installed, archive):
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1));"
        "from wparchive.commands import main; main(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(installed), "reclean", "--all", "--archive", uri(archive)],
        capture_output=True,
        text=True,
        cwd=installed,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


POSTS = 2000
"""So many that helper processes are started."""
DONE = 1200
"""Posts in the batches before the first one whose keys begin as LATE says."""
LATE = f"{SITE}/post/2"
STOPPING = f"""
import asyncio
from pipelines.reclean import CleaningPool
from wparchive.commands import main

clean = CleaningPool.clean

async def clean_early(pool, kind, documents):
    if documents[0]["_id"] > "{LATE}":
        await asyncio.Event().wait()
    return await clean(pool, kind, documents)

CleaningPool.clean = clean_early
main()
"""
"""The command, with a cleaner that takes forever for the later posts."""


@pytest.fixture
def stopped(tmp_path):
    """Yield an archive and a process that cleans it, which has stopped in the middle."""

    async def fill(store):
        for start in range(1, POSTS, 500):
            some = [record(id_, "<p>Clean words.</p> " * 20) for id_ in range(start, start + 500)]
            await store.save("posts", some, AT)

    filled(new_file(tmp_path), fill)
    archive = tmp_path / "archive.db"
    command = [sys.executable, "-c", STOPPING, *line("--all", archive=archive)[3:]]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        try:
            while process.poll() is None and number_cleaned(archive) < DONE:
                time.sleep(0.05)
            yield archive, process
        finally:
            process.kill()


def number_cleaned(archive):
    return len(documents(archive, "posts", cleaner_version=CLEANER_VERSION))


def test_an_interruption_loses_nothing_and_the_next_run_goes_on(stopped):
    archive, process = stopped
    process.send_signal(signal.SIGINT)
    said, complaints = process.communicate(timeout=60)
    assert (process.returncode, without_progress(complaints)) == (130, "")
    assert number_cleaned(archive) == DONE
    assert f"{DONE:,} posts cleaned again" in said
    assert f"{POSTS - DONE:,} posts cleaned again" in reclean("--all", archive=archive)


def test_a_kill_loses_nothing_and_leaves_no_process_behind(stopped):
    archive, process = stopped
    process.kill()
    # The pipes end when the last process has ended that holds them.
    process.communicate(timeout=60)
    assert number_cleaned(archive) == DONE
    assert f"{POSTS - DONE:,} posts cleaned again" in reclean("--all", archive=archive)
