import asyncio
import json
from dataclasses import replace

import pytest

from crawler.errors import ApiError, BrokenJson, NoResponse, NotJson
from crawler.phases.collect import Collector
from crawler.phases.full import FullStrategy
from crawler.phases.vanished import VanishedObjects, brake_limit, fate_of
from crawler.rest.collections import Collection
from crawler.routes.plugin_shapes import UNKNOWN_SHAPE, shape_of_type
from crawler.run.verdict import ExitStatus
from tests.answers import Site, error, page
from tests.runs import NOW, PROVED, a_run
from wparchive.errors import ArchiveUnreachable

POSTS = Collection("posts", "post", "/wp/v2/posts")
URL = "https://h.org/wp-json/wp/v2/posts/"
NO_ROUTE = error(404, "rest_no_route")


class Shelf:
    """What the phase needs of an archive: the ids that it holds, and the marks that it sets."""

    def __init__(self, live, held=100, broken=False):
        self.ids, self.count, self.broken = list(live), held, broken
        self.marks = {}
        self.raw = {}

    async def live_ids(self, kind, site, type_, statuses=()):
        if self.broken:
            raise ArchiveUnreachable("the server is gone")
        return self.ids

    async def held(self, kind, site, type_, statuses=()):
        return self.count

    async def raw_records(self, kind, site, type_, ids, statuses=()):
        return {id_: self.raw[id_] for id_ in ids if id_ in self.raw}

    async def set_state(self, kind, site, type_, ids, state, at):
        self.marks[state] = list(ids)
        return len(ids)


class Looked:
    """One look: what the site was asked, what was marked, and what came back alive."""

    def __init__(self, shelf, answers, brakes=()):
        self.shelf, self.site = shelf, Site(answers)
        self.run = a_run(shelf, self.site.fetcher, brakes=brakes)
        self.count = self.run.report.count("posts", "post")
        self.count.proof = PROVED
        self.items = []

    def look(self):
        async def collect():
            ids = await FullStrategy(self.run, Collector(self.run)).vanished(POSTS)
            return [item async for item in VanishedObjects(self.run).look(POSTS, ids)]

        self.items = asyncio.run(collect())
        return self


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (ApiError(404, "rest_post_invalid_id"), "deleted"),
        (ApiError(404, "rest_term_invalid"), "deleted"),
        (ApiError(404, "rest_user_invalid_id"), "deleted"),
        (ApiError(404, "rest_comment_invalid_id"), "deleted"),
        (ApiError(401, "rest_forbidden"), "withdrawn"),
        (ApiError(403, "rest_forbidden"), "withdrawn"),
        (ApiError(401, "rest_user_cannot_view"), "withdrawn"),
        (ApiError(404, "rest_no_route"), "unknown"),
        (ApiError(404), "unknown"),
        (ApiError(403), "unknown"),
        (ApiError(401, "rest_not_logged_in"), "unknown"),
        (ApiError(403, "itsec_rest_api_access_restricted"), "unknown"),
        (ApiError(500, "rest_post_invalid_id"), "unknown"),
        (BrokenJson("truncated"), "unknown"),
        (NotJson("a challenge page"), "unknown"),
        (NoResponse("connection refused"), "unknown"),
    ],
)
def test_what_an_answer_says_of_an_object(error, fate):
    assert fate_of(error) == fate


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (ApiError(404, "woocommerce_rest_product_invalid_id"), "deleted"),
        (ApiError(404, "event-not-found"), "deleted"),
        (ApiError(400, "rest_invalid_param", "", frozenset({"id"})), "deleted"),
        (ApiError(400, "rest_invalid_param", "", frozenset({"context"})), "unknown"),
        (ApiError(400, "rest_missing_callback_param", "", frozenset({"id"})), "unknown"),
        (ApiError(403, "event-not-accessible"), "withdrawn"),
        (ApiError(401, "rest_forbidden"), "withdrawn"),
        (ApiError(403, "itsec_rest_api_access_restricted"), "unknown"),
        (ApiError(404, "rest_no_route"), "unknown"),
        (ApiError(404), "unknown"),
    ],
)
def test_what_a_plugin_says_of_an_object(error, fate):
    assert fate_of(error, shape_of_type("calendar_event")) == fate


@pytest.mark.parametrize(
    ("held", "limit"), [(0, 20), (100, 20), (400, 20), (1000, 50), (50_000, 2500)]
)
def test_the_brake_s_limit(held, limit):
    assert brake_limit(held) == limit


def test_each_vanished_object_is_asked_for():
    answers = {
        f"{URL}1": error(404, "rest_post_invalid_id"),
        f"{URL}2": error(401, "rest_forbidden"),
        f"{URL}3": {"id": 3, "title": "alive"},
    }
    looked = Looked(Shelf([1, 2, 3]), answers).look()
    assert looked.shelf.marks == {"deleted": [1], "withdrawn": [2]}
    assert [item.id for item in looked.items] == [3]
    assert (looked.count.withdrawn, looked.count.deleted) == (1, 1)
    assert looked.count.proof == PROVED


@pytest.mark.parametrize(
    "answer",
    [
        (404, {}, b"<h1>Not Found</h1>"),
        error(404, "rest_no_route"),
        (500, {}, b""),
        page(),
        {"id": 9, "title": "another"},
        {"title": "no id"},
        [],
        NoResponse("connection refused"),
    ],
)
def test_what_the_site_does_not_explain_is_left_as_it_is(answer):
    looked = Looked(Shelf([1]), {f"{URL}1": answer}).look()
    assert looked.shelf.marks == {"deleted": [], "withdrawn": []}
    assert looked.items == []
    assert (
        str(looked.count.proof)
        == "unproven: 1 held objects are no longer listed, and the site does not say why"
    )


def test_an_object_behind_a_notice_is_alive():
    looked = Looked(
        Shelf([1]), {f"{URL}1": (200, {}, b'<br /><b>Notice</b>: [x] in y.php<br />{"id":1}')}
    ).look()
    assert [(item.id, item.raw) for item in looked.items] == [(1, b'{"id":1}')]


def test_many_at_once_are_held_back_until_a_second_run():
    gone = {f"{URL}{id_}": error(404, "rest_post_invalid_id") for id_ in range(1, 40)}
    first = Looked(Shelf(range(1, 40)), gone).look()
    assert first.shelf.marks == {}
    assert first.site.asked == []
    assert str(first.count.proof).startswith("unproven: 39 of 100 held objects")
    second = Looked(Shelf(range(1, 40)), gone, first.run.site["brakes"]).look()
    assert len(second.shelf.marks["deleted"]) == 39
    assert second.run.site["brakes"] == []
    assert second.count.proof == PROVED


def test_a_second_run_that_finds_far_more_is_held_back_again():
    brakes = [
        {"kind": "posts", "type": type_, "count": count, "run": "x", "at": NOW}
        for type_, count in (("post", 39), ("page", 50))
    ]
    looked = Looked(Shelf(range(1, 96)), {}, brakes).look()
    assert looked.shelf.marks == {}
    assert [(brake["type"], brake["count"]) for brake in looked.run.site["brakes"]] == [
        ("page", 50),
        ("post", 95),
    ]


def test_a_second_run_that_finds_others_is_held_back_again():
    gone = {f"{URL}{id_}": error(404, "rest_post_invalid_id") for id_ in range(1, 90)}
    first = Looked(Shelf(range(1, 40)), gone).look()
    second = Looked(Shelf(range(40, 79)), gone, first.run.site["brakes"]).look()
    assert second.shelf.marks == {}
    assert str(second.count.proof).startswith("unproven: 39 of 100 held objects")
    # Nearly the same is the same.
    third = Looked(Shelf(range(35, 85)), gone, second.run.site["brakes"]).look()
    assert len(third.shelf.marks["deleted"]) == 50


def test_a_brake_keeps_a_thousand_ids_at_most():
    first = Looked(Shelf(range(1, 2502)), {}).look()
    (brake,) = first.run.site["brakes"]
    assert (brake["count"], len(brake["sample"])) == (2501, 834)
    assert (brake["sample"][0], brake["sample"][-1]) == (1, 2500)


def test_a_brake_goes_when_the_objects_are_back():
    looked = Looked(
        Shelf([]), {}, [{"kind": "posts", "type": "post", "count": 39, "run": "x", "at": NOW}]
    ).look()
    assert looked.run.site["brakes"] == []


def test_a_run_that_ends_marks_nothing():
    looked = Looked(Shelf([1]), {f"{URL}1": error(404, "rest_post_invalid_id")})
    looked.run.stop(ExitStatus.PARTIAL, "stopped")
    assert looked.look().shelf.marks == {}


def test_a_lost_archive_is_said():
    looked = Looked(Shelf([], broken=True), {})
    with pytest.raises(ArchiveUnreachable, match="the server is gone"):
        looked.look()


def test_what_a_plugin_shows_in_its_list_alone_is_judged_by_its_page():
    shape = replace(UNKNOWN_SHAPE, type="route_acme_v1_things", routes=("/acme/v1/things",))
    things = Collection("posts", shape.type, "/acme/v1/things", shape=shape)
    shelf = Shelf([])
    links = {1: "/gone/", 2: "/there/", 3: "https://other.example/3/", 4: None, 5: "/broken/"}
    shelf.raw = {id_: json.dumps({"id": id_, "link": link}).encode() for id_, link in links.items()}
    answers = {f"https://h.org/wp-json/acme/v1/things/{id_}": NO_ROUTE for id_ in range(1, 7)}
    answers |= {"https://h.org/there/": page(), "https://h.org/broken/": page(status=500)}
    run = a_run(shelf, Site(answers).fetcher)

    async def look():
        return [item async for item in VanishedObjects(run).look(things, range(1, 7))]

    assert asyncio.run(look()) == []
    assert shelf.marks == {"withdrawn": [1], "deleted": []}
    # Those at another site, without an address, with a page that is broken, and not held.
    assert str(run.count_of(things).proof).startswith("unproven: 4 held objects are no longer")
