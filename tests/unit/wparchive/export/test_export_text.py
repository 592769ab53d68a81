import csv
import io
import json
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samples.documents import LIFE, post, ref
from wparchive.errors import InvalidQuery
from wparchive.export import FORMATS, format_of
from wparchive.export.columns import ExportTable
from wparchive.export.csv import CSV_COLUMNS, write_csv
from wparchive.export.jsonl import write_jsonl
from wparchive.export.markdown import post_markdown
from wparchive.export.wxr_items import own_excerpt, post_item
from wparchive.export.wxr_text import cdata, element, stored_slug, xml_text
from wparchive.text.marks import without_controls


@given(st.text())
def test_any_text_survives_xml_but_for_what_xml_cannot_say(text):
    sayable = "".join(
        c
        for c in text
        if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff")
    )
    assert ElementTree.fromstring(element("a", cdata(sayable))).text in (sayable, sayable or None)
    assert (ElementTree.fromstring(element("a", xml_text(text))).text or "").replace(
        "\n", ""
    ) == "".join(c for c in sayable if c not in "\n")


def test_a_post_whose_html_was_too_big_is_imported_with_its_text():
    item = post_item(post(1, "A & B\n\nC", html="", flags=["html_dropped"]), [])
    assert "<![CDATA[<p>A &amp; B</p>\n<p>C</p>\n]]>" in item


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_any_text_survives_csv(text):
    out = io.BytesIO()
    write_csv([{**post(1, text), **LIFE}], out, ExportTable())
    (row,) = csv.DictReader(io.StringIO(out.getvalue().decode(), newline=""))
    assert row["text"].removeprefix("'") == without_controls(text).removeprefix("'")
    assert list(row) == list(CSV_COLUMNS)


HOSTILE = "a\x1b[31mb\x9bc\u202ed\u2066e\x00f\u2028g"


def test_nothing_in_an_export_controls_what_shows_it():
    hostile = {
        **post(1, HOSTILE, title=HOSTILE, html=f"<p>{HOSTILE}</p>"),
        **LIFE,
        "duplicate": None,
    }
    as_csv = io.BytesIO()
    write_csv([hostile], as_csv, ExportTable())
    as_json = io.BytesIO()
    write_jsonl([hostile], as_json, ExportTable())
    for text in (as_csv.getvalue().decode(), as_json.getvalue().decode(), post_markdown(hostile)):
        assert not set(text) & set(HOSTILE) - set("a[31mbcdefg")
    assert json.loads(as_json.getvalue())["title"] == HOSTILE  # as escapes, nothing is lost


def test_names_in_csv():
    out = io.BytesIO()
    write_csv(
        [
            {
                **post(
                    1,
                    tags=[ref(1, "a"), {"id": 2, "name": None, "slug": None}],
                    terms=[ref(3, "SF", taxonomy="genre")],
                ),
                **LIFE,
            }
        ],
        out,
        ExportTable(),
    )
    (row,) = csv.DictReader(io.StringIO(out.getvalue().decode(), newline=""))
    assert (row["tags"], row["terms"]) == ("a; #2", "genre: SF")


@pytest.mark.parametrize(
    ("target", "chosen", "expected"),
    [
        ("a.JSONL", None, "jsonl"),
        ("a.xml", None, "wxr"),
        ("a.txt", "parquet", "parquet"),
        ("-", "csv", "csv"),
        ("folder", "markdown", "markdown"),
    ],
)
def test_the_name_tells_the_format(target, chosen, expected):
    assert format_of(target, chosen) == expected
    assert expected in FORMATS


@pytest.mark.parametrize(
    ("target", "chosen"),
    [("a.txt", None), ("-", None), ("-", "markdown"), ("a.csv", "parquet"), ("a.zip", "csv")],
)
def test_other_names_do_not(target, chosen):
    with pytest.raises(InvalidQuery):
        format_of(target, chosen)


def test_an_excerpt_that_wordpress_made_is_left_out():
    long = "One two three four five. " * 20
    assert own_excerpt(post(1, long, excerpt=long[:100].rstrip() + " […]")) == ""
    assert own_excerpt(post(1, long, excerpt=long[:99] + "...")) == ""
    assert own_excerpt(post(1, long, excerpt="Written by hand.")) == "Written by hand."


def test_slugs_are_stored_percent_encoded_in_small_letters():
    assert stored_slug("アニメ-x") == "%e3%82%a2%e3%83%8b%e3%83%a1-x"
    assert stored_slug("plain") == "plain"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\x00=1"])
def test_no_cell_of_csv_is_a_formula(text):
    out = io.BytesIO()
    write_csv([post(1, title=text, text=f"a {text}") | LIFE], out, ExportTable())
    [row] = csv.DictReader(io.StringIO(out.getvalue().decode(), newline=""))
    assert row["title"] == f"'{without_controls(text)}"
    assert row["text"] == without_controls(f"a {text}")
