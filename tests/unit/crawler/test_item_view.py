"""Stages read and write items of any class that has our fields, and leave all others alone."""

import asyncio
from dataclasses import dataclass, field, fields, make_dataclass
from typing import Any

import pytest
import scrapy

from crawler.item_view import view_of
from crawler.items import Post, Term
from pipelines.clean import CleanPipeline
from pipelines.fingerprint import FingerprintPipeline
from pipelines.helpers.document import document_of
from pipelines.resolve import ResolvePipeline
from tests.runs import a_run
from tests.unit.pipelines.helpers.test_finish import NameShelf
from wparchive.model.storable import storable_document

GIVEN = {
    "site": "h.org",
    "type": "post",
    "id": 7,
    "raw": b'{"id":7}',
    "title_rendered": "A &amp; B",
    "content_rendered": "<p>Two words</p>",
    "term_ids": {"genre": [3], "post_tag": [1]},
    "author_id": 2,
}
DEFAULTS = {part.name: getattr(Post(site="", type="", id=0), part.name) for part in fields(Post)}


class OwnScrapyItem(scrapy.Item):
    kind = scrapy.Field()
    mood = scrapy.Field()
    for _name in DEFAULTS:
        locals()[_name] = scrapy.Field()


@dataclass(kw_only=True)
class OwnPost(Post):
    """A subclass of ours with a field of its own."""

    mood: str = "calm"


def own_dataclass() -> Any:
    made = [
        (part.name, Any, field(default=part.default, default_factory=part.default_factory))  # type: ignore[call-overload]
        for part in fields(Post)
    ]
    class_ = make_dataclass("OwnDataclass", made, kw_only=True)
    class_.kind = "posts"
    return class_(**GIVEN)


def own_items() -> list[Any]:
    return [
        own_dataclass(),
        OwnScrapyItem(kind="posts", **GIVEN),
        DEFAULTS | GIVEN | {"kind": "posts"},
        OwnPost(**GIVEN),
    ]


def through_the_stages(item: Any) -> Any:
    item = CleanPipeline().process_item(item)
    item = asyncio.run(ResolvePipeline(a_run(NameShelf())).process_item(item))
    return FingerprintPipeline().process_item(item)


@pytest.mark.parametrize("number", range(4))
def test_an_item_of_a_users_own_class_gives_the_document_of_ours(number: int) -> None:
    own = own_items()[number]
    assert through_the_stages(own) is own
    expected = document_of(through_the_stages(Post(**GIVEN)))
    assert document_of(view_of(own)) == expected
    assert storable_document("posts", expected)["text"] == "Two words"


def test_an_item_of_ours_is_its_own_view() -> None:
    term = Term(site="h.org", type="post_tag", id=1)
    assert view_of(term) is term


@pytest.mark.parametrize(
    "item",
    [
        {"a": 1},
        {"kind": "posts", "site": "h.org", "id": 7},
        DEFAULTS | {"kind": "poems"},
        object(),
        None,
    ],
    ids=["a dict", "too few fields", "another kind", "no item", "nothing"],
)
def test_others_pass_untouched(item: Any) -> None:
    before = dict(item) if isinstance(item, dict) else item
    assert view_of(item) is None
    assert through_the_stages(item) is item
    assert item == before or item is before
