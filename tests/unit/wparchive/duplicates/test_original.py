"""The original of a cluster, rule by rule."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from wparchive.duplicates import OriginalCandidate, choose_original
from wparchive.duplicates.original import page_address, precedence

NOW = datetime(2025, 6, 1, tzinfo=UTC)


def member(
    key: str,
    days: int | None = 0,
    words: int = 100,
    link: str | None = None,
    canonical: str | None = None,
) -> OriginalCandidate:
    published = None if days is None else NOW - timedelta(days=days)
    return OriginalCandidate(
        key, link or f"https://{key}.example/post", canonical, published, words
    )


@pytest.mark.parametrize(
    ("members", "original", "reason"),
    [
        ([member("a", 1), member("b", 9)], "b", "earliest"),
        (
            [
                member("a", 1),
                member("b", 9),
                member("c", 3, canonical="http://www.a.example/post/#top"),
            ],
            "a",
            "declared",
        ),
        ([member("a", 1, canonical="https://a.example/post"), member("b", 9)], "b", "earliest"),
        (
            [member("a", 1, canonical="https://elsewhere.example/x"), member("b", 9)],
            "b",
            "earliest",
        ),
        ([member("a", 20_250), member("b", 2)], "b", "earliest"),
        ([member("a", -30), member("b", 2)], "b", "earliest"),
        ([member("a", None), member("b", 2)], "b", "earliest"),
        ([member("a", 2, 100), member("b", 2, 300)], "b", "longest"),
        ([member("b", 2), member("a", 2)], "a", "smallest key"),
        ([member("a", None)], "a", "smallest key"),
    ],
)
def test_rules_in_their_order(members: list[OriginalCandidate], original: str, reason: str) -> None:
    for ordered in permutations(members):
        chosen, why = choose_original(ordered, NOW)
        assert (chosen.key, why) == (original, reason)


def test_of_several_declared_the_most_declared_wins() -> None:
    members = [
        member("a"),
        member("b"),
        *(member(key, canonical="https://b.example/post") for key in "cd"),
        member("e", canonical="https://a.example/post"),
    ]
    assert choose_original(members, NOW)[0].key == "b"


def test_precedence_is_total() -> None:
    assert precedence(member("a", 1), NOW) > precedence(member("b", 2), NOW)
    assert precedence(member("a", None), NOW) > precedence(member("b", 1), NOW)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.Example.com/a/", "example.com/a"),
        ("http://example.com/a#x", "example.com/a"),
        ("https://example.com/?p=3", "example.com?p=3"),
        ("https://example.com/", None),
        ("not a url", None),
        ("http://[broken", None),
        (None, None),
    ],
)
def test_address(url: str | None, expected: str | None) -> None:
    assert page_address(url) == expected
