import pytest

from crawler.run.proof import Proof, Scope
from crawler.run.report import REASONS_MAX, RunReport
from tests.runs import NOW, PROVED, a_report
from wparchive.model.outcome import Outcome, Written


def test_outcomes_are_counted():
    count = RunReport("h.org", NOW, {}).count("posts", "post")
    outcomes = (
        Outcome.NEW,
        Outcome.NEW,
        Outcome.CHANGED,
        Outcome.REFRESHED,
        Outcome.UNCHANGED,
        None,
    )
    for id_, outcome in enumerate(outcomes, 1):
        count.note(id_, Written("h.org/post/1", outcome, returned=outcome is Outcome.CHANGED))
    assert (count.new, count.changed, count.refreshed, count.unchanged, count.returned) == (
        2,
        1,
        1,
        1,
        1,
    )
    assert count.written == 5


def test_an_object_that_is_shown_twice_counts_once():
    count = RunReport("h.org", NOW, {}).count("posts", "post")
    for outcome in (Outcome.NEW, Outcome.UNCHANGED, Outcome.CHANGED, Outcome.UNCHANGED):
        count.note(7, Written("h.org/post/7", outcome))
    assert (count.new, count.changed, count.unchanged, count.written) == (1, 1, 0, 1)
    count.listed = 2
    assert count.listed > count.written


@pytest.mark.parametrize(
    ("fields", "lost"),
    [
        ({"held": 12, "new": 2}, 0),
        ({"held": 11, "new": 2}, 1),
        ({"held": 11, "new": 2, "deleted": 1}, 0),
        ({"held": 0, "returned": 1, "withdrawn": 3}, 8),
        ({"held": 15}, 0),
        ({"held": None}, 0),
    ],
)
def test_what_was_held_and_is_gone_is_counted(fields, lost):
    count = RunReport("h.org", NOW, {}).count("posts", "post")
    count.held_before = 10
    for name, value in fields.items():
        setattr(count, name, value)
    assert count.lost_again == lost


def test_two_types_of_one_name_are_counted_and_named_apart():
    report = RunReport("h.org", NOW, {})
    terms, posts = report.count("terms", "genre"), report.count("posts", "genre")
    assert posts is not terms
    assert report.count("posts", "genre") is posts
    assert [name for name, _ in report.named_types()] == ["genre", "genre (posts)"]


def test_a_proof_covers_ids_of_its_own_type_only():
    report = a_report(post={"proof": Proof.proved(Scope.everything(9))})
    assert report.proof_covers("posts", "post", 9)
    assert not report.proof_covers("posts", "post", 10)
    assert not report.proof_covers("terms", "post", 9)
    assert not a_report(post={"proof": None}).proof_covers("posts", "post", 9)


def test_what_is_expected_grows_with_what_is_listed():
    types = {"post": {"expected": 5, "listed": 7}, "page": {"expected": 3}, "user": {}}
    assert a_report(**types).expected == 7 + 3 + 1


def test_the_public_counts_carry_proof_and_scope():
    counts = a_report(post={}, page={"proof": Proof.unproven("x")}, user={"proof": None}).types
    shown = [(part["proof"], part["scope"]) for part in (each.public() for each in counts.values())]
    assert shown == [("proved", "everything"), ("unproven: x", None), ("", None)]
    assert PROVED.holds


def test_reasons_are_bounded():
    count = RunReport("h.org", NOW, {}).count("posts", "post")
    for number in range(REASONS_MAX + 10):
        count.because(f"reason {number}")
    assert len(count.reasons) == REASONS_MAX
