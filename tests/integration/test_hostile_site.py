"""The hostile server does to a client what its responses say."""

import gzip
import http.client
import urllib.error
import urllib.request

import pytest

from tests.servers.hostile_site import (
    HostileSite,
    bomb,
    document,
    endless,
    hang,
    hostile_site,
    html,
    redirect,
    reset,
    short,
)


def fetch(site: HostileSite, path: str, timeout: float = 10) -> bytes:
    with urllib.request.urlopen(site.home + path, timeout=timeout) as answer:
        body: bytes = answer.read()
        return body


def test_responses_and_what_was_requested() -> None:
    with hostile_site(
        {
            "/": html("Hello"),
            "/json": document({"a": 1}),
            "/moved": redirect("/json"),
            "/big": endless(3),
        }
    ) as site:
        assert b"Hello" in fetch(site, "/?x=1")
        assert fetch(site, "/moved") == b'{"a": 1}'
        assert len(fetch(site, "/big")) == 3_000_000
        assert site.requested == ["/?x=1", "/moved", "/json", "/big"]
        with pytest.raises(urllib.error.HTTPError, match="404") as missing:
            fetch(site, "/nothing")
        missing.value.close()


def test_broken_connections() -> None:
    with hostile_site(
        {"/reset": reset(), "/short": short(b"[1,", 100), "/hang": hang(b"HTTP/1.1 200 OK\r\n")}
    ) as site:
        with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
            fetch(site, "/reset")
        with pytest.raises(http.client.IncompleteRead):
            fetch(site, "/short")
        with pytest.raises(TimeoutError):
            fetch(site, "/hang", timeout=0.2)


def test_responses_can_be_made_on_demand_and_changed() -> None:
    with hostile_site({"/": lambda target: document(target)}) as site:
        assert fetch(site, "/?n=2") == b'"/?n=2"'
        site.responses["/"] = document("changed")
        assert fetch(site, "/") == b'"changed"'


def test_a_bomb_is_small_on_the_wire() -> None:
    with hostile_site({"/": bomb(5)}) as site:
        body = fetch(site, "/")
    assert len(body) < 100_000
    assert len(gzip.decompress(body)) == 5_000_000


def test_no_tls_here() -> None:
    with hostile_site({}) as site, pytest.raises(urllib.error.URLError, match=r"(?i)ssl"):
        urllib.request.urlopen(site.home.replace("http:", "https:"), timeout=10)
