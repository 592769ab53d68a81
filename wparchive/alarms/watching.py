"""Read a site's past from an archive: for a run that ends, and for `wparchive health`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice, pairwise
from typing import Any

from wparchive.alarms.judging import PAST, alarms_of
from wparchive.alarms.profiles import profile_of
from wparchive.backends.questions import EventFilter
from wparchive.backends.reader import Reader
from wparchive.model.documents import EventKind
from wparchive.model.run_records import Alarm, Run, RunProfile
from wparchive.reading.arguments import bare_address
from wparchive.reading.library import Archive

# Reports are long. This is more than a year of daily runs.
_RUNS_MAX = 600
_POSTS_MAX = 60
"""The most new posts of a run that its profile is made of, and the most edited ones."""
# The usual pause between runs is the median of the latest ones.
_RUNS_FOR_PACE = 20
_RUNS_FOR_PACE_MIN = 5
_WRONG_ARGUMENTS = 2
"""The exit status of a run that was refused. What somebody mistyped tells nothing of the site."""


@dataclass(frozen=True, slots=True)
class SiteHealth:
    """The health of one site."""

    site: str
    last_run: Run | None
    """The last run that has ended."""
    alarms: list[Alarm]
    """The alarms of that run, or all since a time; those that stand first."""
    late: str | None
    """A sentence that says that no run has begun for longer than usual; None where one has."""

    @property
    def reason(self) -> str | None:
        """Return why the last run was not complete; None where it was."""
        return self.last_run["reason"] if self.last_run else None

    @property
    def is_well(self) -> bool:
        """Tell whether there is no alarm, and the last run archived something."""
        has_failed = self.last_run is not None and self.last_run["verdict"] in ("failed", "killed")
        return not (self.alarms or self.late or has_failed)


def watch_run(reader: Reader, run: Run, theme: str | None) -> tuple[RunProfile, list[Alarm]]:
    """Return the profile of the posts that a run read, and the alarms that it raises."""
    site = run["site"]
    profile = profile_of(theme, _posts_of(reader, run))
    past = reader.runs(_names_of(site), _RUNS_MAX)
    published: dict[str, list[datetime]] = {}
    for type_, at in reader.publications(site, run["started_at"] - PAST):
        published.setdefault(type_, []).append(at)
    # The caller writes the profile down afterwards, and the rules look for it in the run.
    judged: Run = {**run, "profile": profile}
    # A run is in the archive from its first moment on, and so among its own past.
    others = [
        one for one in past if one["_id"] != run["_id"] and one["exit_status"] != _WRONG_ARGUMENTS
    ]
    return profile, alarms_of(judged, others, published)


def _names_of(site: str) -> tuple[str, ...]:
    """Return the names under which a site's runs are kept.

    A run that did not find the site is kept under the address that it was given.
    """
    key = bare_address(site)
    addresses = [f"{scheme}://{key}{end}" for scheme in ("https", "http") for end in ("", "/")]
    return tuple(dict.fromkeys((site, key, *addresses)))


def _posts_of(reader: Reader, run: Run) -> Iterator[dict[str, Any]]:
    """Yield the last posts that a run found new, and the last that it found edited."""
    keys: dict[str, None] = {}
    for kind in ("new", "edited"):
        filter_ = _events_of_run(run, kind)
        events = reader.arrivals("posts", filter_)
        if kind == "edited":
            events = reader.events(filter_)
        keys |= dict.fromkeys(event["key"] for event in islice(events, _POSTS_MAX))
    for key in keys:
        found = reader.get(key)
        if found is not None and found[0] == "posts":
            yield found[1]


def _events_of_run(run: Run, kind: EventKind) -> EventFilter:
    return EventFilter((kind,), run["started_at"], sites=(run["site"],), kinds=("posts",))


def health_of(
    archive: Archive, sites: Iterable[str], now: datetime, since: datetime | None = None
) -> list[SiteHealth]:
    """Return the health of the named sites, or of all sites of the archive.

    With `since`, alarms that were raised since then and have ended are there, too. Raises NotFound.
    """
    named = tuple(sites)
    archive.require_sites(named)
    keys = named or tuple(summary.key for summary in archive.sites())
    return [_health(archive, bare_address(key), now, since) for key in keys]


def _health(archive: Archive, site: str, now: datetime, since: datetime | None) -> SiteHealth:
    runs: list[Run] = []
    # Runs that did not find the site are kept by its address.
    lost = archive.reader.runs(_names_of(site)[1:], _RUNS_MAX)
    both = merge(archive.runs(site), lost, key=_started_at, reverse=True)
    for run in islice(both, _RUNS_MAX):
        is_needed = len(runs) < _RUNS_FOR_PACE or (since and run["started_at"] >= since)
        if not is_needed:
            break
        if run["verdict"] != "running" and run["exit_status"] != _WRONG_ARGUMENTS:
            runs.append(run)
    if not runs:
        return SiteHealth(site, None, [], None)
    alarms = list(runs[0].get("alarms") or ())
    if since is not None:
        alarms += _ended_alarms(runs, alarms, since)
    return SiteHealth(site, runs[0], alarms, lateness(runs, now))


def _started_at(run: Run) -> datetime:
    return run["started_at"]


def _ended_alarms(
    runs: Sequence[Run], standing: Sequence[Alarm], since: datetime
) -> Iterator[Alarm]:
    """Yield the alarms that were raised since a time and do not stand any more."""
    known = {(one["kind"], one["type"], one["since"]) for one in standing}
    for run in runs[1:]:
        for alarm in run.get("alarms") or ():
            name = (alarm["kind"], alarm["type"], alarm["since"])
            if datetime.fromisoformat(alarm["since"]) >= since and name not in known:
                known.add(name)
                yield alarm


def lateness(newest_first: Sequence[Run], now: datetime) -> str | None:
    """Return a sentence when no run has begun for longer than usual, else None. Pure."""
    starts = [run["started_at"] for run in newest_first[:_RUNS_FOR_PACE]]
    pauses = [later - earlier for later, earlier in pairwise(starts)]
    if len(pauses) < _RUNS_FOR_PACE_MIN:
        return None
    passed = now - starts[0]
    usual = sorted(pauses)[len(pauses) // 2]
    # Where nobody crawls at weekends, a long pause comes every week. It is no delay.
    if passed <= max(3 * usual, 1.5 * max(pauses), timedelta(hours=1)):
        return None
    return f"no run for {_span(passed)}, where one comes every {_span(usual)}"


def _span(span: timedelta) -> str:
    if span >= timedelta(days=2):
        return f"{span.days} days"
    return f"{max(1, round(span / timedelta(hours=1)))} h"
