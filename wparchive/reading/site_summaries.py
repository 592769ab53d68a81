"""Summarise what an archive holds of each site, and the last runs on it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from wparchive.backends.cursor import LatestPosition
from wparchive.backends.questions import TypeCounts
from wparchive.backends.reader import Reader
from wparchive.backends.signs_of_life import seems_alive
from wparchive.model.run_records import KILLED_RUN, Run
from wparchive.model.site_records import Lease, Site
from wparchive.reading.last_seen import RUNS_LOOKED_AT


@dataclass(frozen=True, slots=True)
class SiteSummary:
    """A site of an archive, with what is held of it."""

    key: str
    site: Site | None
    """None when posts are held but no crawl described the site."""
    held: list[TypeCounts]
    last_run: Run | None
    """The last run that was asked for everything; the last one of all where there is none."""
    last_partial: Run | None = None
    """A later run that was asked for some types only; its verdict is about these types."""


def site_summaries(reader: Reader, now: datetime) -> list[SiteSummary]:
    """Return what is held of each site, by key."""
    described = {site["_id"]: site for site in reader.sites()}
    held = reader.held()
    leases = _leases(reader)
    keys = sorted(described.keys() | {counts.site for counts in held})
    return [
        SiteSummary(
            key,
            described.get(key),
            [counts for counts in held if counts.site == key],
            *_last_runs(_as_they_happened(_runs_of(reader, key, leases, now), now)),
        )
        for key in keys
    ]


def with_verdicts(reader: Reader, runs: Iterable[Run], now: datetime) -> Iterator[Run]:
    """Yield runs, with the verdict `killed` where one seems to go on and is dead."""
    leases = _leases(reader)
    for run in runs:
        yield _as_it_is(run, leases, now)


def _leases(reader: Reader) -> dict[str, Lease]:
    return {lease["_id"]: lease for lease in reader.leases()}


def _runs_of(
    reader: Reader, site: str, leases: Mapping[str, Lease], now: datetime
) -> Iterator[Run]:
    """Yield the newest runs of a site. The last one is asked for alone: often it is enough."""
    last: LatestPosition | None = None
    for run in reader.runs((site,), 1):
        last = position_of_run(run)
        yield _as_it_is(run, leases, now)
    if last is not None:
        for run in reader.runs((site,), RUNS_LOOKED_AT, last):
            yield _as_it_is(run, leases, now)


def _as_it_is(run: Run, leases: Mapping[str, Lease], now: datetime) -> Run:
    """Return a run with the verdict `killed` where it seems to go on and nothing is alive."""
    if run["verdict"] != "running":
        return run
    lease = leases.get(run["site"])
    if lease is not None and lease["run"] == run["_id"] and seems_alive(lease, now):
        return run
    return cast(Run, {**run, **KILLED_RUN})


def _as_they_happened(runs: Iterable[Run], now: datetime) -> Iterator[Run]:
    """Yield runs that are ordered by their times, newest first, in the order of the events.

    A run whose clock was ahead comes last, as soon as another run follows it in the chain.
    """
    remaining = iter(runs)
    ahead: list[Run] = []
    for run in remaining:
        if run["started_at"] <= now and not ahead:
            # The usual case: reports are long, and those that nobody looks at are not read.
            yield run
            yield from remaining
            return
        ahead.append(run)
    yield from _misdated_last(ahead, now)


def _misdated_last(known: Sequence[Run], now: datetime) -> Iterator[Run]:
    """Yield runs in the given order, then those from the future that another run followed."""
    followed = {digest["previous"] for run in known if (digest := run.get("digest"))}
    misdated = [run for run in known if run["started_at"] > now and run["_id"] in followed]
    yield from (run for run in known if run not in misdated)
    yield from misdated


def _last_runs(newest_first: Iterator[Run]) -> tuple[Run | None, Run | None]:
    """Return the last run that was asked for everything, and a later one that was not."""
    last = next(newest_first, None)
    if last is None or _is_for_everything(last):
        return last, None
    for run in newest_first:
        if _is_for_everything(run):
            return run, last
    return last, None


def _is_for_everything(run: Run) -> bool:
    return not run["arguments"].get("types")


def position_of_run(run: Run) -> LatestPosition:
    """Return the position of a run in a list whose newest run is first."""
    return LatestPosition(run["started_at"], run["_id"])
