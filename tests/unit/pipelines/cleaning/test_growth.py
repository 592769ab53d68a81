"""Cleaning takes linear time, counted in calls: seconds depend on what else a machine does.

Time that is spent within one call of C, as by joining strings again and again, is not counted. So
the sizes of what lists and texts are copied from are kept small by the writers themselves.
"""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from pipelines.cleaning import clean_html

SHAPES: dict[str, Callable[[int], str]] = {
    "paragraphs": lambda count: "<p>A word and <b>another</b>.</p>\n" * count,
    "line breaks in one paragraph": lambda count: "<p>" + "word<br>" * count,
    "images in one line": lambda count: "<p>word" + "<img src=/x.png>" * count,
    "images and nothing else": lambda count: "<img src=/x.png>" * count,
    "nested tags": lambda count: "<div>" * count + "x",
    "nested quotations": lambda count: "<blockquote>" * count + "x",
    "nested lists": lambda count: "<ul><li>x" * count,
    "nested tables": lambda count: "<table><tr><td>x" * count,
    "nested figures": lambda count: "<figure><img src=/x.png><figcaption>x" * count,
    "items of one list": lambda count: "<ol>" + "<li>x" * count,
    "rows of one table": lambda count: "<table>" + "<tr><td>x<td>y" * count,
    "spans": lambda count: "<table>" + "<tr><td rowspan=99999 colspan=50>x<td>y" * count,
    "cells of one row": lambda count: "<table><tr>" + "<td>x" * count + "<tr><td>y<td>z",
    "embeds": lambda count: "<iframe src=https://youtu.be/x></iframe>" * count,
    "links": lambda count: "<a href=https://a.example.org/>x</a> " * count,
    "superscripts": lambda count: "x<sup>2</sup> " * count,
    "prices": lambda count: "19,<sup>95</sup> € $19<sup>95</sup> " * count,
    "sections of a table": lambda count: "<table>" + "<tbody><tr><td rowspan=0>x<td>y" * count,
    "drawn formulas": lambda count: "<span class=katex-html>x</span>" * count,
    "formulas": lambda count: "<math><msup><mi>x</mi><mn>2</mn></msup></math>" * count,
    "nested roots": lambda count: "<math>" + "<msqrt>" * count + "x",
    "letters shown again": lambda count: (
        '<i style="font-size:0"><i style="font-size:9px">x' * count
    ),
    "visible in invisible": lambda count: (
        '<i style="visibility:hidden"><i style="visibility:visible">x' * count
    ),
    "drawings": lambda count: "<svg><text>ab cd</text></svg>" * count,
    "labels": lambda count: "<b>Author:</b>Ann" * count,
    "lines of code": lambda count: "<pre>" + "<span class=line>x</span>" * count,
}


def calls(html: str) -> int:
    """Return how many functions of Python and of C are called while HTML is cleaned."""
    count = 0

    def counted(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        clean_html(html, "https://example.com/")
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_content_takes_twice_the_calls(shape: str) -> None:
    html = SHAPES[shape]
    clean_html(html(10), None)  # what is done once is done now
    once = calls(html(600))
    twice = calls(html(1200))
    assert twice < 2.2 * once


def test_ten_thousand_nested_tags_take_as_many_calls_for_each_as_a_thousand() -> None:
    clean_html("<div>x</div>", None)
    thousand = calls("<div>" * 1_000 + "x")
    assert calls("<div>" * 10_000 + "x") < 11 * thousand


def test_a_line_that_goes_on_is_joined_once() -> None:
    # Joining it again at each break would copy 50,000 lines 50,000 times.
    (block,) = clean_html("<p>" + "a line of text<br>" * 50_000, None).blocks
    assert block["text"].count("\n") == 49_999
