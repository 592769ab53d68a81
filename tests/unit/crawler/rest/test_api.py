from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.rest.api import Api, is_same_place, other_keys, site_key

PRETTY = Api("https://h.org/blog/wp-json/")
PATHINFO = Api("https://h.org/index.php/wp-json/")
PLAIN = Api("https://h.org/index.php?rest_route=/")
COM = Api("https://public-api.wordpress.com/", "example.wordpress.com")
SHAPES = [PRETTY, PATHINFO, PLAIN]

VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("api", "url"),
    [
        (PRETTY, "https://h.org/blog/wp-json/wp/v2/posts?per_page=100&orderby=id"),
        (PATHINFO, "https://h.org/index.php/wp-json/wp/v2/posts?per_page=100&orderby=id"),
        (PLAIN, "https://h.org/index.php?rest_route=/wp/v2/posts&per_page=100&orderby=id"),
        (
            COM,
            "https://public-api.wordpress.com/wp/v2/sites/example.wordpress.com/posts?per_page=100&orderby=id",
        ),
        (
            Api("https://h.org/wp-json/?lang=fr"),
            "https://h.org/wp-json/wp/v2/posts?lang=fr&per_page=100&orderby=id",
        ),
        (
            Api("https://h.org/?rest_route=/&lang=fr"),
            "https://h.org/?rest_route=/wp/v2/posts&lang=fr&per_page=100&orderby=id",
        ),
    ],
)
def test_all_forms_of_a_root_give_addresses(api, url):
    assert api.url("/wp/v2/posts", [("per_page", "100"), ("orderby", "id")]) == url


@pytest.mark.parametrize("api", SHAPES)
@given(
    st.lists(st.sampled_from(["wp", "v2", "posts", "news-items", "12"]), min_size=1, max_size=5),
    st.lists(st.tuples(VALUES, VALUES)),
)
def test_an_address_says_its_route_and_parameters(api, segments, params):
    route = "/" + "/".join(segments)
    params = [(name, value) for name, value in params if name != "rest_route"]
    parts = urlsplit(api.url(route, params))
    said = parse_qsl(parts.query, keep_blank_values=True)
    if api is PLAIN:
        assert said == [("rest_route", route), *params]
        assert parts.path == "/index.php"
    else:
        assert said == params
        assert parts.path == urlsplit(api.root).path.rstrip("/") + route


@pytest.mark.parametrize(
    ("api", "other"),
    [(PRETTY, "https://h.org/blog/?rest_route=/"), (PATHINFO, "https://h.org/?rest_route=/")],
)
def test_the_query_form_of_a_root(api, other):
    assert api.query_form() == Api(other)


@pytest.mark.parametrize("api", [PLAIN, COM])
def test_there_is_no_other_query_form(api):
    assert api.query_form() is None


@pytest.mark.parametrize(
    ("home", "key"),
    [
        ("https://Example.com/", "example.com"),
        ("http://example.com/Blog/", "example.com/Blog"),
        ("https://example.com:443/", "example.com"),
        ("http://localhost:8080/", "localhost:8080"),
        ("https://exämple.com/", "xn--exmple-cua.com"),
        ("https://xn--exmple-cua.com/", "xn--exmple-cua.com"),
        ("http://[::1]:8080/", "[::1]:8080"),
        ("https://ä..b/", "ä..b"),
        ("https://Example.com./blog", "example.com/blog"),
        ("https://EXÄMPLE.com.:443/", "xn--exmple-cua.com"),
        ("http://0.0.0.0:8080/", "127.0.0.1:8080"),
        ("http://127.1:8080/", "127.0.0.1:8080"),
        ("http://0x7f000001/", "127.0.0.1"),
        ("http://[::ffff:127.0.0.1]:8080/", "127.0.0.1:8080"),
        ("http://[::FFFF:7F00:1]/", "127.0.0.1"),
        ("http://[::]/", "[::1]"),
        ("http://[2001:DB8:0:0:0:0:0:1]/x", "[2001:db8::1]/x"),
        ("http://1.example/", "1.example"),
    ],
)
def test_site_keys(home, key):
    assert site_key(home) == key


@given(st.text())
def test_any_host_has_a_key(host):
    try:
        urlsplit(f"https://{host}/").port  # noqa: B018 - what no address parser takes is refused before
    except ValueError:
        return
    assert isinstance(site_key(f"https://{host}/"), str)


@pytest.mark.parametrize(
    ("root", "home"),
    [
        ("https://h.org/wp-json/", "https://h.org/"),
        ("https://h.org/blog/index.php/wp-json/", "https://h.org/blog/"),
        ("https://h.org/blog/index.php?rest_route=/", "https://h.org/blog/"),
        ("https://h.org/?rest_route=/", "https://h.org/"),
        ("https://h.org/fr/wp-json/", "https://h.org/fr/"),
    ],
)
def test_the_home_follows_from_where_the_api_answers(root, home):
    assert Api(root).home == home


@pytest.mark.parametrize(
    ("root", "claimed", "home"),
    [
        ("https://www.h.org/wp-json/", "https://h.org", "https://h.org/"),
        ("https://h.org/wp-json/", "http://www.h.org/", "https://www.h.org/"),
        ("http://127.0.0.1:80/wp-json/", "http://localhost", "http://localhost/"),
        ("http://127.0.0.1:8000/wp-json/", "http://localhost:8000", "http://localhost:8000/"),
        ("https://h.org/wp-admin/?rest_route=/", "https://h.org", "https://h.org/"),
        ("https://h.org/blog/a/?rest_route=/", "https://h.org/blog", "https://h.org/blog/"),
        # The languages of a site have one home, and an API each.
        ("https://h.org/fr/wp-json/", "https://h.org", "https://h.org/fr/"),
        # What may be another site is not believed.
        ("https://staging.h.org/wp-json/", "https://h.org", "https://staging.h.org/"),
        ("https://h.org/wp-json/", "https://bank.example", "https://h.org/"),
        ("http://127.0.0.1:8000/wp-json/", "http://localhost:9000", "http://127.0.0.1:8000/"),
        ("https://h.org/wp-json/", "https://user@h.org", "https://h.org/"),
        ("https://h.org/wp-json/", "javascript:alert(1)", "https://h.org/"),
        ("https://h.org/wp-json/", "https://h.org:x", "https://h.org/"),
        ("https://h.org/wp-json/", None, "https://h.org/"),
        ("https://h.org/wp-json/", ["https://h.org"], "https://h.org/"),
    ],
)
def test_the_home_is_what_the_index_claims_where_that_may_be_the_same_site(root, claimed, home):
    assert Api(root).home_as_claimed(claimed) == home


@pytest.mark.parametrize(
    ("key", "others"),
    [
        ("h.org/blog", ["www.h.org/blog"]),
        ("www.h.org", ["www.www.h.org", "h.org"]),
        ("localhost:8000", ["127.0.0.1:8000", "[::1]:8000", "0.0.0.0:8000"]),
        ("[::1]", ["localhost", "127.0.0.1", "0.0.0.0"]),
        ("127.0.0.1/a/b", ["localhost/a/b", "[::1]/a/b", "0.0.0.0/a/b"]),
    ],
)
def test_keys_of_earlier_versions(key, others):
    assert other_keys(key) == others


@given(st.text(), st.text())
def test_any_claim_is_read(found, claimed):
    assert is_same_place(found, claimed) in (True, False)
    assert Api("https://h.org/wp-json/").home_as_claimed(claimed).startswith("https://")
