"""What a run takes from the runs before it, and what it leaves for the next one."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from crawler.polls.watermarks import local_time, watermark_of, zone_of
from crawler.rest.collections import Collection
from crawler.run.run_state import RunState
from wparchive.model.documents import Watermark


def choose_mode(run: RunState, arguments: Mapping[str, str], reconcile_days: float) -> str:
    """Return the name of the strategy that suits the site, unless an argument names it.

    A site that no run has proved to be archived is read in full. Otherwise every object is compared
    when that was not done for `reconcile_days`, and in between the run reads what changed.
    """
    mode = arguments.get("mode", "auto")
    if mode != "auto":
        return mode
    assert run.site is not None
    marks = run.site["watermarks"]
    if not marks:
        return "full"
    oldest = min(mark["read_at"] for mark in marks)
    if run.clock() - datetime.fromisoformat(oldest) >= timedelta(days=reconcile_days):
        return "reconcile"
    return "update"


async def move_watermark(run: RunState, collection: Collection) -> None:
    """Move the watermark of a type that the run has proved, up to the start of the run.

    What changed during the run is news to the next one. Raises ArchiveError.
    """
    count = run.count_of(collection)
    proof = count.proof
    if run.stopping or count.missing or proof is None or not (proof.scope and proof.scope.whole):
        return
    assert run.site is not None
    kind, type_ = collection.kind, collection.type
    before = watermark_of(run.site, kind, type_)
    until = local_time(run.site_date or run.report.started_at, run.site)
    date, modified = await run.store.newest(kind, run.site_key, type_, until)
    read_at = run.report.started_at.isoformat()
    if before is not None and proof.scope.name != "everything":
        read_at = before["read_at"]
    mark = Watermark(
        kind=kind,
        type=type_,
        date=date,
        modified=modified,
        hidden=count.hidden,
        cache_age_s=run.cache_age_s,
        timezone=zone_of(run.site),
        at=run.report.started_at.isoformat(),
        read_at=read_at,
    )
    others = [other for other in run.site["watermarks"] if other is not before]
    run.site["watermarks"] = [*others, mark]
