"""Elements that are nested deeper than any reader follows."""

import pytest

from tests.cleaning import clean

PAGE = "https://a.example/page"


@pytest.mark.parametrize("tag", ["b", "div", "blockquote", "span", "em", "section"])
def test_what_is_too_deep_keeps_text_and_links_without_tags(tag: str) -> None:
    inner = f"deep <a href='{PAGE}'>link</a> "
    found = clean(f"<{tag}>" * 2000 + inner + f"</{tag}>" * 2000 + "end")
    assert found.text.split() == ["deep", "link", "end"]
    assert [link["url"] for link in found.links] == [PAGE]
    assert found.html.count(f"<{tag}>") <= 300


def test_what_is_not_too_deep_is_written_as_it_is() -> None:
    html = "<b><i>" * 100 + "x" + "</i></b>" * 100
    assert clean(html).html == html
