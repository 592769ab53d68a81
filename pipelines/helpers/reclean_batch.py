"""Cleaning a batch of archived documents again, from their raw records.

It goes through the same functions as the stages of a crawl. What only a crawl can know (names of
terms and authors, fields of no schema) stays as it is in the document.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crawler.items import Comment, Item, Media, Post, StageResults
from crawler.parsing import parse_record
from crawler.rest.collections import Collection
from crawler.routes.plugin_shapes import shape_of_type
from pipelines.clean import clean_item
from pipelines.fingerprint import fingerprint_item
from pipelines.furniture import leave_out_furniture
from pipelines.helpers.document import document_of
from pipelines.language import set_language
from pipelines.site_facts import SiteFacts
from wparchive.backends.recleaning import CleanedAgain
from wparchive.duplicates.compare.sketch import SKETCH_VERSION
from wparchive.furniture.guards import AnyBlock
from wparchive.furniture.keys import block_keys, keys_of_kept
from wparchive.furniture.noted import Found, found_in
from wparchive.model.documents import (
    CLEANER_FIELDS,
    COMPUTED_FIELDS,
    REWRITTEN_FIELDS,
    Kind,
    StoredDocument,
)
from wparchive.model.storable import decompress, storable_document

_TAXONOMIES = {"tags": "post_tag", "categories": "category"}
_MADE_AGAIN = {"boilerplate_kept", "truncated", *(f"{name}_dropped" for name in CLEANER_FIELDS)}
"""Flags that only tell what became of the texts."""
_ALWAYS_STORABLE = frozenset({"word_count", "removed_words", *COMPUTED_FIELDS})
"""Fields whose values every database takes, whatever a record holds."""


def reclean_batch(
    kind: Kind, documents: Sequence[Mapping[str, Any]], sites: Mapping[str, SiteFacts], limit: int
) -> list[CleanedAgain | str]:
    """Clean documents of one kind again; this can run in another process.

    `sites` are the sites of the documents, `limit` is that of `max_bytes`. One step on all
    documents, then the next one: that takes a sixth less time than all steps on one document after
    the other, because a processor has its code at hand.
    """
    works = [_Work(kind, document, sites[document["site"]], limit) for document in documents]
    failures: dict[int, str] = {}
    for step in _STEPS:
        for place, work in enumerate(works):
            if place in failures:
                continue
            try:
                step(work)
            except Exception as error:  # a defect of the cleaner must not stop the others
                failures[place] = f"{type(error).__name__}: {error}"
    return [
        failures.get(place) or CleanedAgain(work.changes, work.block_keys, work.found)
        for place, work in enumerate(works)
    ]


@dataclass(slots=True)
class _Work:
    """One document on its way through the steps of `_STEPS`."""

    kind: Kind
    document: Mapping[str, Any]
    site: SiteFacts
    limit: int
    item: Item = field(init=False)
    """Set by the first step."""
    block_keys: frozenset[int] = frozenset()
    found: Sequence[Found] = ()
    changes: StoredDocument = field(default_factory=dict)


def _parse(work: _Work) -> None:
    document = work.document
    if not document["raw"]:
        raise ValueError("its raw record was too big to be kept")
    try:
        raw = decompress(document["raw"])
    except zlib.error as error:
        raise ValueError(f"its raw record cannot be decompressed ({error})") from error
    # Which fields of a record hold terms is not known here, and not needed: see `_take_references`.
    type_ = document["type"]
    collection = Collection(work.kind, type_, "", shape=shape_of_type(type_))
    home = work.site.home
    item: Item = parse_record(raw, collection, document["site"], home, document["extra"])
    if item.id != document["id"]:
        raise ValueError(f"its raw record is that of {item.id}")
    # The record is compressed already: it need not be once more.
    item.prepared = StageResults((), {}, "", {}, item.raw, document["raw"])
    _take_references(item, document)
    work.item = item


def _clean(work: _Work) -> None:
    clean_item(work.item, work.limit)


def _find_language(work: _Work) -> None:
    if isinstance(work.item, Post):
        work.item.site_language = work.site.language
        set_language(work.item)


def _leave_out_furniture(work: _Work) -> None:
    if isinstance(work.item, Post):
        # By these keys furniture is looked for as well, which changes no text of a block.
        keys = block_keys([block["text"] for block in work.item.blocks])
        leave_out_furniture(work.item, work.site.furniture, keys)
        _note_blocks(work, work.item.blocks, keys)


def _note_blocks(work: _Work, blocks: Sequence[AnyBlock], keys: Sequence[int]) -> None:
    """Note what a post has of what recurs on its site, as nobody is going to read it again."""
    work.block_keys = frozenset(keys_of_kept(blocks, keys))
    work.found = ()
    if not work.block_keys.isdisjoint(work.site.watched):
        work.found = found_in(work.document["_id"], blocks, keys, work.site.watched)


def _compare(work: _Work) -> None:
    """Make the document, and note what of it is other than it is stored."""
    item = work.item
    is_same_text = _has_stored_hashes(item, work.document)
    if isinstance(item, Post | Comment) and not is_same_text:
        fingerprint_item(item)
    work.changes = changes_of(work.kind, work.document, document_of(item))
    if work.kind == "posts" and "blocks" in work.changes:
        # A document that is too big loses its blocks.
        blocks = work.changes["blocks"]
        _note_blocks(work, blocks, block_keys([block["text"] for block in blocks]))


_STEPS = (_parse, _clean, _find_language, _leave_out_furniture, _compare)


def _has_stored_hashes(item: Item, document: Mapping[str, Any]) -> bool:
    """Give a post the stored hashes of its text if they are those of its text; tell whether so."""
    if not isinstance(item, Post) or item.text != document.get("text"):
        return False
    if document.get("sketch_version") != SKETCH_VERSION:
        return False
    item.content_fingerprint = document["content_fingerprint"]
    item.sketch = document["sketch"]
    item.sketch_version = SKETCH_VERSION
    return True


def changes_of(kind: Kind, document: Mapping[str, Any], made: Mapping[str, Any]) -> StoredDocument:
    """Return what `changes_of_storable` returns, without making storable what is so already.

    Where none of the fields differs that could hold something to replace, `made` holds nothing
    that is not in the stored document, which is storable.
    """
    changes = _differing(document, made)
    if changes.keys() <= _ALWAYS_STORABLE:
        return changes
    return changes_of_storable(kind, document, made)


def changes_of_storable(
    kind: Kind, document: Mapping[str, Any], made: Mapping[str, Any]
) -> StoredDocument:
    """Return the fields that differ between a stored document and the same one made again."""
    # What no database takes is replaced as it is in a crawl; otherwise it would look changed.
    return _differing(document, storable_document(kind, made))


def _differing(document: Mapping[str, Any], made: Mapping[str, Any]) -> StoredDocument:
    fields = {name: made[name] for name in REWRITTEN_FIELDS if name in made}
    fields["flags"] = flags_after(document["flags"], made["flags"])
    return {
        name: value
        for name, value in fields.items()
        if name not in document or document[name] != value
    }


def flags_after(stored: Sequence[str], made: Sequence[str]) -> list[str]:
    """Return the flags of a document that was cleaned again.

    Most flags tell what a crawl met, such as a page that had to be repaired. They stay. Those of
    `_MADE_AGAIN` follow the cleaner.
    """
    kept = [flag for flag in stored if flag in made or flag not in _MADE_AGAIN]
    return kept + [flag for flag in made if flag not in kept]


def _take_references(item: Item, document: Mapping[str, Any]) -> None:
    """Give an item the names that the archive has; the hashes of a version depend on them."""
    if isinstance(item, Media):
        item.author = document["author"]
    if not isinstance(item, Post):
        return
    item.author = document["author"]
    item.featured_media = document["featured_media"]
    item.tags = document["tags"]
    item.categories = document["categories"]
    item.terms = document["terms"]
    for name, taxonomy in _TAXONOMIES.items():
        item.term_ids[taxonomy] = [ref["id"] for ref in document[name]]
    for ref in document["terms"]:
        item.term_ids.setdefault(ref["taxonomy"], []).append(ref["id"])
