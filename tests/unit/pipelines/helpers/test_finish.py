"""Finishing a page gives the documents that the stages give, one item after the other."""

import asyncio
import json
import pickle
from collections.abc import Sequence
from typing import Any

import pytest

from crawler.item_view import received_record
from crawler.items import Item, Post, StageResults
from crawler.parsing import RecordSource, parse_from
from crawler.rest.collections import Collection
from demo.content import sample_site
from pipelines.clean import CleanPipeline
from pipelines.fingerprint import FingerprintPipeline
from pipelines.helpers.document import document_of, document_with_names
from pipelines.helpers.finish import (
    FinishedRecord,
    PageQuestion,
    answer,
    finish_records,
    item_of,
    work_ahead,
)
from pipelines.language import LanguagePipeline
from pipelines.resolve import ResolvePipeline
from tests.runs import a_run
from wparchive.model.lifecycle import record_sha256
from wparchive.model.sealed import (
    HASH_KEY,
    SEALED_MAX_BYTES,
    TOKENS_KEY,
    SealedDocument,
    open_content,
)
from wparchive.model.storable import storable_document
from wparchive.text.search_tokens import search_tokens

TAXONOMIES = {"post_tag": "tags", "category": "categories", "genre": "genres"}
COLLECTIONS = {
    "posts": Collection("posts", "post", "/wp/v2/posts", TAXONOMIES),
    "tags": Collection("terms", "post_tag", "/wp/v2/tags"),
    "users": Collection("authors", "user", "/wp/v2/users"),
    "media": Collection("media", "attachment", "/wp/v2/media"),
    "comments": Collection("comments", "comment", "/wp/v2/comments"),
}
MEDIA = {
    "id": 4,
    "title": {"rendered": "A <b>picture</b>"},
    "slug": "picture",
    "author": 2,
    "source_url": "https://h.org/a.jpg",
    "date_gmt": "2024-05-17T12:00:00",
}
COMMENT = {"id": 5, "post": 1, "content": {"rendered": "<p>Well <i>said</i>.</p>"}, "author": 0}
POST = {
    "id": 7,
    "link": "https://h.org/seven/",
    "title": {"rendered": "Seven &amp; more"},
    "content": {"rendered": '<p>Some <a href="/x">words</a> with a \u0000 in them.</p>'},
    "excerpt": {"rendered": "<p>Some</p>"},
    "tags": [8, 9],
    "genres": [3],
    "author": 1,
    "featured_media": 4,
    "plugin": {"a": 10**30},
}


def source(base: str, repaired: bool = False) -> RecordSource:
    return RecordSource(COLLECTIONS[base], "h.org", "https://h.org/", repaired)


def raw(record: Any) -> bytes:
    return json.dumps(record).encode()


def records(base: str) -> list[bytes]:
    made = {"posts": [raw(POST)], "media": [raw(MEDIA)], "comments": [raw(COMMENT)]}
    return [row.body for row in sample_site()[base].rows.values()] + made.get(base, [])


class NameShelf:
    """An archive that knows a name for every id."""

    def __init__(self, name: str = "Name") -> None:
        self._name = name

    async def known(self, kind: str, site: str, type_: str, ids: Sequence[int]) -> dict[int, Any]:
        return {id_: {"id": id_, "name": f"{self._name} {id_}", "slug": f"n{id_}"} for id_ in ids}


def resolved(items: list[Item], name: str = "Name") -> list[Item]:
    async def run() -> None:
        stage = ResolvePipeline(a_run(NameShelf(name)))
        await asyncio.gather(*map(stage.process_item, items))

    asyncio.run(run())
    return items


def by_stages(raws: list[bytes], origin: RecordSource, name: str = "Name") -> list[dict[str, Any]]:
    """The obvious way: each stage for each item."""
    items = [CleanPipeline().process_item(parse_from(one, origin)) for one in raws]
    items = resolved([LanguagePipeline().process_item(item) for item in items], name)
    documents = [document_of(FingerprintPipeline().process_item(item)) for item in items]
    return [storable_document(origin.collection.kind, document) for document in documents]


def finished_items(raws: list[bytes], origin: RecordSource) -> list[Item]:
    found = answer(PageQuestion(raws, origin, 5_000_000, sealed=True))
    items: list[Item] = []
    for one, record in zip(raws, pickle.loads(pickle.dumps(found)), strict=True):
        assert isinstance(record, FinishedRecord)
        items.append(item_of(record, origin, len(one)))
    return items


def by_page(raws: list[bytes], origin: RecordSource) -> list[dict[str, Any]]:
    """The fast way, through both borders between processes."""
    documents = []
    for item in resolved(finished_items(raws, origin)):
        sealed = document_with_names(item, item.prepared)  # type: ignore[arg-type]
        assert isinstance(sealed, SealedDocument)
        documents.append(pickle.loads(pickle.dumps(sealed)).opened())
    return documents


@pytest.mark.parametrize("base", COLLECTIONS)
@pytest.mark.parametrize("repaired", [False, True])
def test_a_page_gives_what_the_stages_give(base: str, repaired: bool) -> None:
    origin = source(base, repaired)
    found = by_page(records(base), origin)
    expected = by_stages(records(base), origin)
    assert len(found) >= 1
    for document, like in zip(found, expected, strict=True):
        ahead = document.pop(TOKENS_KEY, None)
        assert document.pop(HASH_KEY) == record_sha256(document["raw"])
        assert document == like
        if base == "posts":
            assert search_tokens(document, ahead) == search_tokens(like)


def test_an_item_goes_its_way_with_few_fields_and_all_notes() -> None:
    [item] = finished_items([raw(POST)], source("posts"))
    assert isinstance(item, Post)
    assert (item.key, item.link, item.author_id) == ("h.org/post/7", "https://h.org/seven/", 1)
    assert (item.text, item.raw, item.received_bytes) == ("", b"", len(raw(POST)))
    assert received_record(item) == raw(POST)
    assert CleanPipeline().process_item(item) is item
    assert FingerprintPipeline().process_item(item) is item
    assert (item.text, item.content_fingerprint) == ("", "")


def test_a_record_on_which_anything_fails_is_left_to_the_stages() -> None:
    good = raw(POST)
    raws = [b"[]", good, b'{"id": "none"}', b"\xff", good]
    assert [found is None for found in finish_records(raws, source("posts"))] == [
        True,
        False,
        True,
        True,
        False,
    ]
    assert [found is None for found in work_ahead(raws, source("posts"))] == [
        True,
        False,
        True,
        True,
        False,
    ]


def test_a_record_too_large_to_be_sealed_is_left_to_the_stages() -> None:
    large = raw(POST | {"plugin": "x" * SEALED_MAX_BYTES})
    many = raw(POST | {"tags": list(range(1, 2000))})
    assert finish_records([large, many], source("posts")) == [None, None]


def test_a_name_that_has_to_be_mended_opens_the_document() -> None:
    [item] = resolved(finished_items([raw(POST)], source("posts")), "N\x00L")
    document = document_with_names(item, item.prepared)  # type: ignore[arg-type]
    assert not isinstance(document, SealedDocument)
    [expected] = by_stages([raw(POST)], source("posts"), "N\x00L")
    assert storable_document("posts", document) == expected
    assert "nul" in expected["flags"]


def test_the_longest_content_is_a_setting() -> None:
    long = raw(POST | {"content": {"rendered": "<p>0123456789</p>"}})
    [found] = finish_records([long], source("posts"), max_bytes=8)
    assert found is not None
    document = open_content(found.document.content)
    assert (document["text"], "truncated" in document["flags"]) == ("01234", True)


def worked_ahead() -> Post:
    [item] = work_ahead([raw(POST)], source("posts"))
    assert isinstance(item, Post)
    return item


def test_the_stages_take_over_what_was_done_ahead() -> None:
    expected = parse_from(raw(POST), source("posts"))
    item = worked_ahead()
    assert item == expected
    ahead = item.prepared
    assert isinstance(ahead, StageResults)
    for stage in (CleanPipeline(), FingerprintPipeline()):
        stage.process_item(item)
        stage.process_item(expected)
    assert item == expected
    assert item.links is ahead.cleaned["links"]
    assert document_of(item) == document_of(expected)
    assert document_of(item)["raw"] is ahead.compressed


def test_the_stages_work_again_on_what_somebody_has_changed() -> None:
    item = worked_ahead()
    item.content_rendered = "<p>Other words</p>"
    CleanPipeline().process_item(item)
    assert item.text == "Other words"
    item.text = "Words of a user's stage"
    FingerprintPipeline().process_item(item)
    other = Post(site="h.org", type="post", id=1, text="Words of a user's stage")
    FingerprintPipeline().process_item(other)
    assert item.content_fingerprint == other.content_fingerprint
    item.raw = b"{}"
    assert received_record(item) == b"{}"
    assert document_of(item)["raw"] != worked_ahead().prepared.compressed  # type: ignore[union-attr]
