"""Years of runs of made-up sites, for the alarms: how a site writes, and how it can break.

A site writes at its own rhythm, with weeks, holidays, series and bad moods; runs look at it every
day or more seldom, and some fail. `python -m tests.simulation.years FIRST COUNT` counts false and
missed alarms at sites with these seeds.
"""

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from wparchive.alarms.judging import alarms_of, raised
from wparchive.alarms.profiles import profile_of

BEGIN = datetime(2024, 1, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)
WARM_DAYS = 365
"""Days of a site's past before the year that is judged."""


@dataclass
class Habits:
    """How a site writes."""

    posts_a_week: float
    run_every_days: int
    words: float
    spread: float
    """Of the logarithm of the number of words."""
    short_share: float
    """Of posts that are notes of some words."""
    empty_share: float
    tag_share: float
    picture_share: float
    edits_a_post: float
    builder: str
    burst: float
    """How much a week can differ from others."""

    @classmethod
    def of(cls, dice: random.Random) -> "Habits":
        """Return the habits of some site."""
        return cls(
            posts_a_week=dice.choice([0.3, 1, 2, 5, 10, 30, 100]),
            run_every_days=dice.choice([1, 1, 1, 7]),
            words=dice.choice([150, 400, 900]),
            spread=dice.uniform(0.3, 0.9),
            short_share=dice.choice([0, 0, 0.1, 0.3]),
            empty_share=dice.choice([0, 0, 0.02, 0.1]),
            tag_share=dice.choice([0.3, 0.8, 0.95, 1]),
            picture_share=dice.choice([0.2, 0.7, 0.95, 1]),
            edits_a_post=dice.choice([0.1, 0.5, 1]),
            builder=dice.choice(["", "wp-block-x", "elementor-widget"]),
            burst=dice.uniform(0.1, 0.7),
        )


@dataclass
class Break:
    """Something that breaks at a site on a day."""

    kind: str
    day: int


@dataclass
class Year:
    """A site's runs, with the alarms of each."""

    habits: Habits
    runs: list[dict[str, Any]] = field(default_factory=list)

    def raised_since(self, day: int) -> list[tuple[int, str]]:
        """Return day and kind of each alarm that was raised from a day on."""
        found = []
        for run in self.runs:
            at = (run["started_at"] - BEGIN).days
            found += [(at, alarm["kind"]) for alarm in raised(run) if at >= day]
        return found


def post(dice: random.Random, habits: Habits, at: datetime, mood: float, broken: set[str]) -> Any:
    """Return a post as an archive holds it, as far as profiles look at it."""
    words = int(habits.words * 2.718 ** dice.gauss(mood * 0.3, habits.spread))
    if dice.random() < habits.short_share * (0.5 + mood * mood):
        words = dice.randint(3, 40)
    if "short" in broken:
        words = min(words, 55)
    if dice.random() < habits.empty_share or "empty" in broken:
        words = 0
    name = None if "unresolved" in broken else "a"
    reference = {"id": 1, "name": name, "slug": name}
    has_tags = dice.random() < habits.tag_share
    has_picture = dice.random() < habits.picture_share and "fields" not in broken
    content = "et_pb_row" if "builder" in broken else habits.builder
    return {
        "type": "post",
        "protected": False,
        "published_at": at,
        "word_count": words,
        "title": "a",
        "excerpt": "a",
        "author": reference,
        "featured_media": reference if has_picture else None,
        "tags": [reference] if has_tags else [],
        "categories": [reference],
        "terms": [],
        "images": ["a"] if has_picture else [],
        "extra": [] if "fields" in broken else [{"k": "acf.lead", "v": "a"}],
        "content": content,
    }


def week_moods(dice: random.Random, weeks: int, burst: float) -> list[float]:
    """Return how much is written in each week, around 1, and how: neighbours are alike."""
    moods = []
    mood = 0.0
    for _ in range(weeks):
        mood = 0.6 * mood + dice.gauss(0, burst)
        moods.append(mood)
    return moods


def rate_of_day(habits: Habits, day: int, mood: float) -> float:
    """Return how many posts come on a day, on average."""
    rate = habits.posts_a_week / 7 * 2.718 ** (mood - habits.burst**2 / 2)
    of_year = day % 365
    if (BEGIN + day * DAY).weekday() >= 5:
        rate *= 0.4
    if of_year >= 357 or of_year <= 2:  # the end of the year
        rate *= 0.15
    if 200 <= of_year < 230:  # summer
        rate *= 0.6
    return rate


def poisson(dice: random.Random, mean: float) -> int:
    """Return a random number of events of which `mean` are usual."""
    count = 0
    passed = dice.expovariate(1)
    while passed < mean:
        count += 1
        passed += dice.expovariate(1)
    return count


def simulate(seed: int, breaks: tuple[Break, ...] = (), days: int = WARM_DAYS + 365) -> Year:
    """Return the runs of a site over its first year and the year that is judged."""
    dice = random.Random(seed)
    habits = Habits.of(dice)
    year = Year(habits)
    moods = week_moods(dice, days // 7 + 2, habits.burst)
    published = [BEGIN - DAY * dice.uniform(0, 700) for _ in range(int(habits.posts_a_week * 100))]
    published = sorted(at for at in published if at > BEGIN - 700 * DAY)
    new = [post(dice, habits, at, 0, set()) for at in published[-60:]]
    edited: list[Any] = []
    held = len(published)
    for day in range(days):
        at = BEGIN + day * DAY
        broken = {one.kind for one in breaks if day >= one.day}
        rate = rate_of_day(habits, day, moods[day // 7])
        if "silent" in broken:
            rate = 0
        if "fewer" in broken:
            rate *= 0.05
        count = poisson(dice, rate)
        # A time of the day before the run.
        times = sorted(at - DAY * dice.uniform(0, 1) for _ in range(count))
        published += times
        held += count
        new += [post(dice, habits, when, moods[day // 7], broken) for when in times]
        edits = poisson(dice, rate * habits.edits_a_post)
        edited += [post(dice, habits, at, moods[day // 7], broken) for _ in range(edits)]
        if day % habits.run_every_days or dice.random() < 0.01:
            continue
        gone = poisson(dice, 0.02 * rate)
        if day % 180 == 90:  # somebody tidies up
            gone += dice.randint(0, 8)
        failures = poisson(dice, 0.05)
        if any(
            one.kind == "deletions" and 0 <= day - one.day < habits.run_every_days for one in breaks
        ):
            gone += max(30, held // 8)
        if "failures" in broken:
            failures += 40
        held -= gone
        verdict = "failed" if dice.random() < 0.01 or "failing" in broken else "complete"
        run = run_of_day(at, held, len(new), gone, failures, verdict)
        if verdict == "complete":
            theme = "other" if "theme" in broken else "theme"
            run["profile"] = profiled(theme, [*new[-60:], *edited[-60:]])
            new = []
            edited = []
            if "types" in broken:
                run["types"] = [part for part in run["types"] if part["type"] != "page"]
        year.runs.append(run)
        judge(year, published)
    return year


def profiled(theme: str, posts: list[Any]) -> Any:
    """Return the profile of posts, whose content is plain here."""
    import json
    import zlib

    packed = {
        content: zlib.compress(json.dumps({"content": {"rendered": content}}).encode())
        for content in {one["content"] for one in posts}
    }
    return profile_of(theme, [{**one, "raw": packed[one["content"]]} for one in posts])


def run_of_day(at: datetime, held: int, new: int, gone: int, lost: int, verdict: str) -> Any:
    """Return the report of a run."""
    proof = "proved" if verdict == "complete" else "unproven: failed"
    common = {"kind": "posts", "proof": proof, "missing": 0, "withdrawn": 0}
    return {
        "_id": f"a.example@{at:%Y-%m-%d}",
        "site": "a.example",
        "started_at": at,
        "finished_at": at + timedelta(minutes=5),
        "verdict": verdict,
        "reason": None,
        "scope": "everything",
        "arguments": {},
        "failures": lost,
        "types": [
            {**common, "type": "post", "new": new, "held": held, "deleted": gone},
            {**common, "type": "page", "new": 0, "held": 12, "deleted": 0},
        ],
        "profile": None,
    }


def judge(year: Year, published: list[datetime]) -> None:
    """Give the last run its alarms, as it has them at its end."""
    run = year.runs[-1]
    past = year.runs[-2::-1][:600]
    since = run["started_at"] - timedelta(days=800)
    dates = [at for at in published if at >= since]
    run["alarms"] = alarms_of(run, past, {"post": dates})


KINDS = (
    *("fewer", "silent", "empty", "short", "fields", "unresolved"),
    *("failures", "failing", "deletions", "types", "theme", "builder"),
)
"""Every break that can be planted."""


def is_findable(kind: str, habits: Habits) -> bool:
    """Tell whether a break leaves marks at a site within a third of a year.

    A site that writes twice in a season cannot be said to write less.
    """
    if kind == "fewer":
        return habits.posts_a_week >= 10
    if kind == "short" and habits.words < 400 and habits.short_share > 0.1:
        return False  # its posts are hardly longer than what is left of them
    if kind in ("empty", "short", "fields", "unresolved", "builder"):
        return habits.posts_a_week >= 2
    if kind == "silent":
        return habits.posts_a_week >= 2
    return True


def false_alarms(seed: int) -> list[tuple[int, str]]:
    """Return the alarms that a site without breaks raises in its second year."""
    return simulate(seed).raised_since(WARM_DAYS)


def finds(kind: str, seed: int) -> bool:
    """Tell whether a break is found within 120 days; True where it leaves no marks."""
    day = WARM_DAYS + 30 + seed % 50
    year = simulate(seed, (Break(kind, day),), day + 120)
    if not is_findable(kind, year.habits):
        return True
    return kind in {found for _, found in year.raised_since(day)}


def _count(seeds: Iterator[int], what: Callable[[int], Any]) -> Iterator[tuple[int, Any]]:
    for seed in seeds:
        yield seed, what(seed)


def main(first: int, count: int) -> None:
    """Print false alarms and missed breaks of some sites."""
    false = Counter[int]()
    kinds = Counter[str]()
    for seed in range(first, first + count):
        found = false_alarms(seed)
        false[len(found)] += 1
        kinds.update(kind for _, kind in found)
        if found:
            print(f"site {seed}: {found} {Habits.of(random.Random(seed))}")
    print(f"false alarms in a year, and how many sites had so many: {dict(sorted(false.items()))}")
    print(f"by kind: {dict(kinds)}")
    for kind in KINDS:
        missed = [seed for seed in range(first, first + count) if not finds(kind, seed)]
        print(f"{kind}: missed at {missed or 'none'} of {count} sites", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.years")
    parser.add_argument("first", type=int, help="the number of the first made-up site")
    parser.add_argument("count", type=int, help="how many sites")
    options = parser.parse_args()
    main(options.first, options.count)
