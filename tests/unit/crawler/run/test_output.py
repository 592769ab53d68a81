import json
import re
from datetime import timedelta
from pathlib import Path
from typing import get_type_hints

from hypothesis import given
from hypothesis import strategies as st

from crawler.run.output import (
    Traffic,
    ended_run,
    printable,
    report_json,
    report_table,
    run_so_far,
    write_json,
)
from crawler.run.proof import Proof
from crawler.run.verdict import ExitStatus
from tests.runs import NOW, a_report
from wparchive.model.run_records import Run, SitemapReport, TypeReport

TRAFFIC = Traffic(requests=31, retries=2, bytes=3_481_200)
DOCS = (Path(__file__).parents[4] / "docs/report.md").read_text()


def ended(report):
    """The document of a run that took a minute and a half."""
    return ended_run(report, TRAFFIC, NOW + timedelta(seconds=90.5))


def test_a_run_that_goes_on_has_no_verdict_yet():
    run = run_so_far(a_report(post={}), TRAFFIC)
    assert (run["verdict"], run["exit_status"], run["finished_at"]) == ("running", None, None)
    assert run["_id"] == "h.org@2026-03-10T12:00:00.000Z"


def test_a_type_that_no_walk_came_to_is_unproven_at_the_end():
    report = a_report(post={"proof": None})
    assert run_so_far(report, TRAFFIC)["types"][0]["proof"] == ""
    assert ended(report)["types"][0]["proof"] == "unproven: not walked"


def test_the_file_has_the_documented_fields():
    value = report_json(ended(a_report(post={})))
    assert set(value) == set(get_type_hints(Run)) == set(documented("Fields", 0))
    assert (
        set(value["types"]["post"])
        == set(get_type_hints(TypeReport))
        == set(documented("Fields", 1))
    )
    assert (value["started_at"], value["finished_at"]) == (
        "2026-03-10T12:00:00.000Z",
        "2026-03-10T12:01:30.500Z",
    )
    assert value["seconds"] == 90.5
    assert json.loads(json.dumps(value)) == value


def documented(section, which):
    """Names in the first column of a section's tables."""
    text = DOCS.partition(f"## {section}\n")[2].partition("\n## ")[0]
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return re.findall(r"^\| `(\w+)` \|", tables[which], re.MULTILINE)


def test_the_documented_example_has_the_shape_of_a_report():
    example = json.loads(re.search(r"```json\n(.*?)```", DOCS, re.DOTALL)[1])
    run = a_report(
        post={"missing": 1, "unchanged": 993, "reasons": example["types"]["post"]["reasons"]}
    )
    value = report_json(ended(run))
    assert list(example) == list(value)
    assert list(example["types"]["post"]) == list(value["types"]["post"])
    for name in (
        "reason",
        "verdict",
        "exit_status",
        "requests",
        "retries",
        "bytes",
        "seconds",
        "started_at",
        "finished_at",
    ):
        assert example[name] == value[name], name
    counts = example["types"]["post"]
    assert (
        counts["new"]
        + counts["changed"]
        + counts["refreshed"]
        + counts["unchanged"]
        + counts["missing"]
        == counts["listed"]
    )


def test_verdicts_are_documented():
    verdicts = {"complete", "partial", "failed", "running", "killed"}
    assert set(documented("Verdicts", 0)) == verdicts


def test_the_table_for_people():
    run = a_report(
        post={"site_total": 1000, "held": 999, "reasons": ["post 5: fetch: 500"], "missing": 1},
        user={"proof": Proof.skipped("closed"), "new": 0, "listed": 0},
    )
    run.skipped += [
        {"name": "wp_block", "reason": "not content"},
        {"name": "nav_menu_item", "reason": "not content"},
    ]
    lines = report_table(ended(run)).splitlines()
    assert lines[0].split() == [
        "type",
        "site",
        "held",
        "new",
        "changed",
        "unchanged",
        "missing",
        "proof",
    ]
    numbers = ["1000", "999", "1", "0", "998", "1"]
    assert lines[1].split() == ["post", *numbers, "proved"]
    assert lines[2].split()[1:3] == ["?", "?"]
    assert all(len(line) <= 80 for line in lines)
    assert "  post: post 5: fetch: 500" in lines
    assert "  not archived: wp_block, nav_menu_item (not content)" in lines
    assert lines[-2] == "full run: 31 requests (2 retries), 3.5 MB, 90.5 s, 0 failures"
    assert lines[-1].startswith("PARTIAL: h.org - post: 1 missing")


def test_a_run_that_found_no_site_names_no_mode():
    run = a_report()
    run.types.clear()
    assert "\n31 requests" in f"\n{report_table(ended(run))}"


def test_the_table_adds_up_where_documents_were_rewritten():
    report = a_report(post={"new": 1, "refreshed": 7}, user={"returned": 1})
    lines = report_table(ended(report)).splitlines()
    assert lines[0].split()[3:8] == ["new", "changed", "refreshed", "unchanged", "returned"]
    assert lines[1].split()[3:8] == ["1", "0", "7", "0", "0"]


def test_a_site_cannot_write_into_the_terminal():
    run = a_report(post={"reasons": ["\x1b[2J\x1b]0;owned\x07"], "missing": 1})
    run.stop(ExitStatus.PARTIAL, "two\nlines\r\x9b")
    run.skipped.append({"name": "\x1b[1mx", "reason": "y"})
    assert all(line.isprintable() for line in report_table(ended(run)).split("\n"))


@given(st.text())
def test_printable_keeps_the_length_and_what_can_be_shown(text):
    assert len(printable(text)) == len(text)
    assert printable(text).isprintable()
    assert printable("Grüße, 日本 🙂") == "Grüße, 日本 🙂"


def test_a_report_file_is_replaced_in_one_step(tmp_path):
    path = tmp_path / "report.json"
    path.write_text("old")
    write_json(str(path), {"site": "h.org", "at": NOW, "odd": "\ud800"})
    assert json.loads(path.read_text()) == {"site": "h.org", "at": str(NOW), "odd": "?"}
    assert [part.name for part in tmp_path.iterdir()] == ["report.json"]


def test_a_report_follows_no_link(tmp_path, capsys):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    for name in ("report.json", ".report.json.part"):
        (tmp_path / name).symlink_to(victim)
    write_json(str(tmp_path / "report.json"), {"site": "h.org"})
    assert victim.read_text() == "precious"
    assert json.loads((tmp_path / "report.json").read_text()) == {"site": "h.org"}
    device = tmp_path / "device"
    device.symlink_to("/dev/null")
    write_json(str(device), {})
    assert device.is_symlink()
    assert "it is a link" in capsys.readouterr().err


def test_a_report_that_cannot_be_written_is_no_traceback(tmp_path, capsys):
    write_json(str(tmp_path / "gone" / "report.json"), {})
    assert "the report could not be written" in capsys.readouterr().err


def test_a_report_on_standard_output(capsys):
    write_json("-", {"verdict": "complete"})
    assert json.loads(capsys.readouterr().out) == {"verdict": "complete"}


def test_what_only_the_sitemap_lists_is_named_by_type_with_the_reason_why_it_does_not_count():
    report = a_report(post={})
    report.sitemap = SitemapReport(
        listed=250,
        lacking=7,
        addresses=["https://h.org/film/m/"],
        by_type={"film": 4, "post": 2, "": 1},
        read=3,
        unread=0,
        requests=4,
        problems=[],
    )
    report.cut_short("sitemap", "https://h.org/a.xml", "https://h.org/b.xml")
    run = ended(report)
    assert run["cut"] == {
        "count": 2,
        "first": ["sitemap https://h.org/a.xml", "sitemap https://h.org/b.xml"],
    }
    table = report_table(run)
    for words in (
        "lacks 7: https://h.org/film/m/",
        "4 of type film, which this run did not read from the API; 2 of type post, in no list of",
        "1 of which the sitemap does not say the type",
        "a sitemap is no proof",
        "2 read only in part, longer than the limit: sitemap https://h.org/a.xml",
        "COMPLETE",
    ):
        assert words in table
