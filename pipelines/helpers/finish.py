"""Records into finished documents, a page at a time: all the work that needs to ask nobody.

Parsing, cleaning, languages, fingerprints, sketches, search tokens, hashes and compression are done
here by the very functions that the stages call for one item after the other. A helper process of
the crawl does this (`finishing_process.py`, which `pipelines/finish_ahead.py` starts). This module
imports neither Scrapy nor Twisted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from crawler.items import ITEM_CLASSES, FinishedDocument, Item, StageResults
from crawler.parsing import RecordSource, parse_from
from pipelines.clean import clean_item, cleaned_fields, cleaning_source
from pipelines.cleaner_facts import MAX_CONTENT_BYTES
from pipelines.fingerprint import WITH_TEXT, fingerprint_fields, fingerprint_item
from pipelines.furniture import leave_out_furniture
from pipelines.helpers.document import finished_document
from pipelines.language import set_language
from wparchive.furniture.remove import NO_FURNITURE, Furniture
from wparchive.model.documents import Kind
from wparchive.model.storable import compress

A = TypeVar("A")
B = TypeVar("B")
FOR_RESOLVE: Mapping[Kind, tuple[str, ...]] = {
    "posts": ("author_id", "featured_media_id", "term_ids", "class_list", "embedded"),
    "terms": (),
    "authors": (),
    "media": ("author_id",),
    "comments": (),
}
"""The fields of a finished item that the resolve stage reads."""


class FinishedRecord(NamedTuple):
    """The result for one record, as light as it can be: it goes from process to process."""

    id: int
    link: str | None
    for_resolve: tuple[Any, ...]
    """The values of the fields in `FOR_RESOLVE`."""
    document: FinishedDocument


def finish_records(
    records: Sequence[bytes],
    source: RecordSource,
    max_bytes: int = MAX_CONTENT_BYTES,
    furniture: Furniture = NO_FURNITURE,
) -> list[FinishedRecord | None]:
    """Return the finished documents of records.

    None stands for a record on which anything failed, and for one that is too large for this. It is
    left to the stages, one after the other. What failed here fails there again, and is recorded.
    """
    items = _each(lambda raw: parse_from(raw, source), records)
    items = _each(lambda item: _cleaned(item, max_bytes), items)
    items = _each(lambda item: _without_furniture(item, furniture), items)
    items = _each(_fingerprinted, items)
    return _each(_finished, items)


def work_ahead(
    records: Sequence[bytes], source: RecordSource, max_bytes: int = MAX_CONTENT_BYTES
) -> list[Item | None]:
    """Return the items of records as parsing made them, with `StageResults` of the other work.

    For crawls with stages that are not ours, which see and change whole items. None stands for a
    record on which anything failed.
    """
    return _each(lambda raw: _worked_ahead(raw, source, max_bytes), records)


def item_of(finished: FinishedRecord, source: RecordSource, received_bytes: int) -> Item:
    """Return the item that takes a finished document through the stages."""
    collection = source.collection
    names = FOR_RESOLVE[collection.kind]
    item = ITEM_CLASSES[collection.kind](
        site=source.site,
        type=collection.type,
        id=finished.id,
        link=finished.link,
        **dict(zip(names, finished.for_resolve, strict=True)),
    )
    item.prepared = finished.document
    item.received_bytes = received_bytes
    return item


def _each(work: Callable[[A], B | None], values: Iterable[A | None]) -> list[B | None]:
    """Return the result of each value, None where there was none or the work failed.

    One kind of work on all records of a page, then the next one: that takes a sixth less time than
    all work on one record after the other, because a processor has its code at hand.
    """
    return [_one(work, value) for value in values]


def _one(work: Callable[[A], B | None], value: A | None) -> B | None:
    if value is None:
        return None
    try:
        return work(value)
    except Exception:  # whatever it was: see the docstring of `finish_records`
        return None


def _cleaned(item: Item, max_bytes: int) -> Item:
    clean_item(item, max_bytes)
    return item


def _without_furniture(item: Item, furniture: Furniture) -> Item:
    if item.kind == "posts":
        set_language(item)
        leave_out_furniture(item, furniture)
    return item


def _fingerprinted(item: Item) -> Item:
    if item.kind in WITH_TEXT:
        fingerprint_item(item)
    return item


def _finished(item: Item) -> FinishedRecord | None:
    document = finished_document(item)
    if document is None:
        return None
    for_resolve = tuple(getattr(item, name) for name in FOR_RESOLVE[item.kind])
    return FinishedRecord(item.id, item.link, for_resolve, document)


def _worked_ahead(raw: bytes, source: RecordSource, max_bytes: int) -> Item:
    item = parse_from(raw, source)
    cleaned = cleaned_fields(item, max_bytes)
    text: str = cleaned.get("text", "")
    fingerprinted: Mapping[str, Any] = {}
    if item.kind in WITH_TEXT:
        fingerprinted = fingerprint_fields(item.kind, text)
    item.prepared = StageResults(
        cleaning_source(item), cleaned, text, fingerprinted, item.raw, compress(raw)
    )
    return item


class PageQuestion(NamedTuple):
    """A page for a helper process."""

    records: Sequence[bytes]
    source: RecordSource
    max_bytes: int
    """The setting `CLEAN_MAX_BYTES`."""
    sealed: bool
    """False where a stage that is not ours wants to see and change whole items."""
    furniture: Furniture = NO_FURNITURE
    """What to leave out of the texts of posts."""


PageAnswer = list[FinishedRecord | None] | list[Item | None]


def answer(question: PageQuestion) -> PageAnswer:
    """Do the work of one page."""
    if question.sealed:
        return finish_records(
            question.records, question.source, question.max_bytes, question.furniture
        )
    return work_ahead(question.records, question.source, question.max_bytes)
