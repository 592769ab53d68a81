"""The sample site as a whole, without a network: discovery, routes, and what each switch does."""

import json
from typing import Any

import pytest

from demo.api import Site
from demo.multiply import multiplied_site
from demo.responses import Request, Response
from tests.servers.recorded_site import made_site, recorded

ACCEPT = {"accept": "application/json"}


def ask(site: Site, target: str, **headers: str) -> Response:
    return site.respond(Request(target, {**ACCEPT, **headers}))


def listed(site: Site, route: str = "/wp/v2/posts", **query: Any) -> Any:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    return json.loads(ask(site, f"{site.path}/?rest_route={route}&{text}").body)


def test_three_ways_to_the_api() -> None:
    site = made_site(posts=3, path="/blog")
    for target in (
        "/blog/wp-json/wp/v2/posts/2",
        "/blog/index.php/wp-json/wp/v2/posts/2",
        "/blog/?rest_route=/wp/v2/posts/2",
    ):
        assert json.loads(ask(site, target).body)["id"] == 2
    assert ask(site, "/wp-json/").status == 404
    assert 'rel="https://api.w.org/"' in ask(site, "/blog/").headers["Link"]


def test_index_tells_capabilities() -> None:
    site = made_site(posts=3)
    index = json.loads(ask(site, "/wp-json/").body)
    arguments = index["routes"]["/wp/v2/posts"]["endpoints"][0]["args"]
    assert arguments["per_page"]["maximum"] == 100
    assert "offset" in arguments
    assert "wp/v2" in index["namespaces"]
    site.switch(cap_reject=20, offset_off=True)
    some = json.loads(ask(site, "/wp-json/?_fields=routes./wp/v2/posts").body)
    assert list(some["routes"]) == ["/wp/v2/posts"]
    arguments = some["routes"]["/wp/v2/posts"]["endpoints"][0]["args"]
    assert arguments["per_page"]["maximum"] == 20
    assert "offset" not in arguments


def test_types_and_taxonomies_lead_to_collections() -> None:
    site = made_site()
    assert listed(site, "/wp/v2/types")["post"]["_links"]["wp:items"][0]["href"].endswith(
        "/wp-json/wp/v2/posts"
    )
    assert listed(site, "/wp/v2/taxonomies/post_tag")["types"] == ["post"]
    assert listed(site, "/wp/v2/types", _fields="post") == {"post": {}}


def test_pages_carry_totals_and_links() -> None:
    answer = ask(made_site(posts=25), "/wp-json/wp/v2/posts?page=2")
    assert (answer.headers["X-WP-Total"], answer.headers["X-WP-TotalPages"]) == ("25", "3")
    assert 'page=1>; rel="prev"' in answer.headers["Link"]
    assert 'page=3>; rel="next"' in answer.headers["Link"]


def test_envelope_keeps_stripped_totals() -> None:
    site = made_site(posts=25)
    site.switch(no_totals=True)
    assert "X-WP-Total" not in ask(site, "/wp-json/wp/v2/posts").headers
    assert listed(site, _envelope=1)["headers"]["X-WP-Total"] == 25


@pytest.mark.parametrize(
    ("switches", "target", "status", "found"),
    [
        ({"rest_blocked": True}, "/wp-json/wp/v2/posts", 401, b"rest_not_logged_in"),
        ({"challenge": True}, "/wp-json/", 200, b"Just a moment"),
        ({"redirect_home": True}, "/wp-json/", 301, b""),
        ({"plain": True}, "/wp-json/", 404, b"404"),
        ({"include_off": True}, "/wp-json/wp/v2/tags?include=1001", 403, b"Forbidden"),
        ({"types_off": True}, "/wp-json/wp/v2/types", 401, b"rest_cannot_access"),
        ({"closed": {"tags": 401}}, "/wp-json/wp/v2/tags", 401, b"rest_cannot_access"),
        ({"closed": {"tags": 404}}, "/wp-json/wp/v2/tags", 404, b"rest_no_route"),
        ({"unreadable": {3}}, "/wp-json/wp/v2/posts/3", 500, b"internal_server_error"),
        ({"flaky": 1}, "/wp-json/wp/v2/posts", 500, b"internal_server_error"),
        ({"limit_every": 1}, "/wp-json/wp/v2/posts", 429, b"Slow down"),
        ({"limit_every": 1, "retry_503": True}, "/wp-json/wp/v2/posts", 503, b"Slow down"),
        ({"notices": True}, "/wp-json/wp/v2/posts", 200, b"<b>Notice</b>"),
        ({"bom": True}, "/wp-json/wp/v2/posts", 200, b"\xef\xbb\xbf["),
        ({"robots_disallow": True}, "/robots.txt", 200, b"Disallow: /wp-json/"),
    ],
)
def test_switches(switches: dict[str, Any], target: str, status: int, found: bytes) -> None:
    site = made_site(posts=5)
    assert found not in ask(site, target).body or not found
    site.switch(**switches)
    answer = ask(site, target)
    assert answer.status == status
    assert found in answer.body


def test_one_name_of_the_host() -> None:
    site = made_site(posts=5)
    site.origin = "http://127.0.0.1:8000"
    site.switch(canonical=True)
    moved = ask(site, "/wp-json/wp/v2/posts?page=1", host="localhost:8000")
    assert (moved.status, moved.headers["Location"]) == (
        301,
        "http://127.0.0.1:8000/wp-json/wp/v2/posts?page=1",
    )
    assert ask(site, "/wp-json/wp/v2/posts", host="127.0.0.1:8000").status == 200


def test_truncated_answers_are_no_json() -> None:
    site = made_site(posts=5)
    site.switch(truncate=2)
    json.loads(ask(site, "/wp-json/wp/v2/posts").body)
    with pytest.raises(json.JSONDecodeError):
        json.loads(ask(site, "/wp-json/wp/v2/posts").body)


def test_a_cache_that_ignores_the_query() -> None:
    site = made_site(posts=30)
    site.switch(same_page=True)
    assert listed(site, page=1) == listed(site, page=2) == listed(site, offset=7, per_page=100)


def test_recorded_sites_are_served_whole() -> None:
    for name, count in (
        ("blog.fukata.org", 45),
        ("yankay.com", 40),
        ("design-lab.tuqulore.com", 10),
        ("seed", 1),
        ("sample", 86),
    ):
        site = recorded(name)
        assert len(listed(site, per_page=100)) == count


def test_the_seed_posts_tags_have_names_in_the_sample() -> None:
    site = recorded("sample")
    seed = listed(site, "/wp/v2/posts/80658")
    names = {
        tag["name"]
        for tag in listed(
            site, "/wp/v2/tags", include=",".join(map(str, seed["tags"])), per_page=100
        )
    }
    assert len(names) == 40
    assert "Bae Suzy" in names


def test_many_posts_out_of_few() -> None:
    site = multiplied_site(200)
    posts = listed(site, per_page=100, page=1) + listed(site, per_page=100, page=2)
    assert len({post["id"] for post in posts}) == len({post["slug"] for post in posts}) == 200
    assert {tag for post in posts for tag in post["tags"]} <= site["tags"].rows.keys()
    assert {post["author"] for post in posts} <= site["users"].rows.keys()
