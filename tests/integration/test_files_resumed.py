"""Downloads that were cut off go on where they were, and never mix two versions of a file."""

import subprocess
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest

from demo.api import Site
from tests.integration.crawling import ROOT, command, crawl, documents, environment
from tests.integration.test_files import attachment
from tests.servers.file_server import File, FileServer, file_server
from tests.servers.recorded_site import made_site, serve

SIZE = 3_000_000
ZIP = "application/zip"


def made(seed: int, size: int = SIZE) -> bytes:
    return Random(seed).randbytes(size)


def with_attachments(server: FileServer) -> Site:
    site = made_site(posts=1, tags=0)
    addresses = [f"{server.home}{path}" for path in server.files]
    site["media"].fill([attachment(500 + n, url, ZIP) for n, url in enumerate(addresses)])
    return site


def kept(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in folder.glob("*/*") if path.parent.name[0] != "."
    }


@pytest.fixture
def server() -> Iterator[FileServer]:
    """A server that cuts each file once or twice, and answers ranges in all ways."""
    cut: dict[str, Any] = {"type": ZIP, "cut_times": 1}
    # What changes is the part that has not come yet: the bytes that are held stay as they were.
    changed = made(5)[: SIZE - 1_000] + made(6, 1_000)
    files = {
        "/good.zip": File(made(1), ZIP, ranges="good", cut_times=2),
        "/no-ranges.zip": File(made(2), **cut),
        "/from-start.zip": File(made(3), ranges="from_start", **cut),
        "/other-range.zip": File(made(4), ranges="other_range", **cut),
        "/changed.zip": File(made(5), ranges="good", changes_to=changed, **cut),
        "/unchecked.zip": File(
            made(5) + b"1", ranges="unchecked", changes_to=changed + b"1", **cut
        ),
        "/unnamed.zip": File(made(5) + b"2", ranges="unnamed", changes_to=changed + b"2", **cut),
        "/unsaid.zip": File(made(11), ranges="unsaid", **cut),
        "/shorter.zip": File(made(7), ranges="unchecked", changes_to=made(8, 1_200_000), **cut),
        "/no-name.zip": File(made(9), ranges="good", has_etag=False, **cut),
        "/small.zip": File(made(10, 50_000), ranges="good", **cut),
    }
    with file_server(files) as server:
        yield server


def test_a_download_that_was_cut_off_goes_on_and_is_whole(
    server: FileServer, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    with serve(with_attachments(server)) as site:
        done = crawl(
            site.home,
            tmp_path / "a.db",
            media="files",
            settings={"ARCHIVE_FILES": folder, "RETRY_TIMES": 5},
        )
    assert done.exit_status == 0, done.output
    wanted = {sha256(file.data).hexdigest() for file in server.files.values()}
    held = kept(folder)
    assert set(held) == wanted
    assert all(sha256(data).hexdigest() == name for name, data in held.items())
    records = {row["url"].rpartition("/")[2]: row for row in documents(tmp_path / "a.db", "files")}
    for path, file in server.files.items():
        record = records[path[1:]]
        assert record["sha256"] == sha256(file.data).hexdigest(), path
        assert record["etag"] == (file.etag if file.has_etag else None)
        assert (record["size_bytes"], record["mime_type"]) == (len(file.data), ZIP)
    assert not list((folder / ".parts").iterdir()), "nothing is left of finished downloads"

    statuses: dict[str, list[int]] = {}
    firsts: dict[str, list[int]] = {}
    for path, asked, status in server.ranges:
        statuses.setdefault(path, []).append(status)
        firsts.setdefault(path, []).append(int(asked.removeprefix("bytes=").rstrip("-")))
    assert statuses["/good.zip"] == [206, 206]
    assert 1_000_000 < firsts["/good.zip"][0] < firsts["/good.zip"][1]
    assert statuses["/no-ranges.zip"] == statuses["/changed.zip"] == [200]
    lies = ("from-start", "other-range", "unchecked", "unnamed", "unsaid", "shorter")
    assert [statuses[f"/{name}.zip"] for name in lies] == [[206]] * 6
    assert "/no-name.zip" not in statuses, "nothing says whether it is still the same file"
    assert "/small.zip" not in statuses


def killed_in_the_middle(
    server: FileServer, site: Site, archive: Path, settings: dict[str, Any]
) -> None:
    """Crawl until a file stalls, and kill the crawl once all that came is on the disk."""
    folder = settings["ARCHIVE_FILES"]
    line = command(site.home, archive, media="files", settings=settings)
    with subprocess.Popen(
        line, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert server.stalled.wait(180)
        until = time.monotonic() + 60
        while time.monotonic() < until and _held(folder) < SIZE // 2:
            time.sleep(0.02)
        process.kill()
    assert _held(folder) == SIZE // 2
    assert kept(folder) == {}


@pytest.mark.parametrize("changed_at", [None, 5_000, SIZE // 2 - 5])
def test_after_a_kill_the_next_run_goes_on_in_the_middle_of_a_file(
    tmp_path: Path, changed_at: int | None
) -> None:
    """It begins anew where the disk has changed what it goes on from; the last bytes come again."""
    folder, archive = tmp_path / "files", tmp_path / "a.db"
    file = File(made(1), ZIP, ranges="good", cut_times=1, stalls=True)
    settings = {"ARCHIVE_FILES": folder}
    with file_server({"/good.zip": file}) as server, serve(with_attachments(server)) as site:
        killed_in_the_middle(server, site, archive, settings)
        if changed_at is not None:
            (part,) = folder.glob(".parts/*.part")
            with part.open("r+b") as held:
                held.seek(changed_at)
                held.write(bytes([file.data[changed_at] ^ 1]))
        done = crawl(site.home, archive, media="files", settings=settings)
        assert done.exit_status == 0, done.output
    assert [status for _, _, status in server.ranges] == ([] if changed_at == 5_000 else [206])
    assert kept(folder) == {sha256(file.data).hexdigest(): file.data}
    assert done.report["files"]["new"] == 1
    assert not list((folder / ".parts").iterdir())


def _held(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob(".parts/*.part"))
