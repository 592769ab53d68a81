"""Alarms over made-up years of runs: few are false, and what breaks is found."""

from datetime import timedelta

import pytest

from tests.simulation.years import (
    BEGIN,
    KINDS,
    WARM_DAYS,
    Break,
    Habits,
    false_alarms,
    finds,
    simulate,
)
from wparchive.alarms.judging import alarms_of
from wparchive.alarms.profiles import share_has_grown
from wparchive.alarms.watching import lateness

# Sites of these seeds were looked at by nobody while the rules were made.
HELD_OUT = (9001, 9002, 9003)


@pytest.mark.parametrize("seed", HELD_OUT)
def test_a_healthy_year_has_one_false_alarm_at_most(seed):
    assert len(false_alarms(seed)) <= 1


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_what_breaks_is_found(number):
    assert finds(KINDS[number], 9100 + number), KINDS[number]


def test_an_alarm_stands_since_it_was_raised():
    year = simulate(3, (Break("silent", 400),), 520)
    silent = [alarm for run in year.runs for alarm in run["alarms"] if alarm["kind"] == "silent"]
    assert len(silent) > 1
    assert {alarm["since"] for alarm in silent} == {silent[0]["since"]}
    assert [kind for _, kind in year.raised_since(WARM_DAYS)].count("silent") == 1
    assert "nothing new for" in silent[-1]["saw"]
    assert "a pause of" in silent[-1]["usual"]


def test_nothing_is_said_without_a_past():
    year = simulate(3, (Break("empty", 0), Break("failures", 0)), 4)
    assert [run["alarms"] for run in year.runs] == [[]] * len(year.runs)
    assert alarms_of(year.runs[0], [], {}) == []


def test_a_share_grows_by_more_than_chance():
    assert share_has_grown(12, 12, 3, 300)
    assert not share_has_grown(0, 12, 0, 300)
    assert not share_has_grown(2, 12, 3, 300)
    assert not share_has_grown(12, 12, 290, 300)


def test_a_crawl_that_does_not_come_is_late():
    runs = [{"started_at": BEGIN - timedelta(days=day)} for day in range(20)]
    assert lateness(runs, BEGIN + timedelta(days=2)) is None
    assert lateness(runs, BEGIN + timedelta(days=4)) == (
        "no run for 4 days, where one comes every 24 h"
    )
    assert lateness(runs[:3], BEGIN + timedelta(days=400)) is None


def test_habits_differ():
    import random

    assert len({Habits.of(random.Random(seed)).posts_a_week for seed in range(40)}) > 4
