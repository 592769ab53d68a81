"""The pages about sites, runs and copies, and all lists as JSON and CSV."""

import csv
import io
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, cast

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wparchive.backends.questions import Group
from wparchive.errors import NotFound
from wparchive.export.columns import spreadsheet_text
from wparchive.model.run_records import Run
from wparchive.reading.arguments import sites_of
from wparchive.reading.copies import copy_record, flow_record
from wparchive.reading.events import Version, changes_between
from wparchive.reading.library import Archive
from wparchive.reading.links import linking_posts
from wparchive.reading.monitoring import prometheus_text
from wparchive.reading.posts import Posts
from wparchive.reading.views import (
    CHART_HEIGHT,
    CHART_WIDTH,
    NO_VALUE,
    bars,
    crossed_counts,
    months_of,
    objects_found,
    ranked_counts,
    shares,
    silent_periods,
)
from wparchive.text.marks import unbroken
from wparchive.web.drawing import ROWS, archive_of, rendered, saved_as
from wparchive.web.event_pages import MOST_LISTED, events_listed
from wparchive.web.question import PostQuestion

_TOP_GROUPS: tuple[Group, ...] = ("tag", "category", "author", "domain")
_TRENDS: tuple[Group, ...] = ("tag", "author")
_TREND_ROWS = 8
_TREND_YEARS = 8


def sites_page(request: Request) -> Response:
    """Show what is held of each site and how its last run ended."""
    return rendered(
        "sites.html", address=archive_of(request).address, summaries=archive_of(request).sites()
    )


def site_page(request: Request) -> Response:
    """Show one site: what is held, its posts in time, its runs, its failures."""
    archive = archive_of(request)
    key = request.path_params["key"]
    found = [summary for summary in archive.sites() if summary.key == key]
    if not found:
        raise NotFound(f"no site {key!r} in {archive.address}")
    posts = archive.posts(site=key)
    months = months_of(posts.by("month"))
    tops = {}
    for name in _TOP_GROUPS:
        counts = ranked_counts(posts.by(name), name, ROWS)
        tops[name] = [(value, counts[value], share) for value, share in shares(counts).items()]
    return rendered(
        "site.html",
        address=archive.address,
        summary=found[0],
        question=PostQuestion(filters={"site": (key,)}),
        chart=bars(months),
        silent=silent_periods(months),
        trends={name: _trend(posts, name) for name in _TRENDS},
        chart_size=(CHART_WIDTH, CHART_HEIGHT),
        tops=tops,
        runs=archive.runs(key).page(size=ROWS).items,
        failures=archive.failures(site=key).page(size=ROWS).items,
    )


def runs_page(request: Request) -> Response:
    """Show the reports of crawls, the newest first."""
    found = archive_of(request).runs().page(ROWS, request.query_params.get("after"))
    return rendered("runs.html", address=archive_of(request).address, found=found)


def run_page(request: Request) -> Response:
    """Show the report of one run."""
    archive = archive_of(request)
    run = _run(archive, request.path_params["key"])
    return rendered("run.html", address=archive.address, run=run)


def _run(archive: Archive, key: str) -> Run:
    """Return the report of a run. Raises NotFound."""
    # The key of a run is its site and its start.
    for report in archive.runs(key.rpartition("@")[0]):
        if report["_id"] == key:
            return report
    raise NotFound(f"no run {key!r} in {archive.address}")


def metrics(request: Request) -> Response:
    """Send the figures of the sites in Prometheus' text format."""
    text = prometheus_text(archive_of(request).sites())
    return Response(text, media_type="text/plain; version=0.0.4")


def duplicates_page(request: Request) -> Response:
    """Show how many posts repeat others, who copies whom, and the largest groups."""
    found = archive_of(request).duplicates
    return rendered(
        "duplicates.html",
        address=archive_of(request).address,
        totals=found.totals(),
        flows=found.flows()[:ROWS],
        groups=found.groups()[:ROWS],
        moved_out=len(found.moved_out()),
    )


def _trend(posts: Posts, group: Group) -> dict[str, dict[str, int]]:
    """Return the most frequent values of a group, each with its posts in the last years."""
    table = crossed_counts(posts.by_both(group, "year"), group, "year", _TREND_ROWS)
    return {
        # The years ascend, so the last ones are the present.
        name: dict([item for item in counts.items() if item[0] != NO_VALUE][-_TREND_YEARS:])
        for name, counts in table.items()
        if name != NO_VALUE
    }


def _sites_listed(archive: Archive, request: Request) -> Iterable[dict[str, Any]]:
    site = request.query_params.get("site")
    archive.require_sites(site)
    for summary in archive.sites():
        if site is not None and summary.key not in sites_of(site):
            continue
        run = summary.last_run
        yield {
            "site": summary.key,
            "name": summary.site and summary.site["name"],
            "last_run": run and run["started_at"],
            "verdict": run and run["verdict"],
            "scope": run and run["scope"],
            "live": sum(counts.live for counts in summary.held),
            "withdrawn": sum(counts.withdrawn for counts in summary.held),
            "deleted": sum(counts.deleted for counts in summary.held),
        }


def _runs_listed(archive: Archive, request: Request) -> Iterable[dict[str, Any]]:
    names = ("site", "started_at", "finished_at", "mode", "scope", "verdict", "reason")
    figures = ("requests", "bytes", "seconds", "failures")
    archive.require_sites(request.query_params.get("site"))
    for run in archive.runs(request.query_params.get("site")):
        told = cast(dict[str, Any], run)
        yield {name: told.get(name) for name in (*names, *figures)} | objects_found(run)


def _copies_listed(archive: Archive, request: Request) -> Iterable[dict[str, Any]]:
    return map(copy_record, archive.duplicates.copies())


def _flows_listed(archive: Archive, request: Request) -> Iterable[dict[str, Any]]:
    return map(flow_record, archive.duplicates.flows())


def _types_of_run(archive: Archive, request: Request) -> Iterable[dict[str, Any]]:
    run = _run(archive, request.query_params.get("run", ""))
    told = {name: run[name] for name in ("site", "started_at", "verdict")}
    return ({**told, **part} for part in run["types"])


def _versions_listed(archive: Archive, request: Request) -> Iterable[dict[str, Any]]:
    before: Version | None = None
    for version in archive.history(request.query_params.get("post", "")):
        changed: list[str] = []
        if before is not None:
            changed = [change.name for change in changes_between(before, version)]
        times = {"from_at": version.from_at, "until_at": version.until_at}
        text = {name: version.post.get(name) for name in ("title", "text")}
        yield {**times, "changed": ", ".join(changed), "note": version.note, **text}
        before = version


def _members_listed(archive: Archive, request: Request) -> Iterable[dict[str, Any]]:
    group = archive.duplicates.group(request.query_params.get("post", ""))
    return map(copy_record, group.copies)


def _linking_listed(archive: Archive, request: Request) -> Iterable[dict[str, Any]]:
    post = archive.get(request.query_params.get("post", ""))
    names = ("_id", "site", "title", "link", "published_at")
    for other in linking_posts(archive.reader, post).found:
        told = cast(dict[str, Any], other)
        yield {name: told[name] for name in names}


_LISTS: dict[str, Callable[[Archive, Request], Iterable[dict[str, Any]]]] = {
    "sites": _sites_listed,
    "runs": _runs_listed,
    "events": events_listed,
    "duplicates": _copies_listed,
    "flows": _flows_listed,
    "run": _types_of_run,
    "versions": _versions_listed,
    "copies": _members_listed,
    "links": _linking_listed,
}


def downloaded_list(request: Request) -> Response:
    """Send a list as CSV or as JSON, one object a line."""
    name, _, form = request.path_params["name"].partition(".")
    if name not in _LISTS or form not in ("csv", "jsonl"):
        raise NotFound(f"no list {name}.{form}: there are {', '.join(_LISTS)}, as csv and jsonl")
    rows = list(islice(_LISTS[name](archive_of(request), request), MOST_LISTED))
    headers = saved_as(f"{name}.{form}")
    if form == "jsonl":
        lines = b"".join(unbroken(msgspec.json.encode(row)) + b"\n" for row in rows)
        return Response(lines, media_type="application/x-ndjson", headers=headers)
    out = io.StringIO()
    if rows:
        table = csv.DictWriter(out, list(rows[0]))
        table.writeheader()
        table.writerows(
            {key: spreadsheet_text(value) for key, value in row.items()} for row in rows
        )
    return Response(out.getvalue(), media_type="text/csv", headers=headers)
