"""The report of a run as it leaves the crawl: a document, a JSON file, a table for people."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.run.report import RunReport, TypeCount
from crawler.run.verdict import judge
from wparchive.alarms.wording import alarm_name
from wparchive.errors import OutputFailed
from wparchive.export.atomic import atomic_file
from wparchive.furniture.memory import Learned
from wparchive.model.run_records import CutReport, LearnedReport, Run
from wparchive.reading.views import counted_text
from wparchive.text.marks import escaped_controls

# Columns of the table; `type` stands before them and `proof` after them.
_COLUMNS = (
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
_TERMINAL_WIDTH = 80
_HEADINGS = {"site_total": "site"}
_CUT_SHOWN = 50
# Left out where every type has 0, so that the table fits into 80 columns.
_RARE = frozenset({"refreshed", "returned", "withdrawn", "deleted", "hidden", "missing"})


@dataclass(frozen=True, slots=True)
class Traffic:
    """The requests and answers of a run so far, in figures."""

    requests: int = 0
    retries: int = 0
    bytes: int = 0


def run_so_far(report: RunReport, traffic: Traffic) -> Run:
    """Return the document of a run that goes on."""
    return Run(
        _id=report.run_id,
        site=report.site,
        started_at=report.started_at,
        finished_at=None,
        verdict="running",
        exit_status=None,
        reason=None,
        arguments=dict(report.arguments),
        mode=report.mode,
        scope=report.scope,
        credentials=report.credentials,
        types=[{"type": name, **count.public()} for name, count in report.named_types()],
        skipped=list(report.skipped),
        sitemap=report.sitemap,
        cut=_cut(report.cut),
        boilerplate=_boilerplate(report.learned),
        files=report.files.public() if report.files else None,
        warc=list(report.warc),
        resumed_from=report.resumed_from,
        begun_again=list(report.begun_again),
        failures=report.failures,
        requests=traffic.requests,
        retries=traffic.retries,
        bytes=traffic.bytes,
        seconds=0.0,
        profile=None,
        alarms=None,
        digest=None,
    )


def ended_run(report: RunReport, traffic: Traffic, finished_at: datetime) -> Run:
    """Return the document of a run that has ended, with its verdict."""
    verdict = judge(report)
    run = run_so_far(report, traffic)
    run["finished_at"] = finished_at
    run["seconds"] = round((finished_at - report.started_at).total_seconds(), 3)
    run["verdict"] = verdict.name
    run["exit_status"] = int(verdict.exit_status)
    run["reason"] = verdict.reason
    run["types"] = [_finished_type(name, count) for name, count in report.named_types()]
    return run


def _cut(cut: Iterable[str]) -> CutReport | None:
    words = list(cut)
    if not words:
        return None
    return CutReport(count=len(words), first=words[:_CUT_SHOWN])


def _boilerplate(learned: Learned | None) -> LearnedReport | None:
    if learned is None:
        return None
    return LearnedReport(removed=learned.removed, posts=learned.posts, finished=learned.finished)


def _finished_type(name: str, count: TypeCount) -> dict[str, Any]:
    """Return one type's part of a run that has ended."""
    part: dict[str, Any] = {"type": name, **count.public()}
    part["proof"] = part["proof"] or "unproven: not walked"
    return part


def report_json(run: Run) -> dict[str, Any]:
    """Return the content of the report file: `types` by name, times as ISO 8601."""
    types = {}
    for part in run["types"]:
        types[part["type"]] = {name: value for name, value in part.items() if name != "type"}
    times = {name: _iso(run[name]) for name in ("started_at", "finished_at")}
    return {**run, **times, "types": types}


def _iso(time: datetime | None) -> str | None:
    if time is None:
        return None
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_json(path: str, value: Any) -> None:
    """Write a report file in one step, so that a reader never sees half of it.

    The path `-` means standard output. No link is followed: in a folder that others can write to,
    it could lead to any file. A file that cannot be written costs one line on standard error, not
    the run.
    """
    text = escaped_controls(json.dumps(value, ensure_ascii=False, indent=2, default=str)) + "\n"
    if path == "-":
        sys.stdout.write(text)
        return
    try:
        with atomic_file(Path(path), follow_links=False) as file:
            # A site's message may hold half a surrogate pair, which UTF-8 cannot encode.
            file.write(text.encode("utf-8", "replace"))
    except OutputFailed as error:
        print(f"the report could not be written: {error}", file=sys.stderr)


def report_table(run: Run) -> str:
    """Return the report as a short table for people, followed by notes and the verdict."""
    lines = []
    if run["types"]:
        lines += [*_table_lines(run["types"]), *_notes(run)]
    lines += [*_files_lines(run), *_boilerplate_lines(run), *_sitemap_lines(run)]
    lines += _cut_lines(run)
    lines += [*_alarm_lines(run), _traffic_line(run), _verdict_line(run)]
    return "\n".join(map(printable, lines))


def _table_lines(types: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of the table: the headings, then one line for each type."""
    columns = [name for name in _COLUMNS if name not in _RARE or any(part[name] for part in types)]
    rows = [["type", *(_HEADINGS.get(name, name) for name in columns), "proof"]]
    for part in types:
        status = part["proof"].partition(":")[0]  # the reasons stand below the table
        rows.append([part["type"], *(_cell(part[name]) for name in columns), status])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    gap = "  "
    if sum(widths) + len(gap) * (len(widths) - 1) > _TERMINAL_WIDTH:
        gap = " "
    for row in rows:
        yield _aligned(row, widths, gap)


def _aligned(row: list[str], widths: list[int], gap: str) -> str:
    """Return a row with its first and last cell to the left, and the numbers to the right."""
    cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
    cells[0] = row[0].ljust(widths[0])
    cells[-1] = row[-1]
    return gap.join(cells)


def _cell(value: object) -> str:
    if value is None:
        return "?"
    return str(value)


def _notes(run: Run) -> Iterator[str]:
    """Yield the first reasons of each type, and what else a reader should know."""
    for part in run["types"]:
        for reason in part["reasons"][:3]:
            yield f"  {part['type']}: {reason}"
        yield from _content_lines(run, part)
    if run.get("credentials"):
        yield f"  asked with credentials ({run.get('credentials')})"
    if run["resumed_from"]:
        # It was cut off, or ended by itself: that run's own record says which.
        yield f"  went on from {run['resumed_from']}, which was not complete"
    for reason in run["begun_again"]:
        yield f"  read from the beginning: {reason}"
    names: dict[str, list[str]] = {}
    for skipped in run["skipped"]:
        names.setdefault(skipped["reason"], []).append(skipped["name"])
    for reason, group in names.items():
        yield f"  not archived: {', '.join(group)} ({reason})"


def _files_lines(run: Run) -> Iterator[str]:
    """Yield what was done about files, and the first reasons why some are not held."""
    files = run.get("files")
    if files is None:
        return
    words = {"held": "held", "new": "new", "changed": "changed", "gone": "gone"}
    words |= {"failed": "failed", "left_out": "left out", "elsewhere": "on other hosts"}
    words |= {"length_not_stated": "of no stated length", "no_address": "without an address"}
    words |= {"not_reached": "not reached", "transformed": "transformed by a proxy (203)"}
    words |= {"restored": "fetched again because the archive had lost them"}
    numbers: dict[str, Any] = {**files}
    shown = [f"{numbers[name]:,} {word}" for name, word in words.items() if numbers.get(name)]
    counts = ", ".join([f"{files['named']:,} named", *shown])
    yield f"files: {counts}; {files['bytes'] / 1e6:,.1f} MB fetched"
    for reason in files["reasons"][:3]:
        yield f"  {reason}"


def _boilerplate_lines(run: Run) -> Iterator[str]:
    """Yield what was learned about blocks that recur, where any do."""
    learned = run.get("boilerplate")
    if learned is None or not (learned["removed"] or learned["posts"]):
        return
    line = f"{learned['removed']:,} blocks recur and are left out of texts, "
    if learned["removed"] == 1:
        line = "1 block recurs and is left out of texts, "
    line += f"{counted_text(learned['posts'], 'post')} changed"
    if not learned["finished"]:
        line += " (the next run goes on)"
    yield f"{line}: wparchive boilerplate list --site {run['site']}"


def _content_lines(run: Run, part: dict[str, Any]) -> Iterator[str]:
    """Yield of how many posts the API leaves the content out, where it does."""
    empty = part.get("empty_content", 0)
    leaked = part.get("leaked_shortcodes", 0)
    if not (empty or leaked):
        return
    line = f"  {part['type']}: the API shows {counted_text(empty, 'post')} without content "
    line += f"and {leaked:,} full of shortcodes; "
    line += f"{part.get('completed', 0):,} were completed from their public pages"
    if "render" not in run["arguments"]:
        line += " (-a render=1 does so)"
    yield line


def _sitemap_lines(run: Run) -> Iterator[str]:
    """Yield what the sitemaps list and the archive lacks."""
    found = run.get("sitemap")
    if found is None or not found["lacking"]:
        return
    first = ", ".join(found["addresses"][:3])
    yield (
        f"of {found['listed']:,} addresses in the sitemaps, the archive lacks "
        f"{found['lacking']:,}: {first}"
    )
    read = {part["type"] for part in run["types"]}
    words = [
        f"{number:,} {_of_what(name, name in read)}"
        for name, number in found.get("by_type", {}).items()
    ]
    yield f"  {'; '.join(words)}"
    yield "  the verdict does not count them: a sitemap is no proof that there is such a post"


def _of_what(type_: str, is_read: bool) -> str:
    """Return what addresses of one type are, which only the sitemap lists."""
    if not type_:
        return "of which the sitemap does not say the type: pages that list others, for instance"
    if is_read:
        return f"of type {type_}, in no list of the API"
    return f"of type {type_}, which this run did not read from the API"


def _cut_lines(run: Run) -> Iterator[str]:
    """Yield what was longer than its limit."""
    cut = run.get("cut")
    if cut:
        yield f"{cut['count']:,} read only in part, longer than the limit: {cut['first'][0]}"


def _alarm_lines(run: Run) -> Iterator[str]:
    """Yield what is not as usual on this site."""
    for alarm in run.get("alarms") or ():
        yield f"ALARM {alarm_name(alarm)}: {alarm['saw']}; usual: {alarm['usual']}"
        yield f"  look at: {alarm['look_at']}"


def _traffic_line(run: Run) -> str:
    megabytes = run["bytes"] / 1e6
    begun = ""
    if run["types"]:  # the mode is decided once the site is known
        begun = f"{run['mode']} run: "
    return (
        f"{begun}{run['requests']} requests ({run['retries']} retries), "
        f"{megabytes:.1f} MB, {run['seconds']:.1f} s, {counted_text(run['failures'], 'failure')}"
    )


def _verdict_line(run: Run) -> str:
    line = run["verdict"].upper()
    if run["scope"] != "everything":
        line += f" for {run['scope']}"
    line += f": {run['site']}"
    if run["reason"]:
        line += f" - {run['reason']}"
    return line


def printable(line: str) -> str:
    """Return the line with a replacement character for each one that cannot be shown.

    Names and messages come from the site. None of them may move the cursor of a terminal, or
    begin a line of a log.
    """
    return "".join(char if char.isprintable() else "\ufffd" for char in line)
