"""`wparchive reclean`: clean archived documents again, with the cleaner that is installed now."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from wparchive import open_archive
from wparchive.commands import INCOMPLETE
from wparchive.commands.options import archive_uri, completed_value, json_option
from wparchive.commands.output import difference_text, print_json, say, styled
from wparchive.commands.reclean_job import RecleanJob, crawler_package, selected_of
from wparchive.reading.views import text_difference
from wparchive.tuning import tune_process

if TYPE_CHECKING:
    from wparchive.backends.recleaning import (
        Difference,
        RecleanSummary,
    )

FAILURES_SHOWN = 20


@click.command("reclean")
@click.argument("key", required=False)
@click.option("--archive", metavar="URI", help="sqlite:///path or mongodb://host/database.")
@click.option(
    "--site",
    metavar="SITE",
    help="All documents of this site.",
    shell_complete=completed_value,
)
@click.option("--all", "everything", is_flag=True, help="All documents of the archive.")
@click.option("--again", is_flag=True, help="Also clean documents that this cleaner has made.")
@click.option("--dry-run", is_flag=True, help="Change nothing; print what would change.")
@click.option(
    "--show", type=click.IntRange(0), default=0, metavar="N", help="Show the first N differences."
)
@json_option
def reclean_command(
    key: str | None,
    archive: str | None,
    site: str | None,
    everything: bool,
    again: bool,
    dry_run: bool,
    show: int,
    as_json: bool,
) -> None:
    """Clean documents again, with the cleaner installed now.

    It reads the raw records of the archive, and asks no site.

    \b
    wparchive reclean --all
    wparchive reclean --site example.com --dry-run --show 5
    wparchive reclean example.com/post/12 --again --show 1

    Documents that this cleaner has made are skipped, so that the next run after an interruption
    goes on where that one ended. No history is made: times, states, revisions and events stay
    as they are.
    """
    # In a sum, each true answer counts as one.
    if sum((key is not None, site is not None, everything)) != 1:
        raise click.UsageError("name one of: a KEY, --site SITE, --all")
    crawler = crawler_package()
    uri = archive_uri(archive)
    with open_archive(uri) as reading:
        selected = selected_of(reading, key, site)
    version = None if again else crawler.CLEANER_VERSION
    job = RecleanJob(uri, crawler, selected, version, dry_run, show)
    _run_and_report(job, as_json)
    if job.summary.failures:
        raise click.exceptions.Exit(INCOMPLETE)


def _run_and_report(job: RecleanJob, as_json: bool) -> None:
    import asyncio  # here, because the general help imports the modules of all commands

    tune_process()
    try:
        asyncio.run(job.run())
    except BaseException:
        # Ctrl-C, or a lost archive. The batches that are done stay done.
        if job.summary.documents or job.learned:
            _report(job, as_json)
        raise
    _report(job, as_json)


def _report(job: "RecleanJob", as_json: bool) -> None:
    if as_json:
        texts = {site: learned.posts for site, learned in job.learned.items()}
        print_json({**summary_json(job.summary, job.dry_run), "boilerplate": texts})
        return
    say("\n".join(summary_lines(job.summary, job.dry_run)))
    for site, learned in job.learned.items():
        say(f"{site}: {learned.removed:,} blocks recur, {learned.posts:,} texts changed by that")


def summary_json(summary: "RecleanSummary", dry_run: bool) -> dict[str, Any]:
    """Return the summary for programs."""
    fields: dict[str, dict[str, int]] = {}
    for (kind, name), count in sorted(summary.fields.items()):
        fields.setdefault(kind, {})[name] = count
    return {
        "dry_run": dry_run,
        "documents": dict(summary.documents),
        "changed": dict(summary.changed),
        "fields": fields,
        "passed_over": summary.passed_over,
        "failures": summary.failures,
        "differences": [
            {"key": shown.key, "fields": {name: list(pair) for name, pair in shown.fields.items()}}
            for shown in summary.shown
        ],
    }


def summary_lines(summary: "RecleanSummary", dry_run: bool) -> list[str]:
    """Return the summary for people."""
    lines = [line for shown in summary.shown for line in _difference_lines(shown)]
    verb = "changed"
    if dry_run:
        verb = "would change"
    for kind, count in summary.documents.items():
        lines.append(f"{count:,} {kind} cleaned again, {summary.changed[kind]:,} {verb}")
        fields = [(name, number) for (of, name), number in summary.fields.items() if of == kind]
        lines += [f"  {number:>9,} {name}" for name, number in sorted(fields)]
    if not summary.documents and not summary.failures:
        lines.append("nothing to clean again: this cleaner has made all of it")
    if summary.passed_over:
        lines.append(f"{summary.passed_over:,} were written anew meanwhile and left alone")
    return lines + _failure_lines(summary.failures)


def _failure_lines(failures: Mapping[str, str]) -> list[str]:
    if not failures:
        return []
    lines = [f"{len(failures):,} could not be cleaned again; they stay as they were:"]
    lines += [f"  {key}: {why}" for key, why in list(failures.items())[:FAILURES_SHOWN]]
    if len(failures) > FAILURES_SHOWN:
        lines.append(f"  ... and {len(failures) - FAILURES_SHOWN:,} more (--json names all)")
    return lines


def _difference_lines(document: "Difference") -> list[str]:
    lines = [styled(document.key, bold=True)]
    for name, (before, after) in document.fields.items():
        if isinstance(before, str) and isinstance(after, str):
            lines.append(f"  {name}: {difference_text(text_difference(before, after))}")
        elif name != "sketch":  # numbers that say nothing to anybody
            lines.append(f"  {name}: [-{before}-] {{+{after}+}}")
    return lines
