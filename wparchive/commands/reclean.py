"""`wparchive reclean`: clean archived documents again, with the cleaner that is installed now."""

import importlib
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import wparchive
from wparchive import open_archive
from wparchive.backends.opening import open_store
from wparchive.backends.store import CleaningSelection
from wparchive.commands import INCOMPLETE
from wparchive.commands.options import PATIENCE_S, archive_uri, completed_value, json_option
from wparchive.commands.output import counted_progress, difference_text, print_json, say, styled
from wparchive.errors import ExtraMissing, NotFound
from wparchive.model.documents import KINDS, Kind
from wparchive.reading.arguments import bare_address
from wparchive.reading.library import Archive
from wparchive.reading.views import text_difference
from wparchive.tuning import tune_process

if TYPE_CHECKING:
    from wparchive.backends.recleaning import (
        CleanedAgain,
        Difference,
        Recleaner,
        RecleanSummary,
    )
    from wparchive.backends.remembering import SiteLearner
    from wparchive.backends.store import Store
    from wparchive.furniture.memory import Learned
    from wparchive.furniture.remove import Furniture

WORTH_PROCESSES = 1000
"""Documents from which on helper processes are worth their start."""
FAILURES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Selected:
    """The choice of documents of an archive, and what is known of their sites."""

    kinds: tuple[Kind, ...]
    key: str | None
    site: str | None
    homes: Mapping[str, str]
    """Addresses of front pages, by site."""
    languages: Mapping[str, str | None]
    """Languages that front pages declare, by site."""

    def selections(self, other_than: int | None) -> list[CleaningSelection]:
        """Return what a store is asked for; `other_than` is a version that is passed over."""
        return [CleaningSelection(kind, self.key, self.site, other_than) for kind in self.kinds]


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


def _run_and_report(job: "RecleanJob", as_json: bool) -> None:
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


def _empty_summary() -> "RecleanSummary":
    from wparchive.backends.recleaning import RecleanSummary

    return RecleanSummary()


@dataclass(slots=True)
class RecleanJob:
    """One call of the command: the store, the processes and the progress around `Recleaner`."""

    uri: str
    crawler: Any
    """The module `pipelines.reclean`."""
    selected: Selected
    version: int | None
    """Documents of this cleaner version are passed over."""
    dry_run: bool
    show: int
    summary: "RecleanSummary" = field(default_factory=_empty_summary)
    learners: "dict[str, SiteLearner]" = field(default_factory=dict)
    """What counts the blocks of each site."""
    learned: "dict[str, Learned]" = field(default_factory=dict)
    """What was learned of each site whose posts were cleaned again."""

    async def run(self) -> None:
        """Clean everything that is selected. Raises as a store does."""
        from wparchive.backends.retrying import retrying_store

        store = retrying_store(open_store(self.uri), PATIENCE_S)
        selections = self.selected.selections(self.version)
        try:
            await store.open()
            counts = [await store.count_to_clean(selection) for selection in selections]
            processes = _processes(sum(counts))
            if processes:
                # While they load the cleaner, this process loads Scrapy for the settings.
                self.crawler.prepare_processes()
            furniture = await self._furniture(store)
            await self._begin_learning(store)
            with (
                self.crawler.CleaningPool(
                    self.selected.homes, processes, furniture, self.selected.languages
                ) as pool,
                counted_progress(sum(counts), self._said_of_documents()) as on_progress,
            ):
                recleaner = self._recleaner(store, pool, processes, on_progress)
                for selection, count in zip(selections, counts, strict=True):
                    if count:
                        await recleaner.run(selection)
            await self._settle_learning()
        finally:
            await store.close()

    async def count_older(self, version: int) -> int:
        """Return how many of the selected documents another version of the cleaner has made."""
        store = open_store(self.uri)
        try:
            await store.open()
            selections = self.selected.selections(version)
            return sum([await store.count_to_clean(selection) for selection in selections])
        finally:
            await store.close()

    def _said_of_documents(self) -> str:
        return "documents compared" if self.dry_run else "documents cleaned again"

    def _recleaner(
        self, store: "Store", pool: Any, processes: int, on_progress: Callable[[int], None]
    ) -> "Recleaner":
        from wparchive.backends.recleaning import Recleaner

        return Recleaner(
            store,
            pool,
            parallel=max(1, processes),
            dry_run=self.dry_run,
            show=self.show,
            on_progress=on_progress,
            on_cleaned=self._note,
            summary=self.summary,
        )

    async def _furniture(self, store: "Store") -> "dict[str, Furniture]":
        """Return what is left out of the texts of each site's posts."""
        from wparchive.furniture.remove import furniture_of

        if not self.crawler.remembers_sites():
            return {}
        return {
            site: furniture_of(await store.recurring_blocks(site)) for site in self.selected.homes
        }

    async def _begin_learning(self, store: "Store") -> None:
        """Prepare to count the blocks of whole sites again, where a crawl would do so."""
        from wparchive.backends.remembering import SiteLearner

        selected = self.selected
        if self.dry_run or selected.key is not None or not self.crawler.remembers_sites():
            return
        sites = list(selected.homes)
        if selected.site is not None:
            sites = [selected.site]
        for site in sites:
            posts = CleaningSelection("posts", site=site, other_than=self.version)
            learner = SiteLearner(store, site, self.crawler.CLEANER_VERSION)
            await learner.begin(afresh=await store.count_to_clean(posts) > 0)
            self.learners[site] = learner

    def _note(self, kind: Kind, post: Mapping[str, Any], made: "CleanedAgain") -> None:
        """Count the blocks of a post that was cleaned again."""
        learner = self.learners.get(post["site"])
        if learner is not None and kind == "posts" and post["state"] == "live":
            # New to the counts, which begin afresh.
            learner.note(post["_id"], post["type"], made.block_keys, is_new=True)

    async def _settle_learning(self) -> None:
        """Decide what recurs, by what the cleaner makes of the posts now.

        Where it makes the same blocks as before, what was counted exactly then still holds.
        """
        has_other_blocks = self.summary.fields["posts", "blocks"] > 0
        for site, learner in self.learners.items():
            learned = await learner.settle(again=has_other_blocks)
            if learned.posts:
                self.learned[site] = learned


def crawler_package() -> Any:
    """Return the module `pipelines.reclean`. Raises ExtraMissing where there is no crawler.

    The crawler is an application, not a package: its folders stand beside this one's in a checkout.
    """
    # A console script has its own folder on the path, and not the one that it is called in.
    checkout = str(Path(wparchive.__file__).parents[1])
    if checkout not in sys.path:
        sys.path.append(checkout)
    try:
        return importlib.import_module("pipelines.reclean")
    except ImportError as error:
        raise ExtraMissing(
            f"the cleaner is a part of the crawler, which is not installed here ({error}): "
            "run this command in a checkout of the project"
        ) from error


def selected_of(archive: Archive, key: str | None, site: str | None) -> Selected:
    """Return what is meant. Raises NotFound for a key or a site that the archive does not hold."""
    sites = list(archive.reader.sites())
    homes = {known["_id"]: known["home"] for known in sites}
    languages = {known["_id"]: known["language"] for known in sites}
    if key is not None:
        found = archive.reader.get(key.strip())
        if found is None:
            raise NotFound(f"no document {key!r} in {archive.address}: a key is site/type/id")
        return Selected((found[0],), key.strip(), None, homes, languages)
    if site is not None:
        site = bare_address(site)
        archive.require_sites(site)
    return Selected(KINDS, None, site, homes, languages)


def _processes(documents: int) -> int:
    """Return how many helper processes to start: one for each core.

    This process, which reads and writes, needs less than a core, so they share what it leaves.
    """
    if documents < WORTH_PROCESSES:
        return 0
    return os.cpu_count() or 1


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
