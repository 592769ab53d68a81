"""Exports of real archives, read back by the programs that analysts use."""

import csv
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime
from pathlib import Path
from typing import get_type_hints

import duckdb
import pytest

from samples.documents import post
from tests.archives import (
    FIRST,
    filled,
    mongodb_server,
    new_address,
    new_database,
    new_file,
    sample_address,
    sample_file,
)
from wparchive import open_archive
from wparchive.export import FORMATS, export_posts
from wparchive.model.documents import PostDocument

__all__ = ["mongodb_server", "new_address", "new_database", "sample_address", "sample_file"]
COMMAND = [sys.executable, "-m", "wparchive", "export"]
WP = "{http://wordpress.org/export/1.2/}"
READER = "wordpress-export-to-markdown@2.2.2"
"""An npm package that reads WordPress's export files, and knows nothing of this project."""


def exported(address, target, form, **filters):
    with open_archive(address) as archive:
        return export_posts(
            archive, archive.posts(order="key", raw=form == "wxr", **filters), target, form
        )


def test_json_lines_are_the_documents(sample_address, tmp_path):
    assert exported(sample_address, tmp_path / "posts.jsonl", "jsonl", state="any") == 10
    lines = [json.loads(line) for line in (tmp_path / "posts.jsonl").read_text().splitlines()]
    assert [line["_id"] for line in lines][:2] == [
        "example.com/blog/page/7",
        "example.com/blog/post/1",
    ]
    assert list(lines[0]) == [name for name in get_type_hints(PostDocument) if name != "raw"]
    assert lines[1]["published_at"] == "2024-05-17T08:30:00Z"
    assert lines[1]["tags"] == [{"id": 3, "name": "Clean Energy", "slug": "clean-energy"}]
    assert lines[-1]["sketch"] == [-(2**63), 5, 2**63 - 1]


@pytest.mark.mongodb
def test_both_backends_write_the_same_bytes(sample_file, new_database, tmp_path):
    other = filled(new_database)
    for form in ("jsonl", "csv", "parquet"):
        for name, address in (("one", sample_file), ("other", other)):
            exported(address, tmp_path / f"{name}.{form}", form, state="any")
        assert (tmp_path / f"one.{form}").read_bytes() == (
            tmp_path / f"other.{form}"
        ).read_bytes(), form


def test_csv_is_read_by_csv(sample_file, tmp_path):
    exported(sample_file, tmp_path / "posts.csv", "csv")
    with (tmp_path / "posts.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["key"]: row for row in csv.DictReader(file)}
    assert len(rows) == 8
    assert (
        rows["example.com/blog/post/1"]["text"]
        == "The heat pump is very quiet.\n\nIt saves gas in New York."
    )
    assert rows["example.com/blog/post/5"]["duplicate_of"] == "example.com/blog/post/1"
    assert rows["example.com/blog/post/4"]["published_at"] == ""


def test_parquet_is_read_by_duckdb(sample_file, tmp_path):
    exported(sample_file, tmp_path / "posts.parquet", "parquet")
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        file = tmp_path / "posts.parquet"
        sql = f"SELECT key, published_at, author.name, len(tags) FROM '{file}' WHERE id = 1"
        ((key, at, name, tags),) = database.execute(sql).fetchall()
    assert (key, at.astimezone(UTC), name, tags) == (
        "example.com/blog/post/1",
        datetime(2024, 5, 17, 8, 30, tzinfo=UTC),
        "Ada Lovelace",
        1,
    )


def test_markdown_is_a_folder_that_is_replaced_whole(sample_file, tmp_path):
    folder = tmp_path / "posts"
    assert exported(sample_file, folder, "markdown") == 8
    page = folder / "example.com" / "blog" / "page" / "2020" / "2020-02-29-post-7-7.md"
    assert "# About\n\nAbout us: we like pumps.\n" in page.read_text()
    assert exported(sample_file, folder, "markdown", type="post") == 7
    assert not page.exists()
    assert len(list(folder.rglob("*.md"))) == 7


def test_wxr_has_terms_authors_comments_and_attachments(sample_file, tmp_path):
    exported(sample_file, tmp_path / "site.xml", "wxr", site="example.com/blog")
    channel = ElementTree.parse(tmp_path / "site.xml").getroot()[0]
    assert channel.findtext(f"{WP}wxr_version") == "1.2"
    assert channel.findtext(f"{WP}author/{WP}author_login") == "ada-lovelace"
    categories = [
        (c.findtext(f"{WP}category_nicename"), c.findtext(f"{WP}category_parent"))
        for c in channel.findall(f"{WP}category")
    ]
    assert categories == [("news", ""), ("local", "news")]
    items = {int(item.findtext(f"{WP}post_id") or 0): item for item in channel.findall("item")}
    assert set(items) == {1, 2, 3, 4, 5, 6, 7, 50}, (
        "of the attachments, only the one of an exported post"
    )
    comments = items[1].findall(f"{WP}comment")
    assert [comment.findtext(f"{WP}comment_content") for comment in comments] == [
        "<p>Well said.</p>",
        "<p>Indeed ]]> so.</p>",
    ]
    assert (
        items[50].findtext(f"{WP}attachment_url") == "https://example.com/blog/files/picture-50.jpg"
    )
    assert items[4].findtext(f"{WP}post_date_gmt") == "0000-00-00 00:00:00"


@pytest.mark.skipif(
    shutil.which("npm") is None,
    reason="needs Node.js, to read a WXR file with an independent program",
)
def test_wxr_is_read_by_an_independent_reader(sample_file, tmp_path):
    exported(sample_file, tmp_path / "site.xml", "wxr", site="example.com/blog")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wparchive" / READER
    program = cache / "node_modules" / ".bin" / "wordpress-export-to-markdown"
    if not program.exists():
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        subprocess.run(
            ["npm", "install", "--prefix", str(cache), *quiet, READER],
            check=True,
            stdin=subprocess.DEVNULL,
        )
    options = [
        "--wizard=false",
        "--save-attached-images=false",
        "--save-scraped-images=false",
        "--post-folders=false",
    ]
    command = [
        str(program),
        *options,
        f"--input={tmp_path / 'site.xml'}",
        f"--output={tmp_path / 'read'}",
    ]
    subprocess.run(
        command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=tmp_path
    )
    pages = {page.name: page.read_text() for page in (tmp_path / "read").rglob("*.md")}
    assert len(pages) == 6
    (page,) = (text for text in pages.values() if 'title: "Heat pumps!"' in text)
    assert 'date: "2024-05-17"' in page
    assert '- "clean-energy"' in page
    assert page.rstrip().endswith("The heat pump is very quiet.\n\nIt saves gas in New York.")


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_a_full_disk_leaves_what_was_there(big_file, tmp_path, form):
    target = tmp_path / f"posts.{form}"
    target.write_text("earlier")
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))  # noqa: E731 - what a child does before it becomes the command
    done = subprocess.run(
        [*COMMAND, "-o", str(target), "--archive", big_file],
        capture_output=True,
        text=True,
        preexec_fn=limit,
    )
    assert done.returncode == 5
    assert (
        done.stderr
        == f"wparchive: cannot write {target}: File too large; no incomplete file was left\n"
    )
    assert target.read_text() == "earlier"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_a_kill_in_mid_export_leaves_no_half_file(big_file, tmp_path):
    target = tmp_path / "posts.csv"
    process = subprocess.Popen(
        [*COMMAND, "-o", str(target), "--archive", big_file], stderr=subprocess.DEVNULL
    )
    while process.poll() is None and not any(path.stat().st_size for path in tmp_path.iterdir()):
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.returncode == -signal.SIGKILL
    assert not target.exists()
    subprocess.run(
        [*COMMAND, "-o", str(target), "--archive", big_file], check=True, stderr=subprocess.DEVNULL
    )
    with target.open(newline="", encoding="utf-8") as file:
        assert sum(1 for _ in csv.DictReader(file)) == POSTS


POSTS = 5000
MEGABYTES = 1024  # ru_maxrss counts in kilobytes


@pytest.fixture(scope="module")
def big_file(tmp_path_factory):
    """An archive of some 80 MB."""

    async def fill(store):
        for start in range(0, POSTS, 500):
            await store.save(
                "posts", [post(i, f"word{i} " * 1200) for i in range(start, start + 500)], FIRST
            )

    return filled(new_file(tmp_path_factory.mktemp("big")), fill)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_memory_stays_flat(big_file, tmp_path, form):
    def peak(limit):
        code = (
            "import resource\n"
            "from pathlib import Path\n"
            "from wparchive import open_archive\n"
            "from wparchive.export import export_posts\n"
            f"with open_archive({big_file!r}) as archive:\n"
            f"    posts = archive.posts(order='key', raw={form == 'wxr'}, limit={limit})\n"
            f"    export_posts(archive, posts, Path({str(tmp_path / f'out{limit}')!r}), {form!r})\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        return int(
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            ).stdout
        )

    # A group of rows is held as rows and as columns, so memory is flat from the second group on.
    few, all_ = peak(2_000 if form in ("parquet", "partitions") else 400), peak(POSTS)
    assert all_ - few < (60 if form in ("parquet", "partitions") else 15) * MEGABYTES
