"""Light rows: objects with the few fields that show whether they changed."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from crawler.fallback.markers import lacking_parts
from crawler.items import Item
from crawler.phases.collect import Collector
from crawler.phases.measure import MeasuredCollection
from crawler.phases.pages_ahead import AcceptedPage, Records
from crawler.phases.record_requests import RecordRequests
from crawler.polls.listing import LightRow, Listing
from crawler.polls.news import News
from crawler.polls.recent import first_by_id
from crawler.rest.collections import Collection
from crawler.rest.lenient_json import decode_record
from crawler.rest.record_fields import record_id
from crawler.rest.responses import read_page
from crawler.run.proof import Scope
from crawler.run.run_state import RunState
from crawler.walk import PageRequest, Problem
from wparchive.model.documents import Kind

_DATED = ("id", "date", "modified", "slug", "link", "author")
_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "posts": (*_DATED, "status", "featured_media", "parent", "sticky", "format"),
    "media": (*_DATED, "post", "alt_text", "mime_type", "source_url"),
    "terms": ("id", "name", "slug", "description", "link", "parent", "count"),
    "authors": ("id", "name", "slug", "description", "link"),
    "comments": ("id", "date", "post", "parent", "author_name", "content"),
}
"""Fields that cost a site little: none of them renders the content of a post.

A comment has no date of change: nothing but its text shows an edit."""


def light_fields(collection: Collection) -> tuple[str, ...]:
    """Return the fields that show whether an object of a collection changed."""
    return (*_FIELDS[collection.kind], *collection.taxonomies.values())


def light_rows(records: Records) -> tuple[LightRow, ...]:
    """Return records as light rows; one that cannot be decoded has its id alone."""
    rows = []
    for id_, raw in records:
        try:
            fields = decode_record(raw)[0]
        except ValueError:
            fields = {}
        rows.append(LightRow(id_, fields))
    return tuple(rows)


def differs(fields: Mapping[str, Any], held: bytes, names: Iterable[str]) -> bool:
    """Tell whether a row shows another object than the record that is held.

    A field that a row lacks says nothing. Lists are sets here: WordPress sorts the terms of a post
    by their names.
    """
    if lacking_parts(held):  # the site may send all of it now
        return True
    try:
        record = decode_record(held)[0]
    except ValueError:
        return True
    return any(
        _comparable(fields[name]) != _comparable(record.get(name))
        for name in names
        if name in fields
    )


def _comparable(value: Any) -> Any:
    if isinstance(value, list):
        # As text: a plugin may mix numbers and words in a list, and these have no common order.
        return sorted(map(str, value))
    return value


class LightReader:
    """A reader of light rows of one collection."""

    def __init__(
        self,
        run: RunState,
        collector: Collector,
        measured: MeasuredCollection,
        fields: tuple[str, ...] = (),
    ) -> None:
        """`fields` are those of `light_fields` by default."""
        self._run = run
        self._collector = collector
        self._collection = measured.collection
        names = fields or light_fields(measured.collection)
        self._filters = (*measured.filters, ("_fields", ",".join(names)))
        self._requests = RecordRequests(run, measured.collection, self._filters)
        self._id_requests = RecordRequests(run, measured.collection, measured.filters)
        self._measured = measured

    async def ask(self, request: PageRequest) -> Listing | Problem:
        """Make one request."""
        requests = self._requests
        # Such a request names its own `_fields`, and two of them would contradict each other.
        if request.ids_only:
            requests = self._id_requests
        answered = await requests.answer(request)
        self._run.count_of(self._collection).requests += 1
        if isinstance(answered.outcome, Problem):
            return answered.outcome
        return Listing(light_rows(answered.records), answered.outcome.total)

    async def first_page(self, size: int) -> Listing:
        """Return the newest rows by id. Raises CrawlError."""
        request = first_by_id(size)
        params = (*self._collection.list_filters, *self._filters, *request.params)
        url = self._run.address(self._collection.route, params)
        response = await self._run.get(url, anonymous=self._collection.anonymous)
        page = read_page(response)
        found = ((record_id(raw), raw) for raw in page.records)
        records = tuple((id_, raw) for id_, raw in found if id_ is not None)
        return Listing(light_rows(records), page.total)

    async def read_all(self) -> News:
        """Return every row of the collection, by the walk that suits its route."""
        news = News(whole=True)
        measured = MeasuredCollection(
            self._collection, self._measured.total, self._measured.top_id, self._filters
        )
        reader = self._collector.read(measured, make_items=partial(_note_rows, news))
        async for _ in reader.items():
            pass  # the rows are noted, and none of them becomes an item
        certificate = reader.certificate
        news.total = certificate.site_total
        if not certificate.proved:
            news.trouble = reader.proof(Scope("the list")).reason
        count = self._run.count_of(self._collection)
        count.listed = 0  # what is to be archived is read afterwards
        return news

    async def read_ids(self) -> News:
        """Return every row of the collection, by its id alone."""
        news = await LightReader(self._run, self._collector, self._measured, ("id",)).read_all()
        news.by_id_only = True
        return news


async def _note_rows(news: News, page: AcceptedPage) -> list[Item]:
    news.rows.update((row.id, row) for row in light_rows(page.records))
    return []
