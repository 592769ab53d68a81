"""Answer monitors: which sites are stale, and figures for Prometheus. Pure."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, get_args

from wparchive.model.documents import State
from wparchive.model.run_records import Run
from wparchive.reading.site_summaries import SiteSummary

_FRESH = frozenset({"complete", "partial"})
"""Verdicts after which the archive holds what the site showed then."""


class Metric(NamedTuple):
    """A metric of Prometheus, with its samples."""

    name: str
    help: str
    samples: list[tuple[dict[str, str], float]]
    """Labels and value of each."""


def freshness(summary: SiteSummary) -> datetime | None:
    """Return when the last run for everything ended that was complete or partial.

    None where the last run was neither: failed, killed, or still going on without an end.
    """
    run = summary.last_run
    if run is None or run["verdict"] not in _FRESH:
        return None
    return run["finished_at"]


def stale_sites(summaries: Iterable[SiteSummary], since: datetime) -> list[SiteSummary]:
    """Return the sites without a complete or partial run since then.

    A run that goes on, and began since then, counts: a site may take long.
    """
    return [summary for summary in summaries if _is_stale(summary, since)]


def _is_stale(summary: SiteSummary, since: datetime) -> bool:
    run = summary.last_run
    if run is not None and run["verdict"] == "running":
        return run["started_at"] < since
    at = freshness(summary)
    return at is None or at < since


def prometheus_text(summaries: Iterable[SiteSummary]) -> str:
    """Return figures of sites in Prometheus' text format, for the textfile collector."""
    return "".join(map(_exposition, _metrics(list(summaries))))


def _metrics(summaries: list[SiteSummary]) -> Iterator[Metric]:
    documents = [
        ({"site": summary.key, "type": held.type, "state": state}, float(getattr(held, state)))
        for summary in summaries
        for held in summary.held
        for state in get_args(State)
    ]
    yield Metric("wparchive_documents", "Documents held.", documents)
    # 0 makes an alert on the age fire for a site that was never crawled.
    fresh = [({"site": summary.key}, _seconds(freshness(summary)) or 0.0) for summary in summaries]
    yield Metric(
        "wparchive_fresh_timestamp_seconds",
        "When the last run for everything ended, if it was complete or partial; else 0.",
        fresh,
    )
    for name, help_text, figure in _RUN_FIGURES:
        found = [
            ({"site": summary.key}, figure(summary.last_run))
            for summary in summaries
            if summary.last_run is not None
        ]
        # A figure that a run does not have is left out: 0 would be a statement.
        known = [(labels, float(value)) for labels, value in found if value is not None]
        yield Metric(f"wparchive_run_{name}", f"The last run for everything: {help_text}.", known)


def _seconds(at: datetime | None) -> float | None:
    if at is None:
        return None
    return at.timestamp()


def _files_gone(run: Run) -> float:
    files = run.get("files")
    if files is None:
        return 0.0
    return files["gone"]


_RUN_FIGURES: tuple[tuple[str, str, Callable[[Run], float | None]], ...] = (
    ("started_timestamp_seconds", "when it began", lambda run: _seconds(run["started_at"])),
    ("finished_timestamp_seconds", "when it ended", lambda run: _seconds(run["finished_at"])),
    ("exit_status", "0 complete, 3 partial, 4 failed, ...", lambda run: run["exit_status"]),
    ("failures", "objects that it could not archive", lambda run: run["failures"]),
    ("files_gone", "failures among them that are files its server no longer has", _files_gone),
    ("seconds", "how long it took", lambda run: run["seconds"]),
    ("requests", "requests that it sent", lambda run: run["requests"]),
)
"""Figures of a run: the end of the name, the help, the value; None while it is not known."""


def _exposition(metric: Metric) -> str:
    lines = [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} gauge"]
    for labels, value in metric.samples:
        written = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
        lines.append(f"{metric.name}{{{written}}} {value!r}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
