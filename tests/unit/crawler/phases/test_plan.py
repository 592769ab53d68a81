import asyncio

import pytest

from crawler.errors import ApiClosed, BadArguments, RobotsForbid
from crawler.phases.measure import measure
from crawler.phases.plan import choose, plan
from crawler.rest.collections import Collection
from crawler.run.verdict import ExitStatus
from crawler.site.discovery import Discovered
from tests.answers import Site, error, page
from tests.runs import a_run

ROOT = "https://h.org/wp-json"
TYPES = {
    "post": {"slug": "post", "rest_base": "posts", "taxonomies": ["post_tag"]},
    "movie": {"slug": "movie", "rest_base": "movies"},
}
TAXONOMIES = {"post_tag": {"slug": "post_tag", "rest_base": "tags", "types": ["post"]}}
POSTS, TAGS = (
    Collection("posts", "post", "/wp/v2/posts"),
    Collection("terms", "post_tag", "/wp/v2/tags"),
)
USERS, MOVIES = (
    Collection("authors", "user", "/wp/v2/users"),
    Collection("posts", "movie", "/wp/v2/movies"),
)
ALL = [TAGS, USERS, MOVIES, POSTS]
GET = {"endpoints": [{"methods": ["GET"], "args": {}}]}


def index(*bases):
    """Return the routes of an index with these lists, each with the route of one object."""
    lists = {f"/wp/v2/{base}": GET for base in bases}
    return lists | {f"{route}/(?P<id>[\\d]+)": GET for route in lists}


ROUTES = index("posts", "movies", "tags", "users")


class Shelf:
    """An archive that holds as many objects of each type as it is told."""

    def __init__(self, **held):
        self.counts = held

    async def held(self, kind, site, type_, statuses=()):
        return self.counts.get(type_, 0)


def planned(answers, routes=ROUTES, **arguments):
    run = a_run(Shelf(), Site(answers).fetcher, **arguments)
    found = Discovered(run.api, run.site, routes)
    chosen = asyncio.run(plan(run, found))
    return [part.type for part in chosen], run, found


def listed(total):
    return 200, {"X-WP-Total": str(total)}, [{"id": 1}]


def counted(answers, collections=ALL, held=None, **arguments):
    site = Site({f"{ROOT}/wp/v2/{name}": answer for name, answer in answers.items()})
    run = a_run(Shelf(**(held or {})), site.fetcher, **arguments)
    measured = asyncio.run(measure(run, collections))
    return [part.collection.type for part in measured], run


def test_everything_that_the_site_lists_is_planned():
    types, run, found = planned(
        {f"{ROOT}/wp/v2/types": TYPES, f"{ROOT}/wp/v2/taxonomies": TAXONOMIES}
    )
    assert types == ["post_tag", "user", "movie", "post"]
    assert run.report.doubts == []
    assert run.collections["posts", "post"].taxonomies == {"post_tag": "tags"}
    assert [part["route"] for part in found.site["capabilities"]] == [
        "/wp/v2/tags",
        "/wp/v2/users",
        "/wp/v2/movies",
        "/wp/v2/posts",
    ]


@pytest.mark.parametrize("comments", ["1", "true", "YES"])
def test_comments_only_when_asked_for(comments):
    answers = {f"{ROOT}/wp/v2/types": TYPES, f"{ROOT}/wp/v2/taxonomies": TAXONOMIES}
    assert planned(answers, comments=comments)[0][-1] == "comment"
    assert "comment" not in planned(answers, comments="0")[0]


def test_a_site_without_taxonomies_is_one():
    answers = {f"{ROOT}/wp/v2/types": TYPES, f"{ROOT}/wp/v2/taxonomies": {}}
    types, run, _ = planned(answers, index("posts", "movies", "users"))
    assert types == ["user", "movie", "post"]
    assert run.report.doubts == []


@pytest.mark.parametrize(
    "answer",
    [
        error(401, "rest_cannot_access"),
        error(404, "rest_no_route"),
        {},
        [],
        {"code": "x", "message": "y", "data": None},
        {"error": True},
        (500, {}, b""),
        page(),
        RobotsForbid("robots.txt forbids it"),
    ],
)
def test_where_types_cannot_be_read_core_s_are_walked_and_the_verdict_says_so(answer):
    types, run, _ = planned({f"{ROOT}/wp/v2/types": answer, f"{ROOT}/wp/v2/taxonomies": TAXONOMIES})
    assert types == ["post_tag", "user", "attachment", "page", "post"]
    assert len(run.report.doubts) == 1
    assert "/wp/v2/types cannot be read" in run.report.doubts[0]


@pytest.mark.parametrize(
    ("wanted", "types"),
    [
        ("", ["post_tag", "user", "movie", "post"]),
        (" , ", ["post_tag", "user", "movie", "post"]),
        ("post", ["post"]),
        ("posts,tags", ["post_tag", "post"]),
        ("post, post ,posts", ["post"]),
        ("user", ["user"]),
    ],
)
def test_types_are_chosen_by_name_or_path(wanted, types):
    assert [part.type for part in choose(ALL, wanted)] == types


def test_a_type_that_is_not_there_is_named_with_those_that_are():
    for name, hint in {
        "pots": r" \(did you mean 'posts' or 'post'\?\)",
        "Tag": r" \(did you mean 'tags' or 'post_tag'\?\)",
        "comments": r" \(comments are asked for with -a comments=1\)",
        "xyz": "",
    }.items():
        said = f"^the site has no type '{name}'{hint}; it has: post_tag, user, movie, post$"
        with pytest.raises(BadArguments, match=said):
            choose(ALL, f"post,{name}")


def test_totals_are_noted():
    types, run = counted(
        {"tags": listed(3), "users": listed(1), "movies": (200, {}, []), "posts": listed(1000)}
    )
    assert types == ["post_tag", "user", "movie", "post"]
    assert {name: count.site_total for name, count in run.report.named_types()} == {
        "post_tag": 3,
        "user": 1,
        "movie": None,
        "post": 1000,
    }


@pytest.mark.parametrize(
    "answer",
    [
        error(401, "rest_user_cannot_view"),
        error(404, "rest_no_route"),
        (403, {}, b"<h1>Forbidden</h1>"),
    ],
)
def test_a_closed_list_is_a_fact_about_the_site(answer):
    types, run = counted(
        {"tags": listed(3), "users": answer, "movies": listed(1), "posts": listed(5)}
    )
    assert types == ["post_tag", "movie", "post"]
    assert [part["name"] for part in run.report.skipped] == ["user"]
    assert ("authors", "user") not in run.report.types
    assert ("authors", "user") in run.closed


@pytest.mark.parametrize(("held", "arguments"), [({"user": 7}, {}), ({}, {"types": "user,post"})])
def test_a_closed_list_that_was_open_or_asked_for_is_missing(held, arguments):
    _, run = counted(
        {
            "tags": listed(3),
            "users": error(401, "rest_user_cannot_view"),
            "movies": listed(1),
            "posts": listed(5),
        },
        held=held,
        **arguments,
    )
    proof = str(run.report.types["authors", "user"].proof)
    assert proof.startswith("skipped: closed to visitors: 401 rest_user_cannot_view")


@pytest.mark.parametrize(
    "answer",
    [
        (403, {}, b"<h1>Forbidden</h1>"),
        (404, {}, b"<h1>Not Found</h1>"),
        (301, {"Location": "https://h.org/"}, b""),
    ],
)
def test_posts_that_something_else_than_wordpress_refuses_are_missing(answer):
    _, run = counted({"tags": listed(3), "users": listed(1), "movies": answer, "posts": listed(5)})
    assert str(run.report.types["posts", "movie"].proof).startswith("skipped: ")


def test_posts_that_wordpress_refuses_are_a_fact():
    _, run = counted(
        {
            "tags": listed(3),
            "users": listed(1),
            "movies": error(401, "rest_forbidden"),
            "posts": listed(5),
        }
    )
    assert ("posts", "movie") not in run.report.types


@pytest.mark.parametrize(
    "answer", [(500, {}, b""), (200, {}, b"[{"), page(), error(400, "rest_invalid_param")]
)
def test_what_is_wrong_with_a_list_is_found_out_by_its_walk(answer):
    types, run = counted(
        {"tags": answer, "users": listed(1), "movies": listed(1), "posts": listed(5)}
    )
    assert types[0] == "post_tag"
    assert run.report.types["terms", "post_tag"].site_total is None


def test_a_site_whose_posts_are_all_closed_is_closed():
    closed = error(401, "rest_cannot_access")
    with pytest.raises(ApiClosed, match="posts are closed to visitors: 401 rest_cannot_access"):
        counted({"tags": listed(3), "users": listed(1), "movies": closed, "posts": closed})


def test_lists_that_lead_to_another_host_say_where_and_how_to_go_there():
    moved = (302, {"Location": "https://b.org/wp-json/wp/v2/movies"}, b"")
    _, run = counted({"tags": listed(3), "users": listed(1), "movies": moved, "posts": listed(5)})
    [skipped] = run.report.skipped
    assert skipped["reason"].startswith("at another address: 302 redirects to https://b.org/")
    assert "crawl that address (-a site=https://b.org) if it is the same" in skipped["reason"]
    with pytest.raises(ApiClosed, match=r"at another address: .*-a site=https://b\.org\)"):
        counted({"tags": listed(3), "users": listed(1), "movies": moved, "posts": moved})


def test_a_choice_without_posts_may_be_closed():
    assert counted({"users": error(401, "rest_user_cannot_view")}, [USERS])[0] == []


def test_a_run_that_ends_asks_nothing_more():
    site = Site({})
    run = a_run(Shelf(), site.fetcher)
    run.stop(ExitStatus.PARTIAL, "stopped")
    assert asyncio.run(measure(run, ALL)) == []
    assert site.asked == []
