"""Ids of terms, authors and media become names: from the archive, else from the site by `include=` batches, each id asked once."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Self

from scrapy.crawler import Crawler

from crawler.errors import CrawlError
from crawler.items import Item, Media, Post
from crawler.parsing import parse_record
from crawler.rest.classify import is_closed
from crawler.rest.collections import Collection
from crawler.rest.responses import read_page
from crawler.run.lifecycle import run_of
from crawler.run.state import RunState
from pipelines.cleaning import clean_text
from pipelines.helpers.class_list_slugs import class_list_hints
from pipelines.helpers.name_table import Closed, NameTable
from wparchive.errors import ArchiveError
from wparchive.model.documents import Kind, MediaRef, Ref, TermRef

BATCH = 100  # ids of one `include=`


class ResolvePipeline:
    """Fills author, featured media and terms of posts, and the author of media. An id that has no name stays, with the reason."""

    def __init__(self, run: RunState) -> None:
        self._run = run
        self._tables: dict[tuple[Kind, str], NameTable] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(run_of(crawler))

    async def process_item(self, item: Item) -> Item:
        """Resolve one item's references; many items wait for the same request."""
        if isinstance(item, Post):
            for taxonomy, ids in item.term_ids.items():
                refs = await self._terms(item, taxonomy, ids)
                if taxonomy == "post_tag":
                    item.tags = refs
                elif taxonomy == "category":
                    item.categories = refs
                else:
                    item.terms += [TermRef(**ref, taxonomy=taxonomy) for ref in refs]
            item.author = await self._one("authors", "user", item.author_id, item.embedded)
            item.featured_media = await self._one(
                "media", "attachment", item.featured_media_id, item.embedded
            )
        elif isinstance(item, Media):
            item.author = await self._one("authors", "user", item.author_id, {})
        return item

    async def _terms(self, item: Post, taxonomy: str, ids: list[int]) -> list[Ref]:
        found = await self._table("terms", taxonomy).get(ids)
        if any("unresolved" in ref for ref in found.values()):
            hints = class_list_hints(taxonomy, ids, item.class_list or []) | item.embedded.get(
                taxonomy, {}
            )
            found = {
                id_: hints.get(id_, ref) if "unresolved" in ref else ref
                for id_, ref in found.items()
            }
        return [_term_ref(found[id_]) for id_ in ids]

    async def _one(
        self,
        kind: Kind,
        type_: str,
        id_: int | None,
        embedded: Mapping[str, Mapping[int, MediaRef]],
    ) -> MediaRef | None:
        if not id_:
            return None
        ref = (await self._table(kind, type_).get([id_]))[id_]
        return embedded.get(type_, {}).get(id_, ref) if "unresolved" in ref else ref

    def _table(self, kind: Kind, type_: str) -> NameTable:
        if (kind, type_) not in self._tables:
            collection = self._run.collections.get((kind, type_))
            batch = min(BATCH, collection.capabilities.per_page_maximum) if collection else BATCH
            self._tables[kind, type_] = NameTable(
                partial(self._known, kind, type_), partial(self._ask, kind, type_), batch
            )
        return self._tables[kind, type_]

    async def _known(self, kind: Kind, type_: str, ids: list[int]) -> dict[int, MediaRef]:
        run = self._run
        try:
            return await run.store.known(kind, run.site_key, type_, ids)
        except ArchiveError as error:
            run.lose_archive(error)
            raise

    async def _ask(self, kind: Kind, type_: str, ids: list[int]) -> dict[int, MediaRef]:
        """Names from the site. Raises Closed where it does not give them, CrawlError where asking failed."""
        run, collection = self._run, self._run.collections.get((kind, type_))
        if (kind, type_) in run.closed:
            raise Closed(run.closed[kind, type_])
        if collection is None:
            raise Closed(f"the site shows no list of {type_}")
        if all(run.report.proof_covers(kind, type_, id_) for id_ in ids):
            raise Closed(f"not among what the site shows of {type_}", for_all=False)
        params = [("include", ",".join(map(str, ids))), ("per_page", str(len(ids)))]
        try:
            response = await run.get(run.address(collection.route, params))
            records = read_page(response).records
        except CrawlError as error:
            if is_closed(error):
                raise Closed(f"closed to visitors: {error}") from error
            raise
        return dict(ref for raw in records if (ref := _ref(raw, collection, run)))


def _ref(raw: bytes, collection: Collection, run: RunState) -> tuple[int, MediaRef] | None:
    """Id and name in a record; None for one that cannot be read, which keeps its name and nobody else's."""
    try:
        item: Any = parse_record(raw, collection, run.site_key, run.home)
    except ValueError:
        return None
    if isinstance(item, Media):
        ref = MediaRef(
            id=item.id, name=clean_text(item.title_rendered), slug=item.slug, alt=item.alt
        )
        if item.url:
            ref["url"] = item.url
        return item.id, ref
    return item.id, MediaRef(id=item.id, name=clean_text(item.name_rendered), slug=item.slug)


def _term_ref(ref: MediaRef) -> Ref:
    short = Ref(id=ref["id"], name=ref["name"], slug=ref["slug"])
    if "hint" in ref:
        short["hint"] = ref["hint"]
    if "unresolved" in ref:
        short["unresolved"] = ref["unresolved"]
    return short
