"""Addresses become absolute and harmless, or none."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.cleaning.write.links_and_media import (
    _origin,
    origin_slowly,
    resolve,
    resolve_slowly,
    resolve_web,
)
from tests.cleaning import BASE

BASES = [
    BASE,
    "HTTP://User@A.org:80?x#y",
    'https://a.org/b c/"d"/',
    "https://пример.рф/а/",
    "https://a b.org/",
    "https://[::1]/x",
    "http://[/",
    "ftp://a.org/",
    "/relative",
    "https:",
    "",
    None,
]


@given(
    st.sampled_from(["http://", "https://", "HTTP://", "//", "mailto:", ""]),
    st.text("ab.:/?#@%[]<>\"'`\\ \t\x7fé~!-|{}()&=_^"),
)
def test_the_fast_way_does_what_the_slow_way_does(scheme: str, rest: str) -> None:
    assert resolve(scheme + rest, BASE) == resolve_slowly(scheme + rest, BASE)


@given(st.text("ab/.~%-;?#"), st.sampled_from(BASES))
def test_paths_are_resolved_the_fast_way_as_the_slow_way(path: str, base: str | None) -> None:
    assert resolve("/" + path, base) == resolve_slowly("/" + path, base)


@given(
    st.sampled_from(["http://", "https://", "HTTP://", "http:/", "//", ""]),
    st.lists(
        st.sampled_from(["a.example", "1", "-", ".", ":80", "@", "[", "é", "/", "?", "#", ";", " "])
    ),
)
def test_the_usual_origin_is_found_as_the_slow_way_finds_it(scheme: str, parts: list[str]) -> None:
    base = scheme + "".join(parts)
    assert _origin(base) == origin_slowly(base)


def test_media_are_loaded_from_the_web_only() -> None:
    assert resolve_web("/a.jpg", "https://a.org/b/") == "https://a.org/a.jpg"
    assert resolve_web("mailto:me@a.org", BASE) is None
    assert resolve_web("", BASE) is None
    assert resolve_web(None, BASE) is None
