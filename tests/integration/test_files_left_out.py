"""Files that a run leaves out, does not reach, or finds lost: all are counted and named."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from crawler.files.limits import FILE_MAX_BYTES
from demo.api import Site
from settings import base
from tests.integration.crawling import ROOT, Crawl, command, crawl, documents, environment, uri
from tests.integration.test_files import attachment
from tests.servers.file_server import File, FileServer, file_server
from tests.servers.recorded_site import made_site, post, serve
from wparchive.commands import cli

PICTURE = b"\xff\xd8\xff" + b"a picture" * 200 + b"\xff\xd9"
UPLOADS = "/wp-content/uploads/2024/05"


@contextmanager
def site_of(
    files: dict[str, File], *attached: tuple[str, str, int | None], content: str = "<p>Look.</p>"
) -> Iterator[tuple[Site, FileServer]]:
    """A site with an attachment for each `(name, type, size)`, and the server of its files."""
    with file_server({f"{UPLOADS}/{name}": file for name, file in files.items()}) as server:
        site = made_site(posts=1, tags=0)
        base_url = f"{server.home}{UPLOADS}"
        site["media"].fill(
            attachment(500 + n, f"{base_url}/{name}", type_, size)
            for n, (name, type_, size) in enumerate(attached)
        )
        content = content.replace("BASE", base_url)
        site["posts"].fill([post(900, content={"rendered": content, "protected": False})])
        with serve(site):
            yield site, server


def kept(site: Site, tmp_path: Path, settings: dict[str, Any] | None = None, **more: Any) -> Crawl:
    more.setdefault("media", "files")
    return crawl(site.home, tmp_path / "archive.db", settings=settings, **more)


def run_command(tmp_path: Path, *arguments: str) -> str:
    address = uri(tmp_path / "archive.db")
    return CliRunner().invoke(cli, [*arguments, "--archive", address]).output


def test_the_default_limit_is_the_one_of_the_settings():
    assert base.CRAWL_FILE_MAX_BYTES == FILE_MAX_BYTES


def test_a_file_above_the_limit_that_nobody_has_set_is_a_failure(tmp_path):
    large = FILE_MAX_BYTES + 1
    files = {"film.mp4": File(b"\0\0\0\x18ftypfilm", "video/mp4"), "one.jpg": File(PICTURE)}
    named = [("film.mp4", "video/mp4", large), ("one.jpg", "image/jpeg", None)]
    with site_of(files, *named) as (site, _):
        run = kept(site, tmp_path)
        assert run.exit_status == 3, run.output
        counts = run.report["files"]
        assert (counts["failed"], counts["left_out"], counts["held"]) == (1, 0, 1), run.output
        assert "1 above the default of CRAWL_FILE_MAX_BYTES" in run.report["reason"]
        assert "film.mp4" in run.report["reason"]
        listed = run_command(tmp_path, "failures")
        assert "film.mp4" in listed
        assert "too_large" in listed
        key = documents(tmp_path / "archive.db", "media")[0]["_id"]
        shown = run_command(tmp_path, "show", key)
        assert "no file:" in shown
        assert "CRAWL_FILE_MAX_BYTES" in shown
        run_command(tmp_path, "export", "--format", "bundle", "-o", str(tmp_path / "bundle"))
        readme = (tmp_path / "bundle" / "data" / "README.txt").read_text()
        assert "1 failure of objects or files" in readme
        # Whoever sets that limit has made a choice, even where it is the same.
        own = kept(site, tmp_path, {"CRAWL_FILE_MAX_BYTES": FILE_MAX_BYTES})
        assert own.exit_status == 0, own.output
        assert (own.report["files"]["failed"], own.report["files"]["left_out"]) == (0, 1)
        assert "film.mp4" in " ".join(own.report["files"]["reasons"])
        assert "none: everything" in run_command(tmp_path, "failures")
        assert "no file:" in run_command(tmp_path, "show", key)
        raised = kept(site, tmp_path, {"CRAWL_FILE_MAX_BYTES": large}, mode="update")
        assert raised.report["files"]["held"] == 2, raised.output
        assert "no file:" not in run_command(tmp_path, "show", key)


def test_a_file_whose_size_shows_only_as_it_comes_is_left_out_alike(tmp_path):
    files = {"film.mp4": File(b"\0\0\0\x18ftyp" + b"f" * 5000, "video/mp4")}
    with site_of(files, ("film.mp4", "video/mp4", None)) as (site, _):
        run = kept(site, tmp_path, {"CRAWL_FILE_MAX_BYTES": 1000})
    assert run.exit_status == 0, run.output
    assert run.report["files"]["left_out"] == 1
    assert "film.mp4" in " ".join(run.report["files"]["reasons"])


def test_types_that_were_not_asked_for_and_attachments_without_an_address_are_counted(tmp_path):
    files = {"one.jpg": File(PICTURE), "odd.png": File(b"\x89PNG" + b"x" * 90, "image/png")}
    named: list[tuple[str, str, int | None]] = [
        ("one.jpg", "image/jpeg", None),
        # Some sites call every upload so.
        ("odd.png", "application/octet-stream", None),
        *((f"paper-{n}.pdf", "application/pdf", None) for n in range(60)),
    ]
    content = '<a href="BASE/paper-1.pdf">a</a><a href="BASE/other.zip">b</a>'
    with site_of(files, *named, content=content) as (site, server):
        site["media"].put(attachment(700, False, "image/jpeg"))
        for number, (media, settings, left_out) in enumerate(
            (("files", {"CRAWL_FILES_TYPES": "image/*"}, 61), ("images", {}, 60))
        ):
            folder = tmp_path / str(number)
            folder.mkdir()
            run = kept(site, folder, settings, media=media)
            assert run.exit_status == 0, run.output
            counts = run.report["files"]
            assert (counts["held"], counts["left_out"]) == (2, left_out), run.output
            assert counts["no_address"] == 1
            assert counts["named"] == left_out + 3
            reasons = " ".join(counts["reasons"])
            assert "application/pdf: 60 left out by" in reasons
            assert "media/attachment/700" in reasons or "attachment/700" in reasons
            assert "left out" in run.output
            assert "without an address" in run.output
            key = next(
                one["_id"]
                for one in documents(folder / "archive.db", "media")
                if one["_id"].endswith("/700")
            )
            assert "no file:    the site names no web address" in run_command(folder, "show", key)
        assert len(server.asked) == 4


def test_bytes_that_are_thrown_away_count_against_the_limit_of_all(tmp_path):
    most = 400_000
    files = {
        "refused.zip": File(b"x" * 300_000, "text/html", status=403),
        "page.jpg": File(b"<!doctype html>" + b"x" * 300_000, "text/html"),
        "z-last.jpg": File(PICTURE * 400),
    }
    named = [(name, "image/jpeg", None) for name in sorted(files)]
    with site_of(files, *named) as (site, _):
        run = kept(site, tmp_path, {"CRAWL_FILES_TOTAL_MAX_BYTES": most})
    counts = run.report["files"]
    assert most < counts["bytes"] < most + 200_000, run.output
    assert counts["left_out"] >= 1
    assert "CRAWL_FILES_TOTAL_MAX_BYTES is reached" in " ".join(counts["reasons"])
    assert counts["held"] == 0


def test_addresses_that_differ_only_for_the_site_are_each_asked_for_and_fragments_are_not(tmp_path):
    files = {"paper.pdf": File(b"%PDF-1.4 p %%EOF", "application/pdf"), "表.jpg": File(PICTURE)}
    content = (
        '<a href="BASE/paper.pdf#page=2">a</a><a href="BASE/paper.pdf#page=3">b</a>'
        '<a href="BASE/paper.pdf?a=1&amp;b=2">c</a><a href="BASE/paper.pdf?b=2&amp;a=1">d</a>'
        '<img src="BASE/%E8%A1%A8.jpg">'
    )
    with site_of(files, ("表.jpg", "image/jpeg", None), content=content) as (site, _):
        run = kept(site, tmp_path)
        assert run.exit_status == 0, run.output
        assert run.report["files"]["not_reached"] == 0
        key = documents(tmp_path / "archive.db", "posts", id=900)[0]["_id"]
        assert "application/pdf" in run_command(tmp_path, "show", key)


def test_an_update_asks_again_for_a_file_that_is_no_longer_on_the_disk(tmp_path):
    files = {"one.jpg": File(PICTURE), "two.jpg": File(PICTURE + b"2")}
    named = [(name, "image/jpeg", None) for name in files]
    with site_of(files, *named) as (site, server):
        assert kept(site, tmp_path).exit_status == 0
        stored = sorted(path for path in (tmp_path / "archive.files").rglob("*") if path.is_file())
        stored[0].unlink()
        server.asked.clear()
        update = kept(site, tmp_path, mode="update")
        assert update.exit_status == 0, update.output
        assert update.report["files"]["held"] == 2
        assert update.report["files"]["trusted"] == 1
        assert [status for _, status in server.asked] == [200]
        assert stored[0].is_file()
        assert update.report["files"]["restored"] == 1
        assert "1 fetched again because the archive had lost them" in update.output
        assert "no longer in the archive's place" in str(update.report["files"]["reasons"])
        whole = stored[1].read_bytes()
        stored[1].write_bytes(whole[:7])
        update = kept(site, tmp_path, mode="update")
        assert (update.report["files"]["trusted"], update.report["files"]["restored"]) == (1, 1)
        assert f"7 of its {len(whole):,} bytes" in str(update.report["files"]["reasons"])
        assert stored[1].read_bytes() == whole
        # Where the site has it no more, or says that nothing has changed, it is not held.
        for path in stored:
            path.unlink()
        for path, status in zip(server.files, (404, 304), strict=True):
            server.files[path].status = status
        gone = kept(site, tmp_path, mode="update")
        counts = gone.report["files"]
        assert (counts["held"], counts["gone"], counts["failed"]) == (0, 1, 1), gone.output
        assert all("it was no longer in the archive's place" in one for one in counts["reasons"])
        assert "it was no longer in" in str(documents(tmp_path / "archive.db", "failures"))
        assert gone.exit_status == 3
        assert run_command(tmp_path, "verify").count("lost") >= 2


class OddlyNamed(File):
    """A file whose version has a name that is not ASCII."""

    @property
    def etag(self) -> str:
        return '"\xfcber-1"'


def test_a_version_is_asked_for_by_the_bytes_of_its_name(tmp_path):
    with site_of({"a.jpg": OddlyNamed(PICTURE)}, ("a.jpg", "image/jpeg", None)) as (site, server):
        kept(site, tmp_path)
        kept(site, tmp_path)
    assert [status for _, status in server.asked] == [200, 304]


class StallsAt66(dict[str, File]):
    """Files of a server of which the 66th that is asked for stalls, whichever that is."""

    asked = 0

    def get(self, path: str, default: Any = None) -> Any:
        file = super().get(path, default)
        self.asked += path in self
        is_late = path in self and self.asked == 66
        return replace(file, stalls=True, cut_times=1) if is_late else file


def test_each_run_asks_for_files_in_an_order_of_its_own(tmp_path):
    files = {f"{n:02}.jpg": File(PICTURE + bytes([n])) for n in range(20)}
    with site_of(files, *((name, "image/jpeg", None) for name in files)) as (site, server):
        orders = []
        for _ in range(2):
            server.asked.clear()
            run = kept(site, tmp_path)
            assert run.exit_status == 0, run.output
            orders.append([path for path, _ in server.asked])
    assert sorted(orders[0]) == sorted(orders[1]) == sorted(server.files)
    assert len({*map(tuple, orders), tuple(server.files)}) == 3


def test_a_killed_run_has_written_what_it_fetched_and_the_next_one_goes_on(tmp_path):
    files = {f"{n:02}.jpg": File(PICTURE + bytes([n])) for n in range(70)}
    with site_of(files, *[(name, "image/jpeg", None) for name in files]) as (site, server):
        server.files = StallsAt66(server.files)
        line = command(site.home, tmp_path / "archive.db", media="files")
        with subprocess.Popen(
            line, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
        ) as process:
            assert server.stalled.wait(180)
            process.kill()
        done = kept(site, tmp_path)
    killed = json.loads(documents(tmp_path / "archive.db", "runs")[0]["files"])
    counts = done.report["files"]
    assert killed["named"] == counts["named"] == counts["held"] == 70, done.output
    assert 50 <= killed["new"] == killed["held"] <= counts["trusted"]
    assert counts["new"] + counts["trusted"] == 70
    assert done.report["resumed_from"] == documents(tmp_path / "archive.db", "runs")[0]["_id"]


def test_an_interrupted_run_counts_the_files_that_it_did_not_reach(tmp_path):
    files = {f"{n}.jpg": File(PICTURE + bytes([n])) for n in range(30)}
    named = [(name, "image/jpeg", None) for name in files]
    with site_of(files, *named) as (site, _):
        run = kept(site, tmp_path, {"CLOSESPIDER_PAGECOUNT": 25})
        counts = run.report["files"]
        assert run.exit_status != 0, run.output
        assert counts["not_reached"] == 30 - counts["held"] > 0, run.output
        assert f"{counts['not_reached']} not reached" in run.output


def test_files_of_a_host_that_is_given_up_are_all_failures_with_their_causes(tmp_path):
    files = {f"{n}.jpg": File(b"no", "text/html", status=503) for n in range(9)}
    with site_of(files, *((name, "image/jpeg", None) for name in files)) as (site, server):
        run = kept(site, tmp_path, {"CRAWL_BREAKER_AFTER": 2, "RETRY_TIMES": 1})
    assert run.report["files"]["failed"] == 9, run.output
    assert len(server.asked) < 9
    assert len(documents(tmp_path / "archive.db", "failures")) == 9


def test_an_alarm_tells_of_files_that_are_all_gone_at_once(tmp_path):
    files = {f"{n}.jpg": File(PICTURE + bytes([n])) for n in range(4)}
    with site_of(files, *((name, "image/jpeg", None) for name in files)) as (site, server):
        kept(site, tmp_path)
        for file in server.files.values():
            file.status = 404
        run = kept(site, tmp_path)
    assert [alarm["kind"] for alarm in run.report["alarms"]] == ["files"], run.output
    assert "4 of 4 files" in run.output
    assert run.report["files"]["held"] == 4
    key = documents(tmp_path / "archive.db", "media")[0]["_id"]
    assert "not there when it was last asked for: http_404" in run_command(tmp_path, "show", key)


def test_files_that_were_gone_at_the_first_look_raise_an_alarm_and_an_update_finds_them(tmp_path):
    files = {f"{n}.jpg": File(PICTURE + bytes([n]), status=404) for n in range(25)}
    with site_of(files, *((name, "image/jpeg", None) for name in files)) as (site, server):
        first = kept(site, tmp_path)
        assert [alarm["kind"] for alarm in first.report["alarms"]] == ["files"], first.output
        assert "all 25 files that were requested are gone, and none is held" in first.output
        for file in server.files.values():
            file.status = 200
        update = kept(site, tmp_path, mode="update")
        assert (update.report["files"]["new"], update.report["files"]["gone"]) == (20, 5)
        update = kept(site, tmp_path, mode="update")
        assert (update.report["files"]["held"], update.report["files"]["gone"]) == (25, 0)
    assert documents(tmp_path / "archive.db", "failures") == []


def test_an_address_that_cannot_be_asked_is_one_failure_and_ends_nothing(tmp_path):
    bad = ["http://example.com]/x.jpg", "http://[bad/x.jpg", "http://\u2100.example/x.jpg"]
    linked = f"http://example.com]{UPLOADS}/x.pdf"
    files = {"one.jpg": File(PICTURE)}
    content = f'<p><a href="{linked}">Report</a> <a href="BASE/one.jpg">Look</a></p>'
    with site_of(files, ("one.jpg", "image/jpeg", None), content=content) as (site, _):
        site["media"].fill(attachment(400 + n, url, "image/jpeg") for n, url in enumerate(bad))
        run = kept(site, tmp_path)
        assert run.exit_status == 3, run.output
        assert "Traceback" not in run.output
        assert run.report["files"]["held"] == 1, run.output
        named = [line for line in run.report["files"]["reasons"] if "can be asked" in line]
        assert [url for url in (*bad, linked) if not any(url in line for line in named)] == []
        assert run.report["files"]["failed"] == len(named) == 4


def test_a_password_in_the_address_of_a_file_is_shown_and_stored_nowhere(tmp_path):
    files = {
        "one@2x.jpg": File(status=404),
        "moved.jpg": File(status=302, location="http://ann:s3cret@127.0.0.1:1/x.jpg"),
        "large.jpg": File(PICTURE),
        "to-large.jpg": File(status=302),
    }
    with site_of(files) as (site, server):
        host = server.home.removeprefix("http://")
        secret = f"http://ann:s3cret@{host}{UPLOADS}/one@2x.jpg"
        endless = f"{server.home}{UPLOADS}/{'a' * 9000}.jpg"
        to_large = server.files[f"{UPLOADS}/to-large.jpg"]
        to_large.location = f"http://ann:s3cret@{host}{UPLOADS}/large.jpg"
        malformed = [
            "http://ann:s3cret/4@example.com/x.jpg",
            "http://ann:s3cret@ex\u2100mple.com/x.jpg",
            f"http://ann:s3cret@[bad{UPLOADS}/x.jpg",
        ]
        moved = [f"{server.home}{UPLOADS}/{name}.jpg" for name in ("moved", "to-large", "large")]
        named = [secret, endless, *malformed, *moved]
        site["media"].fill([attachment(400 + n, url, "") for n, url in enumerate(named)])
        run = kept(site, tmp_path, settings={"CRAWL_FILE_MAX_BYTES": 1_000, "LOG_LEVEL": "INFO"})
        reasons = "\n".join(run.report["files"]["reasons"])
        listed = run_command(tmp_path, "failures")
        stored = [documents(tmp_path / "archive.db", name) for name in ("failures", "runs")]
        report = json.dumps([run.report, run_command(tmp_path, "failures", "--json")])
        for text in (reasons, listed, run.output, report, str(stored)):
            assert "s3cret" not in text
        for text in (reasons, listed, run.output):
            assert "a" * 400 not in text
        assert "***@" in reasons or "it names a user" in reasons
        assert f"***@{host}{UPLOADS}/one@2x.jpg" in listed
        assert "larger than download max size" not in run.output
        key = documents(tmp_path / "archive.db", "media", id=400)[0]["_id"]
        assert "no file:" in run_command(tmp_path, "show", key)
        assert "it names a user" in run_command(tmp_path, "show", key)
