"""The decisions about documents that are seen again."""

import zlib
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wparchive.model.lifecycle import (
    LIFE_CYCLE_FIELDS,
    decide,
    head_fields,
    media_ref,
    merged_failures,
    merged_site,
    record_sha256,
    revision_of,
    state_fields,
    stored_time,
)
from wparchive.model.outcome import Outcome
from wparchive.model.storable import compress

HEAD = head_fields("terms")
T0 = datetime(2026, 1, 1, tzinfo=UTC)

events = st.lists(
    st.one_of(
        st.tuples(st.just("seen"), st.sampled_from("abc"), st.sampled_from("xyz")),
        st.tuples(st.sampled_from(["withdrawn", "deleted"]), st.none(), st.none()),
    ),
    max_size=12,
)


class Model:
    """One document under the decisions, as a backend carries them out."""

    def __init__(self) -> None:
        self.stored: dict[str, Any] | None = None
        self.revisions: dict[str, Any] = {}
        self.outcomes: list[Outcome] = []

    def seen(self, version: str, refresh: str, at: datetime) -> None:
        document = {
            "_id": "s/post/1",
            "site": "s",
            "type": "post",
            "id": 1,
            "version_hash": version,
            "refresh_hash": refresh,
            "cleaner_version": 1,
            "raw": b"",
        }
        decision = decide(self.stored and {name: self.stored[name] for name in HEAD}, document, at)
        if decision.keeps_revision:
            assert self.stored is not None
            revision = revision_of("posts", self.stored, at)
            self.revisions[revision["_id"]] = revision
        self.stored = (
            document | decision.fields if decision.writes else (self.stored or {}) | decision.fields
        )
        self.outcomes.append(decision.outcome)


def played(history: list[tuple[str, str, str]]) -> Model:
    model = Model()
    for step, (what, version, refresh) in enumerate(history):
        at = T0 + timedelta(hours=step)
        if what == "seen":
            model.seen(version, refresh, at)
        elif model.stored is not None and model.stored["state"] != what:
            model.stored |= state_fields(model.stored, what, at)
    return model


@given(events)
def test_every_version_but_the_last_is_a_revision(history):
    model = played(history)
    if model.stored is None:
        assert not any(what == "seen" for what, _, _ in history)
        return
    assert (
        model.stored["revision"]
        == len(model.revisions) + 1
        == 1 + model.outcomes.count(Outcome.CHANGED)
    )
    assert set(model.revisions) == {f"s/post/1#{n}" for n in range(1, model.stored["revision"])}
    assert set(LIFE_CYCLE_FIELDS) - {"raw_sha256", "unsteady"} <= model.stored.keys()
    spans = [(r["from_at"], r["until_at"]) for r in model.revisions.values()]
    assert all(end == start for (_, end), (start, _) in pairwise(spans))
    assert not spans or spans[-1][1] == model.stored["changed_at"]


@given(events, st.sampled_from("abc"), st.sampled_from("xyz"))
def test_seeing_the_same_twice_changes_nothing(history, version, refresh):
    once = played([*history, ("seen", version, refresh)])
    before = dict(once.stored or {})
    at = T0 + timedelta(days=99)
    once.seen(version, refresh, at)
    assert once.outcomes[-1] is Outcome.UNCHANGED
    assert once.stored == before


@given(events)
def test_times_keep_their_order(history):
    stored = played(history).stored
    if stored is not None:
        assert stored["first_seen_at"] <= stored["changed_at"] <= stored["last_seen_at"]
        assert stored["first_seen_at"] <= stored["state_since"]


@given(events, st.sampled_from("abc"))
def test_what_is_seen_is_live_and_says_when_it_returned(history, version):
    before = played(history).stored
    after = played([*history, ("seen", version, "x")]).stored
    assert after is not None
    assert after["state"] == "live"
    if before is not None and before["state"] == "live":
        assert after["state_since"] == before["state_since"]
    else:
        assert after["state_since"] == after["last_seen_at"]


def test_returned_says_that_it_was_gone():
    head = dict.fromkeys(HEAD) | {
        "version_hash": "a",
        "refresh_hash": "x",
        "state": "deleted",
        "revision": 1,
    }
    document = {"version_hash": "a", "refresh_hash": "x", "cleaner_version": 1}
    assert decide(head, document, T0).returned
    assert not decide(head | {"state": "live"}, document, T0).returned


def test_a_stored_time_is_utc_in_whole_milliseconds():
    assert stored_time(
        datetime(2026, 1, 1, 9, 0, 0, 123_999, tzinfo=timezone(timedelta(hours=9)))
    ) == datetime(2026, 1, 1, 0, 0, 0, 123_000, tzinfo=UTC)
    with pytest.raises(ValueError, match="no time zone"):
        stored_time(datetime(2026, 1, 1))


def test_failures_count_the_runs_that_met_them():
    def met(run: str, at: datetime = T0) -> Any:
        return {"_id": "f", "run": run, "first_at": at, "last_at": at, "attempts": 1}

    later = T0 + timedelta(days=1)
    (first,) = merged_failures({}, [met("r1"), met("r1", later)])
    assert (first["attempts"], first["first_at"], first["last_at"]) == (1, T0, later)
    (second,) = merged_failures({"f": first}, [met("r2", later)])
    assert (second["attempts"], second["first_at"]) == (2, T0)
    assert merged_failures({"f": second}, [met("r2", later)]) == [second]


def test_a_site_keeps_when_it_was_first_seen():
    site: Any = {"_id": "s", "name": "New", "first_seen_at": T0 + timedelta(days=1)}
    assert merged_site(None, site) == site
    assert merged_site({"first_seen_at": T0, "name": "Old"}, site) == site | {"first_seen_at": T0}


def test_a_reference_has_no_empty_extras():
    assert media_ref({"id": 1, "name": "N", "slug": "n"}) == {"id": 1, "name": "N", "slug": "n"}
    assert media_ref({"id": 1, "title": "T", "slug": "t", "url": "u", "alt": ""}) == {
        "id": 1,
        "name": "T",
        "slug": "t",
        "url": "u",
    }


@pytest.mark.parametrize("compressed", [compress, zlib.compress])
def test_a_record_has_the_hash_of_what_was_received_whatever_compressed_it(compressed: Any) -> None:
    record = b'{"id": 7, "content": "' + bytes(range(65, 91)) * 300 + b'"}'
    raw = compressed(record)
    assert record_sha256(raw) == sha256(record).hexdigest()
    for damaged in (raw[:-3], raw[:40], b"", b"{}"):
        assert record_sha256(damaged) == sha256(damaged).hexdigest()
