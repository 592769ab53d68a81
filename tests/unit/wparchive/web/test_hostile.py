"""Nothing that a site or an address puts into a page can run, on any page that there is."""

import re
from html import escape
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import pytest
from starlette.routing import Match
from starlette.testclient import TestClient

from samples.documents import SITE, author, comment, media, post, ref, term
from tests.archives import DAY, FIRST, fill_sample, filled, new_file
from tests.archives import site as site_record
from tests.unit.wparchive.web.test_app import links_of
from wparchive import open_archive
from wparchive.web.app import ROUTES, web_app

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
FEED_ELEMENTS = {
    *("feed", "entry", "id", "title", "link", "updated"),
    *("author", "name", "category", "summary", "content"),
}
PLAIN_TYPES = {"application/json", "application/x-ndjson", "text/csv", "text/plain"}
FEED = "/events.atom"
PICTURE = "/posts-by-month.svg"
DIGEST = "ab" * 32
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "javascript:alert(1)",
    "{{ 7919 * 7919 }}",
    "</title><svg onload=alert(1)>",
    "\u202e<b>",
    "\x08\x1b[2J\ufffe\uffff<b>",
    "a\u202eb\u2066c\u2028d\x85e\x9bf\x7fg\x1bh\ri",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<a href=\"java\nscript:alert(1)\" onclick='alert(1)'>x</a>",
    '<math><mi//xlink:href="data:x,<script>alert(4)</script>">',
    "--><!-- ]]><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
)


def evil_post(id_, text, type_="post", **fields):
    """Return a post that has a hostile text wherever a site can put one."""
    link = {"url": text, "text": text}
    return post(
        id_,
        f"words {text} heat",
        type_=type_,
        title=text,
        tags=[ref(1, text)],
        categories=[ref(2, text)],
        author=ref(2, text),
        slug=text,
        link=text,
        links=[link],
        embeds=[{"kind": "other", "url": text, "title": text}],
        language=None,
        translations=[{"language": text, "id": 78, "link": text}],
        html=f"<p>{escape(text)}</p>",  # as the cleaner writes it
        **fields,
    )


async def fill(store, text):
    """Save the sample, and documents of every kind that are hostile."""
    await fill_sample(store)
    evil = [evil_post(77, text), evil_post(78, text), evil_post(79, text, type_="product")]
    await store.save("posts", evil, FIRST)
    await store.save("posts", [evil_post(77, text, excerpt=f"{text} again")], FIRST + DAY)
    copied = {"of": f"{SITE}/post/77", "kind": "exact", "score": 1.0}
    await store.save("posts", [evil_post(80, text, duplicate=copied)], FIRST)
    await store.save("terms", [term(77, text)], FIRST)
    await store.save("authors", [author(77, text)], FIRST)
    await store.save("media", [media(77, title=text)], FIRST)
    await store.save("comments", [comment(77, 77, text=text)], FIRST)
    await store.save_site(site_record(SITE, home=text, name=text, description=text))


def addresses(client, text):
    """Return addresses of every page, about what is hostile and with what is hostile in them."""
    keys = [f"{SITE}/{name}" for name in ("post/77", "product/79")]
    others = [f"{SITE}/{name}" for name in ("post_tag/77", "user/77", "attachment/77")]
    found = ["/", "/?q=heat", "/events", "/sites", f"/site/{SITE}", "/runs", "/duplicates"]
    found += [f"/?translation_of={SITE}/post/78&state=any", FEED, "/metrics", PICTURE]
    for key in keys:
        found += [f"/post/{key}", f"/post/{key}?as_of=2100", f"/post/{key}?pictures=1"]
        found += [f"/links/{key}", f"/copies/{key}"]
    for key in (*keys, *others):
        found += [f"/versions/{key}", f"/versions/{key}?version=1", f"/raw/{key}"]
    found += ["/posts.csv", "/posts.jsonl", "/posts-by-month.csv"]
    found += [
        f"/lists/{name}.{form}"
        for name in ("sites", "runs", "events", "duplicates")
        for form in ("csv", "jsonl")
    ]
    found += [link for link in links_of(client.get("/runs").text).links if "/run/" in link]
    said = quote(text, safe="")
    found += [f"/?q={said}&tag={said}&since={said}", f"/?order={said}", f"/?translation_of={said}"]
    found += [f"/?tag={said}&type={said}&author={said}", f"/?q=heat&links_to={said}"]
    found += [f"/events?site={said}&what=new", f"/events?what={said}", f"/runs?after={said}"]
    found += [f"/{page}/{said}" for page in ("post", "versions", "raw", "site", "copies", "links")]
    found += [
        f"/run/{said}@x",
        f"/lists/{said}",
        f"/posts.{said}",
        f"/post/{SITE}/post/77?as_of={said}",
    ]
    return [*found, f"/file/{said}", f"/file/{DIGEST}?type={said}"]


def routes_of(paths):
    """Return the routes that these paths lead to."""
    tried = set()
    for path in paths:
        scope = {"type": "http", "method": "GET", "path": urlsplit(path).path, "root_path": ""}
        tried |= {route.path for route in ROUTES if route.matches(scope)[0] is Match.FULL}
    return tried


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_in_an_archive_or_an_address_runs(tmp_path, text):
    with open_archive(filled(new_file(tmp_path), lambda store: fill(store, text))) as archive:
        client = TestClient(web_app(archive), base_url="http://127.0.0.1")
        asked = addresses(client, text)
        assert routes_of(asked) == {route.path for route in ROUTES}, "a route is not tried"
        for address in asked:
            answer = client.get(address)
            assert answer.status_code in (200, 400, 404), address
            assert answer.headers["x-content-type-options"] == "nosniff", address
            _require_harmless(address, answer)
        assert client.get(f"/post/{SITE}/post/77").status_code == 200


def _require_harmless(address, answer):
    kind = answer.headers["content-type"].split(";")[0]
    assert not CONTROLS.search(answer.text), address
    if kind == "text/html":
        page = links_of(answer.text)
        assert page.scripts == ["/static/page.js"], address
        assert "<script>alert" not in answer.text, address
        assert not [link for link in page.links if "script:" in link.lower()[:20]], address
        assert str(7919 * 7919) not in answer.text, address
        assert "unsafe" not in answer.headers["content-security-policy"]
    elif address == FEED:
        assert kind == "application/atom+xml"
        elements = list(ElementTree.fromstring(answer.text).iter())
        assert {element.tag.rpartition("}")[2] for element in elements} <= FEED_ELEMENTS
        assert not [one for one in elements if "script:" in one.get("href", "")]
    elif address == PICTURE:
        assert kind == "image/svg+xml"
        assert "script" not in answer.text
        assert "attachment" in answer.headers["content-disposition"]
    else:
        assert kind in PLAIN_TYPES, address
