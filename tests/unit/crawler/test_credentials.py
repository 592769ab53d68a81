import html
import json
import os
from base64 import b64encode
from urllib.parse import quote, quote_plus

import pytest

from crawler.credentials import credentials_for, is_loopback
from crawler.errors import BadArguments

PASSWORD = "abcd EFGH 1234 ijkl"
LINE = f"https://example.com/blog editor:{PASSWORD}"


def found(address, text="", path=""):
    return credentials_for(address, path, {"CRAWL_CREDENTIALS": text})


def private_file(tmp_path, text, mode=0o600):
    path = tmp_path / "credentials"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_a_line_is_for_its_site_and_for_pages_of_it():
    for address in ("https://example.com/blog", "https://example.com/blog/2024/05/a-post/"):
        credentials = found(address, LINE)
        assert (credentials.user, credentials.password) == ("editor", PASSWORD)
    for address in ("https://example.com/", "https://example.com/blogs", "https://example.org/"):
        assert found(address, LINE) is None


def test_the_line_with_the_longest_path_counts():
    text = f"\n# all\nhttps://example.com one:x\n{LINE}\n"
    assert found("https://example.com/blog/", text).user == "editor"
    assert found("https://example.com/other/", text).user == "one"


@pytest.mark.parametrize(
    ("url", "goes"),
    [
        ("https://example.com/wp-json/", True),
        ("https://EXAMPLE.com:443/robots.txt", True),
        ("http://example.com/wp-json/", False),
        ("https://example.com:8443/", False),
        ("https://www.example.com/", False),
        ("https://example.com.evil.example/", False),
        ("data:,", False),
    ],
)
def test_they_go_to_their_own_origin_only(url, goes):
    assert found("https://example.com/blog", LINE).go_to(url) is goes


def test_http_is_for_this_machine_only():
    with pytest.raises(BadArguments, match="over https only"):
        found("https://example.com/", "http://example.com user:secret-word")
    for host in ("localhost", "127.0.0.1:8400", "[::1]:80"):
        assert found(f"http://{host}/", f"http://{host} user:x").go_to(f"http://{host}/wp-json/")
    assert not is_loopback("10.0.0.1")
    assert not is_loopback("localhost.example.com")


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("https://exämple.com", "https://xn--exmple-cua.com/wp-json/"),
        ("https://Example.com.", "https://example.com/wp-json/"),
        ("https://example.com", "https://example.com:443/wp-json/"),
        ("http://[::ffff:127.0.0.1]:8080", "http://127.0.0.1:8080/wp-json/"),
    ],
)
def test_all_spellings_of_a_host_get_them(written, asked):
    credentials = found(asked, f"{written} editor:{PASSWORD}")
    assert credentials is not None
    assert credentials.go_to(asked)
    assert not credentials.go_to(asked.replace("://", "://other."))


@pytest.mark.parametrize(
    "line",
    [
        "secret-word",
        "editor:secret-word",
        "https://example.com secret-word",
        "https://example.com :secret-word",
        "https://user:secret-word@example.com editor:x",
        "https://example.com:secret-word editor:x",
        "https://example.com editor:secret\x00-word",
    ],
)
def test_a_bad_line_is_named_by_its_number_and_never_repeated(line, tmp_path):
    path = private_file(tmp_path, f"# comment\n{line}\n")
    with pytest.raises(BadArguments, match="line 2") as caught:
        found("https://other.example/", path=path)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o666])
def test_a_file_that_others_may_open_is_refused_with_what_to_do(mode, tmp_path):
    path = private_file(tmp_path, LINE, mode)
    with pytest.raises(BadArguments, match=f"chmod 600 {path}"):
        found("https://example.com/blog", path=path)


def test_a_private_file_is_read(tmp_path):
    path = private_file(tmp_path, f"\ufeff{LINE}\r\n")
    assert found("https://example.com/blog", path=path).password == PASSWORD


def test_a_file_that_cannot_be_read_is_named_by_its_setting(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(BadArguments, match="CRAWL_CREDENTIALS_FILE"):
            found("https://example.com/", path=str(path))


def test_neither_user_nor_password_is_shown():
    credentials = found("https://example.com/blog", LINE)
    assert "editor" not in repr(credentials)
    assert "abcd" not in repr(credentials)


@pytest.mark.parametrize("spell", [json.dumps, html.escape, quote, quote_plus, str])
def test_every_spelling_of_a_password_is_taken_out(spell):
    password = 'pä/ss & "wörd" <\\>'
    credentials = found("https://example.com/", f"https://example.com me:{password}")
    for secret in (password, b64encode(f"me:{password}".encode()).decode()):
        text = spell(secret).encode()
        assert credentials.hidden_in(text).strip(b'"') == b"[credentials]"
        in_php = json.dumps(secret).replace("/", "\\/").encode()
        assert credentials.hidden_in(in_php) == b'"[credentials]"'


def test_what_a_site_repeats_is_taken_out():
    credentials = found("https://example.com/blog", LINE)
    token = b64encode(f"editor:{PASSWORD}".encode())
    text = b"Authorization: Basic " + token + b", " + PASSWORD.encode() + b", abcdEFGH1234ijkl"
    assert credentials.hidden_in(text) == (
        b"Authorization: Basic [credentials], [credentials], [credentials]"
    )
    short = found("https://example.com/", "https://example.com me:post")
    assert short.hidden_in(b"a post") == b"a post"
