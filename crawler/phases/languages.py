"""The lists of a collection by language, where the one that it gives by default may lack some."""

from array import array
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

from crawler.errors import CrawlError, ResponseError, RobotsForbid
from crawler.items import Item
from crawler.phases.collect import Collector
from crawler.phases.light import LightReader
from crawler.phases.measure import MeasuredCollection, measure_size
from crawler.phases.pages_ahead import AcceptedPage, items_of
from crawler.phases.references import batches
from crawler.rest.classify import ends_the_run
from crawler.rest.collections import Collection
from crawler.rest.lenient_json import decode_record
from crawler.rest.plugin_fields import translations
from crawler.rest.responses import read_json
from crawler.routes.language_lists import (
    LANGUAGES_OF_POLYLANG,
    LanguageLists,
    codes_of_polylang,
    language_lists,
    lists_of_codes,
)
from crawler.run.run_state import RunState
from crawler.walk.by_ids import WalkByIds

SINGLE_SAMPLE = 10
"""Translations of one type that are asked for singly, where no list shows them."""
MOST_SINGLE = 100
"""As many of them are asked for where one of the sample is shown."""
_FIELD = b"translations"  # the end of the names of all fields that name translations
_POLYLANG = "pll/v1"


async def with_languages(
    run: RunState, collections: list[Collection], routes: dict[str, object]
) -> list[Collection]:
    """Return the collections, each with the lists by language that it may have.

    A site without a plugin for translations is asked nothing. Raises CrawlError where the run is
    to end.
    """
    assert run.site is not None
    described = [
        replace(part, languages=language_lists(routes, part.route)) if _has_some(part) else part
        for part in collections
    ]
    is_silent = not any(part.languages for part in described)
    if not is_silent or _POLYLANG not in run.site.get("namespaces", ()):
        return described
    lists = await _lists_of_polylang(run)
    return [replace(part, languages=lists) if _has_some(part) else part for part in described]


def _has_some(collection: Collection) -> bool:
    """Tell whether plugins give languages to objects of a collection."""
    return collection.shape is None and collection.kind != "authors"


async def _lists_of_polylang(run: RunState) -> LanguageLists | None:
    try:
        answer = read_json(await run.get(run.address(LANGUAGES_OF_POLYLANG), tries=2))
        # The decoder takes objects alone, and the answer is a list.
        languages = decode_record(b'{"languages":' + answer + b"}")[0]["languages"]
        return lists_of_codes(codes_of_polylang(languages))
    except (ResponseError, RobotsForbid, ValueError):
        return None  # posts name their translations, with the languages


class OtherLanguages:
    """A reader of what the lists by language have, and the list by default lacks."""

    def __init__(self, run: RunState, collector: Collector, measured: MeasuredCollection) -> None:
        self._run = run
        self._collector = collector
        self._measured = measured
        self._collection = measured.collection
        self._named: dict[int, str] = {}
        """Translations that posts name: language by id."""
        self.trouble = ""
        """Why something may be lacking; empty where nothing is."""

    async def items_of(self, page: AcceptedPage) -> list[Item]:
        """Return the items of a page, and note which translations its records name."""
        self.note(page.records)
        return await items_of(page, self._run)

    def note(self, records: Iterable[tuple[int, bytes]]) -> None:
        """Note which translations some records name, that are received or held."""
        if self._collection.kind == "posts":
            for id_, raw in records:
                if _FIELD in raw:
                    self._note(id_, raw)

    def _note(self, id_: int, raw: bytes) -> None:
        try:
            named = translations(decode_record(raw)[0], id_)
        except ValueError:
            return  # whoever parses it says so
        self._named |= {part["id"]: part["language"] for part in named if part["id"] is not None}

    async def items(self, seen: "array[int]") -> AsyncIterator[Item]:
        """Yield the items that other lists show; add their ids to those that were seen.

        Raises CrawlError where the run is to end, ArchiveError.
        """
        lists = self._collection.languages
        # The site names no languages. Those of translations that nobody has seen are known.
        if lists is None and self._lacking(seen):
            lists = lists_of_codes(sorted(set(self._named.values())))
        count = self._run.count_of(self._collection)
        count.languages = ",".join(lists.codes) if lists else ""
        if lists is None:
            return
        if not await self._default_has_all(lists, seen):
            async for item in self._from_lists(lists, seen):
                yield item
        if self._collection.languages is None and count.by_language:
            self.trouble = self.trouble or (
                "its list shows one language at a time, and the site does not say which languages "
                "there are: those that translations name were read"
            )
        unknown = [
            id_ for id_ in self._lacking(seen) if self._named[id_].lower() not in _lower(lists)
        ]
        # Codes that were taken from translations say nothing of what the lists by them lack.
        if not lists.declared:
            unknown = self._lacking(seen)
        async for item in self._from_translations(unknown, seen):
            yield item

    def _lacking(self, seen: Iterable[int]) -> list[int]:
        return sorted(self._named.keys() - set(seen)) if self._named else []

    async def _default_has_all(self, lists: LanguageLists, seen: "array[int]") -> bool:
        """Tell by the sizes of all lists whether the one by default shows everything.

        It does where it is as long as the others together, and has the newest row of each. It also
        does where the parameter changes nothing.
        """
        found = []
        for pair in lists.filters:
            try:
                found.append(await measure_size(self._run, self._collection, (pair,)))
            except CrawlError as error:
                if ends_the_run(error):
                    raise
                return False  # the walk finds out what is wrong
        default = self._measured
        if default.total is None or any(part.total is None for part in found):
            return False
        if not lists.declared and all(
            (part.total, part.top_id) == (default.total, default.top_id) for part in found
        ):
            return True
        tops = {part.top_id for part in found} - {None}
        return sum(part.total or 0 for part in found) <= default.total and tops <= set(seen)

    async def _from_lists(self, lists: LanguageLists, seen: "array[int]") -> AsyncIterator[Item]:
        """Yield the items that each list has and no list before it had."""
        known = set(seen)
        for pair in lists.filters:
            if self._run.stopping:
                return
            part = MeasuredCollection(self._collection, filters=(pair,))
            count = self._run.count_of(self._collection)
            listed = count.listed
            news = await LightReader(self._run, self._collector, part, ("id",)).read_all()
            count.listed = listed
            if news.trouble:
                self.trouble = self.trouble or f"its list in {pair[1]}: {news.trouble}"
            new = sorted(news.rows.keys() - known)
            if new:
                count.by_language = True
            async for item in self._read(part, WalkByIds(new, self._collection.capabilities), seen):
                yield item
            known |= set(new)

    async def _from_translations(self, ids: list[int], seen: "array[int]") -> AsyncIterator[Item]:
        """Yield the items of translations that no list shows.

        Drafts are named, too: what the site does not show is not lacking. All are asked for
        together; where it shows none so, and none of a sample that is asked for singly, the rest
        is believed to be hidden, too.
        """
        for batch in batches(ids):
            walk = WalkByIds(batch, self._collection.capabilities)
            async for item in self._read(MeasuredCollection(self._collection), walk, seen):
                yield item
        left = [id_ for id_ in ids if id_ not in set(seen)]
        # From all over them: those of one time may all be drafts.
        sample = left[:: -(-len(left) // SINGLE_SAMPLE)] if left else []
        async for item in self._read_singly(sample, seen):
            yield item
        if set(sample) & set(seen):
            others = [id_ for id_ in left if id_ not in sample]
            async for item in self._read_singly(others[:MOST_SINGLE], seen):
                yield item
        shown = set(ids) & set(seen)
        if shown:
            self.trouble = self.trouble or (
                f"{len(shown)} posts that others name as translations are shown, and no list has "
                "them: there may be more"
            )

    async def _read_singly(self, ids: list[int], seen: "array[int]") -> AsyncIterator[Item]:
        """Yield the items of records that are asked for one by one."""
        capabilities = self._collection.capabilities
        singly = replace(capabilities, parameters=capabilities.parameters - {"include"})
        walk = WalkByIds(ids, singly)
        async for item in self._read(MeasuredCollection(self._collection), walk, seen):
            yield item

    async def _read(
        self, part: MeasuredCollection, walk: WalkByIds, seen: "array[int]"
    ) -> AsyncIterator[Item]:
        """Yield the items of a walk over ids."""
        if walk.finished or self._run.stopping:
            return
        count = self._run.count_of(self._collection)
        listed, hidden, total = count.listed, count.hidden, count.site_total
        reader = self._collector.read(part, lambda: walk, self.items_of)
        async for item in reader.items():
            yield item
        count.site_total = None if total is None else total + len(set(reader.seen))
        count.listed += listed  # the reader counts its own rows only
        count.hidden = hidden
        seen.extend(reader.seen)
        if not reader.certificate.proved:
            self.trouble = self.trouble or reader.certificate.reason


def _lower(lists: LanguageLists) -> set[str]:
    """Return the codes of languages as posts name them."""
    return {code.replace("_", "-").lower() for code in lists.codes}
