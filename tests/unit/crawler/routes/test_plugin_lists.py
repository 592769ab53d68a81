"""What a look at a list that no entry describes finds, and what of that stands against a run."""

import asyncio
from typing import Any

import pytest

from crawler.phases.measure import measure
from crawler.routes.plugin_lists import plugin_collections
from crawler.run.run_state import RunState
from tests.answers import Site, error, page
from tests.runs import a_run

THINGS = "/acme/v1/things"
TYPE = "route_acme_v1_things"
GET = {"endpoints": [{"methods": ["GET"], "args": {}}]}
PEOPLE = [{"id": 1, "contact": "ann@people.example"}]
CLOSED = [error(401, "rest_forbidden"), error(403, "acme_no"), error(404, "rest_no_route")]
BROKEN = [
    (500, {}, b""),
    (503, {}, b"<h1>Busy</h1>"),
    (403, {}, b"<h1>Forbidden</h1>"),
    (200, {"Content-Type": "application/json"}, b'[{"id": 1}, {"id"'),
    (200, {}, b""),
    page("<title>Just a moment...</title>"),
]
NO_LIST = [{"option": 1}, [{"name": "Soup"}], error(400, "rest_missing_callback_param")]


class Shelf:
    """An archive that holds as many records of each type as it is told."""

    def __init__(self, held: dict[str, int]) -> None:
        self.counts = held

    async def held(self, kind: str, site: str, type_: str, statuses: Any = ()) -> int:
        return self.counts.get(type_, 0)

    async def held_types(self, kind: str, site: str, prefix: str) -> list[str]:
        return [type_ for type_ in self.counts if type_.startswith(prefix)]


def looked_at(
    answer: Any, held: int = 0, routes: tuple[str, ...] = (THINGS,)
) -> tuple[RunState, list[str]]:
    """Look at the lists of a site and measure them; return the run, and the routes to be read."""
    site = Site({f"https://h.org/wp-json{route}": answer for route in routes})
    run = a_run(Shelf({TYPE: held} if held else {}), site.fetcher, routes="all")

    async def look() -> list[str]:
        found = await plugin_collections(run, dict.fromkeys(routes, GET), [])
        return [part.collection.route for part in await measure(run, found)]

    return run, asyncio.run(look())


def test_a_list_is_read_whether_it_is_held_or_not() -> None:
    for held in (0, 3):
        run, read = looked_at([{"id": 1, "name": "Soup"}], held)
        assert read == [THINGS]
        assert run.report.skipped == []


@pytest.mark.parametrize("answer", [*CLOSED, *NO_LIST, PEOPLE, []])
def test_a_list_that_is_closed_or_is_none_is_a_fact_about_the_site(answer: Any) -> None:
    run, read = looked_at(answer)
    assert read == []
    assert [part["name"] for part in run.report.skipped] == [THINGS]
    assert not run.report.types


@pytest.mark.parametrize("answer", BROKEN)
def test_a_list_of_which_nothing_is_known_stands_against_a_complete_run(answer: Any) -> None:
    run, read = looked_at(answer)
    assert read == []
    [(kind, type_)] = run.report.types
    assert (kind, type_) == ("posts", TYPE)
    assert str(run.report.types[kind, type_].proof).startswith("skipped: ")
    [skipped] = run.report.skipped
    assert "closed to visitors" not in skipped["reason"]


@pytest.mark.parametrize("answer", [*CLOSED, *BROKEN, *NO_LIST, PEOPLE])
def test_a_list_that_is_held_and_cannot_be_read_is_named_with_what_is_held(answer: Any) -> None:
    run, read = looked_at(answer, held=3)
    assert read == [], "not a row of it is asked for again"
    count = run.report.types["posts", TYPE]
    assert str(count.proof).startswith("skipped: ")
    [skipped] = run.report.skipped
    assert skipped["name"] == TYPE
    assert skipped["reason"].endswith("; 3 are held from earlier runs")
    assert count.reasons == [skipped["reason"]]


def test_a_list_that_is_held_and_empty_is_read_so_that_its_records_are_followed() -> None:
    assert looked_at([], held=3)[1] == [THINGS]


@pytest.mark.parametrize("route", ["/acme/v1/orders", None])
def test_a_held_list_that_is_not_looked_at_is_named(route: str | None) -> None:
    """It is gone from the index, or of a kind that is never read."""
    type_ = (route or THINGS).strip("/").replace("/", "_")
    site = Site({})
    run = a_run(Shelf({f"route_{type_}": 3}), site.fetcher, routes="all")
    found = asyncio.run(plugin_collections(run, {route: GET} if route else {}, []))
    asyncio.run(measure(run, found))
    assert site.asked == []
    [skipped] = run.report.skipped
    assert skipped["name"] == f"route_{type_}"
    assert skipped["reason"].endswith("; 3 are held from earlier runs")


@pytest.mark.parametrize("routes", ["known", "none"])
def test_nothing_is_said_of_lists_that_a_run_does_not_ask_for(routes: str) -> None:
    site = Site({})
    run = a_run(Shelf({TYPE: 3}), site.fetcher, routes=routes)
    assert asyncio.run(plugin_collections(run, {THINGS: GET}, [])) == []
    assert (site.asked, run.report.skipped) == ([], [])


def test_two_routes_whose_records_would_have_one_type_are_not_mixed() -> None:
    run, read = looked_at([{"id": 1, "name": "Soup"}], routes=("/acme/v1/a-b", "/acme/v1/a_b"))
    assert read == ["/acme/v1/a-b"]
    [skipped] = run.report.skipped
    assert skipped["name"] == "/acme/v1/a_b"
    assert "route_acme_v1_a_b" in skipped["reason"]
