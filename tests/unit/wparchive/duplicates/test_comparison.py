"""Comparing two texts: symmetric, deterministic, blind to presentation.

It is right about which text holds the other.
"""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wparchive.duplicates import Comparison, classify, compare
from wparchive.duplicates.compare.facts import names_and_numbers

VOCABULARY = [
    f"word{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(3000)
]
seeds = st.integers(0, 10_000)


def prose(seed: int, length: int) -> str:
    return " ".join(random.Random(seed).choices(VOCABULARY, k=length))


def edited(text: str, rate: float, seed: int) -> str:
    rng = random.Random(seed)
    return " ".join(
        rng.choice(VOCABULARY) if rng.random() < rate else word for word in text.split()
    )


def mirrored(found: Comparison) -> tuple[float, float, float, float, object]:
    return found.jaccard, found.containment, found.coverage, found.coverage_of_longer, found.kind


texts = st.one_of(
    st.text(max_size=300),
    st.builds(prose, seeds, st.integers(0, 200)),
    st.builds(
        lambda seed, share: prose(seed % 3, 200)[: int(share * 1000)], seeds, st.floats(0, 1)
    ),
)


@settings(deadline=None)
@given(texts, texts)
def test_symmetric(a: str, b: str) -> None:
    there, back = compare(a, b), compare(b, a)
    assert mirrored(there) == mirrored(back)
    assert there.shorter != back.shorter or mirrored(there)[:4] == (1.0, 1.0, 1.0, 1.0)


@settings(deadline=None)
@given(texts, texts)
def test_figures_are_shares_and_in_order(a: str, b: str) -> None:
    found = compare(a, b)
    assert 0 <= found.jaccard <= found.containment <= 1
    assert 0 <= found.coverage <= 1
    assert 0 <= found.coverage_of_longer <= 1


@settings(deadline=None)
@given(texts)
def test_a_text_is_an_exact_copy_of_itself_and_an_empty_one_of_nothing(text: str) -> None:
    assert compare(text, f"  {text}\n").kind == ("exact" if compare(text, text).kind else None)
    assert compare("", " ").kind is None


def test_equal_short_texts_are_exact_and_similar_ones_nothing() -> None:
    assert compare("Closed on Monday.", "closed  on Monday.").kind == "exact"
    assert compare(prose(1, 39), prose(1, 38)).kind is None


@settings(deadline=None)
@given(seeds, st.integers(60, 900))
def test_presentation_does_not_matter(seed: int, length: int) -> None:
    text = prose(seed, length)
    assert compare(text, text.replace(" ", "\u00a0\u200b", 9).upper()).kind == "exact"


@settings(max_examples=30, deadline=None)
@given(seeds, st.integers(100, 900), st.floats(0.01, 0.05))
def test_a_few_edited_words_make_a_near_copy(seed: int, length: int, rate: float) -> None:
    text = prose(seed, length)
    assert compare(text, edited(text, rate, seed)).kind in {"near", "exact"}


@settings(max_examples=30, deadline=None)
@given(seeds, st.integers(400, 900))
def test_words_edited_all_over_are_still_found(seed: int, length: int) -> None:
    text = prose(seed, length)
    assert compare(text, edited(text, 0.15, seed)).kind in {"near", "contained", "related"}


@settings(max_examples=30, deadline=None)
@given(seeds, st.integers(300, 900), st.floats(0.2, 0.7), st.booleans())
def test_an_excerpt_is_contained_and_is_the_shorter(
    seed: int, length: int, share: float, from_the_end: bool
) -> None:
    words = prose(seed, length).split()
    cut = words[-int(length * share) :] if from_the_end else words[: int(length * share)]
    found = compare(" ".join(words), " ".join(cut))
    assert (found.kind, found.shorter) == ("contained", "b")


@settings(max_examples=30, deadline=None)
@given(seeds, st.floats(0.05, 0.35))
def test_a_text_that_quotes_is_no_duplicate(seed: int, share: float) -> None:
    quoted = prose(seed, 400).split()[: int(400 * share)]
    assert (
        compare(
            prose(seed, 400), prose(seed + 20_000, 400 - len(quoted)) + " " + " ".join(quoted)
        ).kind
        is None
    )


@settings(deadline=None)
@given(seeds, st.integers(50, 500))
def test_unrelated_texts(seed: int, length: int) -> None:
    found = compare(prose(seed, length), prose(seed + 20_000, 300))
    assert found.kind is None
    assert found.containment < 0.1


WEATHER = (
    "The weather in {} will be mild today with a high of {} degrees and a low of {} degrees. "
    "Winds from the {} reach {} km an hour by evening. The chance of rain stands at {} per cent, "
    "and the sun sets at {} in {}. Drivers should allow for mist before dawn, says the office in "
    "{}, and take an umbrella if they plan to stay out for long after work."
)


def test_a_template_with_other_facts_is_another_article() -> None:
    monday = WEATHER.format("Leeds", 12, 4, "north", 31, 70, "17:02", "Yorkshire", "Bradford")
    tuesday = WEATHER.format("Kendal", 9, 1, "west", 44, 15, "17:05", "Cumbria", "Penrith")
    assert compare(monday, tuesday).containment > 0.5
    assert compare(monday, tuesday).kind is None
    assert compare(monday, monday.replace("mild", "fair").replace("31", "33")).kind == "near"


def test_facts_are_numbers_and_capitalised_words_within_sentences() -> None:
    assert names_and_numbers("The town of Leeds paid 1,200.50 to ACME. Nobody said why.") == {
        "leeds",
        "1",
        "200",
        "50",
        "acme",
    }
    assert names_and_numbers("東京で3人がPythonを学ぶ") == {"3", "python"}


@pytest.mark.parametrize(
    ("figures", "kind"),
    [
        ((0.95, 1.0, 0.95), "near"),
        ((0.6, 0.9, 0.8), "near"),
        ((0.6, 0.9, 0.79), "contained"),
        ((0.6, 0.8, 0.1), "contained"),
        ((0.5, 0.79, 0.9), "related"),
        ((0.3, 0.7, 0.9), "related"),
        ((0.49, 0.69, 0.69), None),
        ((0.2, 0.9, 0.9), None),
    ],
)
def test_classes(figures: tuple[float, float, float], kind: str | None) -> None:
    assert classify(*figures) == kind
