"""What a run did and what that is worth: counts per type, verdict and exit status. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, cast

from wparchive.backends.store import Outcome, Written
from wparchive.model.documents import Kind, Run, TypeReport

COMPLETE, ERROR, USAGE, PARTIAL, FAILED, ARCHIVE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
EXIT_STATUSES: Mapping[int, str] = {
    COMPLETE: "complete: everything the site publishes is held, with proof",
    ERROR: "an error in the program itself; the log has the traceback",
    USAGE: "wrong arguments or settings; nothing was crawled",
    PARTIAL: "partial: something is missing or unproven; the report says what and why",
    FAILED: "failed: the site is unreachable, closed, no WordPress, or forbidden by its robots.txt",
    ARCHIVE: "failed: the archive cannot be opened or was lost (address, server, disk)",
    INTERRUPTED: "partial: interrupted",
}
REASONS_MAX = 50  # a run must fit into one document


@dataclass
class TypeCount:
    """One type's part of the run so far."""

    kind: Kind
    site_total: int | None = None
    listed: int = 0
    held: int | None = None
    new: int = 0
    changed: int = 0
    refreshed: int = 0
    unchanged: int = 0
    returned: int = 0
    withdrawn: int = 0
    deleted: int = 0
    hidden: int = 0
    missing: int = 0
    proof: str = ""
    reasons: list[str] = field(default_factory=list)
    requests: int = 0

    top_id: int | None = None
    """The highest id that the site showed before the walk; None where it did not say."""
    last_id: int = 0
    """The highest id that the walk was shown."""
    failed: set[int | None] = field(default_factory=set)
    """Ids that are counted as missing."""

    def because(self, reason: str) -> None:
        """Add a reason; after `REASONS_MAX` they are only counted, by `missing` and in `failures`."""
        if len(self.reasons) < REASONS_MAX:
            self.reasons.append(reason)

    def note(self, written: Written) -> None:
        """Count what became of one document."""
        name = {
            Outcome.NEW: "new",
            Outcome.CHANGED: "changed",
            Outcome.REFRESHED: "refreshed",
            Outcome.UNCHANGED: "unchanged",
        }
        if written.outcome is not None:
            setattr(self, name[written.outcome], getattr(self, name[written.outcome]) + 1)
            self.returned += written.returned

    @property
    def written(self) -> int:
        """Objects archived in this run."""
        return self.new + self.changed + self.refreshed + self.unchanged

    def public(self) -> TypeReport:
        """As stored and reported."""
        return cast(
            TypeReport,
            {
                name: value
                for name, value in asdict(self).items()
                if name not in ("top_id", "last_id", "failed")
            },
        )


@dataclass
class RunReport:
    """A run so far; becomes a `Run` document."""

    site: str
    started_at: datetime
    arguments: dict[str, str]
    types: dict[str, TypeCount] = field(default_factory=dict)
    skipped: list[dict[str, str]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    """What keeps the whole run from being complete, besides its types."""
    failures: int = 0
    trouble: tuple[int, str] | None = None
    """(exit status, reason) of what ended the run early; the first one counts."""
    finished: bool = False
    """All walks came to their own end."""

    def count(self, kind: Kind, type_: str) -> TypeCount:
        """The type's counts, begun where there are none. A taxonomy may have the name of a post type: the second one says what it is."""
        known = self.types.setdefault(type_, TypeCount(kind))
        return (
            known
            if known.kind == kind
            else self.types.setdefault(f"{type_} ({kind})", TypeCount(kind))
        )

    @property
    def expected(self) -> int:
        """Objects that the site says it has, or has shown, of all types."""
        return sum(max(count.site_total or 0, count.listed) for count in [*self.types.values()])

    def proved(self, kind: Kind, type_: str) -> bool:
        """Whether a walk of this run has proved that it saw all of a type."""
        return any(
            count.kind == kind and count.proof == "proved"
            for name, count in self.types.items()
            if name.partition(" ")[0] == type_
        )

    def stop(self, exit_status: int, reason: str) -> None:
        """Note what ended the run early."""
        if self.trouble is None:
            self.trouble = (exit_status, reason)

    @property
    def archived_anything(self) -> bool:
        """Whether the run put anything into the archive."""
        return any(count.written for count in self.types.values())

    def verdict(self) -> tuple[str, int, str | None]:
        """(verdict, exit status, reason). Complete only when every type is proved, nothing failed and nothing cut the run short."""
        if self.trouble:
            status, reason = self.trouble
            if not self.archived_anything:
                return "failed", FAILED if status == PARTIAL else status, reason
            return "partial", PARTIAL if status == FAILED else status, reason
        if not self.finished:
            return (
                ("partial" if self.archived_anything else "failed"),
                ERROR,
                "the crawl ended before its walks did; see the log",
            )
        lacking = self.doubts + [
            f"{name}: {why}" for name, count in self.types.items() for why in _lacks(count)
        ]
        if lacking and not self.archived_anything:
            return "failed", FAILED, lacking[0]
        if lacking:
            return (
                "partial",
                PARTIAL,
                "; ".join(lacking[:3])
                + (f"; and {len(lacking) - 3} more" if len(lacking) > 3 else ""),
            )
        if not self.types:
            return "failed", FAILED, "the site lists nothing that can be archived"
        return "complete", COMPLETE, None

    def document(self, finished_at: datetime | None, traffic: Mapping[str, int]) -> Run:
        """The run as stored. `traffic` has `requests`, `retries`, `bytes`; without an end the run is still going on."""
        verdict, status, reason = self.verdict() if finished_at else ("running", None, None)
        return Run(
            _id=f"{self.site}@{self.started_at.strftime('%Y-%m-%dT%H:%M:%S.%f')[:-3]}Z",
            site=self.site,
            started_at=self.started_at,
            finished_at=finished_at,
            verdict=verdict,
            exit_status=status,
            reason=reason,
            arguments=dict(self.arguments),
            types=[
                {"type": name, **count.public()} | _ended(count, finished_at)
                for name, count in self.types.items()
            ],
            skipped=list(self.skipped),
            failures=self.failures,
            requests=traffic["requests"],
            retries=traffic["retries"],
            bytes=traffic["bytes"],
            seconds=round((finished_at - self.started_at).total_seconds(), 3)
            if finished_at
            else 0.0,
        )


def _ended(count: TypeCount, finished_at: datetime | None) -> dict[str, str]:
    """What the end of the run makes of a type that no walk came to."""
    return {"proof": "unproven: not walked"} if finished_at and not count.proof else {}


def _lacks(count: TypeCount) -> Iterable[str]:
    """Why a type is not complete, in words."""
    if count.proof != "proved":
        yield count.proof or "not walked"
    if count.missing:
        yield f"{count.missing} missing ({'; '.join(count.reasons[:2]) or 'see failures'})"
    elif count.listed > count.written:
        yield f"{count.listed - count.written} were listed and not archived; the log may say why"


def report_json(run: Run) -> dict[str, Any]:
    """The report file: the run with `types` by name and times as ISO 8601."""
    types = {
        part["type"]: {name: value for name, value in part.items() if name != "type"}
        for part in run["types"]
    }
    times = {"started_at": _iso(run["started_at"]), "finished_at": _iso(run["finished_at"])}
    return {**run, **times, "types": types}


def _iso(time: datetime | None) -> str | None:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z") if time else None


_COLUMNS = (
    "type",
    "site_total",
    "held",
    "new",
    "changed",
    "refreshed",
    "unchanged",
    "returned",
    "withdrawn",
    "deleted",
    "hidden",
    "missing",
)
_RARE = frozenset({"refreshed", "returned"})  # shown only where there is something to show


def table(run: Run) -> str:
    """The report as a short table for people."""
    columns = [
        name for name in _COLUMNS if name not in _RARE or any(part[name] for part in run["types"])
    ]
    rows = [["type", "site", *columns[2:], "proof"]]
    rows += [
        [_cell(part[name]) for name in columns] + [part["proof"].partition(":")[0]]
        for part in run["types"]
    ]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    notes = [
        f"  {part['type']}: {reason}" for part in run["types"] for reason in part["reasons"][:3]
    ]
    notes += _skipped_lines(run["skipped"])
    ending = f"{run['verdict'].upper()}: {run['site']}" + (
        f" - {run['reason']}" if run["reason"] else ""
    )
    sent = f"{run['requests']} requests ({run['retries']} retries), {run['bytes'] / 1e6:.1f} MB"
    traffic = f"{sent}, {run['seconds']:.1f} s, {run['failures']} failures"
    return "\n".join(map(printable, [*([*lines, *notes] if run["types"] else []), traffic, ending]))


def printable(line: str) -> str:
    """Names and messages are the site's: none of them may move a terminal's cursor or begin a line of a log."""
    return "".join(char if char.isprintable() else "\ufffd" for char in line)


def _skipped_lines(skipped: list[dict[str, str]]) -> list[str]:
    """What was left out, by reason."""
    names: dict[str, list[str]] = {}
    for part in skipped:
        names.setdefault(part["reason"], []).append(part["name"])
    return [f"  not archived: {', '.join(group)} ({reason})" for reason, group in names.items()]


def _line(row: list[str], widths: list[int]) -> str:
    """Words to the left, numbers to the right."""
    last = len(row) - 1
    cells = (
        cell.ljust(width) if at in (0, last) else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells).rstrip()


def _cell(value: object) -> str:
    return "?" if value is None else str(value)
