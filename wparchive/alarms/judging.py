"""Which alarms a run raises: it is compared with the site's own past. Pure functions.

Each rule asks for much before it speaks. An alarm that comes every month is not read any more, and
what is broken stays broken, so that a rule may wait for a dozen posts.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import exp, log
from statistics import fmean, median, stdev
from typing import Any

from wparchive.alarms.chance import share_has_grown
from wparchive.alarms.profiles import word_bin
from wparchive.model.documents import Alarm, AlarmKind, Run, TypeProfile

PAST = timedelta(days=800)
"""How far back publications are compared."""
_GAPS_MIN = 10
_GAPS_MAX = 300
_SILENT_MIN = timedelta(days=2)
_WINDOWS = (
    # days, past windows, posts in the usual one, share of the usual one, share of the lowest one
    (7, 52, 70, 0.2, 0.15),
    (28, 12, 15, 0.2, 0.25),
)
_WINDOWS_MIN = 6
_RECENT = (12, 40)
"""The latest posts that are compared with those before them: few break at once, many slowly."""
_USUAL_MIN = 30
_USUAL_MAX = 300
_FAILURES_MIN = 10
_DELETIONS_MIN = 10
_DELETIONS_SHARE = 0.02
_RUNS_MIN = 5
_FAILED_IN_A_ROW = 3
_RUNS_WITH_TYPE = 3
_BREAK_OF_AN_ALARM = timedelta(days=28)
"""An alarm that comes back within this time has never ended."""


def alarms_of(
    run: Run, past: Sequence[Run], published: Mapping[str, Sequence[datetime]]
) -> list[Alarm]:
    """Return the alarms of a run that has ended.

    `past` are earlier runs of the site, the newest first; `published` the publications of each
    type of post within `PAST`, in ascending order.
    """
    ended = [one for one in past if one["finished_at"] is not None]
    found = [
        *_failing(run, ended),
        *_failures(run, ended),
        *_deletions(run, ended),
        *_lost_types(run, ended),
        *_theme(run, ended),
        *_rhythm(run, published),
        *_contents(run, ended),
    ]
    return [_standing(alarm, ended) for alarm in found]


def raised(run: Run) -> list[Alarm]:
    """Return the alarms of a run that did not stand before it."""
    return [one for one in run.get("alarms") or () if one["since"] == _moment_text(run)]


def _alarm(
    run: Run, kind: AlarmKind, type_: str | None, saw: str, usual: str, look_at: str
) -> Alarm:
    return Alarm(
        kind=kind, type=type_, saw=saw, usual=usual, look_at=look_at, since=_moment_text(run)
    )


def _moment_text(run: Run) -> str:
    """Return when a run began, as it stands in its alarms."""
    utc = run["started_at"].astimezone(UTC)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _standing(alarm: Alarm, past: Sequence[Run]) -> Alarm:
    """Return an alarm with the time since when it stands, short breaks apart."""
    begin = datetime.fromisoformat(alarm["since"]) - _BREAK_OF_AN_ALARM
    for run in past:
        if run["started_at"] < begin and run is not past[0]:
            break
        for before in run.get("alarms") or ():
            if (before["kind"], before["type"]) == (alarm["kind"], alarm["type"]):
                return {**alarm, "since": before["since"]}
    return alarm


def _failing(run: Run, past: Sequence[Run]) -> Iterator[Alarm]:
    """Yield an alarm when several runs in a row failed, and one before them did not."""
    row = [run, *past[: _FAILED_IN_A_ROW - 1]]
    has_failed = [one["verdict"] == "failed" for one in row]
    if len(row) < _FAILED_IN_A_ROW or not all(has_failed):
        return
    if all(one["verdict"] == "failed" for one in past):
        return
    yield _alarm(
        run,
        *("failing", None),
        f"the last {_FAILED_IN_A_ROW} runs failed: {run['reason'] or 'no reason is known'}",
        "runs that archive something",
        "`scrapy doctor` of the site; whether its API was closed or the site has moved",
    )


def _failures(run: Run, past: Sequence[Run]) -> Iterator[Alarm]:
    """Yield an alarm when far more objects than ever could not be archived."""
    if len(past) < _RUNS_MIN:
        return
    lost = _lost(run)
    most = max(map(_lost, past))
    if lost >= _FAILURES_MIN and lost > 3 * most:
        yield _alarm(
            run,
            *("failures", None),
            f"{_counted(lost, 'object')} could not be archived",
            f"at most {most:,} in each of the {len(past):,} runs before",
            f"`wparchive failures --site {run['site']}`, which has the causes",
        )


def _lost(run: Run) -> int:
    missing = sum(part.get("missing") or 0 for part in run["types"])
    return max(run["failures"], missing)


def _deletions(run: Run, past: Sequence[Run]) -> Iterator[Alarm]:
    """Yield an alarm for each type of which very many objects vanished, or would have."""
    if len(past) < _RUNS_MIN:
        return
    for part in run["types"]:
        gone = _gone(part)
        held = (part.get("held") or 0) + gone
        most = max((_gone(other) for one in past for other in _parts(one, part["type"])), default=0)
        if gone > max(_DELETIONS_MIN, 3 * most, _DELETIONS_SHARE * held):
            yield _alarm(
                run,
                *("deletions", part["type"]),
                f"{gone:,} of {_counted(held, 'object')} vanished",
                f"at most {most:,} in a run",
                f"`wparchive history --site {run['site']} --since 2d --deleted --withdrawn`; "
                "whether the site was cleaned up, moved or hacked",
            )


def _gone(part: Mapping[str, Any]) -> int:
    return (part.get("withdrawn") or 0) + (part.get("deleted") or 0)


def _lost_types(run: Run, past: Sequence[Run]) -> Iterator[Alarm]:
    """Yield an alarm for each type that the site does not list any more."""
    if run["scope"] != "everything" or run["verdict"] == "failed" or not run["types"]:
        return
    alike = [one for one in past if one["scope"] == "everything" and one["types"]]
    if len(alike) < _RUNS_WITH_TYPE:
        return
    here = {part["type"] for part in run["types"]}
    before = [
        {part["type"] for part in one["types"] if part.get("held")}
        for one in alike[:_RUNS_WITH_TYPE]
    ]
    for type_ in sorted(set.intersection(*before) - here):
        held = next(part["held"] for part in _parts(alike[0], type_))
        yield _alarm(
            run,
            *("types", type_),
            "the site does not list it any more",
            f"{_counted(held, 'object')} in the run before",
            "`skipped` in the report; whether a plugin was removed or the list was closed",
        )


def _theme(run: Run, past: Sequence[Run]) -> Iterator[Alarm]:
    """Yield an alarm when the site has another theme than a run before saw."""
    theme = _theme_of(run)
    before = next(filter(None, map(_theme_of, past)), None)
    # A child theme and its parent are both seen, or one of them where files are merged.
    if theme and before and not set(theme.split(", ")) & set(before.split(", ")):
        yield _alarm(
            run,
            *("theme", None),
            f"the theme is {theme}",
            before,
            "some new posts: whether texts, pictures and names are still read as before",
        )


def _theme_of(run: Run) -> str | None:
    profile = run.get("profile")
    return profile["theme"] if profile else None


def _profiles(run: Run) -> list[TypeProfile]:
    profile = run.get("profile")
    return profile["types"] if profile else []


def _rhythm(run: Run, published: Mapping[str, Sequence[datetime]]) -> Iterator[Alarm]:
    """Yield an alarm for each type of post that came more seldom than usual, or not at all."""
    now = run["started_at"]
    for part in run["types"]:
        # Of a list that was not read to its end nobody knows whether it is silent.
        if part["kind"] != "posts" or not part["proof"].startswith("proved"):
            continue
        dates = [at for at in published.get(part["type"], ()) if at <= now]
        silent = list(_silent(run, part["type"], dates))
        yield from silent or _fewer(run, part["type"], dates)


def _silent(run: Run, type_: str, dates: Sequence[datetime]) -> Iterator[Alarm]:
    gaps = [after - before for before, after in pairwise(dates[-_GAPS_MAX - 1 :])]
    if len(gaps) < _GAPS_MIN:
        return
    longest = max(gaps)
    passed = run["started_at"] - dates[-1]
    if passed > max(_silence_factor(len(gaps)) * longest, _SILENT_MIN):
        yield _alarm(
            run,
            *("silent", type_),
            f"nothing new for {_days(passed)}, since {dates[-1]:%Y-%m-%d}",
            f"a pause of {_days(longest)} at most between {len(gaps) + 1:,} posts",
            "the site itself: whether it goes on elsewhere, or its API shows an old copy",
        )


def _silence_factor(gaps: int) -> float:
    """Return how many times the longest pause is too long: the fewer are known, the more."""
    if gaps >= 100:
        return 2
    if gaps >= 30:
        return 2.5
    return 4


def _fewer(run: Run, type_: str, dates: Sequence[datetime]) -> Iterator[Alarm]:
    for days, most_windows, posts_min, of_usual, of_lowest in _WINDOWS:
        counts = _window_counts(run["started_at"], dates, days, most_windows + 1)
        if len(counts) <= _WINDOWS_MIN:
            continue
        now, *before = counts
        usual = median(before)
        is_low = now <= of_usual * usual and now < of_lowest * min(before)
        if usual >= posts_min and is_low and now < _lowest_expected(before):
            yield _alarm(
                run,
                *("fewer", type_),
                f"{now:,} new in {days} days",
                f"{usual:,.0f}, and never less than {min(before):,} in {len(before)} such times",
                "the site itself: whether the newest posts there are in the archive",
            )
            return


def _lowest_expected(counts: Sequence[int]) -> float:
    """Return how few are still no surprise at a site: some write by fits and starts.

    It is three standard deviations below the mean, of the logarithms.
    """
    logarithms = [log(count + 1) for count in counts]
    return exp(fmean(logarithms) - 3 * stdev(logarithms)) - 1 + 1e-9


def _window_counts(now: datetime, dates: Sequence[datetime], days: int, most: int) -> list[int]:
    """Return how many were published in each stretch of time, the last one first."""
    counts = []
    for number in range(most):
        begin = now - timedelta(days=days) * (number + 1)
        if not dates or begin < dates[0]:
            break
        end = now - timedelta(days=days) * number
        counts.append(bisect_left(dates, end) - bisect_left(dates, begin))
    return counts


def _contents(run: Run, past: Sequence[Run]) -> Iterator[Alarm]:
    """Yield alarms about what the posts of this run look like."""
    for profile in _profiles(run):
        earlier = [
            other for one in past for other in _profiles(one) if other["type"] == profile["type"]
        ]
        found: dict[AlarmKind, Alarm] = {}
        for size in _RECENT:
            recent, usual = _split([profile, *earlier], size)
            if recent.posts >= _RECENT[0] and usual.posts >= _USUAL_MIN:
                for alarm in _unlike(run, profile["type"], recent, usual):
                    found.setdefault(alarm["kind"], alarm)
        if "empty" in found:
            found.pop("short", None)
        yield from found.values()


class _Pool:
    """The profiles of several runs as one."""

    def __init__(self) -> None:
        self.posts = 0
        self.unresolved = 0
        self.words: Counter[int] = Counter()
        self.fields: Counter[str] = Counter()
        self.builders: Counter[str] = Counter()

    def add(self, profile: TypeProfile) -> None:
        self.posts += profile["posts"]
        self.unresolved += profile["unresolved"]
        self.words.update(dict(enumerate(profile["words"])))
        self.fields.update({one["name"]: one["posts"] for one in profile["fields"]})
        self.builders.update({one["name"]: one["posts"] for one in profile["builders"]})

    def below(self, place: int) -> int:
        """Return how many posts have fewer words than those of a place of `words`."""
        return sum(count for at, count in self.words.items() if at < place)


def _split(newest_first: Iterable[TypeProfile], size: int) -> tuple[_Pool, _Pool]:
    """Return the profiles of the newest `size` posts or more, and of those before them."""
    recent = _Pool()
    usual = _Pool()
    for profile in newest_first:
        if recent.posts < size:
            recent.add(profile)
        elif usual.posts < _USUAL_MAX:
            usual.add(profile)
    return recent, usual


def _unlike(run: Run, type_: str, recent: _Pool, usual: _Pool) -> Iterator[Alarm]:
    """Yield what sets the latest posts apart from those before them."""
    look = f"some of them: `wparchive search --site {run['site']} --type {type_} --since 30d ...`"
    if _has_grown(recent.words[0], recent, usual.words[0], usual, 0.5):
        yield _alarm(
            run,
            *("empty", type_),
            f"{_share(recent.words[0], recent)} have no text",
            _share(usual.words[0], usual),
            "a new post on the site and its record in the API: where its text stands now; "
            "`-a render=1` reads public pages",
        )
    yield from _short(run, type_, recent, usual)
    gone = [
        name
        for name, posts in sorted(usual.fields.items())
        if _has_grown(recent.posts - recent.fields[name], recent, usual.posts - posts, usual, 0.9)
    ]
    if gone:
        yield _alarm(
            run,
            *("fields", type_),
            f"{_counted(recent.posts, 'post')} lack {', '.join(gone)}",
            ", ".join(f"{name} in {_share(usual.fields[name], usual)}" for name in gone),
            "a record in the API: whether a plugin was removed or the theme shows it otherwise",
        )
    if _has_grown(recent.unresolved, recent, usual.unresolved, usual, 0.3):
        yield _alarm(
            run,
            *("unresolved", type_),
            f"{_share(recent.unresolved, recent)} have names that could not be found",
            _share(usual.unresolved, usual),
            "`skipped` in the report: whether lists of tags, categories or authors are closed",
        )
    yield from _builder(run, type_, recent, usual, look)


_SHORTNESS = ((0.1, 1, 0.6), (0.5, 2, 0.95))
"""Texts are short when they are below this share of the usual ones, the middle one is shorter by so
many halves, and so many of the latest ones are so."""


def _short(run: Run, type_: str, recent: _Pool, usual: _Pool) -> Iterator[Alarm]:
    """Yield an alarm when texts are shorter than nearly all, or than most, used to be."""
    for share, halves, at_least in _SHORTNESS:
        limit = _quantile(usual, share)
        seen = recent.below(limit)
        fall = _quantile(usual, 0.5) - _quantile(recent, 0.5)
        if fall >= halves and _has_grown(seen, recent, usual.below(limit), usual, at_least):
            yield _alarm(
                run,
                *("short", type_),
                f"{_share(seen, recent)} have fewer than {1 << (limit - 1):,} words",
                _share(usual.below(limit), usual),
                "a new post on the site: whether the API shows the whole text or its beginning",
            )
            return


def _quantile(pool: _Pool, share: float) -> int:
    """Return the last place of `words` below which there is no more than a share of the posts."""
    place = 0
    while place < word_bin(1 << 62) and pool.below(place + 1) <= share * pool.posts:
        place += 1
    return place


def _builder(run: Run, type_: str, recent: _Pool, usual: _Pool, look: str) -> Iterator[Alarm]:
    new = [
        name
        for name, posts in sorted(recent.builders.items())
        if _has_grown(posts, recent, usual.builders[name], usual, 0.5)
    ]
    if new:
        yield _alarm(
            run,
            *("builder", type_),
            ", ".join(f"{name} in {_share(recent.builders[name], recent)}" for name in new),
            ", ".join(f"{name} in {_share(usual.builders[name], usual)}" for name in new),
            look,
        )


def _has_grown(seen: int, recent: _Pool, before: int, usual: _Pool, at_least: float) -> bool:
    if seen < at_least * recent.posts:
        return False
    return share_has_grown(seen, recent.posts, before, usual.posts)


def _parts(run: Run, type_: str) -> list[dict[str, Any]]:
    return [part for part in run["types"] if part["type"] == type_]


def _share(seen: int, pool: _Pool) -> str:
    return f"{seen:,} of {_counted(pool.posts, 'post')}"


def _counted(number: int, noun: str) -> str:
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun}s"


def _days(span: timedelta) -> str:
    return _counted(max(1, span.days), "day")
