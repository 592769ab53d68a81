import pytest

from crawler.routes.core_lists import (
    CORE_TAXONOMIES,
    CORE_TYPES,
    core_route,
    lists_without_type,
    what_a_list_holds,
    with_core,
)

GET = {"endpoints": [{"methods": ["GET"], "args": {}}]}
POST = {"endpoints": [{"methods": ["POST"], "args": {}}]}


def index(*routes):
    return dict.fromkeys(routes, GET)


def test_a_listing_gets_what_wordpress_has_and_the_index_names():
    routes = index("/wp/v2/posts", "/wp/v2/films")
    found = with_core({"film": {"rest_base": "films"}}, CORE_TYPES, routes)
    assert found == {"post": CORE_TYPES["post"], "film": {"rest_base": "films"}}


def test_an_index_without_routes_says_nothing():
    assert set(with_core({}, CORE_TAXONOMIES, {})) == {"category", "post_tag"}


def test_what_a_listing_says_counts():
    about = {"rest_base": "artikel"}
    found = with_core({"post": about}, CORE_TYPES, index("/wp/v2/posts"))
    assert found["post"] == about


def test_a_list_that_cannot_be_read_is_none():
    assert with_core({}, CORE_TYPES, {"/wp/v2/posts": POST}) == {}


@pytest.mark.parametrize(
    ("name", "route"),
    [("post", "/wp/v2/posts"), ("post_tag", "/wp/v2/tags"), ("film", None)],
)
def test_only_types_of_wordpress_have_a_usual_route(name, route):
    assert core_route(name) == route


@pytest.mark.parametrize("item", [r"(?P<id>[\d]+)", r"(?P<id>\d+)"])
def test_a_list_has_single_objects(item):
    assert lists_without_type(index("/wp/v2/films", f"/wp/v2/films/{item}"), ()) == ["/wp/v2/films"]


@pytest.mark.parametrize(
    "routes",
    [
        index("/wp/v2/films"),
        index("/wp/v2/films", "/wp/v2/films/(?P<slug>[\\w-]+)"),
        index("/wp/v2/films", "/wp/v2/films/(?P<id>[\\w-]+)"),
        index("/wp/v2/films", "/wp/v2/films/(?P<id>[\\d]+)/revisions"),
        index("/own/v1/films", "/own/v1/films/(?P<id>[\\d]+)"),
        {"/wp/v2/films": POST, "/wp/v2/films/(?P<id>[\\d]+)": GET},
        index("/wp/v2/films/(?P<id>[\\d]+)"),
    ],
)
def test_other_routes_are_no_lists(routes):
    assert lists_without_type(routes, ()) == []


@pytest.mark.parametrize("base", ["users", "comments", "blocks", "menu-items", "font-families"])
def test_lists_that_are_read_in_another_way_are_not_lacking(base):
    routes = index(f"/wp/v2/{base}", f"/wp/v2/{base}/(?P<id>[\\d]+)")
    assert lists_without_type(routes, ()) == []


def test_what_a_type_describes_is_not_lacking():
    routes = index("/wp/v2/films", "/wp/v2/films/(?P<id>[\\d]+)")
    assert lists_without_type(routes, {"/wp/v2/films"}) == []


@pytest.mark.parametrize(
    ("records", "named"),
    [
        ([{"id": 7, "type": "film"}], ("posts", "film")),
        ([{"id": "7", "type": "attachment"}], ("media", "attachment")),
        ([{"id": 7, "taxonomy": "genre"}], ("terms", "genre")),
        ([{"id": 7}, {"id": 8, "type": "film"}], ("posts", "film")),
        ([{"id": 7, "type": ["film"]}], None),
        ([{"type": "film"}], None),
        ([7, None], None),
        ([], None),
    ],
)
def test_records_say_what_they_are(records, named):
    assert what_a_list_holds(records) == named
