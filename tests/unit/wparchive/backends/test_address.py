"""Addresses of archives."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wparchive.backends.address import FALLBACK_URI, redacted
from wparchive.backends.opening import open_store, parse_uri
from wparchive.errors import InvalidURI

BASE = Path("/base")


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        (FALLBACK_URI, "/base/archive-data/archive.db"),
        ("sqlite:///a.db", "/base/a.db"),
        ("sqlite:////var/a b.db", "/var/a b.db"),
        ("sqlite:///no-suffix", "/base/no-suffix"),
        ("some/where.sqlite3", "/base/some/where.sqlite3"),
        ("/var/archive.db", "/var/archive.db"),
    ],
)
def test_files(uri, path):
    address = parse_uri(uri, BASE)
    assert (address.scheme, address.place) == ("sqlite", path)
    assert str(address) == address.uri == f"sqlite:///{path}"
    assert parse_uri(str(address), Path("/elsewhere")) == address


@pytest.mark.parametrize(
    ("uri", "database"),
    [
        ("mongodb://localhost", "wparchive"),
        ("mongodb://localhost:27017/", "wparchive"),
        ("mongodb://a:1,b:2,c:3/news?replicaSet=rs0", "news"),
        ("mongodb://user:p%40ss@host/my-archive?authSource=admin", "my-archive"),
        ("mongodb+srv://user:pw@cluster.example.net/x", "x"),
    ],
)
def test_servers(uri, database):
    address = parse_uri(uri)
    assert (address.uri, address.place) == (uri, database)
    assert address.scheme == uri.partition("://")[0]


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "archive",
        "sqlite://archive.db",
        "sqlite:/archive.db",
        "sqlite:///",
        "sqlite:///folder/",
        "sqlite:///:memory:",
        "sqlite:///a\0.db",
        "postgres://host/db",
        "mongodb://",
        "mongodb:///db",
        "mongodb://host/a.b",
        "mongodb://host/a b",
        "mongodb://host/" + "x" * 64,
        "mongodb://[::1/db",
        "https://example.com/archive.db",
    ],
)
def test_nonsense_is_refused_with_a_hint(uri):
    with pytest.raises(InvalidURI, match=r"sqlite:///|percent-encode"):
        parse_uri(uri)


@given(
    st.sampled_from(["mongodb://", "mongodb+srv://", "mongodb:/", "postgres://", ""]),
    st.text(min_size=1),
    st.text(),
)
def test_no_message_and_no_address_shows_a_password(scheme, noise, user):
    secret = f"pass{noise}word"
    uri = f"{scheme}{user}:{secret}@host/db/x.y"
    assert secret not in redacted(uri)
    try:
        shown = str(parse_uri(uri))
    except InvalidURI as error:
        shown = str(error)
    assert secret not in shown
    assert "pass" not in shown.replace("in the password", "")


@pytest.mark.parametrize("sign", ["", ",", "/", "?", "#", "[", "]", ":", " ", "%", "12,"])
@pytest.mark.parametrize("begin", ["mongodb://user:", "mongodb://h:1,user:", "http://[user:"])
def test_a_password_without_a_host_is_hidden_whatever_signs_it_has(begin, sign):
    shown = redacted(f"{begin}s3c{sign}ret{sign}end")
    assert not [part for part in ("s3c", "ret", "end") if part in shown]


@pytest.mark.parametrize("name", ["password", "pwd", "token", "api_key", "clientSecret"])
def test_whatever_is_called_a_secret_is_hidden(name):
    assert redacted(f"mongodb://h/db?w=1&{name}=s3cret&x=2") == f"mongodb://h/db?w=1&{name}=***&x=2"


def test_an_address_of_a_file_with_a_password_is_refused_without_it():
    with pytest.raises(InvalidURI) as caught:
        parse_uri("sqlite://user:s3cret@h/x")
    assert "s3cret" not in str(caught.value)


def test_secrets_in_options_are_hidden():
    uri = "mongodb://h/db?tls=true&tlsCertificateKeyFilePassword=s3cret&authMechanismProperties=AWS_SESSION_TOKEN:s3cret"
    assert "s3cret" not in redacted(uri)
    assert redacted("mongodb://user:s3cret/db") == "mongodb://user:***"
    assert redacted("mongodb://[::1]:27017/x") == "mongodb://[::1]:27017/x"
    assert redacted("mongodb://h:1,g:2/db?w=1") == "mongodb://h:1,g:2/db?w=1"
    assert str(parse_uri("mongodb://u:p@h/db")) == "mongodb://***@h/db"
    assert "u:p" not in repr(parse_uri("mongodb://u:p@h/db"))


def test_the_embedded_archive_needs_no_driver():
    code = "import sys; from wparchive.backends.opening import open_store; open_store('sqlite:///x.db')"
    code += "; print('pymongo' in sys.modules, 'scrapy' in sys.modules)"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        == "False False\n"
    )


def test_stores_are_chosen_by_address():
    assert type(open_store("sqlite:///x.db")).__name__ == "SQLiteStore"
    assert type(open_store("mongodb://localhost/x")).__name__ == "MongoStore"


@pytest.mark.parametrize("hosts", ["h:99999", "h1,h2:x", "h:0", "[::1", "h:"])
def test_hosts_and_ports_that_cannot_be(hosts: str) -> None:
    with pytest.raises(InvalidURI) as raised:
        parse_uri(f"mongodb://user:secret@{hosts}/db")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "hosts", ["h", "h:27017", "h1,h2:27018,h3", "[::1]:27017", "127.0.0.1:1", "%2Ftmp%2Fm.sock"]
)
def test_hosts_and_ports_that_may_be(hosts: str) -> None:
    assert parse_uri(f"mongodb://user:secret@{hosts}/db").place == "db"
