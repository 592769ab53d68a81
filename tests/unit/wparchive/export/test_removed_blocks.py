"""Exports that write HTML leave out what is no part of a post's text."""

import pytest
from bs4 import BeautifulSoup

from pipelines.cleaning import clean_html
from samples.documents import post
from tests.quality.gold import BASE_URL, fragments
from tests.quality.markdown import differences
from wparchive.export.commonmark import html_to_markdown
from wparchive.export.readable import without_removed_blocks
from wparchive.furniture.keys import block_key
from wparchive.furniture.remove import Furniture, without_furniture
from wparchive.model.blocks import text_of_blocks

PROSE = "<p>The harbour froze over in January, and nobody knew when that had last happened.</p>"
OTHER = "<p>“Two boats” were caught in the ice near the old pier &amp; the crews walked home.</p>"


def exported(html: str, *dropped: str) -> str:
    """Return the HTML that is exported of a post, from which these texts are dropped."""
    content = clean_html(html, BASE_URL)
    keys = frozenset(block_key(text) for text in dropped)
    blocks = without_furniture(content.blocks, Furniture(frozenset(), keys))
    return without_removed_blocks(post(1, "", html=content.html, blocks=blocks))["html"]


@pytest.mark.parametrize(
    ("furniture", "text"),
    [
        (
            "<p>Join <strong>us</strong>: <a href='https://t.me/x'>here &amp; now</a>.</p>",
            "Join us: here & now.",
        ),
        ("<ul><li>Join us here</li></ul>", "Join us here"),
        ("<blockquote><p>Join us here</p></blockquote>", "Join us here"),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td></td></tr></table>", "A | B\n1 | "),
    ],
    ids=["inline elements", "list", "quotation", "table"],
)
def test_an_element_goes_with_its_text(furniture: str, text: str) -> None:
    assert exported(f"{PROSE}{furniture}{OTHER}", text) == PROSE + OTHER


def test_images_stay_and_so_does_what_is_kept() -> None:
    image = '<img src="https://example.com/i.jpg" alt="">'
    html = exported(f"{PROSE}<p>Join us here{image}</p>{OTHER}", "Join us here")
    assert "Join" not in html
    assert image in html
    assert exported(PROSE + OTHER) == PROSE + OTHER


def test_only_the_removed_one_of_equal_texts_goes() -> None:
    blocks = clean_html(f"{PROSE}<p>Again</p>{OTHER}<p>Again</p>", BASE_URL)
    marked = [dict(block) for block in blocks.blocks]
    marked[1]["removed"] = "recurs"
    document = post(1, "", html=blocks.html, blocks=marked)
    assert without_removed_blocks(document)["html"] == f"{PROSE}{OTHER}<p>Again</p>"


def test_the_law_of_markdown_holds_of_what_is_left() -> None:
    for gold in fragments():
        content = clean_html(gold.html, BASE_URL)
        document = post(1, "", html=content.html, blocks=content.blocks)
        html = without_removed_blocks(document)["html"]
        assert differences(html, html_to_markdown(html)) == {}, html
        again = clean_html(html, BASE_URL)
        left = letters(
            text_of_blocks({**b, "removed": ""} if "removed" in b else b for b in again.blocks)
        )
        # A heading whose list was left out looks like a stub when it is cleaned a second time.
        written = letters(BeautifulSoup(html, "html.parser").get_text())
        assert letters(content.text) in (left, letters(again.text), written), gold.name


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
