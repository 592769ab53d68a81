from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wparchive.text.marks import compatible, decomposed
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


@pytest.mark.parametrize("marks", ["\u0301\u0327", "\u0344", "\u0327\u05b0"])
def test_a_run_of_a_million_marks_ends(marks):
    text = "a" + marks * 1_000_000 + " b"
    assert len(normalise(text)) < 100
    assert normalise(normalise(text)) == normalise(text)
    assert tokens(text)[:1] == ["a"]
