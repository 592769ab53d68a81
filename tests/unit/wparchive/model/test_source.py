"""Telling what a site changed from what a new cleaner made of the same."""

import json
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samples.documents import author, comment, media, post, term
from wparchive.model.lifecycle import decide, refreshed_instead
from wparchive.model.outcome import Outcome
from wparchive.model.source import bare_text, made_by_cleaner, same_source
from wparchive.model.storable import compress

T1 = datetime(2026, 1, 1, tzinfo=UTC)
T2 = datetime(2026, 1, 2, tzinfo=UTC)


def record(content: str, title: str = "Title", **more: object) -> bytes:
    return compress(
        json.dumps(
            {
                "id": 1,
                "title": {"rendered": title},
                "content": {"rendered": content},
                "excerpt": {"rendered": ""},
                **more,
            }
        ).encode()
    )


def one(raw: bytes, text: str, cleaner: int, **fields: object) -> dict[str, object]:
    return post(1, text, raw=raw, cleaner_version=cleaner, **fields)


def fate(stored, seen) -> Outcome:
    """What becomes of a document, as `save_batch` decides it."""
    stored = {**stored, **decide(None, stored, T1).fields}
    decision = decide(stored, seen, T2)
    if decision.keeps_revision and made_by_cleaner("posts", stored, seen):
        decision = refreshed_instead(decision, stored, T2)
    assert not decision.returned
    assert decision.fields.get("last_seen_at") == (T2 if decision.writes else None)
    if decision.outcome is Outcome.REFRESHED:
        assert (decision.fields["revision"], decision.fields["changed_at"]) == (1, T1)
    return decision.outcome


SAME = record("<p>Words &amp; more</p>")


@pytest.mark.parametrize(
    ("stored", "seen", "outcome"),
    [
        (one(SAME, "a", 1), one(SAME, "a", 1), Outcome.UNCHANGED),
        (one(SAME, "a", 1), one(SAME, "b", 1), Outcome.CHANGED),
        (one(SAME, "a", 1), one(SAME, "b", 2), Outcome.REFRESHED),
        (one(SAME, "a", 1), one(SAME, "a", 2), Outcome.REFRESHED),
        (one(SAME, "a", 0), one(SAME, "b", 1), Outcome.REFRESHED),
        # Other markup around the same words is no edit.
        (one(SAME, "a", 1), one(record("<div>Words\n&#38; more</div>"), "b", 2), Outcome.REFRESHED),
        (one(SAME, "a", 1), one(record("<p>Words & less</p>"), "b", 2), Outcome.CHANGED),
        (one(SAME, "a", 1), one(record("<p>Words &amp; more</p>", "T"), "b", 2), Outcome.CHANGED),
        # What the cleaner has no part in makes a version as ever.
        (one(SAME, "a", 1), one(SAME, "b", 2, slug="other"), Outcome.CHANGED),
        (one(SAME, "a", 1), one(SAME, "b", 2, protected=True), Outcome.CHANGED),
        (
            one(SAME, "a", 1),
            one(SAME, "b", 2, tags=[{"id": 3, "name": "T", "slug": "t"}]),
            Outcome.CHANGED,
        ),
        # A record that cannot be read may have been edited.
        (one(compress(b"{"), "a", 1), one(compress(b"{ "), "b", 2), Outcome.CHANGED),
        (one(compress(b"{"), "a", 1), one(compress(b"{"), "b", 2), Outcome.REFRESHED),
        (one(b"", "a", 1), one(SAME, "b", 2), Outcome.CHANGED),
    ],
)
def test_only_the_site_makes_a_new_version(stored, seen, outcome):
    assert fate(stored, seen) is outcome


def test_a_document_without_a_cleaner_version_is_of_version_0():
    stored = one(SAME, "a", 1)
    del stored["cleaner_version"]
    assert fate(stored, one(SAME, "b", 1)) is Outcome.REFRESHED


def test_a_name_that_was_resolved_since_is_no_edit():
    stored = one(SAME, "a", 1, tags=[{"id": 3, "name": None, "slug": None}])
    assert fate(stored, one(SAME, "b", 2, tags=[{"id": 3, "name": "T", "slug": "t"}])) is (
        Outcome.REFRESHED
    )


@pytest.mark.parametrize(
    ("kind", "document", "field"),
    [
        ("posts", post(1), "title"),
        ("terms", term(1, "A"), "name"),
        ("authors", author(1, "A"), "description"),
        ("media", media(1), "caption"),
        ("comments", comment(1, 2), "content"),
    ],
)
def test_every_kind_has_a_source(kind, document, field):
    def of(text):
        return document | {"raw": compress(json.dumps({field: text}).encode())}

    assert same_source(kind, of("<b>A</b> b"), of({"rendered": "A\n<i>b</i>"}))
    assert not same_source(kind, of("A"), of("B"))


words = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)
tags = st.sampled_from(["<p>", "</p>", '<a href="x">', "<br/>", "<!-- note -->", "</b>"])


@given(st.lists(words, max_size=6), st.data())
def test_markup_makes_no_difference(parts, data):
    marked = "".join(f"{data.draw(tags)} {part} {data.draw(tags)} " for part in parts)
    assert bare_text(marked) == bare_text(" ".join(parts))


@given(st.lists(words, min_size=1, max_size=6), st.data())
def test_every_edit_of_a_word_shows(parts, data):
    place = data.draw(st.integers(0, len(parts) - 1))
    edited = [*parts[:place], parts[place] + "x", *parts[place + 1 :]]
    assert bare_text("<p>" + " ".join(parts)) != bare_text("<p>" + " ".join(edited))


@given(st.text(), st.text())
def test_the_decision_is_the_same_in_both_directions(before, after):
    stored = one(record(before), "a", 1)
    seen = one(record(after), "b", 2)
    assert same_source("posts", stored, seen) == same_source("posts", seen, stored)
    assert same_source("posts", stored, seen) == (bare_text(before) == bare_text(after))


def test_what_is_not_shown_is_no_content():
    assert bare_text("a<script>nonce=1</script> b<style>.x{}</style>") == "a b"
    assert bare_text("1 < 2 <b>x</b> &lt;p&gt;") == "1 < 2 x <p>"


sightings = st.lists(
    st.tuples(st.sampled_from(["one", "two", "three"]), st.integers(0, 3)), min_size=1, max_size=8
)


@given(sightings)
def test_history_follows_the_source_whatever_the_cleaners(seen):
    """A cleaner makes another text of each source, and of the same source another than the last."""
    stored = None
    revisions = 0
    for content, cleaner in seen:
        document = one(record(content), f"{content} by {cleaner}", cleaner)
        decision = decide(stored, document, T2)
        if decision.keeps_revision and made_by_cleaner("posts", stored, document):
            decision = refreshed_instead(decision, stored, T2)
        revisions += decision.keeps_revision
        if decision.writes:
            stored = {**document, **decision.fields}
    edits = sum(before != after for (before, _), (after, _) in pairwise(seen))
    assert revisions == edits
    assert (stored["text"], stored["revision"]) == (f"{content} by {cleaner}", 1 + edits)
