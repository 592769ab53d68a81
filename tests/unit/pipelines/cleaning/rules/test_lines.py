"""Lines of blocks and their links, and the search for stubs in hostile posts."""

import pytest

from pipelines.cleaning.rules.addresses import destination_of, names_service
from pipelines.cleaning.rules.lines import lines_of, without_lines
from tests.cleaning import BASE, clean
from tests.work import steps
from wparchive.model.blocks import Block, text_of_blocks

BLOCKS: list[Block] = [
    {"kind": "paragraph", "text": "See the plan.\nAnd the map"},
    {"kind": "list_item", "text": "one\ntwo", "depth": 1, "ordered": True, "number": 3},
    {"kind": "table", "text": "a | map\nb | c", "rows": [["a", "map"], ["b", "c"]]},
]


def test_links_are_found_in_their_lines() -> None:
    links = [
        {"url": "https://a.example/", "text": "the plan"},
        {"url": "https://b.example/", "text": ""},
        {"url": "https://c.example/", "text": "not there"},
        {"url": "https://d.example/", "text": "map"},
        {"url": "https://e.example/", "text": "map"},
    ]
    lines = lines_of(BLOCKS, links)  # type: ignore[arg-type]
    assert [(line.text, line.places) for line in lines] == [
        ("See the plan.", [(4, 12)]),
        ("And the map", [(8, 11)]),
        ("one", []),
        ("two", []),
        ("a | map\nb | c", [(4, 7)]),
    ]
    assert lines[0].around_links() == "See  ."


def test_a_link_is_found_in_its_line_though_its_words_stand_before() -> None:
    for tag in ("<p>{}</p>", "<ul><li>{}</li></ul>", "<div>{}</div>"):
        for before in ("<p>A map and the plan.</p>", "<table><tr><td>map<td>plan</table>"):
            content = clean(
                before * 3 + tag.format('Tags: <a href="/tag/map/">map</a>, <a href="/t/">plan</a>')
            )
            assert content.links[1]["text"] == "plan"
            text_before = [sum(len(line.text) for line in lines_of(content.blocks, [])[:-1])] * 2
            last = lines_of(content.blocks, content.links, text_before)[-1]
            assert [last.text[start:end] for start, end in last.places] == ["map", "plan"]


def test_tags_whose_words_stand_in_the_prose_are_no_text() -> None:
    prose = "<p>The council of the old harbour town agreed on the new library after two hours.</p>"
    tags = '<p>Etiquetas: <a href="/tag/library/">library</a>, <a href="/tag/town/">town</a></p>'
    assert clean(prose + tags).text == clean(prose).text


def test_a_block_is_split_where_some_of_its_lines_are_removed() -> None:
    lines = lines_of(BLOCKS, [])
    blocks = without_lines(BLOCKS, lines, {0: "join", 3: "tags"})
    assert blocks == [
        {"kind": "paragraph", "text": "See the plan.", "removed": "join"},
        {"kind": "paragraph", "text": "And the map", "tight": True},
        {"kind": "list_item", "text": "one", "depth": 1, "ordered": True, "number": 3},
        {"kind": "list_item", "text": "two", "depth": 1, "tight": True, "removed": "tags"},
        BLOCKS[2],
    ]
    assert text_of_blocks(blocks, with_removed=True) == text_of_blocks(BLOCKS)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("https://www.example.com/blog/other/", "is_own_post"),
        ("http://example.com/blog/post", "is_itself"),
        ("https://example.com/tag/bridges/", "is_own_list"),
        ("https://t.me/news_of_us", "is_group"),
        ("https://chat.whatsapp.com/AbC", "is_group"),
        ("https://news.google.de/publications/x", "is_group"),
        ("https://www.facebook.com/site", "is_channel"),
        ("https://www.youtube.com/@site", "is_channel"),
    ],
)
def test_where_links_lead(url: str, what: str) -> None:
    assert getattr(destination_of(url, BASE), what)


@pytest.mark.parametrize(
    "url",
    [
        "https://twitter.com/ann/status/1",
        "https://www.youtube.com/watch?v=abc",
        "https://www.facebook.com/sharer.php?u=x",
        "https://www.instagram.com/p/abc/",
        "https://itunes.apple.com/app/id1",
        "https://about.example/",
        "mailto:ann@site.example",
        "https://[",
    ],
)
def test_what_is_no_channel(url: str) -> None:
    assert not destination_of(url, BASE).is_channel


@pytest.mark.parametrize(
    "path", ["", "/", "/u/plan.pdf", "/feed/", "/wp-content/x", "/category/a/"]
)
def test_what_is_no_post_of_the_site(path: str) -> None:
    assert not destination_of(f"https://example.com{path}", BASE).is_own_post


@pytest.mark.parametrize("text", ["Apple Podcasts", "Telegram-канал", "व्हाट्सऐप", "公众号"])
def test_names_of_services(text: str) -> None:
    assert names_service(text)


@pytest.mark.parametrize(
    "text", ["https://facebook.example/", "FacebookアプリをFuelPHPで作ってみよう", "Ann"]
)
def test_what_names_no_service(text: str) -> None:
    assert not names_service(text)


PROSE = "<p>The council agreed on the new bridge after two days of talks.</p>"


@pytest.mark.parametrize(
    "unit",
    [
        f"<p>Baca juga: <a href='/a{{n}}/'>Jembatan Lama Ditutup Lagi</a></p>{PROSE}",
        "<p>L{n}x juga: <a href='/a{n}/'>Jembatan Lama Ditutup Lagi</a></p>",
        "<a href='/a{n}/'>Jembatan Lama Ditutup</a><br>",
        "<a href='/a{n}/'>x</a> ",
        "<a href='/a{n}/'>a<br>b</a><p>c{n}</p>",
        "<p><a href='https://t.me/abc{n}'>Telegram</a></p>",
        "<ul><li>H{n}</li></ul><h2>H{n}</h2>",
        "<img src='/x.png'><p>0:59</p>",
        f"<p>2 Related</p>{PROSE}",
        "<p><a class='btn' href='/x{n}'>Go</a></p>",
        "<a class='btn' href='/x{n}'>Go</a> ",
    ],
)
def test_stubs_are_found_in_linear_time(unit: str) -> None:
    def work(count: int) -> int:
        html = PROSE + "".join(unit.replace("{n}", str(number)) for number in range(count))
        return steps(lambda: clean(html))

    assert work(1500) < 6 * work(300)
