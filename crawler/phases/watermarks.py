"""Read what earlier runs have left for this one, and leave the same for the next one."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from crawler.arguments import PUBLISHED
from crawler.polls.listing import Milestone, shifted
from crawler.rest.collections import Collection
from crawler.run.proof import Scope
from crawler.run.report import TypeCount
from crawler.run.run_state import RunState
from wparchive.model.documents import Kind
from wparchive.model.site_records import Site, Watermark

OVERLAP = timedelta(hours=2)
"""An hour of local time comes twice when summer time ends, and a post is saved before it shows."""
OVERLAP_OF_ANOTHER_ZONE = timedelta(hours=26)
"""The site's clock may have been moved from one end of the world to the other."""


def local_time(utc: datetime, site: Site) -> str:
    """Return a time as the site's own local text."""
    local = utc + timedelta(hours=site["gmt_offset"] or 0.0)
    return local.replace(tzinfo=None, microsecond=0).isoformat()


def zone_of(site: Site) -> str:
    """Return the site's time zone. Summer time does not change that of a named zone."""
    return site["timezone"] or f"UTC{site['gmt_offset'] or 0.0:+g}"


def watermark_of(site: Site, kind: Kind, type_: str) -> Watermark | None:
    """Return the watermark of a type; None where no run has set one."""
    for mark in site.get("watermarks") or []:
        if (mark["kind"], mark["type"]) == (kind, type_):
            return mark
    return None


def milestone_of(mark: Watermark) -> Milestone | None:
    """Return the milestone that a run has set; None where there is none."""
    id_ = mark.get("milestone_id") or 0
    if not id_:
        return None
    return Milestone(id_, mark.get("milestone_rank") or 0)


def look_again_from(mark: Watermark, site: Site, cache_age_s: float) -> tuple[str, str]:
    """Return the date and the date of change from which on a poll looks again.

    `cache_age_s` is the age of the oldest answer of this run; the watermark has that of its own.
    """
    overlap = OVERLAP
    if mark["timezone"] != zone_of(site):
        overlap = OVERLAP_OF_ANOTHER_ZONE
    overlap += timedelta(seconds=max(mark["cache_age_s"], cache_age_s))
    return shifted(mark["date"], -overlap), shifted(mark["modified"], -overlap)


def asked_view(collection: Collection) -> str:
    """Return which posts of a collection are asked for, and in which form, as text.

    It is empty for what visitors see.
    """
    view = ",".join(collection.statuses)
    if view == PUBLISHED:
        view = ""
    return f"{view} {collection.context}".strip()


def choose_mode(
    site: Site, arguments: Mapping[str, str], now: datetime, reconcile_days: float
) -> str:
    """Return the name of the strategy that suits the site, unless an argument names it.

    A site that no run has proved to be archived is read in full. Otherwise every object is compared
    when that was not done for `reconcile_days`, and in between the run reads what changed.
    """
    mode = arguments.get("mode", "auto")
    if mode != "auto":
        return mode
    marks = site.get("watermarks")
    if not marks:
        return "full"
    times = [datetime.fromisoformat(mark["read_at"]) for mark in marks]
    # A time to come was written by a clock that was wrong: nobody knows how old it is.
    if now - min(times) >= timedelta(days=reconcile_days) or max(times) > now:
        return "reconcile"
    return "update"


async def move_watermark(run: RunState, collection: Collection) -> None:
    """Move the watermark of a type that the run has proved, up to the start of the run.

    What changed during the run is news to the next one. Raises ArchiveError.
    """
    count = run.count_of(collection)
    scope = _scope_to_move(run, collection)
    if scope is None:
        return
    assert run.site is not None
    before = watermark_of(run.site, collection.kind, collection.type)
    until = local_time(run.site_date or run.report.started_at, run.site)
    date, modified = await run.store.newest(collection.kind, run.site_key, collection.type, until)
    read_at = run.report.started_at.isoformat()
    milestone = count.milestone
    # Only a run that saw every object may put off the next comparison of all.
    if before is not None and scope.name != "everything":
        read_at = before["read_at"]
        milestone = milestone or milestone_of(before)
    mark = Watermark(
        kind=collection.kind,
        type=collection.type,
        date=date,
        modified=modified,
        # A short page shows that at least one row is counted and not shown.
        hidden=max(count.hidden, int(count.short_page)),
        cache_age_s=run.cache_age_s,
        timezone=zone_of(run.site),
        at=run.report.started_at.isoformat(),
        read_at=read_at,
        view=asked_view(collection),
    )
    _note_census(mark, milestone, count.turn)
    _note_languages(mark, count, before)
    others = [other for other in run.site["watermarks"] if other is not before]
    run.site["watermarks"] = [*others, mark]


def _scope_to_move(run: RunState, collection: Collection) -> Scope | None:
    """Return the scope that a run has proved; None where the watermark has to stay."""
    count = run.count_of(collection)
    if collection.shape is not None:
        return None  # it is read whole each time
    # Past a watermark nothing is asked for again: what this run missed would stay missed.
    if run.stopping or count.missing or count.proof is None:
        return None
    scope = count.proof.scope
    return scope if scope is not None and scope.whole else None


def _note_census(mark: Watermark, milestone: Milestone | None, turn: int) -> None:
    """Note in a watermark what the next census of a long list begins with."""
    if milestone is not None and mark["kind"] in ("media", "comments"):
        mark["milestone_id"] = milestone.id
        mark["milestone_rank"] = milestone.rank
    if turn:
        mark["turn"] = turn


def _note_languages(mark: Watermark, count: TypeCount, before: Watermark | None) -> None:
    """Note in a watermark which lists by language were compared, and what that has shown."""
    languages = count.languages
    by_language = count.by_language
    if languages is None and before is not None:  # this run has read what changed
        languages = before.get("languages", "")
        by_language = before.get("by_language", False)
    if languages:
        mark["languages"] = languages
        mark["by_language"] = by_language
