import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.run.proof import Proof, Scope
from crawler.run.verdict import EXIT_STATUSES, ExitStatus, Verdict, archive_is_lost, judge
from tests.runs import PROVED, a_report

DOCS = (Path(__file__).parents[4] / "docs/report.md").read_text()


PARTIAL, FAILED = ExitStatus.PARTIAL, ExitStatus.FAILED
UNPROVEN = Proof.unproven("x")
NOTHING = {"listed": 0, "new": 0}


def test_complete_is_only_what_is_proved_archived_and_finished():
    report = a_report(post={}, page=NOTHING)
    assert judge(report) == Verdict("complete", ExitStatus.COMPLETE)


def test_a_proof_of_a_smaller_scope_is_enough_for_its_strategy():
    report = a_report(post={"proof": Proof.proved(Scope("changes since yesterday"))})
    assert judge(report).name == "complete"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"proof": None}, "post: not walked"),
        ({"proof": Proof.unproven("it is short")}, "post: unproven: it is short"),
        ({"proof": Proof.skipped("closed")}, "post: skipped: closed"),
        ({"missing": 2, "reasons": ["post 5: fetch: 500"]}, "post: 2 missing (post 5: fetch: 500)"),
        ({"missing": 2}, "post: 2 missing (see failures)"),
        (
            {"held_before": 9, "held": 8, "new": 1},
            "post: 2 were held and are gone: something else writes to the archive",
        ),
        ({"listed": 3}, "post: 2 were listed and not archived; the log may say why"),
    ],
)
def test_what_keeps_a_run_from_being_complete(fields, reason):
    assert judge(a_report(post=fields, page={})) == Verdict("partial", PARTIAL, reason)


def test_a_doubt_about_the_whole_site_makes_it_partial():
    report = a_report(post={})
    report.doubts.append("/wp/v2/types cannot be read")
    assert judge(report) == Verdict("partial", PARTIAL, "/wp/v2/types cannot be read")


def test_many_reasons_are_counted():
    report = a_report(**{f"type{number}": {"proof": UNPROVEN} for number in range(5)})
    reasons = "type0: unproven: x; type1: unproven: x; type2: unproven: x"
    assert judge(report).reason == f"{reasons}; and 2 more"


def test_nothing_archived_is_failed():
    report = a_report(post=NOTHING | {"proof": UNPROVEN})
    assert judge(report) == Verdict("failed", FAILED, "post: unproven: x")
    reason = "the site lists nothing that can be archived"
    assert judge(a_report()) == Verdict("failed", FAILED, reason)


@pytest.mark.parametrize(("types", "name"), [({"post": {}}, "partial"), ({}, "failed")])
def test_a_walk_that_ended_early_is_an_error(types, name):
    verdict = judge(a_report(finished=False, **types))
    assert (verdict.name, verdict.exit_status) == (name, ExitStatus.ERROR)


@pytest.mark.parametrize(
    ("status", "with_objects", "without"),
    [
        (PARTIAL, PARTIAL, FAILED),
        (FAILED, PARTIAL, FAILED),
        (ExitStatus.ARCHIVE, ExitStatus.ARCHIVE, ExitStatus.ARCHIVE),
        (ExitStatus.INTERRUPTED, ExitStatus.INTERRUPTED, ExitStatus.INTERRUPTED),
        (ExitStatus.USAGE, ExitStatus.USAGE, ExitStatus.USAGE),
    ],
)
def test_what_ended_the_run_decides(status, with_objects, without):
    full = a_report(post={})
    empty = a_report()
    for report in (full, empty):
        report.stop(status, "first")
        report.stop(ExitStatus.ERROR, "second")
    assert judge(full) == Verdict("partial", with_objects, "first")
    assert judge(empty) == Verdict("failed", without, "first")


def test_only_a_lost_archive_is_lost():
    report = a_report(post={})
    assert not archive_is_lost(report)
    report.stop(ExitStatus.ARCHIVE, "gone")
    assert archive_is_lost(report)
    other = a_report()
    other.stop(PARTIAL, "x")
    assert not archive_is_lost(other)


COUNTS = st.fixed_dictionaries(
    {
        "proof": st.sampled_from([PROVED, None, UNPROVEN]),
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
    report = a_report(finished, **types)
    if doubt:
        report.doubts.append("doubt")
    if stopped:
        report.stop(PARTIAL, "stopped")
    verdict = judge(report)
    is_complete = verdict.name == "complete"
    assert is_complete == (verdict.exit_status == ExitStatus.COMPLETE) == (verdict.reason is None)
    assert verdict.exit_status in EXIT_STATUSES
    if is_complete:
        assert finished
        assert types
        assert not doubt
        assert not stopped
        assert all(fields["proof"] is PROVED for fields in types.values())
        assert not any(fields["missing"] for fields in types.values())
        assert all(part["new"] + part["unchanged"] >= part["listed"] for part in types.values())


def test_exit_statuses_are_documented():
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", DOCS, re.MULTILINE)
    assert {int(status): meaning for status, meaning in rows} == dict(EXIT_STATUSES)
