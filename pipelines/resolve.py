"""The resolve stage: ids of terms, authors and media become names.

Names come from the archive, or else from the site by `include=` batches. Each id is asked for once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Self

from scrapy.crawler import Crawler

from crawler.errors import CrawlError
from crawler.fallback.published_terms import MADE_UP_IDS
from crawler.item_view import view_of
from crawler.items import Media
from crawler.parsing import parse_record
from crawler.rest.classify import is_closed
from crawler.rest.collections import Collection
from crawler.rest.responses import read_page
from crawler.run.lifecycle import run_of
from crawler.run.run_state import RunState
from pipelines import cleaning
from wparchive.errors import ArchiveError
from wparchive.model.document_parts import MediaRef, Ref, TermRef
from wparchive.model.documents import Kind

INCLUDE_MAX = 100  # ids of one `include=`
# WordPress shortens the names of its two old taxonomies in classes (`get_post_class()` in
# wp-includes/post-template.php).
_PREFIX = {"post_tag": "tag", "category": "category"}


class ResolvePipeline:
    """A stage that fills author, featured media and terms of posts, and the author of media.

    An id without a name stays, with the reason.
    """

    def __init__(self, run: RunState) -> None:
        self._run = run
        self._tables: dict[tuple[Kind, str], NameTable] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the stage from the settings of a crawl."""
        return cls(run_of(crawler))

    async def process_item(self, item: Any) -> Any:
        """Resolve one item's references; many items wait for the same request."""
        view = view_of(item)
        if view is None:
            return item
        if view.kind == "posts":
            await self._resolve_post(view)
        elif view.kind == "media":
            view.author = await self._name("authors", "user", view.author_id, {})
        return item

    async def _resolve_post(self, post: Any) -> None:
        others: list[TermRef] = []
        for taxonomy, ids in post.term_ids.items():
            refs = await self._terms(post, taxonomy, ids)
            if taxonomy == "post_tag":
                post.tags = refs
            elif taxonomy == "category":
                post.categories = refs
            else:
                others += [TermRef(**ref, taxonomy=taxonomy) for ref in refs]
        post.terms = others
        post.author = await self._name("authors", "user", post.author_id, post.embedded)
        post.authors = self._authors(post)
        post.featured_media = await self._name(
            "media", "attachment", post.featured_media_id, post.embedded
        )

    def _authors(self, post: Any) -> list[Ref]:
        """Return all authors of a post: those that a plugin names, else the author alone.

        Co-Authors Plus keeps them as terms of a taxonomy, whose slugs begin with `cap-`.
        """
        terms = [term for term in post.terms if term["taxonomy"] == "author"]
        by_terms = [
            Ref(id=0, name=term["name"], slug=(term["slug"] or "").removeprefix("cap-") or None)
            for term in terms
            if term["name"] or term["slug"]
        ]
        own = post.author
        # The author of the record may be among them, with an id that the plugin does not give.
        found = [_as_known(ref, own) for ref in post.co_authors or by_terms]
        if found or own is None:
            return found
        return [_term_ref(own)]

    async def _terms(self, post: Any, taxonomy: str, ids: list[int]) -> list[Ref]:
        embedded = post.embedded.get(taxonomy, {})
        if all(id_ >= MADE_UP_IDS and id_ in embedded for id_ in ids):
            return [_term_ref(embedded[id_]) for id_ in ids]  # neither archive nor site knows them
        found = await self._table("terms", taxonomy).get(ids)
        if any("unresolved" in ref for ref in found.values()):
            hints = class_list_hints(taxonomy, ids, post.class_list or [])
            found = _with_hints(found, hints | embedded)
        return [_term_ref(found[id_]) for id_ in ids]

    async def _name(
        self,
        kind: Kind,
        type_: str,
        id_: int | None,
        embedded: Mapping[str, Mapping[int, MediaRef]],
    ) -> MediaRef | None:
        """Return the reference to one author or media item; None where there is none."""
        if not id_:
            return None
        found = await self._table(kind, type_).get([id_])
        return _with_hints(found, embedded.get(type_, {}))[id_]

    def _table(self, kind: Kind, type_: str) -> "NameTable":
        table = self._tables.get((kind, type_))
        if table is None:
            table = self._tables[kind, type_] = NameTable(
                partial(self._known, kind, type_),
                partial(self._ask, kind, type_),
                self._include_max(kind, type_),
            )
        return table

    def _include_max(self, kind: Kind, type_: str) -> int:
        """Return how many ids one request may name."""
        collection = self._run.collections.get((kind, type_))
        if collection is None:
            return INCLUDE_MAX
        return min(INCLUDE_MAX, collection.capabilities.per_page_maximum)

    async def _known(self, kind: Kind, type_: str, ids: list[int]) -> dict[int, MediaRef]:
        run = self._run
        try:
            return await run.store.known(kind, run.site_key, type_, ids)
        except ArchiveError as error:
            run.lose_archive(error)
            raise

    async def _ask(self, kind: Kind, type_: str, ids: list[int]) -> dict[int, MediaRef]:
        """Return names from the site.

        Raises Closed where it does not give them, CrawlError where asking failed.
        """
        run = self._run
        collection = run.collections.get((kind, type_))
        if (kind, type_) in run.closed:
            raise Closed(run.closed[kind, type_])
        if collection is None:
            raise Closed(f"the site shows no list of {type_}")
        # The list was read and proved: an id that was not in it is not worth a request.
        if all(run.report.proof_covers(kind, type_, id_) for id_ in ids):
            raise Closed(f"not among what the site shows of {type_}", for_all=False)
        params = [("include", ",".join(map(str, ids))), ("per_page", str(len(ids)))]
        try:
            url = run.address(collection.route, params)
            response = await run.get(url, anonymous=collection.anonymous)
            records = read_page(response).records
        except CrawlError as error:
            if is_closed(error):
                raise Closed(f"closed to visitors: {error}") from error
            raise
        named = (_named(raw, collection, run) for raw in records)
        return {ref["id"]: ref for ref in named if ref is not None}


def _with_hints(
    found: Mapping[int, MediaRef], hints: Mapping[int, MediaRef]
) -> dict[int, MediaRef]:
    """Return the references; an unresolved one is replaced by a hint where there is one."""
    return {id_: hints.get(id_, ref) if "unresolved" in ref else ref for id_, ref in found.items()}


def _named(raw: bytes, collection: Collection, run: RunState) -> MediaRef | None:
    """Return the reference to a record; None for a record that cannot be read."""
    try:
        item: Any = parse_record(raw, collection, run.site_key, run.home)
    except ValueError:
        return None
    if isinstance(item, Media):
        title = cleaning.clean_text(item.title_rendered)
        ref = MediaRef(id=item.id, name=title, slug=item.slug, alt=item.alt)
        if item.url:
            ref["url"] = item.url
        return ref
    return MediaRef(id=item.id, name=cleaning.clean_text(item.name_rendered), slug=item.slug)


def _as_known(ref: Ref, author: MediaRef | None) -> Ref:
    """Return an author that a plugin names as the post's own author where both are the same."""
    if author is None or author["name"] is None:
        return ref
    same_id = ref["id"] == author["id"]
    same_slug = ref["slug"] is not None and ref["slug"] == author["slug"]
    return _term_ref(author) if same_id or same_slug else ref


def _term_ref(ref: MediaRef) -> Ref:
    """Return the reference without what only media have."""
    short = Ref(id=ref["id"], name=ref["name"], slug=ref["slug"])
    if "hint" in ref:
        short["hint"] = ref["hint"]
    if "unresolved" in ref:
        short["unresolved"] = ref["unresolved"]
    return short


def class_list_hints(taxonomy: str, ids: list[int], class_list: list[str]) -> dict[int, MediaRef]:
    """Return guesses at the slugs of terms from the CSS classes of a post.

    They are for sites that close their lists of terms, and are marked as guesses. There are none
    unless the taxonomy has exactly as many classes as ids: only then both have the same order.
    """
    prefix = f"{_PREFIX.get(taxonomy, taxonomy)}-"
    slugs = [name.removeprefix(prefix) for name in class_list if name.startswith(prefix)]
    if len(slugs) != len(ids) or _are_out_of_step(ids, slugs):
        return {}
    return {
        id_: MediaRef(id=id_, name=slug.replace("-", " "), slug=slug, hint="class_list")
        for id_, slug in zip(ids, slugs, strict=True)
        if _is_slug(slug, id_)
    }


def _are_out_of_step(ids: list[int], slugs: list[str]) -> bool:
    """Tell whether the id of another term stands where the slug of a term is expected.

    WordPress puts an id where a slug has no character that a CSS class can hold.
    """
    pairs = zip(ids, slugs, strict=True)
    return any(slug.isdigit() and slug != str(id_) for id_, slug in pairs)


def _is_slug(slug: str, id_: int) -> bool:
    """Tell whether it is a whole slug, not an id, and not cut where a class cannot hold it."""
    return bool(slug) and slug != str(id_) and slug == slug.strip("-")


LookUp = Callable[[list[int]], Awaitable[dict[int, MediaRef]]]
GATHER_S = 0.005
"""Seconds for which ids are gathered before a look-up; the items of a page come in that time."""


class Closed(Exception):
    """The source will not give these names; `for_all` says whether it will not give any."""

    def __init__(self, reason: str, *, for_all: bool = True) -> None:
        super().__init__(reason)
        self.for_all = for_all


class NameTable:
    """A table of names that looks ids up in the archive first, then at the site.

    A look-up that failed is not remembered: one outage must not poison the run.
    """

    def __init__(self, archive: LookUp, site: LookUp, batch: int, limit: int = 20_000) -> None:
        self._archive = archive
        self._site = site
        self._batch = batch
        self._limit = limit
        self._known: dict[int, MediaRef] = {}
        self._pending: dict[int, asyncio.Future[MediaRef]] = {}
        self._waiting: list[int] = []
        self._task: asyncio.Task[None] | None = None
        self._closed: str | None = None

    async def get(self, ids: Sequence[int]) -> dict[int, MediaRef]:
        """Return a reference for each id; one without a name says why in `unresolved`."""
        known = {id_: self._known[id_] for id_ in ids if id_ in self._known}
        if len(known) == len(ids):
            return known
        # All unknown ids are announced before the first is waited for, so that they go together.
        waiting = {id_: self._announce(id_) for id_ in ids if id_ not in known}
        for id_, answer in waiting.items():
            # Others wait for the same answer: it must outlive a caller that is cancelled.
            known[id_] = await asyncio.shield(answer)
        return known

    def _announce(self, id_: int) -> asyncio.Future[MediaRef]:
        """Put an unknown id on the list of the next look-up."""
        if id_ not in self._pending:
            self._pending[id_] = asyncio.get_running_loop().create_future()
            self._waiting.append(id_)
        if self._task is None:
            self._task = asyncio.create_task(self._look_up())
        return self._pending[id_]

    async def _look_up(self) -> None:
        await asyncio.sleep(GATHER_S)
        while self._waiting:
            batch = self._waiting[: self._batch]
            self._waiting = self._waiting[self._batch :]
            for id_, ref in (await self._found(batch)).items():
                self._pending.pop(id_).set_result(ref)
        self._task = None

    async def _found(self, batch: list[int]) -> dict[int, MediaRef]:
        """Return a reference for each id, and remember it unless the look-up failed."""
        try:
            found = await self._find(batch)
        except Exception as error:
            # Whatever it was: the items that wait must go on, with the reason.
            return {id_: _unresolved(id_, str(error)) for id_ in batch}
        for id_, ref in found.items():
            self._remember(id_, ref)
        return found

    async def _find(self, batch: list[int]) -> dict[int, MediaRef]:
        found = await self._archive(batch)
        rest = [id_ for id_ in batch if id_ not in found]
        if not rest:
            return found
        reason = self._closed or "the site does not show it"
        if self._closed is None:
            try:
                found |= await self._site(rest)
            except Closed as closed:
                reason = str(closed)
                if closed.for_all:
                    self._closed = reason
        return {id_: found.get(id_) or _unresolved(id_, reason) for id_ in batch}

    def _remember(self, id_: int, ref: MediaRef) -> None:
        if len(self._known) >= self._limit:
            # A dict keeps its order, so this is the oldest name.
            self._known.pop(next(iter(self._known)))
        self._known[id_] = ref


def _unresolved(id_: int, reason: str) -> MediaRef:
    return MediaRef(id=id_, name=None, slug=None, unresolved=reason[:200])
