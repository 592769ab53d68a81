"""The validators take the documents that the stores write, by our own reading of JSON Schema."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from samples import documents
from samples.documents import FIRST_SEEN as AT
from samples.documents import LIFE
from tests.archives import (
    failure,
    file_record,
    recurring_block,
    run,
    sample_posts,
    site,
    site_memory,
)
from wparchive.backends.mongo.mongo_setup import validator
from wparchive.model.digest import manifest_chunk
from wparchive.model.event_records import arrival
from wparchive.model.record_types import RECORD_TYPES

TYPES: dict[str, Any] = {
    "string": str,
    "int": int,
    "long": int,
    "double": float,
    "bool": bool,
    "date": datetime,
    "binData": bytes,
}
TYPES |= {"object": dict, "array": list, "null": type(None)}
DOCUMENTS = {
    "posts": [{**post, **LIFE, "search": ["a"]} for post in sample_posts()],
    "terms": [{**documents.term(1, "A"), **LIFE}],
    "authors": [{**documents.author(1, "A"), **LIFE}],
    "media": [{**documents.media(1), **LIFE}],
    "comments": [{**documents.comment(1, 2), **LIFE}],
    "failures": [failure()],
    "files": [file_record()],
    "runs": [run("a.org", AT)],
    "sites": [site("a.org")],
    "boilerplate": [recurring_block(1), recurring_block(2, overruled="keep")],
    "site_memory": [site_memory()],
    "leases": [
        {
            **{"_id": "a.org", "holder": "x", "run": "a.org@1", "host": "h", "pid": 1},
            **{"process": "", "since": AT, "beat": 0, "beat_at": AT},
        }
    ],
    "checkpoints": [
        {
            **{"_id": "a.org/posts/post", "site": "a.org", "kind": "posts", "type": "post"},
            **{"run": "a.org@1", "began_at": AT, "saved_at": AT, "up_to_id": 9},
            **{"proved": False, "conditions": {"route": "/wp/v2/posts"}},
        }
    ],
    "events": [arrival("posts", {**sample_posts()[0], **LIFE})],
    "manifests": [manifest_chunk("a.org", "posts/post/0", ["posts\ta.org/post/1\tlive\t0\n"], "r")],
    "revisions": [
        {
            **{
                "_id": "a.org/post/1#1",
                "key": "a.org/post/1",
                "kind": "posts",
                "site": "a.org",
                "type": "post",
                "id": 1,
                "revision": 1,
            },
            **{"from_at": AT, "until_at": AT, "document": {}},
        }
    ],
}


def valid(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value keeps to a schema of the few keywords that the validators use."""
    assert schema.keys() <= {"bsonType", "required", "properties", "items", "enum"}
    kinds = [TYPES[name] for name in schema.get("bsonType", [])]
    if kinds and type(value) not in kinds:
        return False
    if value is None or not schema.keys() & {"enum", "required", "items"}:
        return True
    if "enum" in schema:
        return value in schema["enum"]
    if "items" in schema:
        return all(valid(part, schema["items"]) for part in value)
    present = {name: part for name, part in schema["properties"].items() if name in value}
    return set(schema["required"]) <= set(value) and all(
        valid(value[name], part) for name, part in present.items()
    )


@pytest.mark.parametrize("collection", RECORD_TYPES)
def test_what_the_stores_write_is_valid(collection):
    rule = validator(collection)["$jsonSchema"]
    assert DOCUMENTS[collection]
    assert all(valid(document, rule) for document in DOCUMENTS[collection])


@pytest.mark.parametrize(
    "change",
    [
        {"title": None},
        {"published_at": "2024-05-17"},
        {"state": "gone"},
        {"tags": [{"id": "3", "name": "x", "slug": "x"}]},
        {"tags": [{"name": "x"}]},
        {"sticky": 1},
        {"duplicate": {"of": "x"}},
    ],
)
def test_anything_else_is_not(change):
    rule = validator("posts")["$jsonSchema"]
    assert not valid({**DOCUMENTS["posts"][0], **change}, rule)


def test_the_definition_for_atlas_search_names_our_fields():
    path = Path(__file__).parents[4] / "deploy" / "mongodb" / "atlas-search.json"
    definition = json.loads(path.read_text())
    types = {"string": "string", "token": "string", "date": "date", "document": "object"}

    def check(fields: dict[str, Any], schema: dict[str, Any]) -> None:
        for name, mapping in fields.items():
            ours = schema["properties"][name]
            ours = ours.get("items", ours)
            assert types[mapping["type"]] in ours["bsonType"], name
            check(mapping.get("fields", {}), ours)

    check(definition["definition"]["mappings"]["fields"], validator("posts")["$jsonSchema"])


def test_a_field_must_not_be_missing():
    document = dict(DOCUMENTS["posts"][0])
    del document["link"]
    assert not valid(document, validator("posts")["$jsonSchema"])
