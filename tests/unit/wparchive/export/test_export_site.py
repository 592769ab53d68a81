"""The static site: pages, lists, and an index that holds every word of every post."""

import json
import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from samples.documents import post, ref
from wparchive.export.static_site.writing import SHARDS, SearchIndex, shard_of, write_site
from wparchive.text.search_tokens import tokens

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "</script><script>alert(1)</script>\u2028",
)


def scripts_of(folder: Path) -> dict[str, Any]:
    """Return what the scripts of an index say, by their names."""
    found = {}
    for path in (folder / "search").glob("*.js"):
        called = re.fullmatch(r"wparchive\.\w+\((.*)\);\n", path.read_text("ascii"), re.DOTALL)
        assert called, path
        found[path.stem] = json.loads(f"[{called[1]}]")
    return found


def numbers_of(folder: Path, word: str) -> list[int]:
    """Return the posts that the index gives for a word."""
    _, words = scripts_of(folder)[f"{shard_of(word):03}"]
    found = 0
    numbers = []
    for difference in words.get(word, []):
        found += difference
        numbers.append(found)
    return numbers


def test_the_index_finds_every_word_of_every_post(tmp_path: Path) -> None:
    texts = ["Heat pumps hum.", "東京の電車は速い", "Die Wärme hilft", "heat again", "ราคาบ้าน"]
    with SearchIndex(tmp_path / "search") as index:
        for number, text in enumerate(texts):
            index.add(f"posts/{number}.html", f"Title {number}", "2025-01-01", text, "")
        index.finish()
    for number, text in enumerate(texts):
        for word in tokens(text):
            assert number in numbers_of(tmp_path, word), word
    assert numbers_of(tmp_path, "heat") == [0, 3]
    assert numbers_of(tmp_path, "title") == [0, 1, 2, 3, 4]
    about = scripts_of(tmp_path)["about"][0]
    assert about["posts"] == len(texts)
    assert len(list((tmp_path / "search").iterdir())) == SHARDS + 2


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_a_post_can_run(tmp_path: Path, attack: str) -> None:
    hostile = post(
        1,
        f"Words {attack}",
        html="<p>Words</p>",
        title=attack,
        slug=attack,
        tags=[ref(4, attack)],
        categories=[ref(5, attack)],
        author=ref(6, attack),
        link=attack,
        state="live",
        published_at=datetime(2025, 1, 1, tzinfo=UTC),
    )
    write_site([hostile], tmp_path)
    for path in tmp_path.rglob("*.html"):
        page = path.read_text()
        assert "<script>alert" not in page
        assert 'href="javascript' not in page
        assert "onerror=alert(1)>" not in page.replace("&gt;", "")
        assert "script-src 'self' file:" in page
    for path in (tmp_path / "search").glob("*.js"):
        assert "<" not in path.read_text("ascii")


def test_pictures_of_other_servers_are_named_and_not_loaded(tmp_path: Path) -> None:
    html = '<p>See</p><img src="https://x.example/a.png" alt="A cat">'
    write_site([post(1, "See", html=html, state="live")], tmp_path)
    [page] = (tmp_path / "posts").rglob("*.html")
    assert "<img" not in page.read_text()
    assert "https://x.example/a.png" in page.read_text()
    assert "A cat" in page.read_text()


def test_lists_have_pages_and_lead_back_and_forth(tmp_path: Path) -> None:
    write_site(
        [post(number, "Word", title=f"No. {number}", state="live") for number in range(1, 251)],
        tmp_path,
    )
    assert len(list(tmp_path.glob("newest-*.html"))) == 3
    middle = (tmp_path / "newest-2.html").read_text()
    assert 'href="newest-1.html" rel="prev"' in middle
    assert 'href="newest-3.html" rel="next"' in middle
    links = re.findall(r'<li><a href="(posts/[^"]+)"', middle)
    assert len(links) == 100
    assert all((tmp_path / link).is_file() for link in links)
    assert not list(tmp_path.glob(".lists*"))


def broken_links(folder: Path) -> list[str]:
    """Return the links and pictures of all pages that lead to nothing in the folder."""
    broken = []
    for page in folder.rglob("*.html"):
        for found in re.findall(r'\b(?:href|src|action)="([^"]*)"', page.read_text()):
            place = unquote(unescape(found).partition("#")[0].partition("?")[0])
            if "://" not in place and not (page.parent / place).exists():
                broken.append(f"{page.relative_to(folder)}: {found}")
    return broken


def test_links_between_posts_lead_to_their_pages(tmp_path: Path) -> None:
    html = (
        '<p><a href="https://example.com/blog/post-2/">Slash</a>'
        '<a href="http://example.com/blog/post-2?utm_source=x#part">Otherwise</a>'
        '<a href="https://example.com/blog/?p=3">Short</a>'
        '<a href="https://example.com/blog/post-4/">Away</a>'
        '<a href="#part">Part</a>'
        '<a href="https://example.org/post-2/">Other site</a></p>'
    )
    posts = [
        post(1, "One", html=html, state="live"),
        post(2, "Two", slug="zwei & 表 100%", state="live"),
        post(3, "Three", state="withdrawn"),
        post(5, "Gone", link="https://example.com/blog/post-2/", state="deleted"),
    ]
    write_site(posts, tmp_path)
    [page] = (tmp_path / "posts").rglob("*-1.html")
    links = re.findall(r'<a href="([^"]*)"[^>]*>(\w[\w ]+)</a>', page.read_text())
    led = {text: link for link, text in links}
    for name, number, part in (("Slash", 2, ""), ("Otherwise", 2, "part"), ("Short", 3, "")):
        place, _, led_to = unescape(led[name]).partition("#")
        assert led_to == part
        target = page.parent / unquote(place)
        assert target.name.endswith(f"-{number}.html"), led
        assert target.is_file()
    assert led["Away"] == "https://example.com/blog/post-4/"
    assert led["Other site"] == "https://example.org/post-2/"
    assert led["Part"] == "#part"
    assert broken_links(tmp_path) == []


@pytest.mark.parametrize("host", ["example.com", "www.example.com"])
def test_links_lead_inside_however_the_host_is_written(host: str, tmp_path: Path) -> None:
    """The last one is another site, and has its own page of the same path."""
    spellings = [
        "http://example.com/blog/p/",
        "https://www.example.com/blog/p",
        "https://example.com:443/blog/p/#part",
        "http://www.EXAMPLE.com:80/blog/p/?utm_source=x",
        "//example.com/blog/p/",
        "https://www.example.com/blog/?p=2",
        "http://example.com:80/blog/?p=2",
    ]
    others = ["https://example.com:8443/blog/p/", "https://www2.example.com/blog/p/"]
    links = "".join(f'<a href="{url}">link</a>' for url in (*spellings, *others))
    site = f"{host}/blog"
    posts = [
        post(1, "One", site=site, html=f"<p>{links}</p>", state="live"),
        post(2, "Two", site=site, link=f"https://{host}/blog/p/", state="live"),
    ]
    write_site(posts, tmp_path)
    [page] = (tmp_path / "posts").rglob("*-1.html")
    article = page.read_text().partition('<div class="article"')[2]
    led = re.findall(r'<a href="([^"]*)"[^>]*>link</a>', article)
    assert [place.partition("#")[0].endswith("-2.html") for place in led[:7]] == [True] * 7
    assert led[2].endswith("-2.html#part")
    assert led[7:] == others
    assert broken_links(tmp_path) == []


def test_of_two_sites_that_differ_in_www_alone_each_link_means_its_own(tmp_path: Path) -> None:
    hosts = ("example.com", "www.example.com")
    html = "".join(f'<a href="http://{host}/p">link</a>' for host in hosts)
    posts = [
        post(1, "One", site=host, html=html, link=f"https://{host}/p/", state="live")
        for host in hosts
    ]
    write_site(posts, tmp_path)
    for page in (tmp_path / "posts").rglob("*-1.html"):
        led = re.findall(r'<a href="([^"]*)"[^>]*>link</a>', page.read_text())
        sites = [(page.parent / place).resolve().relative_to(tmp_path).parts[1] for place in led]
        assert sites == list(hosts)
