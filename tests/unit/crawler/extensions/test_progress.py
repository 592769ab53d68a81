import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extensions.progress import progress_line
from tests.runs import PROVED, a_report

NOTHING = {"proof": None, "listed": 0, "new": 0}


def report(**types):
    return a_report(finished=False, **{name: NOTHING | fields for name, fields in types.items()})


@pytest.mark.parametrize(
    ("types", "elapsed_s", "line"),
    [
        ({}, 0, "h.org  0/0  0/s"),
        ({"post": {"expected": 1000, "requests": 1}}, 10, "h.org  0/1,000 (0 %)  0/s  post"),
        (
            {"post": {"expected": 1000, "new": 250, "requests": 3}},
            10,
            "h.org  250/1,000 (25 %)  25/s  ETA 0:30  post",
        ),
        (
            {"post": {"expected": 100_000, "unchanged": 1000, "requests": 3}},
            100,
            "h.org  1,000/100,000 (1 %)  10/s  ETA 2:45:00  post",
        ),
        (
            {
                "tag": {"expected": 5, "new": 5, "requests": 1, "proof": PROVED},
                "post": {"expected": 5},
            },
            1,
            "h.org  5/10 (50 %)  5/s  ETA 0:01",
        ),
        (
            {"post": {"expected": None, "listed": 20, "new": 20, "requests": 1}},
            2,
            "h.org  20/20 (100 %)  10/s  post",
        ),
        (
            {"post": {"expected": 10, "new": 12, "requests": 1}},
            2,
            "h.org  12/10 (120 %)  6/s  post",
        ),
    ],
)
def test_lines(types, elapsed_s, line):
    assert progress_line(report(**types), elapsed_s) == line


@given(
    st.dictionaries(
        st.sampled_from(["post", "page", "user"]),
        st.fixed_dictionaries(
            {
                "expected": st.none() | st.integers(0, 10**9),
                "new": st.integers(0, 10**9),
                "listed": st.integers(0, 10**9),
            }
        ),
    ),
    st.floats(0, 1e9),
)
def test_there_is_always_one_line(types, elapsed_s):
    assert progress_line(report(**types), elapsed_s).isprintable()
