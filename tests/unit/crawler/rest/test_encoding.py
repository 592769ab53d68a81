import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.rest.encoding import as_utf8
from crawler.rest.responses import RestResponse, read_page

TEXTS = {
    "windows-1251": "Привет, «мир»: двадцать букв",
    "koi8-r": "Привет, мир: двадцать букв",
    "iso-8859-1": "Ärger über Größe, façade “quoted”",
    "windows-1252": "Ärger über Größe — 12 €",
    "iso-8859-2": "Žluťoučký kůň příšerně úpěl",
    "shift_jis": "日本語のテキストです。表示",
    "euc-jp": "日本語のテキストです",
    "iso-2022-jp": "日本語のテキストです",
    "gb2312": "中文文本，很长的一段",
    "big5": "繁體中文的文字，很長",
    "euc-kr": "한국어 텍스트입니다",
}


def listed(text, encoding):
    body = json.dumps([{"id": 1, "title": text}], ensure_ascii=False)
    return body.encode("cp1252" if encoding == "iso-8859-1" else encoding)


def title_of(body, content_type):
    page = read_page(RestResponse("https://h/", 200, {"content-type": content_type}, body))
    return json.loads(page.records[0])["title"], page


@pytest.mark.parametrize("encoding", TEXTS)
def test_the_encoding_that_a_header_names_is_read(encoding):
    text = TEXTS[encoding]
    content_type = f"application/json; charset={encoding}"
    title, page = title_of(listed(text, encoding), content_type)
    assert title == text
    assert page.repaired
    assert not page.is_misread


@pytest.mark.parametrize("bom", [True, False])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("content_type", ["", "application/json; charset=UTF-8", "text/html"])
def test_wide_encodings_are_seen_whatever_the_header_says(encoding, bom, content_type):
    mark = "\ufeff" if bom else ""
    body = (mark + json.dumps([{"id": 1, "title": "Ж 日"}], ensure_ascii=False)).encode(encoding)
    assert title_of(body, content_type)[0] == "Ж 日"


@pytest.mark.parametrize("named", ["iso-8859-1", "windows-1251", "shift_jis", "utf-16", "x-odd"])
def test_text_in_utf8_stays_as_it_is_whatever_a_header_says(named):
    body = listed("Größe – Привет", "utf-8")
    found = as_utf8(body, f"application/json; charset={named}")
    assert found.body is body


def test_a_mark_of_utf8_changes_no_letter():
    assert title_of(codecs.BOM_UTF8 + listed("Größe", "utf-8"), "")[0] == "Größe"


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "shift_jis"])
@pytest.mark.parametrize("content_type", ["", "application/json; charset=UTF-8", "x; charset=?"])
def test_an_encoding_that_nobody_names_is_a_doubt(encoding, content_type):
    body = listed("日本語のテキスト" if encoding == "shift_jis" else TEXTS[encoding], encoding)
    page = read_page(RestResponse("https://h/", 200, {"content-type": content_type}, body))
    assert page.is_misread


@pytest.mark.parametrize("stray", [b"\xff", b"\x93 and \x94", "Größe ".encode() + b"\xff" * 7])
def test_stray_bytes_of_a_plugin_are_none(stray):
    assert not as_utf8(b'[{"id":1,"title":"' + stray + b'"}]', "").is_misread


@given(st.binary(), st.sampled_from(["", "; charset=utf-16", "; charset=big5", "; charset=idna"]))
def test_no_bytes_raise(body, charset):
    assert isinstance(as_utf8(body, f"application/json{charset}").body, bytes)
