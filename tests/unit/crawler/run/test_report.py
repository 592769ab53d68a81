from crawler.run.proof import Proof, Scope
from crawler.run.report import REASONS_MAX, RunReport
from tests.runs import NOW, PROVED, a_report
from wparchive.model.outcome import Outcome, Written


def test_outcomes_are_counted():
    count = RunReport("h.org", NOW, {}).count("posts", "post")
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
