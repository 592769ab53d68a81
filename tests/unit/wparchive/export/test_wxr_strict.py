"""A WXR file has what WordPress's importer reads, in XML that a strict parser takes."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import etree

from samples.documents import post
from tests.archives import FIRST, filled, new_file
from tests.unit.wparchive.web.test_hostile import HOSTILE, evil_post
from wparchive import open_archive
from wparchive.export import export_posts
from wparchive.export.wxr_text import cdata, xml_text

NAMES = {"wp": "http://wordpress.org/export/1.2/"}
READ_OF_AN_ITEM = """
post_id post_date post_date_gmt comment_status ping_status post_name status post_parent menu_order
post_type post_password is_sticky
"""
TEXTS = [*HOSTILE, "\x0b\x1b\ufffe]]>", "a]]>b]]]]><![CDATA[", "&nbsp;&#0; & < >"]


def test_a_strict_parser_takes_whatever_a_site_has_written(tmp_path: Path) -> None:
    posts = [evil_post(number, text) for number, text in enumerate(TEXTS, 1)]
    posts.append(post(99, "long", html=f"<p>{'a' * 11_000_000}</p>"))
    address = filled(new_file(tmp_path), lambda store: store.save("posts", posts, FIRST))
    with open_archive(address) as archive:
        export_posts(archive, archive.posts(order="key", raw=True), tmp_path / "x.xml", "wxr")
    # As PHP's DOMDocument::loadXML() reads it: nodes of 10 MB at most, no document type.
    parser = etree.XMLParser(resolve_entities=False, strip_cdata=False)
    tree = etree.parse(str(tmp_path / "x.xml"), parser)
    assert not tree.docinfo.doctype
    for name, value in (("wxr_version", "1.2"), ("base_site_url", None)):
        found = tree.findtext(f"channel/wp:{name}", namespaces=NAMES)
        assert found == value if value else found
    items = tree.findall("channel/item")
    assert len(items) == len(posts)
    for item in items:
        for name in READ_OF_AN_ITEM.split():
            assert item.find(f"wp:{name}", NAMES) is not None, name


SPLIT = {
    "nothing": "",
    "short": "x",
    "an end": "a]]>b",
    "brackets": "]" * 30,
    "an end at a border": "x" * 1_999_999 + "]]>" + "y" * 2_000_001,
    "controls": "a\u202eb\u2066\u2069c\u2028d\x85e\x9bf\x7f]]>\u202a",
    "ends alone": "]]>" * 700_000,
}


@pytest.mark.parametrize("name", SPLIT)
def test_a_text_in_sections_is_the_text(name: str) -> None:
    text = SPLIT[name]
    assert not set(cdata(text) + xml_text(text)) & set("\u202e\u2066\u2028\x85\x9b\x7f\u202a")
    assert (ElementTree.fromstring(f"<a>{xml_text(text)}</a>").text or "") == text
    assert (ElementTree.fromstring(f"<a>{cdata(text)}</a>").text or "") == text
