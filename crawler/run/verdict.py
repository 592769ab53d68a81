"""The verdict of a run, and its exit status."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from crawler.run.report import RunReport, StopReason, TypeCount

REASONS_SHOWN = 3  # of the reasons against a complete run; the report has all of them


class ExitStatus(IntEnum):
    """The exit statuses of `scrapy crawl`."""

    COMPLETE = 0
    ERROR = 1
    USAGE = 2
    PARTIAL = 3
    FAILED = 4
    ARCHIVE = 5
    BUSY = 6
    INTERRUPTED = 130  # 128 + SIGINT, as shells have it


EXIT_STATUSES: Mapping[ExitStatus, str] = {
    ExitStatus.COMPLETE: "complete: everything the site publishes is held, with proof",
    ExitStatus.ERROR: "an error in the program itself; the log has the traceback",
    ExitStatus.USAGE: "wrong arguments or settings; nothing was crawled",
    ExitStatus.PARTIAL: ("partial: something is missing or unproven; the report says what and why"),
    ExitStatus.FAILED: (
        "failed: the site is unreachable, closed, no WordPress, or forbidden by its robots.txt"
    ),
    ExitStatus.ARCHIVE: "the archive cannot be opened (failed) or was lost on the way (partial)",
    ExitStatus.BUSY: "another run is crawling the same site; this one wrote nothing, or stopped",
    ExitStatus.INTERRUPTED: "interrupted: partial, or failed where nothing was archived yet",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a run."""

    name: Literal["complete", "partial", "failed"]
    exit_status: ExitStatus
    reason: str | None = None
    """Why the run is not complete; None when it is."""


def judge(report: RunReport) -> Verdict:
    """Return the verdict of a run that has ended.

    A run is complete only when every type is proved, nothing failed, and nothing ended it early.
    """
    if report.stopped:
        return _judge_stopped(report.stopped, report.archived_anything)
    if not report.finished:
        reason = "the crawl ended before its walks did; see the log"
        return Verdict(_incomplete(report), ExitStatus.ERROR, reason)
    lacking = [*report.doubts, *_lacking_types(report), *_lacking_files(report)]
    if lacking and not report.archived_anything:
        return Verdict("failed", ExitStatus.FAILED, lacking[0])
    if lacking:
        return Verdict("partial", ExitStatus.PARTIAL, _shortened(lacking))
    if not report.types:
        reason = "the site lists nothing that can be archived"
        return Verdict("failed", ExitStatus.FAILED, reason)
    return Verdict("complete", ExitStatus.COMPLETE)


def is_read(report: RunReport) -> bool:
    """Tell whether everything was read and proved, so that no later run goes on from this one.

    Files that could not be fetched do not count: nothing would be gained by going on.
    """
    lacking = [*report.doubts, *_lacking_types(report)]
    return report.finished and report.stopped is None and not lacking


def archive_is_lost(report: RunReport) -> bool:
    """Tell whether the run ended because the archive could not be opened or was lost."""
    return report.stopped is not None and report.stopped.exit_status == ExitStatus.ARCHIVE


def is_kept_out(report: RunReport) -> bool:
    """Tell whether the run ended because another one has the lease of the site."""
    return report.stopped is not None and report.stopped.exit_status == ExitStatus.BUSY


def _judge_stopped(stopped: StopReason, archived_anything: bool) -> Verdict:
    """Return the verdict of a run that was ended early.

    The part of the program that ended the run named an exit status without knowing whether anything
    had been archived. Here `FAILED` becomes `PARTIAL` if something was, and the reverse if not.
    """
    status = ExitStatus(stopped.exit_status)
    if archived_anything:
        if status is ExitStatus.FAILED:
            status = ExitStatus.PARTIAL
        return Verdict("partial", status, stopped.reason)
    if status is ExitStatus.PARTIAL:
        status = ExitStatus.FAILED
    return Verdict("failed", status, stopped.reason)


def _incomplete(report: RunReport) -> Literal["partial", "failed"]:
    """Return the verdict of a run that cannot be complete."""
    if report.archived_anything:
        return "partial"
    return "failed"


def _lacking_types(report: RunReport) -> Iterator[str]:
    """Yield what keeps each type from being complete, with the type's name."""
    for name, count in report.named_types():
        for reason in _lacks(count):
            yield f"{name}: {reason}"


def _lacks(count: TypeCount) -> Iterator[str]:
    """Yield what keeps one type from being complete."""
    if not count.is_proved:
        yield str(count.proof or "not walked")
    if count.missing:
        reasons = "; ".join(count.reasons[:2]) or "see failures"
        yield f"{count.missing} missing ({reasons})"
    elif count.listed > count.written:
        # Every failure is counted in `missing`, so this is an error of ours: say it plainly.
        lost = count.listed - count.written
        yield f"{lost} were listed and not archived; the log may say why"
    if count.lost_again:
        yield f"{count.lost_again} were held and are gone: something else writes to the archive"


def _lacking_files(report: RunReport) -> Iterator[str]:
    """Yield what keeps the files from being complete, where they were asked for."""
    files = report.files
    if files is None:
        return
    if files.too_large:
        first = "; ".join(files.first_too_large)
        yield (
            f"files: {files.too_large} above the default of CRAWL_FILE_MAX_BYTES: raise it, or "
            f"set it to do without them ({first})"
        )
    if others := files.failed - files.too_large:
        yield f"files: {others} could not be fetched ({'; '.join(files.first_failures)})"
    if files.done < files.asked:
        yield f"files: {files.asked - files.done} were named and not asked for; see the log"


def _shortened(reasons: list[str]) -> str:
    """Return the first few reasons as one sentence, with the number of the others."""
    text = "; ".join(reasons[:REASONS_SHOWN])
    more = len(reasons) - REASONS_SHOWN
    if more > 0:
        text += f"; and {more} more"
    return text
