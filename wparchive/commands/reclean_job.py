"""Cleaning the documents of an archive again, as `reclean` and `verify --documents` do it."""

import importlib
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import wparchive
from wparchive.backends.opening import open_store
from wparchive.backends.store import CleaningSelection
from wparchive.commands.options import PATIENCE_S
from wparchive.commands.output import counted_progress
from wparchive.errors import ExtraMissing, NotFound
from wparchive.model.documents import KINDS, Kind
from wparchive.reading.arguments import bare_address
from wparchive.reading.library import Archive

if TYPE_CHECKING:
    from wparchive.backends.recleaning import CleanedAgain, Recleaner, RecleanSummary
    from wparchive.backends.remembering import SiteLearner
    from wparchive.backends.store import Store
    from wparchive.furniture.memory import Learned
    from wparchive.furniture.remove import Furniture

WORTH_PROCESSES = 1000
"""Documents from which on helper processes are worth their start."""


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


def _empty_summary() -> "RecleanSummary":
    from wparchive.backends.recleaning import RecleanSummary

    return RecleanSummary()


@dataclass(slots=True)
class RecleanJob:
    """One cleaning: the store, the processes and the progress around `Recleaner`."""

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
            await self._begin_learning(store)
            furniture = await self._furniture(store)
            with (
                self._pool(processes, furniture) as pool,
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

    def _pool(self, processes: int, furniture: "Mapping[str, Furniture]") -> Any:
        """Return a `CleaningPool`, with all that is known of the sites."""
        selected = self.selected
        watched = {site: learner.noted.watched for site, learner in self.learners.items()}
        return self.crawler.CleaningPool(
            selected.homes, processes, furniture, selected.languages, watched
        )

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
        furniture = {site: learner.furniture for site, learner in self.learners.items()}
        for site in self.selected.homes:
            if site not in furniture:
                furniture[site] = furniture_of(await store.recurring_blocks(site))
        return furniture

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
        if learner is None or kind != "posts":
            return
        keys = made.block_keys
        if post["state"] == "live":
            # New to the counts, which begin afresh.
            learner.note(post["_id"], post["type"], keys, is_new=True, found=made.found)
        else:
            # It is not counted, but loses what recurs as all others do.
            learner.noted.add(post["_id"], post["type"], keys)

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
