"""The strategies that read what changed since the last run."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from crawler.items import Item
from crawler.phases.census import Census, List, PostsSeen, hides_comments
from crawler.phases.collect import Collector
from crawler.phases.full import FullStrategy
from crawler.phases.light import LightReader, differs, light_fields
from crawler.phases.measure import MeasuredCollection
from crawler.phases.references import References, batches
from crawler.phases.strategy import Strategy
from crawler.phases.vanished import brake_limit
from crawler.phases.watermarks import asked_view, look_again_from, watermark_of
from crawler.polls.listing import LightRow
from crawler.polls.news import (
    News,
    Question,
    is_long,
    is_whole,
    lay_over,
    look_for_news,
    news_of_whole,
)
from crawler.rest.collections import Collection
from crawler.rest.lenient_json import decode_record
from crawler.run.proof import Proof, Scope
from crawler.run.report import TypeKey
from crawler.run.run_state import RunState
from crawler.walk.by_ids import WalkByIds
from wparchive.model.site_records import Watermark


class UpdateStrategy(Strategy):
    """A question to each collection what changed, which is then read.

    Posts are polled. The other kinds have no date of change, or rows that the site counts and does
    not show: their lists are read whole, with few fields, and long ones by a census. What the
    archive does not know at all is read in full.
    """

    compares_all = False
    """Every post is compared, not only those that the polls show."""

    def __init__(self, run: RunState, collector: Collector) -> None:
        self._run = run
        self._collector = collector
        self._full = FullStrategy(run, collector)
        self._in_full: set[TypeKey] = set()
        self._vanished: dict[TypeKey, list[int]] = {}
        self._references = References(run, collector)
        self._posts_seen = PostsSeen()
        self._polled: dict[TypeKey, _Looked] = {}
        self._census = Census(run, collector, self._posts_seen, self._records, self._differing)

    async def measure(self, run: RunState, collection: Collection) -> MeasuredCollection:
        if await self._belongs_in_full(collection):
            self._in_full.add((collection.kind, collection.type))
        if self._is_in_full(collection) or "id" not in collection.capabilities.orderby:
            return await super().measure(run, collection)
        # The first page of the poll by id tells the size too, and spares a request.
        measured = MeasuredCollection(collection)
        reader = LightReader(run, self._collector, measured)
        first = await reader.first_page(self._size(collection))
        top_id = max(first.ids, default=None)
        measured = replace(measured, total=first.total, top_id=top_id, first=first)
        if collection.kind == "posts":
            await self._poll_early(measured)
        return measured

    async def _poll_early(self, measured: MeasuredCollection) -> None:
        """Look at posts first: the census of all other lists depends on them.

        Where every object is compared, that is left for later: nothing depends on it.
        """
        collection = measured.collection
        key = (collection.kind, collection.type)
        held = await self._live_ids(collection)
        news = await self._news_of_posts(measured, held)
        if news is None:
            return
        looked = _Looked(held, news, await self._differing(collection, news.rows.values()))
        self._polled[key] = looked
        seen = self._posts_seen
        if not news.trouble:
            seen.known.add(key)
        seen.came |= looked.changed.keys() - set(held)
        seen.vanished |= looked.missing
        edited = await self._records(collection, sorted(looked.changed.keys() & set(held)))
        seen.edited[key] = {id_: hides_comments(record) for id_, record in edited.items()}
        seen.changed = seen.changed or bool(looked.changed or looked.missing)

    def expected(self, measured: MeasuredCollection) -> int | None:
        if self._is_in_full(measured.collection):
            return self._full.expected(measured)
        return None

    async def collect(self, measured: MeasuredCollection) -> AsyncIterator[Item]:
        collection = measured.collection
        if self._is_in_full(collection):
            async for item in self._full.collect(measured):
                yield item
            return
        looked = self._polled.pop((collection.kind, collection.type), None)
        if looked is None:
            looked = await self._look(measured)
        held, news = looked.held, looked.news
        await self._note(collection, looked)
        count = self._run.count_of(collection)
        hidden = count.hidden
        async for item in self._read_doubtful(collection, looked):
            yield item
        listed = count.listed
        walk = WalkByIds(
            sorted(looked.changed), collection.capabilities, width=self._collector.width
        )
        reader = self._collector.read(MeasuredCollection(collection), lambda: walk)
        async for item in reader.items():
            yield item
        count.listed += listed  # the reader counts its own rows only
        count.hidden = hidden  # the walk by ids knows nothing of it
        count.site_total = news.total
        # Not listed any more; listed and then not sent by id; asked for and not shown.
        missing = looked.missing | walk.absent.intersection(held) | looked.not_shown
        if collection.kind in ("media", "comments") and not news.whole and news.total is not None:
            known = len(looked.changed.keys() | set(held)) - len(missing)
            count.hidden = max(0, news.total - known)  # for the next run, which may have to know it
        await self._note_missing(collection, sorted(missing), len(held))
        count.proof = reader.proof(_scope(news, held))
        if news.trouble:
            count.proof = Proof.unproven(news.trouble)

    async def _note_missing(self, collection: Collection, missing: list[int], held: int) -> None:
        """Note the objects that a site shows no more, of so many that the archive holds."""
        self._vanished[collection.kind, collection.type] = missing
        # So many posts at once rather are a mistake of the site: the brake holds them back.
        if collection.kind != "posts" or len(missing) <= brake_limit(held):
            await self._references.note_gone(collection, missing)

    async def _read_doubtful(
        self, collection: Collection, looked: "_Looked"
    ) -> AsyncIterator[Item]:
        """Yield the doubtful objects that are still shown; note those that are not."""
        doubtful = sorted(set(looked.news.doubtful) - looked.changed.keys())
        if not doubtful:
            return
        walk = WalkByIds(doubtful, collection.capabilities, may_be_hidden=True)
        reader = self._collector.read(MeasuredCollection(collection), lambda: walk)
        async for item in reader.items():
            yield item
        looked.not_shown.update(walk.absent)

    async def vanished(self, collection: Collection) -> list[int]:
        if self._is_in_full(collection):
            return await self._full.vanished(collection)
        return self._vanished[collection.kind, collection.type]

    async def afterwards(self) -> AsyncIterator[Item]:
        async for item in self._references.items():
            yield item

    async def _look(self, measured: MeasuredCollection) -> "_Looked":
        """Return what changed in a collection, as far as its list shows it."""
        collection = measured.collection
        held = await self._live_ids(collection)
        news = await self._news(measured, held)
        changed = await self._differing(collection, news.rows.values())
        return _Looked(held, news, changed)

    async def _news(self, measured: MeasuredCollection, held: Sequence[int]) -> News:
        """Return what the list of a collection shows: all of it, or what changed."""
        collection = measured.collection
        size = self._size(collection)
        first = measured.first
        # One page holds the whole list: there is nothing left to ask.
        if first is not None and is_whole(first, size):
            return news_of_whole(first)
        mark = self._mark_of(collection)
        if mark is not None and first is not None and first.total and not self.compares_all:
            # To read a short list whole costs no more than its census. Comments always get one: it
            # looks at their posts, too.
            listed = List(measured, first, first.total, held, mark, size)
            is_cheap = not is_long(first.total, size)
            if collection.kind == "comments":
                return await self._census.comments(listed)
            if collection.kind == "media" and not is_cheap:
                return await self._census.media(listed)
            if collection.kind in ("terms", "authors") and not is_cheap:
                return await self._census.names(listed)
        return await LightReader(self._run, self._collector, measured).read_all()

    async def _news_of_posts(
        self, measured: MeasuredCollection, held: Sequence[int]
    ) -> News | None:
        """Return the news of a collection of posts; None where every post is to be compared."""
        collection = measured.collection
        size = self._size(collection)
        if measured.first is not None and is_whole(measured.first, size):
            return news_of_whole(measured.first)
        mark = self._mark_of(collection)
        if mark is None or self.compares_all:
            return None
        reader = LightReader(self._run, self._collector, measured)
        # The polls compare totals, and rows that are counted and not shown spoil them.
        if mark["hidden"]:
            return await reader.read_all()
        date, modified = look_again_from(mark, self._run.known_site, self._run.cache_age_s)
        question = Question(
            held=held,
            capabilities=collection.capabilities,
            size=size,
            since_date=date,
            since_modified=modified,
            first=measured.first,
            search_at_most=brake_limit(len(held)),
        )
        news = await look_for_news(question, reader.ask, reader.read_all, reader.read_ids)
        if news.by_id_only:
            await self._look_at_strangers(measured, news, held)
        return news

    async def _look_at_strangers(
        self, measured: MeasuredCollection, news: News, held: Sequence[int]
    ) -> None:
        """Ask for the light rows of posts that no poll has shown: their terms are counted."""
        strangers = sorted(id_ for id_ in news.rows.keys() - set(held) if news.rows[id_].is_bare)
        for batch in batches(strangers):
            only = (("include", ",".join(map(str, batch))),)
            # With the size of the whole list, its walk would look for all the other posts one by
            # one.
            part = replace(measured, total=len(batch), top_id=batch[-1], filters=only, first=None)
            found = await LightReader(self._run, self._collector, part).read_all()
            lay_over(news, found.rows)

    async def _differing(
        self, collection: Collection, rows: Iterable[LightRow]
    ) -> dict[int, LightRow]:
        """Return the rows that are not held as live, or that differ from what is held, by id."""
        found = {row.id: row for row in rows}
        names = light_fields(collection)
        held = set(await self._live_ids(collection))
        changed = {id_: found[id_] for id_ in found.keys() - held}
        records = await self._records(collection, sorted(found.keys() & held))
        for id_ in found.keys() & held:
            record = records.get(id_)
            if record is None or differs(found[id_].fields, record, names):
                changed[id_] = found[id_]
        return changed

    async def _note(self, collection: Collection, looked: "_Looked") -> None:
        """Tell the references what changed, before any post is read."""
        records = await self._records(collection, sorted(looked.changed))
        held = set(looked.held)
        for id_, row in looked.changed.items():
            if id_ not in held:
                self._references.note(collection, id_, row.fields, {})
            elif id_ in records:
                with suppress(ValueError):  # what cannot be decoded is read again anyway
                    before = decode_record(records[id_])[0]
                    self._references.note(collection, id_, row.fields, before)
        await self._references.count_carriers(collection)

    async def _records(self, collection: Collection, ids: Sequence[int]) -> dict[int, bytes]:
        """Return the held records of some ids."""
        found: dict[int, bytes] = {}
        for batch in batches(ids):
            found |= await self._run.store.raw_records(
                collection.kind, self._run.site_key, collection.type, batch, collection.statuses
            )
        return found

    async def _belongs_in_full(self, collection: Collection) -> bool:
        """Tell whether a collection is read as in a full run."""
        if collection.shape is not None:
            return True  # nothing but its records shows what changed
        mark = watermark_of(self._run.known_site, collection.kind, collection.type)
        if mark is not None and _context_in(mark) != collection.context:
            return True  # the records that are held are of another form
        if _lists_by_language(collection, mark):
            return True  # the list by default may lack some
        if mark is not None:
            return False
        return not await self._live_ids(collection)

    def _mark_of(self, collection: Collection) -> Watermark | None:
        """Return the watermark of a type; None where it is about posts of other statuses."""
        mark = watermark_of(self._run.known_site, collection.kind, collection.type)
        if mark is None or (mark.get("view") or "") != asked_view(collection):
            return None
        return mark

    def _is_in_full(self, collection: Collection) -> bool:
        return (collection.kind, collection.type) in self._in_full

    async def _live_ids(self, collection: Collection) -> list[int]:
        return await self._run.store.live_ids(
            collection.kind, self._run.site_key, collection.type, collection.statuses
        )

    def _size(self, collection: Collection) -> int:
        return max(1, min(self._collector.per_page, collection.capabilities.per_page_maximum))


class ReconcileStrategy(UpdateStrategy):
    """A comparison of every object with the archive; what differs on either side is read."""

    compares_all = True


@dataclass(frozen=True, slots=True)
class _Looked:
    """The findings about a collection, before anything of it is read."""

    held: Sequence[int]
    """Ids of its live documents, ascending."""
    news: News
    changed: Mapping[int, LightRow]
    """The rows that are not held as live, or that differ from what is held."""
    not_shown: set[int] = field(default_factory=set)
    """Held ids that were asked for and are not shown."""

    @property
    def missing(self) -> set[int]:
        """Return the held ids that the list does not have any more."""
        missing = set(self.news.vanished)
        if self.news.whole:
            missing |= set(self.held) - self.news.rows.keys()
        return missing


def _lists_by_language(collection: Collection, mark: Watermark | None) -> bool:
    """Tell whether a collection has lists by language that are to be read, or are new."""
    if mark is not None and mark.get("by_language"):
        return True
    if collection.languages is None:
        return False
    return mark is None or mark.get("languages") != ",".join(collection.languages.codes)


def _context_in(mark: Watermark) -> str:
    return "edit" if (mark.get("view") or "").endswith("edit") else ""


def _scope(news: News, held: Sequence[int]) -> Scope:
    """Return what is proved: the whole list was read, or the changes since the last run."""
    highest = max([*held[-1:], *news.rows, 0])
    if news.whole and not news.by_id_only:
        return Scope.everything(highest)
    return Scope("changes", highest, whole=True)
