"""What a database of an archive is set up with: indexes, and validators for whoever wants them.

`COLLECTION_INDEXES` is the table of all indexes; a line there is all that a new one needs. A crawl
creates what is missing when it opens the archive.

Validators are JSON Schemas, derived from `wparchive/model/documents.py`. They are off until
somebody switches them on with `wparchive validation on`.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

from pymongo import ASCENDING as UP
from pymongo import DESCENDING as DOWN
from pymongo import IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.database import Database
from pymongo.errors import OperationFailure

from wparchive.model.documents import KINDS, RECORD_TYPES, StoredDocument
from wparchive.model.fields import bare_type, is_optional

logger = logging.getLogger(__name__)

INDEX_CONFLICTS = (85, 86)
"""Codes of servers that hold an index of the same keys, or of the same name, with other options."""
NO_SUCH_COLLECTION = 26
OF_EVERY_KIND = [
    IndexModel([("site", UP), ("type", UP), ("id", UP)], name="identity", unique=True),
    IndexModel([("site", UP), ("type", UP), ("state", UP), ("id", UP)], name="live"),
    IndexModel([("first_seen_at", DOWN), ("_id", DOWN)], name="first_seen"),
    IndexModel(
        [("site", UP), ("type", UP), ("id", UP), ("state", UP), ("raw_sha256", UP)], name="stock"
    ),
]
OLD_INDEXES: dict[str, list[IndexModel]] = {
    kind: [
        IndexModel([("site", UP), ("type", UP), ("state", UP), ("last_seen_at", UP)], name="state")
    ]
    for kind in KINDS
}
"""Indexes of earlier versions that others have replaced, by collection: they are dropped."""

# There is no text index: it knows no words of Chinese, Japanese or Thai and no prefixes, it would
# read `language` as an instruction and refuse posts in languages it does not know, and not every
# server has one. Instead, `search` holds the tokens of `wparchive/text/search_tokens.py`, the same
# that the SQLite backend indexes.
COLLECTION_INDEXES: dict[str, list[IndexModel]] = {
    **dict.fromkeys(KINDS, OF_EVERY_KIND),
    "posts": [
        *OF_EVERY_KIND,
        # The newest posts of a site, and its posts by month.
        IndexModel([("site", UP), ("type", UP), ("published_at", DOWN)], name="site_published"),
        IndexModel([("published_at", DOWN)], name="published"),
        IndexModel([("changed_at", DOWN)], name="changed"),  # what was edited since
        # Posts that were withdrawn or deleted since.
        IndexModel([("state", UP), ("state_since", DOWN)], name="vanished"),
        IndexModel([("tags.name", UP)], name="tag_name"),
        IndexModel([("tags.slug", UP)], name="tag_slug"),
        IndexModel([("categories.name", UP)], name="category_name"),
        IndexModel([("categories.slug", UP)], name="category_slug"),
        IndexModel([("author.name", UP)], name="author_name"),
        IndexModel([("author.slug", UP)], name="author_slug"),
        IndexModel([("has", UP)], name="has"),
        IndexModel([("link_domains", UP)], name="link_domain"),
        IndexModel([("embed_providers", UP)], name="embed_provider"),
        IndexModel([("link", UP)], name="link"),  # a post by its address
        IndexModel([("content_fingerprint", UP)], name="fingerprint"),  # exact copies
        IndexModel([("sketch", UP)], name="sketch"),  # near copies
        IndexModel([("duplicate.of", UP)], name="duplicate", sparse=True),
        IndexModel([("search", UP)], name="search"),
    ],
    "comments": [
        *OF_EVERY_KIND,
        IndexModel([("site", UP), ("post", UP)], name="post"),
    ],
    "revisions": [
        IndexModel([("key", UP), ("revision", UP)], name="document"),
        IndexModel([("site", UP), ("until_at", DOWN)], name="replaced"),
        IndexModel([("site", UP), ("kind", UP), ("type", UP), ("id", UP)], name="stock"),
    ],
    "manifests": [IndexModel([("site", UP)], name="site")],
    "events": [
        IndexModel([("at", DOWN), ("_id", DOWN)], name="time"),
        IndexModel([("site", UP), ("at", DOWN), ("_id", DOWN)], name="site_time"),
        IndexModel([("key", UP)], name="document"),
    ],
    "runs": [IndexModel([("site", UP), ("started_at", DOWN)], name="site_started")],
    "failures": [IndexModel([("site", UP), ("type", UP), ("last_at", UP)], name="site_type")],
    "boilerplate": [IndexModel([("site", UP)], name="site")],
}
"""Every index of an archive, by collection."""


@dataclass(frozen=True, slots=True)
class _IndexShape:
    """What decides whether an index serves as well as another one."""

    keys: tuple[tuple[str, Any], ...]
    unique: bool

    @classmethod
    def of(cls, index: Mapping[str, Any]) -> "_IndexShape":
        """Return the shape of an index as a server lists it, or as PyMongo would send it."""
        # Some servers give directions as floats, and 1.0 is equal to 1.
        return cls(tuple(index["key"].items()), bool(index.get("unique")))


async def create_indexes(db: AsyncDatabase[StoredDocument], one_by_one: bool = False) -> None:
    """Create the indexes that are missing, with one command for each collection; drop old ones.

    An index of the same keys under another name, which a database's owner may have made, serves as
    well. `one_by_one` is for FerretDB 1, which ends the connection where two clients create several
    in the same moment.
    """
    for name, indexes in COLLECTION_INDEXES.items():
        collection = db[name]
        held = {
            _IndexShape.of(index): index["name"] async for index in await collection.list_indexes()
        }
        missing = [index for index in indexes if _IndexShape.of(index.document) not in held]
        if missing and one_by_one:
            for index in missing:
                await _create(collection, [index])
        elif missing:
            await _create(collection, missing)
        for old in OLD_INDEXES.get(name, ()):
            if held.get(_IndexShape.of(old.document)) == old.document["name"]:
                await collection.drop_index(old.document["name"])


async def _create(
    collection: AsyncCollection[StoredDocument], indexes: Sequence[IndexModel]
) -> None:
    """Create indexes; one that conflicts with another's is left out, and logged."""
    try:
        await collection.create_indexes(list(indexes))
    except OperationFailure as error:
        if error.code not in INDEX_CONFLICTS:
            raise
        if len(indexes) > 1:
            for index in indexes:
                await _create(collection, [index])
            return
        wanted = indexes[0].document["name"]
        logger.warning("no index %s of %s: %s", wanted, collection.name, error.details)


BSON_TYPES: dict[Any, list[str]] = {
    str: ["string"],
    int: ["int", "long"],
    float: ["double", "int", "long"],
    bool: ["bool"],
    datetime: ["date"],
    bytes: ["binData"],
}


def validator(collection: str) -> StoredDocument:
    """Return the `validator` of a collection: every documented field with its type.

    Other fields (`search`) may stand beside them.
    """
    return {"$jsonSchema": json_schema(RECORD_TYPES[collection])}


def json_schema(annotation: Any) -> StoredDocument:
    """Return the JSON Schema of a field's annotation, in MongoDB's dialect."""
    found = _schema_of(bare_type(annotation))
    if is_optional(annotation) and "bsonType" in found:
        found["bsonType"] = [*found["bsonType"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found


def _schema_of(type_: Any) -> StoredDocument:
    if is_typeddict(type_):
        hints = get_type_hints(type_)
        return {
            "bsonType": ["object"],
            "required": sorted(type_.__required_keys__),
            "properties": {name: json_schema(hint) for name, hint in hints.items()},
        }
    if get_origin(type_) is list:
        return {"bsonType": ["array"], "items": json_schema(get_args(type_)[0])}
    if get_origin(type_) is dict:
        return {"bsonType": ["object"]}
    if get_origin(type_) is Literal:
        return {"bsonType": ["string"], "enum": list(get_args(type_))}
    if type_ in BSON_TYPES:
        return {"bsonType": list(BSON_TYPES[type_])}
    return {}


def switch_validators(db: Database[StoredDocument], on: bool) -> list[str]:
    """Switch the validators of a database on or off; returns the collections concerned.

    A collection that does not exist yet is made with its validator. Raises PyMongoError, also where
    the server has no validators.
    """
    there = set(db.list_collection_names())
    switched: list[str] = []
    for collection in RECORD_TYPES:
        if on and collection not in there:
            db.create_collection(
                collection, validator=validator(collection), validationLevel="moderate"
            )
        elif collection in there:
            _change_validator(db, collection, on)
        else:
            continue
        switched.append(collection)
    return switched


def _change_validator(db: Database[StoredDocument], collection: str, on: bool) -> None:
    rule: StoredDocument = {}
    if on:
        rule = validator(collection)
    try:
        db.command("collMod", collection, validator=rule, validationLevel="moderate")
    except OperationFailure as error:
        # Somebody may have dropped it in this moment.
        if error.code != NO_SUCH_COLLECTION:
            raise
