"""After an update that ends complete, the archive has what the lists without dates of change show.

Images are shown as long as their posts are, comments are written and edited, tags renamed.
"""

import os
from collections.abc import Callable
from datetime import timedelta

import pytest

from crawler.polls.news import CHEAP_REQUESTS
from tests.simulation.newsroom import EVENTS, LISTS, Newsroom, Shelves, run_newsroom

HISTORIES = int(os.environ.get("UPDATE_HISTORIES", "4"))
RUNS = 6


def let_time_pass(room: Newsroom, events: dict[Callable[[Newsroom], None], float]) -> None:
    """Some hours or days, in which editors work."""
    for _ in range(room.random.choice((0, 1, 4, 12))):
        room.now += timedelta(minutes=room.random.randint(1, 600))
        room.random.choices(list(events), list(events.values()))[0](room)
    room.now += timedelta(minutes=room.random.randint(1, 600))


def differing(room: Newsroom, shelves: Shelves, type_: str, base: str) -> set[int]:
    """Return the ids of what is not held as it is shown."""
    shown, held = room.shown(base), shelves.live(type_)
    return {id_ for id_ in shown.keys() | held.keys() if shown.get(id_) != held.get(id_)}


@pytest.mark.parametrize("asked_at_once", [100, 2])
def test_the_law_holds_for_every_list(asked_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.phases.census.ASKED_AT_ONCE", asked_at_once)
    for seed in range(HISTORIES):
        room, shelves = Newsroom(seed), Shelves()
        run_newsroom(room, shelves, "full")
        for number in range(RUNS):
            let_time_pass(room, EVENTS)
            run = run_newsroom(room, shelves)
            assert run.is_complete, (seed, number, run.report)
            for _, type_, base in LISTS:
                wrong = differing(room, shelves, type_, base)
                if base == "comments":
                    # The text of an old comment waits for its turn, or for a reconcile.
                    shown = room.shown(base).keys()
                    assert shown == shelves.live(type_).keys(), (seed, number)
                elif base == "tags" and run.report.count("terms", "post_tag").turn:
                    pass  # nothing else happened: a name waits for its turn
                else:
                    assert wrong == set(), (seed, number, base)
        run_newsroom(room, shelves, "reconcile")
        for _, type_, base in LISTS:
            assert differing(room, shelves, type_, base) == set(), (seed, base)


def test_an_unchanged_site_costs_four_requests_a_list_at_most() -> None:
    for seed in range(2):
        room, shelves = Newsroom(seed), Shelves()
        for _ in range(4):
            room.now += timedelta(hours=1)
            room.unpublish()
            room.upload()
        run_newsroom(room, shelves, "full")
        assert len(room.site["media"].rows) > len(room.shown("media"))
        for _ in range(2):
            room.now += timedelta(days=2)
            run_newsroom(room, shelves)
        run = run_newsroom(room, shelves)
        assert run.is_complete
        for _, _, base in LISTS:
            asked = [target for target in run.requests if f"/{base}?" in target]
            assert len(asked) <= CHEAP_REQUESTS, asked


def test_turns_come_round_to_every_name_and_comment() -> None:
    room, shelves = Newsroom(1), Shelves()
    run_newsroom(room, shelves, "full")
    for id_ in sorted(room.shown("comments"))[:5]:
        room.site["comments"].put(room.shown("comments")[id_] | {"content": {"rendered": "New."}})
    room.rename_tag()
    for _ in range(6):
        room.now += timedelta(days=1)
        assert run_newsroom(room, shelves).is_complete
    assert differing(room, shelves, "comment", "comments") == set()
    assert differing(room, shelves, "post_tag", "tags") == set()


def test_images_that_lost_their_post_are_found_where_many_vanished() -> None:
    room, shelves = Newsroom(3), Shelves()
    run_newsroom(room, shelves, "full")
    room.now += timedelta(days=1)
    shown = room.shown("media")
    post = max(filter(None, (record["post"] for record in shown.values())))
    for id_ in [id_ for id_, record in shown.items() if record["post"] != post][::4]:
        room.site["media"].delete(id_)
    room.delete_post(post)
    run = run_newsroom(room, shelves)
    assert run.is_complete
    assert run.report.count("media", "attachment").deleted > 5
    assert differing(room, shelves, "attachment", "media") == set()
