import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.run.report import (
    ARCHIVE,
    COMPLETE,
    ERROR,
    EXIT_STATUSES,
    FAILED,
    INTERRUPTED,
    PARTIAL,
    REASONS_MAX,
    USAGE,
    RunReport,
    printable,
    report_json,
    table,
)
from wparchive.backends.store import Outcome, Written
from wparchive.model.documents import Run, TypeReport

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
END = START + timedelta(seconds=90.5)
TRAFFIC = {"requests": 31, "retries": 2, "bytes": 3_481_200}
DOCS = (Path(__file__).parents[4] / "docs/report.md").read_text()


def report(finished=True, **types):
    """A run whose types are given as fields of their counts."""
    run = RunReport("h.org", START, {"site": "h.org"})
    for name, fields in types.items():
        count = run.count("posts", name)
        for field, value in ({"proof": "proved", "listed": 1, "new": 1} | fields).items():
            setattr(count, field, value)
    run.finished = finished
    return run


def test_complete_is_only_what_is_proved_archived_and_finished():
    assert report(post={}, page={"listed": 0, "new": 0}).verdict() == ("complete", COMPLETE, None)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"proof": ""}, "post: not walked"),
        ({"proof": "unproven: the total is smaller"}, "post: unproven: the total is smaller"),
        ({"proof": "skipped: closed to visitors"}, "post: skipped: closed to visitors"),
        ({"missing": 2, "reasons": ["post 5: fetch: 500"]}, "post: 2 missing (post 5: fetch: 500)"),
        ({"missing": 2}, "post: 2 missing (see failures)"),
        ({"listed": 3}, "post: 2 were listed and not archived; the log may say why"),
    ],
)
def test_what_keeps_a_run_from_being_complete(fields, reason):
    assert report(post=fields, page={}).verdict() == ("partial", PARTIAL, reason)


def test_a_doubt_about_the_whole_site_makes_it_partial():
    run = report(post={})
    run.doubts.append("/wp/v2/types cannot be read")
    assert run.verdict() == ("partial", PARTIAL, "/wp/v2/types cannot be read")


def test_many_reasons_are_counted():
    run = report(**{f"type{number}": {"proof": "unproven: x"} for number in range(5)})
    assert (
        run.verdict()[2] == "type0: unproven: x; type1: unproven: x; type2: unproven: x; and 2 more"
    )


def test_nothing_archived_is_failed():
    nothing = {"listed": 0, "new": 0}
    assert report(post=nothing | {"proof": "unproven: x"}).verdict() == (
        "failed",
        FAILED,
        "post: unproven: x",
    )
    assert report().verdict() == ("failed", FAILED, "the site lists nothing that can be archived")


def test_a_walk_that_ended_early_is_an_error():
    assert report(finished=False, post={}).verdict()[:2] == ("partial", ERROR)
    assert report(finished=False).verdict()[:2] == ("failed", ERROR)


@pytest.mark.parametrize(
    ("status", "with_objects", "without"),
    [
        (PARTIAL, PARTIAL, FAILED),
        (FAILED, PARTIAL, FAILED),
        (ARCHIVE, ARCHIVE, ARCHIVE),
        (INTERRUPTED, INTERRUPTED, INTERRUPTED),
        (USAGE, USAGE, USAGE),
    ],
)
def test_what_ended_the_run_decides(status, with_objects, without):
    full, empty = report(post={}), report()
    for run in (full, empty):
        run.stop(status, "first")
        run.stop(ERROR, "second")
    assert full.verdict() == ("partial", with_objects, "first")
    assert empty.verdict() == ("failed", without, "first")


COUNTS = st.fixed_dictionaries(
    {
        "proof": st.sampled_from(["proved", "", "unproven: x"]),
        "missing": st.integers(0, 2),
        "listed": st.integers(0, 3),
        "new": st.integers(0, 3),
        "unchanged": st.integers(0, 3),
    }
)


@given(
    st.dictionaries(st.sampled_from(["post", "page", "user"]), COUNTS),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_complete_never_lies(types, finished, doubt, stopped):
    run = report(finished, **types)
    if doubt:
        run.doubts.append("doubt")
    if stopped:
        run.stop(PARTIAL, "stopped")
    verdict, status, reason = run.verdict()
    assert (verdict == "complete") == (status == COMPLETE) == (reason is None)
    if verdict == "complete":
        assert finished
        assert types
        assert not doubt
        assert not stopped
        assert all(
            fields["proof"] == "proved" and not fields["missing"] for fields in types.values()
        )
        assert all(
            fields["new"] + fields["unchanged"] >= fields["listed"] for fields in types.values()
        )
    assert status in EXIT_STATUSES


def test_outcomes_are_counted():
    count = RunReport("h.org", START, {}).count("posts", "post")
    for outcome in (
        Outcome.NEW,
        Outcome.NEW,
        Outcome.CHANGED,
        Outcome.REFRESHED,
        Outcome.UNCHANGED,
        None,
    ):
        count.note(Written("h.org/post/1", outcome, returned=outcome is Outcome.CHANGED))
    assert (count.new, count.changed, count.refreshed, count.unchanged, count.returned) == (
        2,
        1,
        1,
        1,
        1,
    )
    assert count.written == 5


def test_a_taxonomy_with_the_name_of_a_type_is_counted_by_itself():
    run = RunReport("h.org", START, {})
    terms, posts = run.count("terms", "genre"), run.count("posts", "genre")
    terms.proof = "proved"
    assert posts is not terms
    assert run.count("posts", "genre") is posts
    assert list(run.types) == ["genre", "genre (posts)"]
    assert run.proved("terms", "genre")
    assert not run.proved("posts", "genre")


def test_reasons_are_bounded():
    count = RunReport("h.org", START, {}).count("posts", "post")
    for number in range(REASONS_MAX + 10):
        count.because(f"reason {number}")
    assert len(count.reasons) == REASONS_MAX


def test_a_run_that_goes_on_has_no_verdict_yet():
    run = report(post={}).document(None, TRAFFIC)
    assert (run["verdict"], run["exit_status"], run["finished_at"]) == ("running", None, None)
    assert run["_id"] == "h.org@2026-03-10T12:00:00.000Z"


def test_the_file_has_the_documented_fields():
    value = report_json(report(post={}).document(END, TRAFFIC))
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
    run = report(
        post={"missing": 1, "unchanged": 993, "reasons": example["types"]["post"]["reasons"]}
    )
    value = report_json(run.document(END, TRAFFIC))
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


def test_exit_statuses_are_documented():
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", DOCS, re.MULTILINE)
    assert {int(status): meaning for status, meaning in rows} == dict(EXIT_STATUSES)


def test_verdicts_are_documented():
    assert set(documented("Verdicts", 0)) == {"complete", "partial", "failed", "running"}


def test_the_table_for_people():
    run = report(
        post={"site_total": 1000, "held": 999, "reasons": ["post 5: fetch: 500"], "missing": 1},
        user={"proof": "skipped: closed", "new": 0, "listed": 0},
    )
    run.skipped += [
        {"name": "wp_block", "reason": "not content"},
        {"name": "nav_menu_item", "reason": "not content"},
    ]
    lines = table(run.document(END, TRAFFIC)).splitlines()
    assert lines[0].split() == [
        "type",
        "site",
        "held",
        "new",
        "changed",
        "unchanged",
        "withdrawn",
        "deleted",
        "hidden",
        "missing",
        "proof",
    ]
    assert lines[1].split() == ["post", "1000", "999", "1", "0", "0", "0", "0", "0", "1", "proved"]
    assert lines[2].split()[1:3] == ["?", "?"]
    assert "  post: post 5: fetch: 500" in lines
    assert "  not archived: wp_block, nav_menu_item (not content)" in lines
    assert lines[-2] == "31 requests (2 retries), 3.5 MB, 90.5 s, 0 failures"
    assert lines[-1].startswith("PARTIAL: h.org - post: 1 missing")


def test_the_table_adds_up_where_documents_were_rewritten():
    lines = table(
        report(post={"new": 1, "refreshed": 7}, user={"returned": 1}).document(END, TRAFFIC)
    ).splitlines()
    assert lines[0].split()[3:8] == ["new", "changed", "refreshed", "unchanged", "returned"]
    assert lines[1].split()[3:8] == ["1", "0", "7", "0", "0"]


def test_a_site_cannot_write_into_the_terminal():
    run = report(post={"reasons": ["\x1b[2J\x1b]0;owned\x07"], "missing": 1})
    run.stop(PARTIAL, "two\nlines\r\x9b")
    run.skipped.append({"name": "\x1b[1mx", "reason": "y"})
    assert all(line.isprintable() for line in table(run.document(END, TRAFFIC)).split("\n"))


@given(st.text())
def test_printable_keeps_the_length_and_what_can_be_shown(text):
    assert len(printable(text)) == len(text)
    assert printable(text).isprintable()
    assert printable("Grüße, 日本 🙂") == "Grüße, 日本 🙂"
