import pytest

from crawler.rest.api import Api
from crawler.rest.collections import (
    CORE_CAPABILITIES,
    MOST_TYPES,
    TOO_MANY,
    Collection,
    comments_collection,
    read_capabilities,
    read_collections,
)

PRETTY = Api("https://h.org/blog/wp-json/")
PLAIN = Api("https://h.org/index.php?rest_route=/")
PATHINFO = Api("https://h.org/index.php/wp-json/")
COM = Api("https://public-api.wordpress.com/", "example.wordpress.com")


def routes(**args):
    return {
        "/wp/v2/posts": {
            "endpoints": [
                {"methods": ["POST"], "args": {"x": {}}},
                {"methods": ["GET"], "args": args},
            ]
        }
    }


def test_capabilities_are_read_from_the_get_endpoint():
    described = routes(per_page={"maximum": 50}, offset={}, orderby={"enum": ["id", "date"]})
    capabilities = read_capabilities(described, "/wp/v2/posts")
    assert capabilities.parameters == {"per_page", "offset", "orderby"}
    assert capabilities.orderby == {"id", "date"}
    assert capabilities.per_page_maximum == 50


@pytest.mark.parametrize("maximum", [0, -1, 100_000, "50", True, None, [], 2.5])
def test_an_odd_maximum_is_wordpress_s_own(maximum):
    assert (
        read_capabilities(routes(per_page={"maximum": maximum}), "/wp/v2/posts").per_page_maximum
        == 100
    )


@pytest.mark.parametrize("methods", [["GET"], "GET", {"GET": True}, {"0": "GET", "2": "POST"}])
def test_methods_come_as_list_string_or_map(methods):
    described = {"/r": {"endpoints": [{"methods": methods, "args": {"offset": {}}}]}}
    assert read_capabilities(described, "/r").parameters == {"offset"}


@pytest.mark.parametrize(
    "described",
    [None, [], "x", {"endpoints": None}, {"endpoints": [None, {"methods": 7, "args": []}]}],
)
def test_what_describes_nothing_counts_as_core(described):
    assert read_capabilities({"/r": described}, "/r") == CORE_CAPABILITIES
    assert read_capabilities({}, "/r") == CORE_CAPABILITIES


TYPES = {
    "post": {"rest_base": "posts", "taxonomies": ["category", "post_tag"]},
    "page": {"rest_base": "pages", "taxonomies": []},
    "attachment": {"rest_base": "media", "taxonomies": []},
    "movie": {"rest_base": "movies", "rest_namespace": "cinema/v1", "taxonomies": []},
    "wp_font_face": {"rest_base": "font-families/(?P<font_family_id>[\\d]+)/font-faces"},
}
TAXONOMIES = {
    "category": {"rest_base": "categories", "types": ["post"]},
    "post_tag": {"rest_base": "tags", "types": ["post"]},
    "genre": {"rest_base": "genres", "types": ["movie"]},
}


def test_names_are_collected_before_what_needs_them():
    found, skipped = read_collections(PRETTY, TYPES, TAXONOMIES, {})
    kinds = [(part.kind, part.type, part.route) for part in found]
    assert kinds == [
        ("terms", "category", "/wp/v2/categories"),
        ("terms", "post_tag", "/wp/v2/tags"),
        ("terms", "genre", "/wp/v2/genres"),
        ("authors", "user", "/wp/v2/users"),
        ("media", "attachment", "/wp/v2/media"),
        ("posts", "page", "/wp/v2/pages"),
        ("posts", "movie", "/cinema/v1/movies"),
        ("posts", "post", "/wp/v2/posts"),
    ]
    assert [part["name"] for part in skipped] == ["wp_font_face"]


def test_taxonomies_are_joined_from_both_sides():
    fields = {
        part.type: part.taxonomies for part in read_collections(PRETTY, TYPES, TAXONOMIES, {})[0]
    }
    assert fields["post"] == {"category": "categories", "post_tag": "tags"}
    assert fields["movie"] == {"genre": "genres"}


def test_a_php_list_with_holes_is_an_object():
    types = {"post": {"rest_base": "posts", "taxonomies": {"0": "category", "2": "post_tag"}}}
    taxonomies = {
        "category": {"rest_base": "categories"},
        "post_tag": {"rest_base": "tags"},
        "mood": {"types": {"1": "post"}},
    }
    found, _ = read_collections(PRETTY, types, taxonomies, {})
    assert found[-1].taxonomies == {"category": "categories", "post_tag": "tags", "mood": "mood"}


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        "",
        7,
        True,
        {"taxonomies": 7, "types": True, "_links": {"wp:items": [{"href": "http://["}]}},
    ],
)
def test_odd_descriptions_never_raise(odd):
    found, _ = read_collections(PRETTY, {"post": odd}, {"category": odd}, {"/wp/v2/post": odd})
    assert [part.route for part in found] == ["/wp/v2/category", "/wp/v2/users", "/wp/v2/post"]


@pytest.mark.parametrize("slug", ["../x", "a b", "a/b", "", "\x1b[2J", "a.b", "x" * 101])
def test_what_is_no_name_is_left_out_with_its_reason(slug):
    found, skipped = read_collections(PRETTY, {slug: {"rest_base": "posts"}}, {}, {})
    assert [part.type for part in found] == ["user"]
    assert skipped[0]["name"].isprintable()


@pytest.mark.parametrize(
    "about",
    [
        {"rest_base": "../../admin"},
        {"rest_base": "a?b=c"},
        {"rest_namespace": "x/../y"},
        {"rest_namespace": "a b"},
    ],
)
def test_no_route_leaves_the_api(about):
    found, skipped = read_collections(PRETTY, {"post": about}, {}, {})
    assert [part.type for part in found] == ["user"]
    assert "no plain path" in skipped[0]["reason"]


def items(href):
    return {"thing": {"rest_base": "things", "_links": {"wp:items": [{"href": href}]}}}


@pytest.mark.parametrize(
    ("api", "href", "route"),
    [
        (PRETTY, "https://h.org/blog/wp-json/own/v1/things", "/own/v1/things"),
        (PRETTY, "http://H.org/blog/wp-json/own/v1/things/", "/own/v1/things"),
        (PLAIN, "https://h.org/index.php?rest_route=%2Fown%2Fv1%2Fthings", "/own/v1/things"),
        (PATHINFO, "https://h.org/?rest_route=/own/v1/things&#038;x=1", "/own/v1/things"),
        (COM, "https://public-api.wordpress.com/own/v1/sites/123/things", "/own/v1/things"),
    ],
)
def test_the_list_s_own_address_is_used(api, href, route):
    found, skipped = read_collections(api, items(href), {}, {})
    assert found[-1].route == route
    assert skipped == []


@pytest.mark.parametrize(
    "href",
    [
        "https://evil.example/wp-json/own/v1/things",
        "https://h.org/other/own/v1/things",
        "javascript:alert(1)",
        "//[",
    ],
)
def test_a_list_elsewhere_is_not_followed(href):
    found, skipped = read_collections(PRETTY, items(href), {}, {})
    assert found[-1].route == "/wp/v2/things"
    assert "not followed" in skipped[0]["reason"]


def test_the_usual_path_at_another_name_of_the_site_is_no_news():
    found, skipped = read_collections(
        PRETTY, items("https://www.h.org/blog/wp-json/wp/v2/things"), {}, {}
    )
    assert found[-1].route == "/wp/v2/things"
    assert skipped == []


def test_comments_have_a_collection_of_their_own():
    assert (comments_collection({}).kind, comments_collection({}).route) == (
        "comments",
        "/wp/v2/comments",
    )


def many_types(number):
    return {f"type-{n}": {"rest_base": f"list-{n}"} for n in range(number)}


def test_of_too_many_types_those_of_wordpress_and_those_asked_for_are_read():
    types = many_types(2000) | {"post": {"rest_base": "posts"}}
    found, skipped = read_collections(PRETTY, types, {}, {}, {"type-1500", "list-1600"})
    names = [part.type for part in found if part.kind == "posts"]
    assert len(names) == MOST_TYPES
    assert {"type-0", "type-1500", "type-1600", "post"} <= set(names)
    assert skipped == [{"name": "1,751 others", "reason": TOO_MANY}]


def test_whatever_is_asked_for_by_name_is_not_too_much():
    types = many_types(300)
    found, _ = read_collections(PRETTY, types, {}, {}, set(types))
    assert len(found) == 300 + len(["user"])


def test_records_of_people_are_read_only_where_they_are_asked_for_by_name():
    types = {name: {"rest_base": f"{name}s"} for name in ("shop_order", "feedback", "docs")}
    found, skipped = read_collections(PRETTY, types, {}, {})
    assert [part.type for part in found if part.kind == "posts"] == ["docs"]
    assert [part["name"] for part in skipped] == ["shop_order", "feedback"]
    assert skipped[0]["reason"].startswith("personal data: what people bought")
    assert skipped[0]["reason"].endswith("-a types=shop_order")
    for name in ("shop_order", "shop_orders"):
        found, skipped = read_collections(PRETTY, types, {}, {}, {name})
        assert {part.type for part in found if part.kind == "posts"} == {"docs", "shop_order"}
        assert [part["name"] for part in skipped] == ["feedback"]


# Types as these plugins register them, with the base of their lists.
CONTENT_OF_PLUGINS = {
    "wprm_recipe": "wprm_recipe",
    "tasty_recipe": "tasty_recipe",
    "docs": "docs",
    "sfwd-courses": "sfwd-courses",
    "course": "courses",
    "product": "product",
}


def test_recipes_courses_and_documents_of_plugins_are_types_like_others():
    types = {name: {"rest_base": base} for name, base in CONTENT_OF_PLUGINS.items()}
    found, skipped = read_collections(PRETTY, types, {}, {})
    routes = {part.type: part.route for part in found if part.kind == "posts"}
    assert routes == {name: f"/wp/v2/{base}" for name, base in CONTENT_OF_PLUGINS.items()}
    assert skipped == []


def test_badly_named_types_are_counted_and_leave_room_for_the_others():
    types = {f"no name/{n}": {"rest_base": "x"} for n in range(50_000)}
    found, skipped = read_collections(PRETTY, types | TYPES, TAXONOMIES, {})
    assert found == read_collections(PRETTY, TYPES, TAXONOMIES, {})[0]
    assert len(skipped) < 30
    assert "49,980 others" in [part["name"] for part in skipped]


def test_thousands_of_types_and_taxonomies_are_joined_in_no_time():
    # In quadratic time this would take hours, and the time limit of tests would end it.
    taxonomies = {f"taxonomy-{n}": {"types": [f"type-{n}"]} for n in range(50_000)}
    found, _ = read_collections(PRETTY, many_types(50_000), taxonomies, {})
    assert len(found) == 2 * MOST_TYPES + len(["user"])


@pytest.mark.parametrize("type_", ["pingback", "trackback", "note"])
def test_a_comment_that_is_shown_singly_may_be_of_a_type_that_no_list_has(type_):
    comments = Collection("comments", "comment", "/wp/v2/comments")
    assert comments.has_in_lists(b'{"id": 1, "type": "comment"}')
    assert not comments.has_in_lists(f'{{"id": 1, "type": "{type_}"}}'.encode())
    posts = Collection("posts", "note", "/wp/v2/notes")
    assert posts.has_in_lists(b'{"id": 1, "type": "note"}')


def test_a_record_of_wordpress_has_an_id_from_1_on():
    posts = Collection("posts", "note", "/wp/v2/notes")
    assert posts.id_of(b'{"id":1}') == 1
    assert posts.id_of(b'{"id":0}') is None
