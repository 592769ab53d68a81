import asyncio

import pytest
from scrapy.http import Response

from crawler.rest.client import RestClient
from crawler.rest.redirects import target_within_site, words_of_redirect

ROUTE = "http://h.org/wp-json/wp/v2/posts?page=2&per_page=99"


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/wp-json/wp/v2/posts/?page=2&per_page=99", "http://h.org/wp-json/wp/v2/posts/"),
        ("posts/?per_page=99&page=2", "http://h.org/wp-json/wp/v2/posts/"),
        ("https://h.org/wp-json/wp/v2/posts?page=2&per_page=99", "https://h.org/"),
        ("https://www.h.org/wp-json/wp/v2/posts/?page=2&per_page=99", "https://www.h.org/"),
        ("//www.h.org/wp-json/wp/v2/posts?page=2&per_page=99", "http://www.h.org/"),
    ],
)
def test_another_writing_of_the_same_address_is_followed(location, target):
    found = target_within_site(ROUTE, location)
    assert found is not None
    assert found.startswith(target)


@pytest.mark.parametrize(
    "location",
    [
        "",
        "/wp-json/wp/v2/posts",  # the parameters are lost
        "/wp-json/wp/v2/posts?page=1&per_page=99",
        "/wp-json/wp/v2/pages?page=2&per_page=99",
        "/login/?page=2&per_page=99",
        "http://other.org/wp-json/wp/v2/posts?page=2&per_page=99",
        "http://h.org.evil.org/wp-json/wp/v2/posts?page=2&per_page=99",
        "http://user:secret@h.org/wp-json/wp/v2/posts?page=2&per_page=99",
        "http://h.org:8080/wp-json/wp/v2/posts?page=2&per_page=99",
        "ftp://h.org/wp-json/wp/v2/posts?page=2&per_page=99",
        "http://[::1/wp-json/wp/v2/posts?page=2&per_page=99",
        "http://h.org:99999/wp-json/wp/v2/posts?page=2&per_page=99",
        ROUTE,
    ],
)
def test_anything_else_is_not_followed(location):
    assert target_within_site(ROUTE, location) is None


def test_the_way_back_to_http_is_not_taken():
    assert target_within_site("https://h.org/wp-json/", "http://h.org/wp-json/") is None


MOVED = "http://new.org/wp-json/wp/v2/posts/?page=2&per_page=99"


@pytest.mark.parametrize("home", ["http://new.org", "https://new.org/", "http://new.org:80/blog"])
def test_the_host_of_the_home_that_the_index_names_is_followed(home):
    assert target_within_site(ROUTE, MOVED, [home]) == MOVED
    assert target_within_site(ROUTE, MOVED.replace("http:", "https:"), [home]) is not None


@pytest.mark.parametrize(
    ("location", "home"),
    [
        (MOVED, "http://www.new.org/"),
        (MOVED, "http://new.org:8080/"),
        (MOVED.replace("posts", "pages"), "http://new.org/"),
        (MOVED.replace("//", "//user:secret@"), "http://new.org/"),
        (MOVED.replace("new.org", "new.org:8080"), "http://new.org/"),
        (MOVED.replace("new.org", "new.org.evil.org"), "http://new.org/"),
    ],
)
def test_another_host_than_that_of_the_home_is_not_followed(location, home):
    assert target_within_site(ROUTE, location, [home]) is None


def test_this_machine_has_several_names():
    url = "http://127.0.0.1:8000/wp-json/wp/v2/posts"
    assert target_within_site(url, "http://localhost:8000/wp-json/wp/v2/posts/") is not None
    assert target_within_site(url, "http://localhost:9/wp-json/wp/v2/posts/") is None


def client_of(moves):
    """A client of a site that sends some addresses elsewhere, and the addresses it was asked."""
    asked = []

    async def download(request):
        asked.append(request.url)
        location = moves(request.url)
        if location is None:
            return Response(request.url, body=b"[]")
        return Response(request.url, status=301, headers={"Location": location})

    return RestClient(download), asked


def adds_a_slash(url):
    path, _, query = url.partition("?")
    if path.endswith("/"):
        return None
    return f"{path}/?{query}"


def test_where_the_routes_have_moved_is_asked_at_once_the_next_time():
    client, asked = client_of(adds_a_slash)

    async def two_pages():
        first = await client.get("http://h.org/wp-json/wp/v2/posts?page=1", follow=False)
        second = await client.get("http://h.org/wp-json/wp/v2/tags?page=2", follow=False)
        return first.status, second.status

    assert asyncio.run(two_pages()) == (200, 200)
    assert asked == [
        "http://h.org/wp-json/wp/v2/posts?page=1",
        "http://h.org/wp-json/wp/v2/posts/?page=1",
        "http://h.org/wp-json/wp/v2/tags/?page=2",
    ]


@pytest.mark.parametrize(
    "moves",
    [
        lambda url: url.replace("//www.", "//") if "www." in url else url.replace("//", "//www."),
        lambda url: url,
    ],
)
def test_a_loop_is_a_refusal(moves):
    client, asked = client_of(moves)
    answer = asyncio.run(client.get("http://h.org/wp-json/wp/v2/posts", follow=False))
    assert answer.status == 301
    assert len(asked) <= 2


def test_hosts_that_send_to_each_other_are_a_refusal():
    def moves(url):
        return url.replace("h.org", "x.org").replace("new.org", "h.org").replace("x.org", "new.org")

    client, asked = client_of(moves)
    client.homes = ("http://new.org/", "http://h.org/")
    answer = asyncio.run(client.get("http://h.org/wp-json/wp/v2/posts", follow=False))
    assert answer.status == 301
    assert len(asked) <= 2


def test_pages_are_followed_within_their_site_only():
    moves = {
        "http://h.org/a/": "/b/",
        "http://h.org/b/": "http://other.org/",
        "http://h.org/c/": "/c/",
    }
    client, asked = client_of(moves.get)

    def within(address):
        return address.startswith("http://h.org/")

    for start in ("a", "c"):
        answer = asyncio.run(client.get(f"http://h.org/{start}/", within=within))
        assert answer.status == 301
    assert len(asked) == 2 + 4
    assert not [url for url in asked if "other.org" in url]


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://h.org/a?token=x", "redirects to https://h.org/a?token=***"),
        ("/a", "redirects to /a"),
        ("//[", "redirects to //["),
        ("file:///etc/passwd", "led to file:///etc/passwd, which is no address of the web"),
        ("ftp://u:pw@h.org/a", "led to ftp://***@h.org/a, which is no address of the web"),
        ("data:text/html,hi", "led to data:text/html,hi, which is no address of the web"),
    ],
)
def test_it_is_said_where_a_redirect_leads(location: str, words: str) -> None:
    assert words_of_redirect(location) == words


def test_an_address_of_any_length_is_said_in_few_words() -> None:
    assert len(words_of_redirect("data:" + "x" * 100_000)) < 300
