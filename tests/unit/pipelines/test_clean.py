"""The clean stage, and plain text of titles."""

import subprocess
import sys

import pytest
from scrapy.utils.test import get_crawler

from crawler.items import Author, Comment, Media, Post, Term
from pipelines.clean import CleanPipeline
from pipelines.cleaning import MAX_CONTENT_BYTES, clean_text
from pipelines.errors import StageFailed


@pytest.mark.parametrize(
    ("rendered", "text"),
    [
        ("Fish &amp; Chips &#8211; it&#8217;s", "Fish & Chips – it’s"),
        ("&amp;#8217; &amp;amp;", "&#8217; &amp;"),
        ("<em>Bold</em> &amp;amp; <b>br</b>ave", "Bold &amp; brave"),
        ("one<br />two\nthree", "one two three"),
        ("I &lt;3 U", "I <3 U"),
        ("I <3 U", "I <3 U"),
        ("&nbsp;a\u200b&nbsp;", "a"),
        ("<script>x</script>t", "t"),
        ("page.html", "page.html"),
        ("", ""),
        ("emoji <img class='emoji' alt='😀'>", "emoji 😀"),
        ("esc&#27;ape\x1b[0m", "escape[0m"),
    ],
)
def test_titles_are_decoded_once_and_stand_on_one_line(rendered: str, text: str) -> None:
    assert clean_text(rendered) == text


def test_excerpts_keep_their_paragraphs() -> None:
    assert clean_text("<p>one &hellip;</p>\n", one_line=False) == "one …"
    assert clean_text("<p>one</p><p>two</p>", one_line=False) == "one\n\ntwo"


def test_a_post_is_filled() -> None:
    post = Post(
        site="example.com/blog",
        type="post",
        id=7,
        title_rendered="A &amp; B",
        excerpt_rendered="<p>Short</p>",
        content_rendered=(
            '<p>Two <a href="/x">words</a></p><img src="a.jpg" alt="A">'
            '<iframe src="//v.org/1"></iframe>'
        ),
    )
    assert CleanPipeline().process_item(post) is post
    assert (post.title, post.excerpt, post.text, post.word_count) == (
        "A & B",
        "Short",
        "Two words",
        2,
    )
    assert post.links == [{"url": "https://example.com/x", "text": "words"}]
    assert post.images == [{"url": "https://example.com/blog/a.jpg", "alt": "A"}]
    assert post.embeds == [{"kind": "iframe", "url": "https://v.org/1", "title": ""}]
    assert post.html.startswith('<p>Two <a href="https://example.com/x">words</a></p>')


def test_relative_addresses_are_relative_to_the_page() -> None:
    post = Post(
        site="e.com",
        type="post",
        id=1,
        link="http://e.com/2020/a/",
        content_rendered='<a href="../b/">b</a>',
    )
    assert CleanPipeline().process_item(post).links[0]["url"] == "http://e.com/2020/b/"


def test_the_other_kinds_are_filled() -> None:
    stage = CleanPipeline()
    term = stage.process_item(
        Term(
            site="s",
            type="category",
            id=1,
            name_rendered="R&amp;D",
            description_rendered="<p>d</p>",
        )
    )
    author = stage.process_item(
        Author(
            site="s", type="user", id=1, name_rendered="A&#8217;B", description_rendered="x<br>y"
        )
    )
    media = stage.process_item(
        Media(
            site="s",
            type="attachment",
            id=1,
            title_rendered="<i>t</i>",
            caption_rendered="<p>c</p>",
            description_rendered="d",
        )
    )
    comment = stage.process_item(
        Comment(site="s", type="comment", id=1, content_rendered="<p onclick=x>hi\x00</p>")
    )
    assert (term.name, term.description) == ("R&D", "d")
    assert (author.name, author.description) == ("A’B", "x\ny")
    assert (media.title, media.caption, media.description) == ("t", "c", "d")
    assert (comment.text, comment.html) == ("hi", "<p>hi</p>")


def test_the_cap_is_a_setting_and_a_cut_post_is_marked_once() -> None:
    stage = CleanPipeline.from_crawler(
        get_crawler(settings_dict={"CLEAN_MAX_BYTES": 10, "TWISTED_REACTOR_ENABLED": False})
    )
    post = Post(
        site="s", type="post", id=1, content_rendered="<p>long enough</p>", flags=["truncated"]
    )
    assert stage.process_item(post).flags == ["truncated"]
    assert (
        CleanPipeline.from_crawler(
            get_crawler(settings_dict={"TWISTED_REACTOR_ENABLED": False})
        ).max_bytes
        == MAX_CONTENT_BYTES
    )


def test_a_failure_names_the_stage_and_keeps_the_item() -> None:
    post = Post(site="s", type="post", id=1, raw=b"{}", content_rendered=5)  # type: ignore[arg-type]
    with pytest.raises(StageFailed, match="clean failed: ") as failed:
        CleanPipeline().process_item(post)
    assert (failed.value.stage, failed.value.item, failed.value.cause) == (
        "clean",
        post,
        failed.value.__cause__,
    )


def test_what_is_no_item_of_ours_passes() -> None:
    item = {"a": 1}
    assert CleanPipeline().process_item(item) is item


def test_cleaning_needs_no_scrapy() -> None:
    code = (
        "import sys, pipelines.clean, pipelines.fingerprint; "
        "sys.exit('scrapy' in sys.modules or 'twisted' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
