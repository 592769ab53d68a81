import asyncio
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from crawler.extensions.progress import CLEAR_LINE, ENDING, ProgressLine, progress_line
from crawler.run.files_count import FilesCount
from tests.runs import PROVED, a_report

NOTHING = {"proof": None, "listed": 0, "new": 0}


def report(**types):
    return a_report(finished=False, **{name: NOTHING | fields for name, fields in types.items()})


@pytest.mark.parametrize(
    ("types", "elapsed_s", "line"),
    [
        ({}, 0, "h.org  looking for the site's API"),
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


def printed(live, is_ending=False):
    """What is printed in the time of a few lines."""
    out = StringIO()
    line = ProgressLine(
        lambda: report(post={"new": 5}), lambda: is_ending, out=out, every_s=0.01, live=live
    )

    async def run():
        line.start()
        await asyncio.sleep(0.05)
        await line.stop()

    asyncio.run(run())
    return out.getvalue()


def test_a_pipe_gets_whole_lines():
    lines = printed(live=False).splitlines()
    assert lines
    assert all(line.startswith("h.org  5/") and "\x1b" not in line for line in lines)


def test_a_terminal_gets_one_line_which_goes_at_the_end():
    text = printed(live=True)
    assert "\n" not in text
    assert CLEAR_LINE + "h.org  5/" in text
    assert text.endswith(CLEAR_LINE)


def test_the_line_says_that_the_crawl_is_ending():
    assert ENDING in printed(live=False, is_ending=True)
    assert ENDING not in printed(live=False)


@pytest.mark.parametrize("mode", ["off", "OFF", "0", "no"])
def test_it_can_be_turned_off(mode):
    settings = {"TWISTED_REACTOR_ENABLED": False, "CRAWL_PROGRESS": mode}
    with pytest.raises(NotConfigured):
        ProgressLine.from_crawler(get_crawler(settings_dict=settings))


def files_line(*done, asked, received, in_flight=0):
    """The line of a run that asked for files of these sizes, and has finished some of them."""
    run = a_report(finished=False)
    run.files = FilesCount()
    run.files.began_s -= 60
    for size in asked:
        run.files.ask(size)
    run.files.bytes = received
    for size in done:
        run.files.finish(size)
    run.files.bytes += in_flight
    return progress_line(run, 60).partition("  ")[2]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (files_line(asked=[10**6] * 4, received=0), "files 0/4 (0 %)  0.0/4.0 MB"),
        (
            files_line(asked=[10**8], received=0, in_flight=25 * 10**6),
            "files 0/1 (0 %)  25.0/100.0 MB  ETA 3:00",
        ),
        # A large file of no stated size came first: the others are still to come.
        (
            files_line(None, asked=[None, *[10**6] * 3], received=8 * 10**6),
            "files 1/4 (25 %)  8.0/11.0 MB  ETA 3:00",
        ),
        # What has not changed brings no bytes.
        (files_line(0, 0, 0, asked=[0] * 4, received=0), "files 3/4 (75 %)  0.0/0.0 MB  ETA 0:20"),
        # All but the largest one are there.
        (
            files_line(10**6, asked=[10**6, 9 * 10**6], received=10**6),
            "files 1/2 (50 %)  1.0/10.0 MB  ETA 9:00",
        ),
    ],
)
def test_lines_of_files(line, shown):
    assert line == shown
