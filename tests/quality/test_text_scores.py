"""The scores of cleaned texts are what `docs/text-quality.md` says, on texts counted by hand."""

import pytest

from .gold import GoldText, parse_fragment
from .text_scores import are_right, embed_key, score_text, words

WRITTEN = """about: a case
builder: block
language: en
split: tune

=== html
<p>a b c d e</p>

=== wanted
a b c
d e

=== noise
share this

=== either
View it

=== links
https://a.example/
"""
GOLD = parse_fragment("case", WRITTEN)


def test_a_file_is_read() -> None:
    assert (
        GoldText(
            name="case",
            about="a case",
            builder="block",
            language="en",
            split="tune",
            html="<p>a b c d e</p>",
            wanted=["a b c", "d e"],
            noise=["share this"],
            either=["View it"],
            targets={"links": ["https://a.example/"]},
        )
        == GOLD
    )


def figures(output: str) -> tuple[float, float, float, float]:
    scores = score_text(GOLD, output)
    return scores.precision, scores.recall, scores.wanted_kept, scores.noise_kept


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("a b c\n\nd e", (1, 1, 1, 0)),
        ("a, b: c. d (e)", (1, 1, 1, 0)),
        ("1. a b c\n2. d e", (1, 1, 1, 0)),
        ("a b c d e share this", (2 / 4, 1, 1, 1)),
        ("a b c d e share", (2 / 3, 1, 1, 0)),
        ("a b c d eshare this", (1 / 3, 1 / 2, 1 / 2, 1)),
        ("a b c View it d e", (1, 1, 1, 0)),
        ("a b c", (0, 0, 1 / 2, 0)),
        ("d e a b c", (0, 0, 1, 0)),
        ("ab c d e", (0, 0, 1 / 2, 0)),
        ("", (1, 0, 0, 0)),
    ],
)
def test_figures(output: str, expected: tuple[float, ...]) -> None:
    assert figures(output) == expected


def test_noise_that_is_also_text_counts_when_it_is_written_twice() -> None:
    gold = GoldText("x", "block", "en", "tune", "", wanted=["Share this now"], noise=["share this"])
    same = GoldText("x", "block", "en", "tune", "", wanted=["go now"], noise=["go"])
    assert score_text(gold, "Share this now").noise_kept == 0
    assert score_text(same, "go now").noise_kept == 0
    assert score_text(same, "go now go").noise_kept == 1


def test_words() -> None:
    assert words("It’s 10^6, naïve: 日本語 abcのデ") == (
        *("It", "s", "10", "6", "naïve", "日", "本", "語", "abc", "の", "デ"),
    )


def test_a_mark_alone_is_no_word() -> None:
    assert words("back \u21a9\ufe0e हिन्दी") == ("back", "हिन्दी")


def test_addresses_are_right_in_any_order() -> None:
    gold = GoldText("x", "block", "en", "tune", "", [], targets={"images": ["a", "b"]})
    assert are_right(gold, "images", ["b", "a", "a"])
    assert not are_right(gold, "images", ["a"])


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.youtube.com/watch?v=abc&t=1", "abc"),
        ("https://www.youtube.com/embed/abc?feature=oembed", "abc"),
        ("https://gist.github.com/u/f00.js", "f00"),
        ("https://player.example/video/77/", "77"),
    ],
)
def test_the_key_of_an_embed(url: str, key: str) -> None:
    assert embed_key(url) == key


def test_either_is_not_taken_out_of_a_wanted_line() -> None:
    gold = parse_fragment("case", WRITTEN.replace("View it", "a b"))
    for output in ("a b c\nd e", "a b c\na b\nd e"):
        scores = score_text(gold, output)
        assert (scores.f1, scores.wanted_kept) == (1, 1)
