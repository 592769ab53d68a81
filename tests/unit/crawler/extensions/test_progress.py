from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extensions.progress import progress_line
from crawler.run.report import RunReport


def report(**types):
    run = RunReport("h.org", datetime(2026, 3, 10, tzinfo=UTC), {})
    for name, fields in types.items():
        count = run.count("posts", name)
        for field, value in fields.items():
            setattr(count, field, value)
    return run


@pytest.mark.parametrize(
    ("types", "elapsed_s", "line"),
    [
        ({}, 0, "h.org  0/0  0/s"),
        ({"post": {"site_total": 1000, "requests": 1}}, 10, "h.org  0/1,000 (0 %)  0/s  post"),
        (
            {"post": {"site_total": 1000, "new": 250, "requests": 3}},
            10,
            "h.org  250/1,000 (25 %)  25/s  ETA 0:30  post",
        ),
        (
            {"post": {"site_total": 100_000, "unchanged": 1000, "requests": 3}},
            100,
            "h.org  1,000/100,000 (1 %)  10/s  ETA 2:45:00  post",
        ),
        (
            {
                "tag": {"site_total": 5, "new": 5, "requests": 1, "proof": "proved"},
                "post": {"site_total": 5},
            },
            1,
            "h.org  5/10 (50 %)  5/s  ETA 0:01",
        ),
        (
            {"post": {"site_total": None, "listed": 20, "new": 20, "requests": 1}},
            2,
            "h.org  20/20 (100 %)  10/s  post",
        ),
        (
            {"post": {"site_total": 10, "new": 12, "requests": 1}},
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
                "site_total": st.none() | st.integers(0, 10**9),
                "new": st.integers(0, 10**9),
                "listed": st.integers(0, 10**9),
            }
        ),
    ),
    st.floats(0, 1e9),
)
def test_there_is_always_one_line(types, elapsed_s):
    assert progress_line(report(**types), elapsed_s).isprintable()
