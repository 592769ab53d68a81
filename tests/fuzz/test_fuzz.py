"""A short form of the fuzzer: the smallest and the worst inputs, and some random ones of a seed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.inputs import NAMED, PIECES, Input, answer, content
from tests.fuzz.limits import ADDRESSES_MAX, Ran, run_limited
from tests.fuzz.readers import READERS, read_by_number
from tests.fuzz.way import go

WORST = (
    "comments behind the JSON",
    "an RSD of <api",
    "a page of <meta",
    "end tags without beginning",
    "combining marks",
    "signs of direction",
    "a long address and relative links",
)
HARMLESS = [HealthCheck.too_slow, HealthCheck.data_too_large]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
BODIES = st.one_of(
    st.binary(max_size=300).map(Input),
    TEXTS.map(content),
    TEXTS.map(lambda text: Input(answer(title={"rendered": text}, slug=text, link=text))),
    TEXTS.map(lambda text: Input(text.encode("utf-8", "replace") + answer())),
    TEXTS.map(lambda text: Input(answer() + text.encode("utf-8", "replace"))),
    TEXTS.map(lambda text: Input(text.encode("utf-8", "replace"), is_page=True)),
)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=HARMLESS)
@given(BODIES)
def test_nothing_is_raised_from_an_answer_to_an_export(one: Input):
    go(one)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=HARMLESS)
@given(st.sampled_from(sorted(READERS)), st.one_of(st.binary(max_size=300), TEXTS.map(str.encode)))
def test_no_reader_raises(name: str, body: bytes):
    READERS[name](body)


def test_an_input_of_the_fuzzer_reaches_each_reader_whole_or_repeated():
    for number in (*range(8), *range(240, 248)):
        read_by_number(bytes([number]) + b"<a b=")


@pytest.mark.parametrize("name", WORST)
def test_megabytes_of_anything_come_to_an_end(name: str):
    ran = run_limited(lambda: go(NAMED[name]()))
    assert ran.trouble == ""


def test_the_limits_hold():
    def endless() -> None:
        while True:
            pass

    assert run_limited(endless, seconds_max=1).trouble == "it takes too long"
    assert "MiB" in run_limited(lambda: len(b"x" * (900 << 20))).trouble
    assert "MemoryError" in run_limited(lambda: bytes(ADDRESSES_MAX)).trouble
    assert "ZeroDivisionError" in run_limited(lambda: 1 / 0).trouble
    assert isinstance(run_limited(lambda: None), Ran)
