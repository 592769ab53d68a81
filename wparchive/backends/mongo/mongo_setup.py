"""Set up the database of an archive: indexes, and validators where somebody wants them.

`COLLECTION_INDEXES` is the table of all indexes; a line there is all that a new one needs. A crawl
creates what is missing when it opens the archive. The keys of a list's index are, in this order:
what a question names exactly, what it sorts by, `_id` as the tie-break of the sort, and fields that
the index only carries. By these a server can filter and count without reading a document.

Validators are JSON Schemas, derived from `wparchive/model/record_types.py`. They are off until
somebody switches them on with `wparchive validation on`.
"""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, OperationFailure

from wparchive.errors import too_new
from wparchive.model.documents import KINDS, SCHEMA_VERSION, StoredDocument
from wparchive.model.event_records import FROM_THE_BEGINNING
from wparchive.model.fields import bare_type, is_optional
from wparchive.model.record_types import RECORD_TYPES
from wparchive.text.search_tokens import ANALYSER_MARK

logger = logging.getLogger(__name__)

INDEX_CONFLICTS = (85, 86)
"""Codes of servers that hold an index of the same keys, or of the same name, with other options."""
# NamespaceNotFound in MongoDB's `error_codes.yml`.
NO_SUCH_COLLECTION = 26
_CARRIED = ("type", "language", "author.name", "word_count")
"""What posts are filtered and counted by, besides their sites, states and dates."""


def _index(name: str, *keys: str, **options: bool) -> IndexModel:
    """Return an index; a key that begins with `-` descends."""
    return IndexModel([_directed(key) for key in keys], name=name, **options)


def _directed(key: str) -> tuple[str, int]:
    if key.startswith("-"):
        return key.removeprefix("-"), DESCENDING
    return key, ASCENDING


def _newest_by(name: str, field: str) -> IndexModel:
    """Return the index of the newest posts that have a value."""
    return _index(name, field, "state", "-published_at", "-_id")


_OF_EVERY_KIND = (
    # No object is there twice; the key by which a collection can be sharded.
    _index("identity", "site", "type", "id", unique=True),
    # Counts by type and state; the ids that are live, for crawls.
    _index("live", "site", "type", "state", "id"),
    # Lists by site, type and id; the digests of a site's records.
    _index("stock", "site", "type", "id", "state", "raw_sha256"),
    # The history of what was archived for the first time.
    _index("first_seen", "-first_seen_at", "-_id"),
    _index("site_first_seen", "site", "-first_seen_at", "-_id"),
)
_OF_POST = _index("of_post", "post", "site", "type", "id")
"""Comments on a post, and media that were uploaded to it."""
_PUBLISHED = _index("local_published", "site", "type", "state", "-published_local")
_MODIFIED = _index("local_modified", "site", "type", "state", "-modified_local")
"""The newest that is held of a type: where an update run begins."""


def _naming(field: str) -> IndexModel:
    """Return the index of what names a term, an author or an image, for crawls that see a change of
    one."""
    return _index(f"{field}_id", "site", f"{field}.id")


# There is no text index, which not every server has. It knows no words of Chinese, Japanese or Thai
# and no prefixes. It would read `language` as an instruction, and refuse posts in languages that it
# does not know. Instead, `search` holds the tokens of `wparchive/text/search_tokens.py`, the same
# that the SQLite backend indexes.
COLLECTION_INDEXES: dict[str, tuple[IndexModel, ...]] = {
    **dict.fromkeys(KINDS, _OF_EVERY_KIND),
    "posts": (
        *_OF_EVERY_KIND,
        _PUBLISHED,
        _MODIFIED,
        # Lists by date, and all counts but those by lists (tags, ...), which no index can carry.
        _index("newest", "state", "-published_at", "-_id", "site", *_CARRIED),
        _index("site_newest", "site", "state", "-published_at", "-_id", *_CARRIED),
        _index("type_newest", "site", "type", "state", "-published_at", "-_id"),
        _newest_by("tag_newest", "tags.name"),
        _newest_by("tag_slug_newest", "tags.slug"),
        _newest_by("category_newest", "categories.name"),
        _newest_by("category_slug_newest", "categories.slug"),
        _newest_by("author_newest", "author.name"),
        _newest_by("author_slug_newest", "author.slug"),
        _newest_by("co_author_newest", "authors.name"),
        _newest_by("co_author_slug_newest", "authors.slug"),
        *map(_naming, ("tags", "categories", "terms", "author", "featured_media")),
        _newest_by("has_newest", "has"),
        _newest_by("link_domain_newest", "link_domains"),
        _newest_by("embed_provider_newest", "embed_providers"),
        # Words. It has many entries for each post, so it carries no more than it must.
        _index("search_newest", "search", "state", "-published_at"),
        _index("link", "link"),  # a post by its address
        _index("equal_texts", "content_fingerprint", "state", "_id"),  # exact copies
        _index("sketch", "sketch"),  # near copies
        # Translations of a post by the posts that name it.
        _index("translation", "translations.id", sparse=True),
        _index("translation_link", "translations.link", sparse=True),
        _index("duplicate", "duplicate.of", sparse=True),
    ),
    "media": (*_OF_EVERY_KIND, _PUBLISHED, _MODIFIED, _OF_POST, _naming("author")),
    "comments": (*_OF_EVERY_KIND, _PUBLISHED, _OF_POST),
    "removed": (_index("held", "site", "type", "id", "state", "raw_sha256"),),
    "revisions": (
        _index("versions", "key", "until_at"),
        # The digests of what was there earlier.
        _index("held", "site", "kind", "type", "id", "_id", "raw_sha256"),
    ),
    "manifests": (_index("site", "site"),),
    "events": (
        _index("newest", "-at", "-_id", "site", "kind", "event"),
        _index("site_newest", "site", "-at", "-_id", "kind", "event"),
        _index("document", "key"),
        _index("of_run", "site", "run", "event", "kind"),
    ),
    "runs": (
        _index("newest", "-started_at", "-_id"),
        _index("site_newest", "site", "-started_at", "-_id"),
    ),
    "failures": (_index("listed", "site", "type", "id", "_id"),),
    "boilerplate": (_index("common", "site", "-posts", "_id"),),
}
"""Every index of an archive, by collection."""

_OLD_OF_EVERY_KIND = (_index("state", "site", "type", "state", "last_seen_at"),)
OLD_INDEXES: dict[str, tuple[IndexModel, ...]] = {
    **dict.fromkeys(KINDS, _OLD_OF_EVERY_KIND),
    "posts": (
        *_OLD_OF_EVERY_KIND,
        _index("site_published", "site", "type", "-published_at"),
        _index("published", "-published_at"),
        _index("changed", "-changed_at"),
        _index("vanished", "state", "-state_since"),
        _index("tag_name", "tags.name"),
        _index("tag_slug", "tags.slug"),
        _index("category_name", "categories.name"),
        _index("category_slug", "categories.slug"),
        _index("author_name", "author.name"),
        _index("author_slug", "author.slug"),
        _index("has", "has"),
        _index("link_domain", "link_domains"),
        _index("embed_provider", "embed_providers"),
        _index("fingerprint", "content_fingerprint"),
        _index("search", "search"),
    ),
    "comments": (*_OLD_OF_EVERY_KIND, _index("post", "site", "post")),
    "revisions": (
        _index("document", "key", "revision"),
        _index("replaced", "site", "-until_at"),
        _index("stock", "site", "kind", "type", "id"),
    ),
    "removed": (_index("stock", "site", "type", "id"),),
    "events": (_index("time", "-at", "-_id"), _index("site_time", "site", "-at", "-_id")),
    "runs": (_index("site_started", "site", "-started_at"),),
    "failures": (_index("site_type", "site", "type", "last_at"),),
    "boilerplate": (_index("site", "site"),),
}
"""Indexes of earlier versions that others have replaced, by collection: they are dropped."""


@dataclass(frozen=True, slots=True)
class _IndexShape:
    """The properties by which an index serves as well as another one."""

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
    # PyMongo sends an integer as 32 or 64 bits, depending on how large it is.
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


def json_schema(annotation: Any, may_be_null: bool = False) -> StoredDocument:
    """Return the JSON Schema of a field's annotation, in MongoDB's dialect."""
    found = _schema_of(bare_type(annotation))
    if (may_be_null or is_optional(annotation)) and "bsonType" in found:
        found["bsonType"] = [*found["bsonType"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found


def _schema_of(type_: Any) -> StoredDocument:
    if is_typeddict(type_):
        required = type_.__required_keys__
        # What may be missing may be null as well: so it is in what comes from SQLite.
        return {
            "bsonType": ["object"],
            "required": sorted(required),
            "properties": {
                name: json_schema(hint, may_be_null=name not in required)
                for name, hint in get_type_hints(type_).items()
            },
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
        # `moderate`: documents that broke the rule before it was set can still be written.
        db.command("collMod", collection, validator=rule, validationLevel="moderate")
    except OperationFailure as error:
        # Somebody may have dropped it in this moment.
        if error.code != NO_SUCH_COLLECTION:
            raise


async def check_version(db: AsyncDatabase[StoredDocument], address: str) -> None:
    """Mark a new archive as one of this version. Raises ArchiveTooNew for one of a later version.

    An archive of an earlier version is left to be upgraded.
    """
    mark = await db["marks"].find_one({"_id": "schema"})
    if mark is None:
        first = {
            "_id": "schema",
            "version": SCHEMA_VERSION,
            "analyser": ANALYSER_MARK,
            "history_since": FROM_THE_BEGINNING,
        }
        with suppress(DuplicateKeyError):  # another process opened it in the same moment
            await db["marks"].insert_one(first)
    elif mark["version"] > SCHEMA_VERSION:
        raise too_new(f"{address} (database {db.name})", mark["version"], SCHEMA_VERSION)
    elif mark["analyser"] != ANALYSER_MARK:
        logger.warning(
            "Another version made the search tokens of this archive: searches may miss words until"
            " somebody runs `wparchive reindex`"
        )
