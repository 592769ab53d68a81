import json
from datetime import UTC, datetime

import pytest

from samples.documents import post, ref
from wparchive.export.commonmark import html_to_markdown
from wparchive.export.markdown import post_markdown, write_markdown
from wparchive.export.readable import html_or_text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One</p><p>two</p>", "One\n\ntwo\n"),
        ("<h2>A <b>B</b></h2>", "## A **B**\n"),
        ("<p>un<b>believ</b>able</p>", "un**believ**able\n"),
        ("<p>a<b> b </b>c</p>", "a **b** c\n"),
        ("<p>a<br>b</p>", "a\\\nb\n"),
        ('<p><a href="https://x.y/a(b)">t</a></p>', "[t](<https://x.y/a(b)>)\n"),
        ('<img src="https://x.y/i.png" alt="An [x]">', "![An \\[x\\]](https://x.y/i.png)\n"),
        (
            "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>",
            "- a\n  1. b\n  2. c\n- d\n",
        ),
        ('<ol start="7"><li>a</li><li><p>b</p><p>c</p></li></ol>', "7. a\n8. b\n\n   c\n"),
        ("<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>", "> a\n>\n> > b\n"),
        ("<pre><code>if a:\n    b *= 2</code></pre>", "```\nif a:\n    b *= 2\n```\n"),
        ("<pre>```</pre>", "````\n```\n````\n"),
        ("<p>say <code>a`b</code></p>", "say ``a`b``\n"),
        (
            "<table><tr><th>A</th><th>B</th></tr><tr><td>1|2</td><td><p>3</p><p>4</p></td></tr></table>",
            "| A | B |\n| --- | --- |\n| 1\\|2 | 3<br>4 |\n",
        ),
        (
            "<p># no heading</p><p>1. no list</p><p>- no list</p>",
            "\\# no heading\n\n1\\. no list\n\n\\- no list\n",
        ),
        ("<p>snake_case, _not_ *this*</p>", "snake_case, \\_not\\_ \\*this\\*\n"),
        ("a &lt;b&gt; &amp;amp;", "a \\<b> &amp;amp;\n"),
        ("<p>open <b>and <i>never", "open **and <em>never</em>**\n"),
        ("</ul></p>text</b>", "text\n"),
        ("", "\n"),
    ],
)
def test_html_becomes_markdown(html, expected):
    assert html_to_markdown(html) == expected


@pytest.mark.parametrize("tag", ["blockquote", "ul", "b", "table", "div"])
def test_no_nesting_loses_text(tag):
    assert "deep" in html_to_markdown(f"<{tag}>" * 5000 + "deep" + f"</{tag}>" * 5000)


def test_a_post_whose_html_was_too_big_is_its_text():
    document = post(
        7, "1 < 2\nand so\n\n*B*", html="", flags=["html_dropped"], state="live", duplicate=None
    )
    assert post_markdown(document).endswith("\n\n1 \\< 2\\\nand so\n\n\\*B\\*\n")
    assert html_or_text(post(7, "words", html="")) == ""


def test_front_matter_is_json_and_thereby_yaml():
    document = post(
        7,
        title='Say "a: b"\u2028',
        tags=[ref(1, "Ä")],
        terms=[ref(2, "SF", taxonomy="genre")],
        state="live",
        author=None,
        published_at=None,
    )
    _, front, body = post_markdown(document).split("---\n", 2)
    values = {
        name: json.loads(value)
        for name, value in (line.split(": ", 1) for line in front.splitlines())
    }
    assert values["title"] == 'Say "a: b"\u2028'
    assert values["tags"] == ["Ä"]
    assert values["terms"] == {"genre": ["SF"]}
    assert "author" not in values
    assert "date" not in values
    assert body.startswith('\n# Say "a: b"\n')


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("1. *All* <b>_new_</b> C #", "# 1. \\*All\\* \\<b>\\_new\\_\\</b> C \\#"),
        ("  two\n lines ", "# two lines"),
        ("&copy; [x](y) ~~z~~", "# &amp;copy; \\[x\\](y) \\~\\~z\\~\\~"),
    ],
)
def test_titles_are_text_and_no_markup(title, heading):
    body = post_markdown(post(7, title=title, state="live")).split("---\n", 2)[2]
    assert body.startswith(f"\n{heading}\n\n")


def test_names_of_files_stay_inside_the_folder_and_apart(tmp_path):
    hostile = {
        "slug": "../../x/" + "長" * 200,
        "site": "example.com/../..",
        "type_": "..",
        "state": "live",
    }
    write_markdown(
        [
            post(1, **hostile),
            post(2, **hostile),
            post(3, slug="", published_at=datetime(999, 1, 1, tzinfo=UTC), state="live"),
        ],
        tmp_path,
    )
    files = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert all(".." not in file.parts and len(file.name.encode()) < 200 for file in files)
