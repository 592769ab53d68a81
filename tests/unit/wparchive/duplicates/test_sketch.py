"""The sketch: stable, blind to presentation, shared by excerpts, and of bounded size."""

import random
import re
import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.texts import MIXED
from wparchive.duplicates import sketch
from wparchive.duplicates.compare.shingles import FastWordHashes, SlowWordHashes, hash_words
from wparchive.duplicates.compare.sketch import shared_part
from wparchive.text.normalise import normalise
from wparchive.text.words import words, words_slowly

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
    assert words(normalised) == words_slowly(normalised)


@given(st.text(st.characters(codec="ascii")))
def test_words_of_ascii_are_runs_of_letters_and_digits(text: str) -> None:
    assert words(text.lower()) == re.findall("[a-z0-9]+", text.lower())


def test_sketch_of_a_known_text_never_changes_within_a_version() -> None:
    assert sketch(prose(1, 120))[:3] == [
        -9022065460141302312,
        -8865590334339037938,
        -8169127376694405180,
    ]


def test_sketch_is_the_same_in_another_process() -> None:
    code = (
        "from wparchive.duplicates import sketch\n"
        "print(sketch(' '.join(f'w{n}' for n in range(400))))"
    )
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


def test_texts_under_40_words_have_no_sketch() -> None:
    assert sketch(prose(3, 39)) == []
    assert len(sketch(prose(3, 40))) == 36


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


SIZES = st.integers(1, 5)
JOINED = st.lists(st.text("ab漢", min_size=1, max_size=2), max_size=60).map(" ".join)


@settings(deadline=None, max_examples=500)
@given(MIXED | st.text() | JOINED, SIZES, st.sampled_from([1, 2, 4, 8, 16, 256]))
@example("", 3, 1)
@example("a", 1, 1)
@example("\ud800 \U0001f600 𠮷野家 \U000e0041 x", 1, 1)
@example("हिन्दी में है। ภาษาไทยที่ 漢字", 2, 1)
def test_the_fast_way_gives_the_same_hashes(text: str, size: int, divisor: int) -> None:
    normalised = normalise(text)
    fast, slow = FastWordHashes(normalised), SlowWordHashes(normalised)
    assert (fast.count, fast.spaceless) == (slow.count, slow.spaceless)
    assert fast.shingles(size) == slow.shingles(size)
    assert fast.sampled(size, divisor) == slow.sampled(size, divisor)


@pytest.mark.parametrize("plane", range(4))
def test_the_fast_way_finds_the_same_words_among_all_characters(plane: int) -> None:
    for start in range(plane << 16, plane + 1 << 16, 1 << 12):
        text = "x ".join(map(chr, range(start, start + (1 << 12))))
        assert FastWordHashes(text).shingles(1) == SlowWordHashes(text).shingles(1), hex(start)


@pytest.mark.parametrize("length", [7, 8, 9, 16, 17, 63, 64, 65, 66, 1000])
@pytest.mark.parametrize("letter", ["a", "é", "ж"])
def test_words_of_any_length_are_hashed_alike(letter: str, length: int) -> None:
    text = f"b {letter * length} {letter * length}b c漢"
    assert FastWordHashes(text).shingles(1) == SlowWordHashes(text).shingles(1)
    assert len(set(hash_words(text).shingles(1))) == 5


def test_numpy_does_the_hashing_where_it_is_installed() -> None:
    assert isinstance(hash_words("a"), FastWordHashes)


def test_without_numpy_the_sketch_is_the_same() -> None:
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "from wparchive.duplicates import sketch\n"
        "print(sketch(' '.join(f'w{n}' for n in range(400))))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str(sketch(" ".join(f"w{n}" for n in range(400))))


@settings(deadline=None)
@given(st.lists(st.sampled_from(VOCABULARY), max_size=60), SIZES)
def test_a_shingle_is_the_same_in_every_text(text: list[str], size: int) -> None:
    one_by_one = [
        hash_words(" ".join(text[start : start + size])).shingles(size)[0]
        for start in range(len(text) - size + 1)
    ]
    assert hash_words(" ".join(text)).shingles(size) == one_by_one


@given(JOINED, SIZES, st.sampled_from([1, 2, 4, 8, 16, 256]))
def test_a_sample_is_what_the_divisor_divides(text: str, size: int, divisor: int) -> None:
    hashes = hash_words(text)
    numbers = set(hashes.shingles(size))
    assert hashes.sampled(size, divisor) == {n for n in numbers if n % divisor == 0}
    assert all(-(1 << 63) <= number < 1 << 63 for number in numbers)


def test_low_bits_of_hashes_are_spread_evenly() -> None:
    for size in (1, 3, 5):
        numbers = set(hash_words(" ".join(VOCABULARY)).shingles(size))
        assert len(numbers) == len(VOCABULARY) - size + 1
        for divisor in (2, 16, 256):
            expected = len(numbers) / divisor
            found = sum(number % divisor == 0 for number in numbers)
            assert abs(found - expected) < 4 * expected**0.5


def test_sketches_tell_how_much_two_texts_share() -> None:
    text = prose(9, 4000).split()
    whole = sketch(" ".join(text))
    assert shared_part(whole, whole) == 1.0
    # A short part is sampled four times as densely, and still counts as held by the whole.
    assert shared_part(sketch(" ".join(text[1000:1100])), whole) == 1.0
    half = sketch(" ".join(text[:2000]) + " " + prose(10, 2000))
    assert 0.4 < shared_part(half, whole) < 0.6
    assert shared_part(whole, half) == shared_part(half, whole)
    assert shared_part(sketch(prose(11, 900)), whole) == 0.0
    assert shared_part([], whole) == shared_part([], []) == 0.0


def test_normalising_first_changes_nothing() -> None:
    assert sketch(normalise("Curly ’ " + prose(7, 90))) == sketch("Curly ’ " + prose(7, 90))
