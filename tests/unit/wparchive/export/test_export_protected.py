"""Protected and unpublished posts stay so wherever an export is imported."""

import csv
import io
import json
import zlib
from xml.etree import ElementTree

import pytest

from samples.documents import post
from wparchive.export import csv as csv_export
from wparchive.export import wxr, wxr_items
from wparchive.export.columns import ExportTable
from wparchive.export.jsonl import write_jsonl
from wparchive.export.markdown import post_markdown

WP = "{http://wordpress.org/export/1.2/}"


def archived(**fields):
    record = {"status": "publish"} | fields.pop("record", {})
    raw = zlib.compress(json.dumps(record).encode())
    live = {"state": "live", "duplicate": None, "revision": 1}
    times = dict.fromkeys(("first_seen_at", "last_seen_at", "changed_at"))
    return {**post(7, "", raw=raw), **live, **times, **fields}


def item_of(document):
    """Return a post as an XML parser reads it from a WXR file."""
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in wxr.NAMESPACES.items())
    xml = f"<rss {spaces}>{wxr_items.post_item(document, [])}</rss>"
    return ElementTree.fromstring(xml).find("item")


def imported(document):
    """Return status and password as WordPress's own parser of WXR reads them."""
    item = item_of(document)
    return item.findtext(f"{WP}status"), item.findtext(f"{WP}post_password")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (archived(), ("publish", "")),
        (archived(protected=True), ("private", "")),
        (archived(protected=True, record={"password": "p&<]]>w"}), ("publish", "p&<]]>w")),
        (archived(protected=True, record={"status": "draft"}), ("private", "")),
        (archived(record={"status": "draft"}), ("draft", "")),
        (archived(record={"password": ["x"]}), ("publish", "")),
    ],
)
def test_wxr_makes_nothing_public_that_was_not(document, expected):
    assert imported(document) == expected


def test_no_text_of_a_site_is_markup_where_wxr_is_imported():
    """WordPress shows titles and excerpts as HTML, and they are plain text here."""
    script = "<script>alert(1)</script>"
    record = {"menu_order": "0</wp:menu_order><wp:status>draft", "guid": {"rendered": [script]}}
    item = item_of(archived(title=f"a & {script}", excerpt=script, record=record))
    assert item.findtext("title") == "a & &lt;script>alert(1)&lt;/script>"
    assert "<script" not in "".join(item.itertext())
    assert item.findtext(f"{WP}menu_order") == "0"
    assert item.findtext("guid").startswith("https://example.com/")


def test_front_matter_says_it():
    shown = post_markdown(archived(protected=True, state="unpublished", status="private"))
    assert 'status: "private"\n' in shown
    assert "protected: true\n" in shown
    assert "protected" not in post_markdown(archived())
    assert "status" not in post_markdown(archived())


def test_csv_and_jsonl_say_it():
    out = io.BytesIO()
    csv_export.write_csv([archived(protected=True), archived()], out, ExportTable())
    first, second = csv.DictReader(io.StringIO(out.getvalue().decode()))
    assert (first["protected"], first["status"], second["protected"]) == ("1", "publish", "0")
    out = io.BytesIO()
    write_jsonl([archived(protected=True)], out, ExportTable())
    assert json.loads(out.getvalue())["protected"] is True


def test_all_authors_and_translations_are_told():
    guest = {"id": 0, "name": "A guest", "slug": "guest"}
    document = archived(
        translations=[{"language": "fr", "id": 8, "link": None}],
        authors=[archived()["author"], guest],
    )
    shown = post_markdown(document)
    assert 'authors: ["Ada Lovelace", "A guest"]' in shown
    assert 'translations: ["fr: example.com/blog/post/8"]' in shown
    assert "authors:" not in post_markdown(archived())
