"""The pages, as a browser asks for them."""

import csv
import io
import json
import re
import shlex
import socket
from ast import literal_eval
from contextlib import closing
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from samples.documents import post
from tests.archives import (  # noqa: F401
    FIRST,
    fill_run_of_posts,
    fill_sample,
    filled,
    new_file,
    sample_file,
)
from wparchive import open_archive
from wparchive.backends.opening import open_index
from wparchive.backends.questions import ALL_LACKED
from wparchive.commands import cli
from wparchive.commands.serve import listening
from wparchive.errors import OutputFailed
from wparchive.export import export_posts
from wparchive.model.storable import compress
from wparchive.web.app import TOKEN_COOKIE, web_app

POST = "example.com/blog/post/1"
VIEWS = (
    *("/", "/?q=heat", "/?q=heat&tag=Clean+Energy", "/?q=nowhere", "/?tag=Clean+Enrgy"),
    *("/sites", "/runs", "/events", "/duplicates", "/site/example.com/blog"),
    *("/copies/example.com/blog/post/1", f"/links/{POST}", "/?q=heat+OR+(title:x+-tag:y)"),
    *(f"/post/{POST}", f"/post/{POST}?pictures=1", f"/versions/{POST}", "/nothing"),
)


class _Links(HTMLParser):
    """What collects the addresses that a page leads to and what it loads."""

    def __init__(self):
        super().__init__()
        self.links = []
        self.loaded = []
        self.scripts = []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "a":
            self.links.append(attributes["href"])
        loading = {"src", "srcset", "poster"} & attributes.keys()
        self.loaded += [attributes[name] for name in loading]
        if tag == "script":
            self.scripts.append(attributes.get("src"))
        self.scripts += [name for name in attributes if name.startswith("on")]


def links_of(text):
    found = _Links()
    found.feed(text)
    return found


@pytest.fixture
def browser(sample_file):  # noqa: F811
    with open_archive(sample_file) as archive:
        yield TestClient(web_app(archive), base_url="http://127.0.0.1")


def test_a_search_shows_hits_facets_and_the_ways_to_take_them_away(browser):
    text = browser.get("/?q=heat").text
    assert "<mark>heat</mark>" in text
    assert 'type="search"' in text
    assert "wparchive search heat" in text
    assert "from wparchive import open_archive" in text
    addresses = [unquote(link) for link in links_of(text).links]
    assert any(link.startswith("/?q=heat&tag=") for link in addresses)


def test_a_post_without_copies_says_so(browser):
    known = [unquote(link) for link in links_of(browser.get("/").text).links]
    posts = [link.removeprefix("/post/") for link in known if link.startswith("/post/")]
    said = [browser.get(f"/copies/{key}") for key in posts]
    assert {answer.status_code for answer in said} == {200}
    assert any("This post has no known copies" in answer.text for answer in said)
    assert browser.get("/copies/example.com/blog/post/999").status_code == 404


def test_a_port_that_is_taken_is_said_once():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OutputFailed) as refused:
            listening("127.0.0.1", port)
    assert str(refused.value).count(str(port)) == 1


def test_the_count_of_each_facet_is_that_of_the_narrowed_list(browser):
    for question in ("/?q=heat", "/"):
        text = browser.get(question).text
        found = re.findall(r'<a href="([^"]*)"[^>]*>[^<]*</a> <span class="count">(\d+)', text)
        assert found
        for address, count in found:
            narrowed = browser.get(address.replace("&amp;", "&")).text
            assert f'id="hits">{count} post' in narrowed, address


def test_posts_without_tags_are_a_click_away_and_so_is_the_way_back(browser):
    shown = [unquote(link) for link in links_of(browser.get("/?q=heat").text).links]
    assert {f"/?q=heat&without={name}" for name in ALL_LACKED} <= set(shown)
    chosen = browser.get("/?q=heat&without=tag").text
    assert '<a href="/?q=heat" class="chosen" aria-current="true">tag</a>' in chosen
    assert "/?q=heat&without=tag&without=author" in map(unquote, links_of(chosen).links)


def test_every_link_within_the_archive_leads_somewhere(browser):
    seen = set()
    waiting = list(VIEWS[:-1])
    while waiting and len(seen) < 400:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = browser.get(address)
        assert answer.status_code == 200, address
        if "text/html" in answer.headers["content-type"]:
            base = urlsplit(address).path
            links = links_of(answer.text).links
            inside = [base + link if link.startswith("?") else link for link in links]
            waiting += [link for link in inside if link.startswith("/")]
    assert len(seen) > 40


def test_a_search_is_taken_away_whole(browser):
    rows = list(csv.DictReader(io.StringIO(browser.get("/posts.csv?q=heat").text)))
    lines = [json.loads(line) for line in browser.get("/posts.jsonl?q=heat").text.splitlines()]
    total = re.search(r'id="hits">(\d+) post', browser.get("/?q=heat").text)[1]
    assert len(rows) == len(lines) == int(total) > 0
    assert browser.get("/posts.doc").status_code == 404


def test_a_post_has_its_versions_and_what_changed(browser):
    text = browser.get(f"/versions/{POST}?version=2").text
    assert "<ins>" in text
    assert 'type="range"' in text
    first = browser.get(f"/versions/{POST}?version=1").text
    assert "The first version" in first
    assert browser.get(f"/versions/{POST}?version=3").status_code == 400
    then = browser.get(f"/post/{POST}?as_of={FIRST:%Y-%m-%d}").text
    assert "As the archive held it" in then


def test_the_raw_record_is_the_one_received(browser):
    assert browser.get(f"/raw/{POST}").json()["_id"] == POST


def test_a_raw_record_with_half_of_a_character_is_shown(tmp_path):
    def fill(store):
        raw = compress(b'{"title": "half \\ud800 of \xe3\x82\xab"}')
        return store.save("posts", [post(1, raw=raw)], FIRST)

    with open_archive(filled(new_file(tmp_path), fill)) as archive:
        browser = TestClient(web_app(archive), base_url="http://127.0.0.1")
        answer = browser.get(f"/raw/{POST}")
        assert answer.json()["record"] == {"title": "half \ud800 of カ"}


def test_numbers_of_a_raw_record_stay_as_the_site_wrote_them(tmp_path):
    record = b'{"id":5,"price":1e999,"tax":1.10}'

    def fill(store):
        return store.save("posts", [{**post(5), "raw": compress(record)}], FIRST)

    with open_archive(filled(new_file(tmp_path), fill)) as archive:
        text = (
            TestClient(web_app(archive), base_url="http://127.0.0.1")
            .get(f"/raw/{post(5)['_id']}")
            .text
        )
    assert '"price": 1e999' in text
    assert '"tax": 1.10' in text
    assert "Infinity" not in text


def test_no_text_of_a_list_breaks_its_line_or_turns_it(tmp_path):
    def fill(store):
        return store.save("posts", [post(1, title="a\u202eb\u2028c\x85d")], FIRST)

    with open_archive(filled(new_file(tmp_path), fill)) as archive:
        browser = TestClient(web_app(archive), base_url="http://127.0.0.1")
        (line,) = browser.get("/lists/events.jsonl").text.splitlines()
        assert "\u202e" not in line
        assert json.loads(line)["title"] == "a\u202eb\u2028c\x85d"


def test_a_monitor_gets_figures(browser):
    assert 'site="example.com/blog"' in browser.get("/metrics").text


def test_events_are_a_feed(browser):
    feed = ElementTree.fromstring(browser.get("/events.atom").text)
    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.find(f"{atom}updated").text
    assert len(feed.findall(f"{atom}entry")) > 2


def test_a_feed_of_some_events_names_its_own_address(browser):
    feed = ElementTree.fromstring(browser.get("/events.atom?what=new&site=example.com%2Fblog").text)
    (own,) = [
        link.get("href")
        for link in feed.findall("{http://www.w3.org/2005/Atom}link")
        if link.get("rel") == "self"
    ]
    assert own.endswith("/events.atom?what=new&site=example.com%2Fblog")


def test_entries_of_a_feed_have_the_same_ids_under_every_name_of_the_server(sample_file):  # noqa: F811
    feeds = []
    with open_archive(sample_file) as archive:
        for base in ("http://127.0.0.1:8050", "https://archive.example"):
            client = TestClient(web_app(archive, ["*"]), base_url=base)
            feeds.append(ElementTree.fromstring(client.get("/events.atom").text))
    named = [[one.text for one in feed.iter("{http://www.w3.org/2005/Atom}id")] for feed in feeds]
    assert named[0] == named[1]
    assert len(set(named[0])) == len(named[0]) > 3
    assert all(one.startswith("urn:uuid:") for one in named[0])


def test_events_are_those_of_a_period(browser):
    def titles(query):
        return re.findall(r'<span class="event (\w+)">', browser.get(f"/events?{query}").text)

    assert titles("since=2024")
    assert titles("since=2024") == titles("")
    assert titles("since=2030") == []
    assert titles("until=2024") == []
    assert titles("what=deleted&since=2025") == ["deleted"]
    page = browser.get("/events?since=7d&site=example.com/blog").text
    assert "wparchive history --limit 100000 --site example.com/blog --since 7d" in page
    assert "<strong>the last week</strong>" in page
    assert browser.get("/events?since=x").status_code == 400
    assert browser.get("/lists/events.jsonl?since=2030").text == ""
    feed = ElementTree.fromstring(browser.get("/events.atom?since=2030").text)
    assert feed.find("{http://www.w3.org/2005/Atom}entry") is None


@pytest.mark.parametrize(
    "path",
    ["/", "/events", "/events.atom", "/lists/events.csv", "/lists/runs.csv", "/lists/sites.csv"],
)
def test_an_unknown_site_is_said_to_be_unknown(browser, path):
    answer = browser.get(f"{path}?site=nosuch")
    assert answer.status_code == 404
    assert "it holds: example.com/blog, other.org" in answer.text
    assert browser.get(f"{path}?site=https://other.org/").status_code == 200


def test_the_advice_fits_the_question(browser):
    assert "Fewer words" in browser.get("/?q=nowhere").text
    page = browser.get("/?has=formula").text
    assert "Fewer words" not in page
    assert "Fewer filters find more" in page


def test_the_page_of_a_run_shows_the_proof_and_no_column_of_zeros(tmp_path):
    with open_archive(filled(new_file(tmp_path), fill_run_of_posts)) as archive:
        browser = TestClient(web_app(archive), base_url="http://127.0.0.1")
        address = next(
            link for link in links_of(browser.get("/runs").text).links if "/run/" in link
        )
        page = browser.get(address).text
    head = re.findall(r"<th[^>]*>([^<]*)</th>", page)
    assert head == ["Type", "site", "held", "new", "changed", "deleted", "Proof"]
    assert "proved" in page
    assert "9.0 kB" in page


def test_that_nobody_links_to_a_post_is_no_item_of_a_list(browser):
    page = browser.get("/links/example.com/blog/post/2").text
    assert "<p>No post of the archive links to it.</p>" in page
    assert "<li>No post" not in page


def test_what_is_not_there_or_cannot_be_understood_is_said_in_a_page(browser):
    for address, status, words in (
        ("/post/nowhere/post/1", 404, "nothing is named"),
        ("/site/nowhere", 404, "no site"),
        ("/run/nowhere@1", 404, "no run"),
        ("/?q=-heat", 400, "heat"),
        ("/?since=soon", 400, "soon"),
        ("/?after=x", 400, ""),
        ("/nowhere", 404, "no page is at /nowhere: a post is at /post/KEY"),
    ):
        answer = browser.get(address)
        assert (answer.status_code, "<h1>" in answer.text) == (status, True), address
        assert words in answer.text
    assert 'name="q" value="-heat"' in browser.get("/?q=-heat").text


def test_a_name_that_no_post_has_is_met_with_one_that_is_near(browser):
    near = browser.get("/?tag=Clean+Enrgy&q=heat").text
    assert "Did you mean" in near
    assert 'href="/?q=heat&amp;tag=Clean+Energy"' in near
    near = browser.get("/?q=quiett").text
    assert 'href="/?q=quiet"' in near


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing_of_its_own_text(browser, view):
    answer = browser.get(view)
    found = links_of(answer.text)
    assert found.scripts == ["/static/page.js"]
    if "pictures" not in view:
        assert found.loaded == ["/static/page.js"]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert ("http:" in policy) == ("pictures" in view)


def test_another_sites_name_for_this_machine_gets_nothing(browser):
    assert browser.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_with_a_token_only_those_who_have_it_read(sample_file):  # noqa: F811
    with open_archive(sample_file) as archive:
        client = TestClient(web_app(archive, ["*"], "word"), base_url="http://archive.example")
        assert client.get("/").status_code == 401
        assert client.get("/static/style.css").status_code == 401
        assert client.get("/?token=wrong").status_code == 401
        welcome = client.get("/?q=heat&token=word", follow_redirects=False)
        assert welcome.headers["location"] == "/?q=heat"
        assert "httponly" in welcome.headers["set-cookie"].lower()
        assert client.cookies[TOKEN_COOKIE] == "word"
        assert client.get("/?q=heat").status_code == 200


def test_a_feed_needs_no_cookie_and_its_address_opens_nothing_else(sample_file):  # noqa: F811
    with open_archive(sample_file) as archive:
        app = web_app(archive, ["*"], "word")
        client = TestClient(app, base_url="http://archive.example", follow_redirects=False)
        client.get("/?token=word")
        (feed,) = [
            link for link in links_of(client.get("/events?what=new").text).links if ".atom" in link
        ]
        assert "token=" in feed
        assert "word" not in feed
        client.cookies.clear()
        answer = client.get(feed)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert "token" not in answer.text
        given = feed.partition("token=")[2]
        for path in ("/", "/events", "/metrics", "/posts.csv", "/events.atom/"):
            assert client.get(f"{path}?token={given}").status_code == 401, path
        assert client.get("/events.atom").status_code == 401
        assert client.get("/metrics?token=word").status_code == 200
        assert client.get("/metrics?token=wrong").status_code == 401


def test_the_way_in_with_a_token_leads_to_no_other_server(sample_file):  # noqa: F811
    with open_archive(sample_file) as archive:
        app = web_app(archive, token="right")
        client = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
        answer = client.get("http://127.0.0.1//other.example/?token=right")
        assert answer.headers["location"] == "/other.example/"


def test_every_view_offers_itself_as_command_python_json_and_csv(browser):
    """Each command is run as it stands, each line of Python too."""
    group = "/copies/example.com/blog/post/1"
    views = [view for view in VIEWS[:-1] if "nowhere" not in view and "Enrgy" not in view]
    for view in (*views, "/events?site=example.com/blog&what=new", group):
        page = browser.get(view).text
        if "no known copies" in page or "No post of the archive links to it" in page:
            continue  # there is nothing to take away
        blocks = [unescape(block) for block in re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)]
        command, python = blocks[-2:]
        words = shlex.split(command.partition(" | jq ")[0])
        assert words.pop(0) == "wparchive", view
        lines = re.sub("^archive = .*$", "", python, flags=re.MULTILINE)
        address = re.search(r"open_archive\((.*)\)", python)[1]
        words = ["-" if word == "posts.csv" else word for word in words]
        if "-" in words:
            words += ["--format", "csv"]
        done = CliRunner().invoke(cli, ["--archive", literal_eval(address), *words])
        assert done.exit_code == 0, (view, command, done.output)
        with open_archive(literal_eval(address)) as archive:
            exec(lines, {"archive": archive})
        for form, kind in (("csv", "text/csv"), ("jsonl", "application/x-ndjson")):
            link = next(
                link
                for link in links_of(page).links
                if f".{form}" in link and "by-month" not in link
            )
            answer = browser.get(link)
            assert answer.headers["content-type"].startswith(kind), link
            assert answer.text, link


def test_lists_are_taken_away_whole(browser):
    for name in ("sites", "runs", "events", "duplicates"):
        lines = browser.get(f"/lists/{name}.jsonl").text.splitlines()
        rows = [json.loads(line) for line in lines]
        table = list(csv.DictReader(io.StringIO(browser.get(f"/lists/{name}.csv").text)))
        assert rows
        assert len(table) == len(rows)
        assert list(table[0]) == list(rows[0])
        page = browser.get(f"/{name}").text
        assert f'href="/lists/{name}.csv' in page
        assert "open_archive(&#39;sqlite:" in page
    assert browser.get("/lists/secrets.csv").status_code == 404


def test_the_page_of_a_site_shows_trends_and_silence(browser):
    text = browser.get("/site/example.com/blog").text
    assert "Tags over the years" in text
    assert "Silent periods" in text
    assert "2023-12 " not in text.partition("Silent periods")[2]
    assert "2020-03 to 2023-11" in text


def test_posts_that_link_to_a_post_are_listed(tmp_path):
    async def fill(store):
        link = {"url": "http://example.com/blog/post-1#part", "text": "here"}
        there = {"links": [link], "link_domains": ["example.com"]}
        await store.save("posts", [post(1), post(2, "Two.", title="Two", **there), post(3)], FIRST)

    with open_archive(filled(new_file(tmp_path), fill)) as archive:
        client = TestClient(web_app(archive), base_url="http://127.0.0.1")
        page = client.get(f"/links/{POST}").text
        assert ">Two</a>" in page
        assert "post/3" not in page
        assert f'href="/links/{POST}"' in client.get(f"/post/{POST}").text


def test_a_post_says_that_it_is_protected_and_names_all_its_authors(tmp_path):
    """A page of the archive does not show what is not for everybody as if it were."""
    authors = [{"id": 0, "name": name, "slug": None} for name in ("A guest", "B & C")]
    secret = post(1, "words", protected=True, status="private", authors=authors)
    address = filled(new_file(tmp_path), lambda store: store.save("posts", [secret], FIRST))
    with open_archive(address) as archive:
        page = TestClient(web_app(archive), base_url="http://127.0.0.1").get(f"/post/{POST}").text
        export_posts(archive, archive.posts(state="any"), tmp_path / "site", "site")
    [written] = (tmp_path / "site" / "posts").rglob("*.html")
    for text in (page, written.read_text()):
        assert "private, protected by a password" in text
        assert "A guest" in text
        assert "B &amp; C" in text


def test_copies_that_were_moved_out_are_told_of(tmp_path):
    address = filled(new_file(tmp_path), fill_sample)
    with closing(open_index(address)) as index:
        assert index.move_out([POST], FIRST) == 1
    with open_archive(address) as archive:
        pages = TestClient(web_app(archive), base_url="http://127.0.0.1")
        assert "were moved out of the archive: 1." in pages.get("/duplicates").text
        missing = pages.get(f"/post/{POST}")
        assert missing.status_code == 404
        assert f"{POST} was moved out of" in missing.text
