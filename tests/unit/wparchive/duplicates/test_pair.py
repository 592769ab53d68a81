"""Pairs: which post is the copy, what titles and declared addresses change, which marks follow."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipelines.fingerprint import EMPTY, content_fingerprint
from wparchive.duplicates import OriginalCandidate
from wparchive.duplicates.evidence import ComparablePost
from wparchive.duplicates.groups import Copy, flows, grouped
from wparchive.duplicates.mark_new import best_marks
from wparchive.duplicates.original import spellings
from wparchive.duplicates.pair import Pair, compare_posts
from wparchive.duplicates.summary import NO_TEXT, PostContent, PostSummary
from wparchive.model.document_parts import Duplicate

NOW = datetime(2025, 1, 1, tzinfo=UTC)
STORY = " ".join(f"word{number}" for number in range(200))
OTHER = " ".join(f"other{number}" for number in range(200))


def entry(
    key: str, text: str, days: int = 0, duplicate: Duplicate | None = None, **fields: Any
) -> PostSummary:
    member = OriginalCandidate(
        key,
        fields.get("link", f"https://{key}"),
        fields.get("canonical"),
        NOW - timedelta(days=days),
        len(text.split()),
    )
    return PostSummary(
        member,
        key.partition("/")[0],
        fields.get("title", "Title"),
        content_fingerprint(text),
        [],
        duplicate,
    )


def related(a: tuple[PostSummary, str], b: tuple[PostSummary, str]) -> Pair | None:
    one, other = (ComparablePost(post, PostContent(text)) for post, text in (a, b))
    there = compare_posts(one, other, NOW)
    assert there == compare_posts(other, one, NOW)
    return there


def pair(text_a: str, text_b: str, **fields: Any) -> Pair | None:
    """Of an older post x/post/1 and a newer one y/post/2 with these fields."""
    return related(
        (entry("x/post/1", text_a, days=5), text_a), (entry("y/post/2", text_b, **fields), text_b)
    )


def test_translations_of_one_post_repeat_nothing_even_where_they_are_not_translated() -> None:
    german = replace(entry("x/post/1", STORY, days=5), translations=frozenset({"x/post/2"}))
    french = entry("x/post/2", STORY, link="https://x/fr", canonical="https://x/post/1")
    assert related((german, STORY), (french, STORY)) is None
    assert related((german, STORY), (entry("x/post/3", STORY), STORY)) is not None


def test_the_later_post_is_the_copy() -> None:
    exact = Pair("y/post/2", "x/post/1", "exact", 1.0, 1.0, False, 200, 200)
    assert pair(STORY, STORY) == exact


def test_an_excerpt_and_an_extended_version() -> None:
    found = pair(STORY, " ".join(STORY.split()[:100]))
    assert found is not None
    assert found.mark().get("direction") == "excerpt"
    found = pair(STORY, f"{OTHER} {STORY}")
    assert found is not None
    assert found.mark().get("direction") == "extended"


def test_who_declares_the_other_canonical_is_the_copy_whatever_the_dates() -> None:
    found = pair(STORY, STORY, days=9, canonical="http://www.x/post/1/")
    assert found is not None
    assert (found.copy, found.kind) == ("y/post/2", "canonical")


def test_a_declared_address_counts_for_short_texts_and_not_for_unrelated_long_ones() -> None:
    found = pair(STORY, "Read the whole story there.", canonical="https://x/post/1")
    assert found is not None
    assert found.kind == "canonical"
    assert pair(STORY, OTHER, canonical="https://x/post/1") is None


@pytest.mark.parametrize(("title", "kind"), [("TITLE", "exact"), ("Another day", None)])
def test_short_equal_texts_need_equal_titles(title: str, kind: str | None) -> None:
    found = pair("Watch the video.", "Watch the video.", title=title)
    assert (found.kind if found else None) == kind


def test_a_post_without_text_repeats_nothing() -> None:
    assert entry("a/post/1", "Short.").has_text
    assert not entry("a/post/1", "").has_text
    assert NO_TEXT == EMPTY


def test_of_several_originals_the_closest_is_marked() -> None:
    entries = {
        key: entry(key, STORY, days)
        for key, days in (("a/post/1", 9), ("b/post/1", 8), ("c/post/1", 7), ("d/post/1", 1))
    }
    found = [
        Pair("d/post/1", "a/post/1", "related", 0.5, 0.6, False),
        Pair("d/post/1", "b/post/1", "near", 0.8, 0.9, False),
        Pair("d/post/1", "c/post/1", "near", 0.8, 0.9, False),
    ]
    assert best_marks(found, entries, NOW) == {
        "d/post/1": {"of": "b/post/1", "kind": "near", "jaccard": 0.8, "containment": 0.9}
        | {"own_words": 0, "shared_words": 0}
    }


def test_spellings_of_an_address() -> None:
    assert len(spellings("https://example.com/a")) == 8
    assert "http://www.example.com/a/" in spellings("https://example.com/a#x")
    assert spellings("https://example.com/") == spellings(None) == frozenset()


def copy_of(original: PostSummary, key: str, hours: float) -> Copy:
    mark = Duplicate(of=original.key, kind="near", jaccard=0.9, containment=0.9)
    assert original.candidate.published_at is not None
    return Copy(_at(key, original.candidate.published_at, hours), mark, original)


def _at(key: str, published: datetime, hours: float) -> PostSummary:
    member = OriginalCandidate(key, None, None, published + timedelta(hours=hours), 200)
    return PostSummary(member, key.partition("/")[0], "Title", "", [], None)


def test_groups_and_flows_between_sites() -> None:
    a, b = entry("a/post/1", STORY, 30), entry("a/post/2", OTHER, 30)
    found = [
        copy_of(a, "b/post/2", 5),
        copy_of(a, "b/post/1", 1),
        copy_of(b, "b/post/3", 3),
        copy_of(a, "a/post/9", 2),
    ]
    groups = grouped(found)
    assert [(group.original, [copy.post.key for copy in group.copies]) for group in groups] == [
        ("a/post/1", ["b/post/1", "a/post/9", "b/post/2"]),
        ("a/post/2", ["b/post/3"]),
    ]
    assert groups[0].sites == ["a", "b"]
    (flow,) = flows(found)
    assert (flow.source, flow.target, flow.copies, flow.median_delay) == (
        "a",
        "b",
        3,
        timedelta(hours=3),
    )
