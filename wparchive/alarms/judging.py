"""The rules by which a run raises alarms: it is compared with the site's own past.

Pure functions. The rules about what posts look like are in `profiles`.

Each rule asks for much before it speaks. An alarm that comes every month is not read any more, and
what is broken stays broken, so that a rule may wait for a dozen posts.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import exp, log
from statistics import fmean, median, stdev
from typing import Any

from wparchive.alarms.profiles import content_alarms
from wparchive.alarms.wording import begin_text, new_alarm
from wparchive.model.run_arguments import asks_for_no_more
from wparchive.model.run_records import Alarm, Run
from wparchive.reading.views import counted_text

PAST = timedelta(days=800)
"""How far back publications are compared."""
# Pauses between posts: with fewer, the longest one says little; older ones are another time.
_GAPS_MIN = 10
_GAPS_MAX = 300
_SILENT_MIN = timedelta(days=2)
_WINDOWS = (
    # days of a window; the most windows before it that are looked at; posts that the usual one has
    # at least; the share of the usual one, and of the lowest one, below which a window is low
    (7, 52, 70, 0.2, 0.15),
    (28, 12, 15, 0.2, 0.25),
)
# Below these numbers a change is chance. `tests/simulation/years.py` counts false alarms.
_WINDOWS_MIN = 6
_FAILURES_MIN = 10
_DELETIONS_MIN = 10
_DELETIONS_SHARE = 0.02
# Files that are gone at once, and files of which none is there.
_GONE_MIN = 10
_GONE_SHARE = 0.02
_NONE_THERE_MIN = 3
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
        *file_alarms(run, ended),
        *_lost_types(run, ended),
        *_theme(run, ended),
        *_rhythm(run, published),
        *content_alarms(run, ended),
    ]
    return [_standing(alarm, ended) for alarm in found]


def raised(run: Run) -> list[Alarm]:
    """Return the alarms of a run that did not stand before it."""
    return [one for one in run.get("alarms") or () if one["since"] == begin_text(run)]


def _standing(alarm: Alarm, past: Sequence[Run]) -> Alarm:
    """Return an alarm with the time since when it stands; a short break does not end one."""
    begin = datetime.fromisoformat(alarm["since"]) - _BREAK_OF_AN_ALARM
    for run in past:
        # The run before always counts: some sites are crawled more seldom than a break lasts.
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
    # A site that has never worked is no news.
    if all(one["verdict"] == "failed" for one in past):
        return
    yield new_alarm(
        run,
        "failing",
        None,
        saw=f"the last {_FAILED_IN_A_ROW} runs failed: {run['reason'] or 'no reason is known'}",
        usual="runs that archive something",
        look_at="`scrapy doctor` of the site; whether its API was closed or the site has moved",
    )


def _failures(run: Run, past: Sequence[Run]) -> Iterator[Alarm]:
    """Yield an alarm when far more objects than ever could not be archived."""
    if len(past) < _RUNS_MIN:
        return
    lost = _lost(run)
    most = max(map(_lost, past))
    if lost >= _FAILURES_MIN and lost > 3 * most:
        yield new_alarm(
            run,
            "failures",
            None,
            saw=f"{counted_text(lost, 'object')} could not be archived",
            usual=f"at most {most:,} in each of the {len(past):,} runs before",
            look_at=f"`wparchive failures --site {run['site']}`, which has the causes",
        )


def _lost(run: Run) -> int:
    missing = sum(part.get("missing") or 0 for part in run["types"])
    return max(run["failures"], missing)


def _deletions(run: Run, past: Sequence[Run]) -> Iterator[Alarm]:
    """Yield an alarm for each type that lost very many objects, or would have without the brake."""
    if len(past) < _RUNS_MIN:
        return
    for part in run["types"]:
        gone = _gone(part)
        held = (part.get("held") or 0) + gone
        most = max((_gone(other) for one in past for other in _parts(one, part["type"])), default=0)
        if gone > max(_DELETIONS_MIN, 3 * most, _DELETIONS_SHARE * held):
            yield new_alarm(
                run,
                "deletions",
                part["type"],
                saw=f"{gone:,} of {counted_text(held, 'object')} vanished",
                usual=f"at most {most:,} in a run",
                look_at=f"`wparchive history --site {run['site']} --since 2d --deleted "
                "--withdrawn`; whether the site was cleaned up, moved or hacked",
            )


def _gone(part: Mapping[str, Any]) -> int:
    return (part.get("withdrawn") or 0) + (part.get("deleted") or 0)


def _lost_types(run: Run, past: Sequence[Run]) -> Iterator[Alarm]:
    """Yield an alarm for each type that the site does not list any more."""
    if run["scope"] != "everything" or run["verdict"] == "failed" or not run["types"]:
        return
    # A run that is asked for less lists less: those that were asked for more do not count.
    alike = [
        one
        for one in past
        if one["scope"] == "everything"
        and one["types"]
        and asks_for_no_more(one["arguments"], run["arguments"])
    ]
    if len(alike) < _RUNS_WITH_TYPE:
        return
    here = {part["type"] for part in run["types"]}
    before = [
        {part["type"] for part in one["types"] if part.get("held")}
        for one in alike[:_RUNS_WITH_TYPE]
    ]
    # Only what all these runs had: a list that comes and goes is no loss.
    for type_ in sorted(set.intersection(*before) - here):
        held = next(part["held"] for part in _parts(alike[0], type_))
        yield new_alarm(
            run,
            "types",
            type_,
            saw="the site does not list it any more",
            usual=f"{counted_text(held, 'object')} in the run before",
            look_at="`skipped` in the report; whether a plugin was removed or the list was closed",
        )


def _theme(run: Run, past: Sequence[Run]) -> Iterator[Alarm]:
    """Yield an alarm when the site has another theme than a run before saw."""
    theme = _theme_of(run)
    before = next(filter(None, map(_theme_of, past)), None)
    # A child theme and its parent are both seen, or one of them where files are merged.
    if theme and before and not set(theme.split(", ")) & set(before.split(", ")):
        yield new_alarm(
            run,
            "theme",
            None,
            saw=f"the theme is {theme}",
            usual=before,
            look_at="some new posts: whether texts, pictures and names are still read as before",
        )


def _theme_of(run: Run) -> str | None:
    profile = run.get("profile")
    return profile["theme"] if profile else None


def _rhythm(run: Run, published: Mapping[str, Sequence[datetime]]) -> Iterator[Alarm]:
    """Yield an alarm for each type of post that was published more seldom than usual, or not."""
    now = run["started_at"]
    for part in run["types"]:
        # Nobody knows whether a list is silent that was not read to its end.
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
        yield new_alarm(
            run,
            "silent",
            type_,
            saw=f"nothing new for {_days(passed)}, since {dates[-1]:%Y-%m-%d}",
            usual=f"a pause of {_days(longest)} at most between {len(gaps) + 1:,} posts",
            look_at="the site itself: whether it goes on elsewhere, or its API shows an old copy",
        )


def _silence_factor(gaps: int) -> float:
    """Return how many times the longest pause is too long; the fewer pauses, the more times."""
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
            yield new_alarm(
                run,
                "fewer",
                type_,
                saw=f"{now:,} new in {days} days",
                usual=f"{usual:,.0f}, and never less than {min(before):,} "
                f"in {len(before)} such times",
                look_at="the site itself: whether the newest posts there are in the archive",
            )
            return


def _lowest_expected(counts: Sequence[int]) -> float:
    """Return the lowest count of a window that is still no surprise at a site.

    It is three standard deviations below the mean, of the logarithms: some sites write by fits and
    starts.
    """
    logarithms = [log(count + 1) for count in counts]
    return exp(fmean(logarithms) - 3 * stdev(logarithms)) - 1 + 1e-9


def _window_counts(now: datetime, dates: Sequence[datetime], days: int, most: int) -> list[int]:
    """Return how many posts were published in each window, the last window first."""
    counts = []
    for number in range(most):
        begin = now - timedelta(days=days) * (number + 1)
        if not dates or begin < dates[0]:
            break
        end = now - timedelta(days=days) * number
        counts.append(bisect_left(dates, end) - bisect_left(dates, begin))
    return counts


def _parts(run: Run, type_: str) -> list[dict[str, Any]]:
    return [part for part in run["types"] if part["type"] == type_]


def _days(span: timedelta) -> str:
    return counted_text(max(1, span.days), "day")


def file_alarms(run: Run, past: Sequence[Run]) -> Iterator[Alarm]:
    """Yield an alarm when very many of the held files are gone at once, or all of them.

    `past` are earlier runs of the site that have ended. No more than one of them is needed: a
    folder that is not there any more takes all files at once, and nothing of that is usual. The
    first run that looks is judged as well: a site of which no file is there is broken.
    """
    before = [_files(one) for one in past if one.get("files")]
    if not before:
        yield from _none_there(run)
        return
    gone = _newly_gone(_files(run))
    if not gone:
        return
    held = _files(run)["held"]
    most = max(map(_newly_gone, before))
    is_much = gone > max(_GONE_MIN, 3 * most, _GONE_SHARE * held)
    if is_much or (gone == held and not most):
        yield new_alarm(
            run,
            "files",
            None,
            saw=f"the site no longer has {gone:,} of {counted_text(held, 'file')} that are held",
            usual=f"at most {most:,} in a run",
            look_at=_where_to_look(run),
        )


def _none_there(run: Run) -> Iterator[Alarm]:
    files = _files(run)
    gone = files.get("gone") or 0
    if gone >= _NONE_THERE_MIN and not files["held"] and not files["failed"]:
        yield new_alarm(
            run,
            "files",
            None,
            saw=f"all {gone:,} files that were requested are gone, and none is held",
            usual="a site has the files that it names",
            look_at=_where_to_look(run),
        )


def _where_to_look(run: Run) -> str:
    return (
        f"`wparchive failures --site {run['site']} --type file`; whether the folder of uploads was "
        "moved or lost, or the server of files refuses; once it is well, a crawl with "
        "`-a mode=full` requests all files again"
    )


def _files(run: Run) -> Mapping[str, Any]:
    return run.get("files") or {}


def _newly_gone(files: Mapping[str, Any]) -> int:
    return files.get("newly_gone") or 0
