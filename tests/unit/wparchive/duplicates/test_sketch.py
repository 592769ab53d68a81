"""The sketch: stable, blind to presentation, shared by excerpts, and of bounded size."""

import random
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.texts import MIXED
from wparchive.duplicates import sketch
from wparchive.duplicates.compare.shingles import sampled_hashes, shingle_hashes
from wparchive.text.normalise import normalise
from wparchive.text.words import words

VOCABULARY = [f"word{n}" for n in range(3000)]


def prose(seed: int, length: int) -> str:
    return " ".join(random.Random(seed).choices(VOCABULARY, k=length))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("don't stop, 3 times", ["don", "t", "stop", "3", "times"]),
        ("snake_case", ["snake", "case"]),
        ("हिन्दी में है।", ["हिन्दी", "में", "है"]),
        ("日本語 text", ["日", "本", "語", "text"]),
        ("ภาษาไทยที่", ["ภา", "ษา", "ไท", "ย", "ที่"]),
        ("ភាសាខ្មែរ", ["ភា", "សា", "ខ្មែ", "រ"]),
        ("မြန်မာ", ["မြ", "န်", "မာ"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(MIXED)
@settings(max_examples=500)
def test_words_are_found_alike_in_simple_and_in_other_texts(text: str) -> None:
    normalised = normalise(text)
    assert words(normalised) == words(
        f"{normalised}\n\u0300"
    )  # a lone accent is no word, but with it the whole rule has to be applied


@given(st.text(st.characters(codec="ascii")))
def test_words_of_ascii_are_runs_of_letters_and_digits(text: str) -> None:
    assert words(text.lower()) == re.findall("[a-z0-9]+", text.lower())


def test_sketch_of_a_known_text_never_changes_within_a_version() -> None:
    assert sketch(prose(1, 120))[:3] == [
        1983136358298991360,
        2708813241594588066,
        2751277173470117578,
    ]


def test_sketch_is_the_same_in_another_process() -> None:
    code = "from wparchive.duplicates import sketch; print(sketch(' '.join(f'w{n}' for n in range(400))))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7"},
    )
    assert run.stdout.strip() == str(sketch(" ".join(f"w{n}" for n in range(400))))


@settings(deadline=None)
@given(st.text())
def test_sketch_is_total_sorted_unique_and_signed_64_bit(text: str) -> None:
    keys = sketch(text * 20)
    assert keys == sorted(set(keys))
    assert all(-(1 << 63) <= key < 1 << 63 for key in keys)


def test_lone_surrogates_are_words_like_any_other() -> None:
    assert sketch("\ud800 " + prose(2, 200))


def test_texts_under_50_words_have_no_sketch() -> None:
    assert sketch(prose(3, 49)) == []
    assert len(sketch(prose(3, 50))) == 46


@pytest.mark.parametrize("length", [60, 120, 250, 500, 1000, 3000])
def test_number_of_keys_suits_the_length(length: int) -> None:
    assert 25 <= len(sketch(prose(4, length))) <= max(80, length / 16 * 1.4)


def test_a_book_has_a_bounded_number_of_keys() -> None:
    assert 1024 <= len(sketch(prose(5, 100_000))) <= 2048


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(50, 900))
def test_presentation_does_not_matter(seed: int, length: int) -> None:
    plain = prose(seed, length)
    dressed = (
        plain.replace(" ", "\n\n", 5).replace("word1", "\u200bWord1").replace("3 ", "3\u201d ")
    )
    assert sketch(dressed) == sketch(plain)


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_keys_of_an_excerpt_are_keys_of_the_whole(seed: int) -> None:
    text = prose(seed, 2000).split()
    assert set(sketch(" ".join(text[300:1300]))) <= set(sketch(" ".join(text)))


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_unrelated_texts_share_nothing(seed: int) -> None:
    assert not set(sketch(prose(seed, 800))) & set(sketch(prose(seed + 5000, 800)))


def test_chinese_is_sketched_by_the_character() -> None:
    text = "".join(chr(0x4E00 + random.Random(n).randrange(3000)) for n in range(300))
    assert len(sketch(text)) >= 25
    assert set(sketch(text)) & set(sketch(text[:150] + "改" + text[150:]))


@settings(deadline=None)
@given(st.lists(st.sampled_from(VOCABULARY), max_size=60), st.integers(1, 5))
def test_shingle_hashes_agree_with_hashing_one_run_at_a_time(text: list[str], size: int) -> None:
    one_by_one = [
        shingle_hashes(text[start : start + size], size)[0] for start in range(len(text) - size + 1)
    ]
    assert list(shingle_hashes(text, size)) == one_by_one


@given(
    st.lists(st.text("ab漢", min_size=1, max_size=2), max_size=60),
    st.integers(1, 5),
    st.sampled_from([1, 2, 4, 8, 16, 256]),
)
def test_a_sample_is_what_the_divisor_divides(text: list[str], size: int, divisor: int) -> None:
    divided = {number for number in shingle_hashes(text, size) if number % divisor == 0}
    assert {number % (1 << 64) for number in sampled_hashes(text, size, divisor)} == divided
    assert all(-(1 << 63) <= number < 1 << 63 for number in sampled_hashes(text, size, divisor))


def test_normalising_first_changes_nothing() -> None:
    assert sketch(normalise("Curly ’ " + prose(7, 90))) == sketch("Curly ’ " + prose(7, 90))
