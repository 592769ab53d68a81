"""Times as feeds and pages write them, with a zone or without. Pure.

A time without a zone is the site's local time. Where the site's zone is not known either, it is
kept as what it is, and nobody says that it were UTC.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

_OFFSET_MAX_HOURS = 15
_NAMES = {"published": "date", "modified": "modified"}
"""Fields of a published post, and the members of a record that hold them as local time."""


def time_fields(name: str, value: Any) -> dict[str, str]:
    """Return the field of a published post for a time of RFC 5322 or ISO 8601.

    It is `name`, in UTC as the API writes it, or `name` with `_local` for a time without a zone.
    Empty for anything else.
    """
    if not isinstance(value, str):
        return {}
    value = value.strip()[:64]
    time = _parsed(value)
    if time is None:
        return {}
    if time.tzinfo is None and not value.endswith("-0000"):  # RFC 5322: UTC, and no local time
        return {f"{name}_local": time.replace(microsecond=0).isoformat()}
    utc = _in_utc(time, UTC)
    return {name: utc} if utc else {}


def time_members(times: Mapping[str, str | None], zone: tzinfo | None) -> dict[str, str | None]:
    """Return the members of a record for the times of a published post.

    Without a zone, a local time stands alone.
    """
    members: dict[str, str | None] = {}
    for name, member in _NAMES.items():
        utc, local = times[name], times[f"{name}_local"]
        if utc is None and local is not None:
            members[member] = local
            utc = None if zone is None else _in_utc(datetime.fromisoformat(local), zone)
        members[f"{member}_gmt"] = utc
    return members


def lacks_zone(members: Mapping[str, str | None]) -> bool:
    """Tell whether a local time among the members of a record stands alone."""
    return any(members.get(name) and not members[f"{name}_gmt"] for name in _NAMES.values())


def site_zone(name: str, gmt_offset: float | None) -> tzinfo | None:
    """Return the zone of a site by what its index says; None where that is nothing."""
    try:
        if name:
            return ZoneInfo(name)
    except (ValueError, LookupError, OSError):  # the name is the site's, and may be anything
        pass
    if gmt_offset is None or abs(gmt_offset) > _OFFSET_MAX_HOURS:
        return None
    return timezone(timedelta(hours=gmt_offset))


def _parsed(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _in_utc(time: datetime, zone: tzinfo) -> str | None:
    """Return a time as the API writes UTC; `zone` is that of a time without one."""
    if time.tzinfo is None:
        time = time.replace(tzinfo=zone)
    try:
        return time.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()
    except (ValueError, OverflowError):
        return None
