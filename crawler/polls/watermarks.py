"""From where on a poll has to look again: watermarks, with their overlap. Pure."""

from datetime import datetime, timedelta

from crawler.polls.listing import shifted
from wparchive.model.documents import Kind, Site, Watermark

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


def look_again_from(mark: Watermark, site: Site, cache_age_s: float) -> tuple[str, str]:
    """Return the date and the date of change from which on a poll looks again.

    `cache_age_s` is the age of the oldest answer of this run; the watermark has that of its own.
    """
    overlap = OVERLAP
    if mark["timezone"] != zone_of(site):
        overlap = OVERLAP_OF_ANOTHER_ZONE
    overlap += timedelta(seconds=max(mark["cache_age_s"], cache_age_s))
    return shifted(mark["date"], -overlap), shifted(mark["modified"], -overlap)
