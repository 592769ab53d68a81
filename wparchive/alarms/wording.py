"""Make an alarm from a run, and show it in words."""

from collections.abc import Iterable
from datetime import UTC, datetime

from wparchive.model.run_records import Alarm, AlarmKind, Run
from wparchive.reading.views import minute_text


def new_alarm(
    run: Run, kind: AlarmKind, type_: str | None, *, saw: str, usual: str, look_at: str
) -> Alarm:
    """Return an alarm that a run raises, as if it stood since that run."""
    return Alarm(
        kind=kind, type=type_, saw=saw, usual=usual, look_at=look_at, since=begin_text(run)
    )


def begin_text(run: Run) -> str:
    """Return when a run began, as text of the form that `since` has."""
    utc = run["started_at"].astimezone(UTC)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def alarm_text(alarms: Iterable[Alarm]) -> str:
    """Return alarms as plain text, one after the other."""
    return "\n\n".join("\n".join(alarm_lines(alarm)) for alarm in alarms)


def alarm_name(alarm: Alarm) -> str:
    """Return what to call an alarm: `silent (post)`."""
    if alarm["type"]:
        return f"{alarm['kind']} ({alarm['type']})"
    return alarm["kind"]


def alarm_lines(alarm: Alarm) -> list[str]:
    """Return an alarm as lines: what it is, what was seen, what was usual, what to look at."""
    return [
        f"{alarm_name(alarm)}, since {minute_text(datetime.fromisoformat(alarm['since']))} UTC",
        f"  saw:     {alarm['saw']}",
        f"  usual:   {alarm['usual']}",
        f"  look at: {alarm['look_at']}",
    ]
