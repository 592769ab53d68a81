import json
import tracemalloc
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wparchive.commands.output import harmless
from wparchive.text.marks import (
    _without_long_runs,
    _without_long_runs_slowly,
    compatible,
    decomposed,
    escaped_controls,
    unbroken,
    visible_controls,
    without_controls,
)
from wparchive.text.normalise import normalise
from wparchive.text.search_tokens import tokens


@given(st.text(st.characters() | st.sampled_from("e\u0301\u0327\u0344\u05b0\u0e48"), max_size=40))
def test_they_are_the_normal_forms_of_unicode(text):

    short = text[:30]
    assert compatible(short) == compatible(compatible(short))


def test_a_text_of_marks_that_people_write_is_left_as_it_is():
    for text in ("e\u0301\u0327", "a" + "\u0301\u0327" * 15, "\u05e9\u05b0\u05bc\u05c1"):
        assert compatible(text) == normalize("NFKC", text)
        assert decomposed(text) == normalize("NFKD", text)


@given(st.integers(0, 70), st.integers(25, 40), st.sampled_from("\u0301\u0903\u20dd"), st.text())
def test_a_run_that_is_too_long_is_found_wherever_it_begins(place, length, mark, rest):
    text = "词" * place + mark * length + rest
    assert _without_long_runs(text) == _without_long_runs_slowly(text)


@pytest.mark.parametrize("marks", ["\u0301\u0327", "\u0344", "\u0327\u05b0"])
def test_a_run_of_a_million_marks_ends(marks):
    text = "a" + marks * 1_000_000 + " b"
    assert len(normalise(text)) < 100
    assert normalise(normalise(text)) == normalise(text)
    assert tokens(text)[:1] == ["a"]


CONTROLS = "\x00\x08\x0b\x1b\r\x7f\x85\x9b\u2028\u2029\u202a\u202e\u2066\u2069"
CONTROLLED = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(CONTROLS + "\n\t"))


@given(CONTROLLED)
def test_no_control_gets_through_and_nothing_else_is_lost(text):
    for seen in (without_controls(text), visible_controls(text), harmless(text)):
        assert not set(seen) & set(CONTROLS)
    assert [letter for letter in without_controls(text) if letter.isalnum()] == [
        letter for letter in text if letter.isalnum()
    ]
    assert len(visible_controls(text)) == len(text)


@given(CONTROLLED)
def test_json_with_escapes_says_the_same(text):
    line = json.dumps(text, ensure_ascii=False)
    escaped = escaped_controls(line)
    assert unbroken(line.encode()) == escaped.encode()
    assert json.loads(escaped) == text
    assert not set(escaped) & set(CONTROLS)


def test_our_own_colours_are_left():
    assert harmless("\x1b[31ma\x1b[2J\u202eb\x1b[0m") == "\x1b[31ma\ufffd[2J\ufffdb\x1b[0m"


@pytest.mark.parametrize("sign", ["\x9b", "\u2028", "\u202e", "a\u2066", "\x7f", "\x1b"])
def test_a_megabyte_of_controls_takes_a_few_megabytes(sign):
    text = sign * (1_000_000 // len(sign.encode()))
    line = text.encode()
    tracemalloc.start()
    try:
        for change in (without_controls, visible_controls, escaped_controls, harmless):
            change(text)
        unbroken(line)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000
