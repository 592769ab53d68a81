"""Lines that a service writes under its player and on its cards, beside those of authors."""

import pytest

from pipelines.cleaning import clean_html
from pipelines.cleaning.rules.addresses import service_of, service_of_slowly

PAGE = "https://site.example/2024/post/"
HARBOUR = "The harbour froze over in January, and nobody knew when that had last happened."
PROSE = f"<p>{HARBOUR}</p>"
G = "https://www.guide.example"
THING = f'<div><strong><a href="{G}/north/inn-12/">The Ferry Inn</a></strong></div>'
LISTS = [f"{G}/fish/", f"{G}/north/harbour/", f"{G}/north/bridge/"]


def links(addresses: list[str], between: str = " | ") -> str:
    return between.join(f'<a href="{url}">List {n}</a>' for n, url in enumerate(addresses))


SERVICE_LINES = {
    "a card": f"{THING}<p><b>Rankings:</b> {links(LISTS)}</p>",
    "a Chinese card": f"{THING}<p>相关榜单：{links(LISTS, '、')}</p>",
    "a card with a word that is no link": f"{THING}<p>Rankings: Fish (other) | {links(LISTS)}</p>",
    "a credit without its player": (
        '<p><a href="https://vimeo.com/12">Ice</a> from <a href="https://vimeo.com/ann">Ann</a> on '
        '<a href="https://vimeo.com">Vimeo</a>.</p>'
    ),
    "the name of a tool": '<p>Created with <a href="https://slideshow.example">Slide Show</a>.</p>',
    "another tool": '<p>Powered by <a href="https://www.map-maker.example/">Map Maker</a></p>',
}
OF_AUTHORS = {
    "a label and links without a thing above": f"<p>See also: {links(LISTS)}</p>",
    "links to several sites": f"{THING}<p>Elsewhere: {links([*LISTS, 'https://b.example/'])}</p>",
    "links to the site": f"{THING}<p>Here: {links(['/a/', '/b/', '/c/'])}</p>",
    "two links": f"{THING}<p>Menu: {links(LISTS[:2])}</p>",
    "a sentence with links": (
        f"{THING}<p>I had looked for it in {links(LISTS, ' and then in the list of ')} before.</p>"
    ),
    "a source with its name": '<p>Via <a href="https://news.example/">News</a></p>',
    "a tool within a sentence": (
        '<p>Created with <a href="https://slides.example/">Slides</a> in one long evening.</p>'
    ),
    "the work made with a tool": (
        '<p>Created with <a href="https://slides.example/deck/9">Slides</a></p>'
    ),
    "three things of a service": (
        '<p>Listen to <a href="https://vimeo.com/1">one</a>, <a href="https://vimeo.com/2">two</a> '
        'or <a href="https://vimeo.com/3">three</a></p>'
    ),
}


@pytest.mark.parametrize("after", ["", PROSE])
@pytest.mark.parametrize("line", SERVICE_LINES)
def test_a_line_of_a_service_is_no_text(line: str, after: str) -> None:
    content = clean_html(PROSE + SERVICE_LINES[line] + after, PAGE)
    own = f"{HARBOUR}\n\nThe Ferry Inn" if "Ferry" in SERVICE_LINES[line] else HARBOUR
    assert content.text == (f"{own}\n\n{HARBOUR}" if after else own)
    assert content.links, "what it names is not lost"


@pytest.mark.parametrize("after", ["", PROSE])
@pytest.mark.parametrize("line", OF_AUTHORS)
def test_a_line_of_the_author_is_text(line: str, after: str) -> None:
    whole = clean_html(PROSE + OF_AUTHORS[line] + after, PAGE)
    assert not [block for block in whole.blocks if "removed" in block]


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ("View this post on Instagram", False),
        ("この投稿をInstagramで見る", False),
        ("A post shared by Ann (@ann) on May 3, 2024 at 9:00am PDT", False),
        ("Ann(@ann)がシェアした投稿", False),
        ("The ice at six in the morning, with Ann (@ann) and Bob", True),
        ("The ice at six in the morning", True),
        (f"Instagram is down, so you read it late. {HARBOUR}", True),
    ],
)
def test_the_words_of_a_network_under_a_quoted_post_are_no_text(line: str, stays: bool) -> None:
    url = "https://www.instagram.com/p/Abc/"
    quote = (
        f'<blockquote class="instagram-media" data-instgrm-permalink="{url}?utm_source=ig_embed">'
        f'<p><a href="{url}?utm_source=ig_embed">{line}</a></p></blockquote>'
    )
    content = clean_html(PROSE + quote + PROSE, PAGE)
    assert (line in content.text) is stays
    quoted = quote.replace(' class="instagram-media"', "")
    assert line in clean_html(PROSE + quoted + PROSE, PAGE).text


HOSTS = ["vimeo.com", "player.vimeo.com", "a.b-c.example", "localhost", "Vimeo.com", "m.me", "a..b"]
ENDS = ["", "/", "/1", "?q=a.b", "#a.b", ":80/x", "]/x", "@c.example/", "\\x"]


@pytest.mark.parametrize("host", HOSTS)
def test_the_service_of_a_usual_address_is_read_at_once(host: str) -> None:
    for end in ENDS:
        for scheme in ("https://", "http://", "//", "ftp://", "https://user@", ""):
            url = f"{scheme}{host}{end}"
            assert service_of(url) == service_of_slowly(url), url


def test_the_service_of_a_long_address_is_read_in_time() -> None:
    assert service_of(f"https://{'a.' * 50_000}!") == service_of_slowly(f"https://{'a.' * 50_000}!")
