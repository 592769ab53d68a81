"""A type that a site does not list any more raises an alarm, and one nobody asked for does not."""

from datetime import timedelta
from typing import Any, cast

import pytest

from tests.simulation.years import BEGIN
from wparchive.alarms.judging import alarms_of
from wparchive.model.run_records import Run


def a_run(day: int, *types: str, **arguments: str) -> Run:
    at = BEGIN + timedelta(days=day)
    parts = [
        {"kind": "posts", "type": type_, "held": 30, "proof": "proved", "missing": 0}
        for type_ in types
    ]
    run: dict[str, Any] = {"_id": f"h.org@{at}", "site": "h.org", "started_at": at}
    run |= {"finished_at": at, "verdict": "complete", "scope": "everything", "failures": 0}
    return cast(Run, run | {"types": parts, "arguments": arguments, "profile": None})


def lost(run: Run, past: list[Run]) -> list[str | None]:
    return [alarm["type"] for alarm in alarms_of(run, past, {}) if alarm["kind"] == "types"]


@pytest.mark.parametrize(
    ("before", "now", "gone"),
    [
        ({"routes": "all"}, {}, "route_acme_v1_things"),
        ({"routes": "all"}, {"routes": "none"}, "store_product"),
        ({}, {"routes": "none"}, "store_product"),
        ({"comments": "1"}, {}, "comment"),
        ({"comments": "yes"}, {"comments": "0"}, "comment"),
    ],
)
def test_what_a_run_was_not_asked_for_is_not_lost(
    before: dict[str, str], now: dict[str, str], gone: str
) -> None:
    past = [a_run(day, "post", gone, **before) for day in (9, 8, 7, 6)]
    assert lost(a_run(10, "post", **now), past) == []
    assert lost(a_run(10, "post", **before), past) == [gone]


def test_runs_that_were_asked_for_less_are_compared() -> None:
    past = [a_run(day, "post", "store_product") for day in (9, 8, 7)]
    assert lost(a_run(10, "post", routes="all", comments="1"), past) == ["store_product"]


def test_after_a_run_that_was_asked_for_more_the_others_are_compared() -> None:
    more = a_run(9, "post", "page", "comment", comments="1")
    past = [more, *(a_run(day, "post", "page") for day in (8, 7, 6))]
    assert lost(a_run(10, "post"), past) == ["page"]
