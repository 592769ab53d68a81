"""The statements that save documents in MongoDB; `wparchive/backends/saving.py` has their order.

Bulk writes are unordered: only what the server names in its answer has failed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from bson.errors import BSONError
from pymongo import InsertOne, ReplaceOne, UpdateOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import BulkWriteError, DocumentTooLarge, OperationFailure, WTimeoutError

from wparchive.backends.mongo.client import brief
from wparchive.backends.saving import is_indexed_anew
from wparchive.backends.session import Errors
from wparchive.errors import DocumentRejected
from wparchive.model.documents import (
    BULKY_FIELDS,
    EventKind,
    EventRecord,
    Kind,
    Revision,
    StoredDocument,
)
from wparchive.model.event_records import title_fields
from wparchive.model.lifecycle import head_fields
from wparchive.model.references import TERM_LISTS
from wparchive.model.sealed import TOKENS_KEY
from wparchive.text.search_tokens import ANALYSER_MARK, search_tokens

Operation = InsertOne[StoredDocument] | ReplaceOne[StoredDocument] | UpdateOne

TELLING_FIELDS = ("_id", "title", "name", "state", "published_at", "author", "tags")
"""Fields that stand first in a stored document."""
PER_COMMAND = 1000
"""Operations of one command. PyMongo cuts them where they are too large for one message."""
PER_COMMAND_OF_FERRETDB = 50
"""FerretDB 1 holds one of its 100 connections for each update of a command until all are done, and
hangs at the 100th."""
OF_A_DOCUMENT = (
    BSONError,
    DocumentTooLarge,
    OperationFailure,
    OverflowError,
    TypeError,
    ValueError,
    KeyError,
)
"""Errors that one document can cause. PyMongo raises the first ones before it sends anything.
FerretDB 1 answers some with the failure of the whole command, or without the counts that PyMongo
looks up (KeyError)."""
_VERSION_FIELDS = ("version_hash", "refresh_hash")
_SEARCHED_FIELDS = ("title", "text", "tags", "categories", "terms")
OF_A_DOCUMENT_CODES = frozenset({2, 9, 15, 52, 57, 121, 10334, 11000, 17280})
"""Codes of errors that name a document: bad values and names of fields, validation, sizes, keys.
Everything else is the trouble of the server or of the connection, and no other document would
escape it: it is waited for."""
PASSING_LABELS = ("RetryableWriteError", "RetryableError", "SystemOverloadedError")


class MongoSession:
    """Implements `wparchive.backends.session.Session` on the collection of one kind."""

    def __init__(
        self,
        db: AsyncDatabase[StoredDocument],
        kind: Kind,
        per_command: int = PER_COMMAND_OF_FERRETDB,
    ) -> None:
        self._db = db
        self._kind = kind
        self._per_command = per_command
        # Kept for `rewrite`, which needs the documents that were read just before.
        self._stored: dict[str, StoredDocument] = {}

    async def heads(self, keys: Sequence[str]) -> dict[str, StoredDocument]:
        return await find_by_key(
            self._db[self._kind], keys, dict.fromkeys(head_fields(self._kind), 1)
        )

    async def move_back(self, keys: Sequence[str]) -> list[str]:
        removed = await find_by_key(self._db["removed"], keys, {"removed_at": 0})
        for post in removed.values():
            # First written, then deleted: a kill in between leaves it in both places.
            await self._db["posts"].replace_one(identity_of(post), post, upsert=True)
            await self._db["removed"].delete_one(identity_of(post))
        return list(removed)

    async def stored(self, keys: Sequence[str]) -> dict[str, StoredDocument]:
        self._stored = await find_by_key(self._db[self._kind], keys, {"search": 0})
        return self._stored

    async def rewritable(self, cleaned: Mapping[str, StoredDocument]) -> dict[str, StoredDocument]:
        indexed = [key for key, fields in cleaned.items() if is_indexed_anew(self._kind, fields)]
        found = await self.stored(indexed)
        fields = dict.fromkeys(("raw", *_VERSION_FIELDS), 1)
        found |= await find_by_key(self._db[self._kind], cleaned.keys() - indexed, fields)
        return found

    async def put_revisions(self, revisions: Mapping[str, Revision]) -> Errors:
        records = {key: cast(StoredDocument, revision) for key, revision in revisions.items()}
        return await self._put("revisions", records)

    async def put_events(self, events: Mapping[str, EventRecord]) -> Errors:
        records = {id_: cast(StoredDocument, event) for id_, event in events.items()}
        return await self._put("events", records)

    async def titled_heads(self, keys: Sequence[str]) -> dict[str, StoredDocument]:
        wanted = ("site", "type", "id", *head_fields(self._kind), *title_fields(self._kind))
        return await find_by_key(self._db[self._kind], keys, dict.fromkeys(wanted, 1))

    def of_kind(self, kind: Kind) -> "MongoSession":
        return MongoSession(self._db, kind, self._per_command)

    async def referring(self, kind: Kind, objects: Sequence[StoredDocument]) -> list[str]:
        keys: set[str] = set()
        for object_ in objects:
            there = {"site": object_["site"], "state": {"$in": ["live", "unpublished"]}}
            query = there | _refers_to(kind, object_)
            found = self._db[self._kind].find(query, {"_id": 1})
            keys |= {document["_id"] async for document in found}
        return sorted(keys)

    async def events_of_run(self, site: str, run: str, event: EventKind) -> list[EventRecord]:
        query = {"site": site, "run": run, "event": event, "kind": self._kind}
        return [cast(EventRecord, found) async for found in self._db["events"].find(query)]

    async def edits_of_run(
        self, site: str, run: str
    ) -> list[tuple[StoredDocument, StoredDocument]]:
        query = {"site": site, "run": run, "event": "edited", "kind": "posts"}
        fields = {"key": 1, "revision": 1}
        edits = await self._db["events"].find(query, fields).to_list()
        # An event has the number of the new version. The state before has the number below it.
        before = {edit["key"]: f"{edit['key']}#{edit['revision'] - 1}" for edit in edits}
        terms = ("tags", "categories", "terms")
        of_revisions = dict.fromkeys((f"document.{name}" for name in terms), 1)
        kept = await find_by_key(self._db["revisions"], before.values(), of_revisions)
        now = await find_by_key(self._db["posts"], before, dict.fromkeys(terms, 1))
        return [
            (kept[id_]["document"], now[key])
            for key, id_ in before.items()
            if id_ in kept and key in now
        ]

    async def insert(self, documents: Mapping[str, StoredDocument]) -> Errors:
        indexed = await self._indexed(documents)
        return await self._put(self._kind, indexed, new=True)

    async def replace(self, documents: Mapping[str, StoredDocument]) -> Errors:
        return await self._put(self._kind, await self._indexed(documents))

    async def update(self, changes: Mapping[str, StoredDocument]) -> Errors:
        updates = {key: {"$set": fields} for key, fields in changes.items()}
        return await self._update(updates)

    async def rewrite(self, cleaned: Mapping[str, StoredDocument]) -> Errors:
        whole = {
            key: {**self._stored[key], **fields}
            for key, fields in cleaned.items()
            if is_indexed_anew(self._kind, fields)
        }
        # Only these fields are set, and only in the version that was cleaned: a crawl may move
        # `last_seen_at`, or write another version, in the same moment.
        updates: dict[str, StoredDocument] = {
            key: {"$set": fields} for key, fields in cleaned.items()
        }
        tokens = await asyncio.to_thread(_search_tokens_of, whole)
        for key, search in tokens.items():
            updates[key] = {"$set": {**cleaned[key], "search": search}}
        return await self._update(updates, self._stored)

    async def _put(
        self, collection: str, documents: Mapping[str, StoredDocument], new: bool = False
    ) -> Errors:
        return await put_documents(self._db[collection], documents, new, self._per_command)

    async def _update(
        self,
        changes: Mapping[str, StoredDocument],
        versions: Mapping[str, StoredDocument] | None = None,
    ) -> Errors:
        collection = self._db[self._kind]
        return await update_documents(collection, changes, versions, self._per_command)

    async def _indexed(
        self, documents: Mapping[str, StoredDocument]
    ) -> Mapping[str, StoredDocument]:
        """Return posts with their search tokens, and documents of other kinds as they are."""
        if self._kind != "posts" or not documents:
            return documents
        return await asyncio.to_thread(with_search_tokens, documents)


def _small_first(document: StoredDocument) -> StoredDocument:
    """Return a document with its bulky fields last: a server reads fields in their order.

    What tells a person which object it is comes first, because tools show fields in this order too.
    """
    telling = {name: document[name] for name in TELLING_FIELDS if name in document}
    small = {name: value for name, value in document.items() if name not in BULKY_FIELDS}
    return telling | small | {name: document[name] for name in BULKY_FIELDS if name in document}


def with_search_tokens(posts: Mapping[str, StoredDocument]) -> dict[str, StoredDocument]:
    """Return posts as they are stored: with the tokens that a search finds them by."""
    found: dict[str, StoredDocument] = {}
    for key, post in posts.items():
        found[key] = _small_first(post)
        found[key]["search"] = search_tokens(post, post.get(TOKENS_KEY))
        found[key].pop(TOKENS_KEY, None)
        # A server that looks for a field reads past those before it, so the largest come last.
        found[key]["blocks"] = found[key].pop("blocks")
    return found


def _search_tokens_of(posts: Mapping[str, StoredDocument]) -> dict[str, Any]:
    return {key: search_tokens(post, None) for key, post in posts.items()}


def _refers_to(kind: Kind, object_: StoredDocument) -> StoredDocument:
    """Return a query that means the documents that refer to a term or an author.

    It may mean others too: not every server can ask for two fields of one element.
    """
    if kind == "authors":
        return {"author.id": object_["id"]}
    if object_["type"] in TERM_LISTS:
        return {f"{TERM_LISTS[object_['type']]}.id": object_["id"]}
    return {"terms.taxonomy": object_["type"], "terms.id": object_["id"]}


async def index_next_posts(db: AsyncDatabase[StoredDocument], limit: int, per_command: int) -> int:
    """Make the search tokens of the next posts again, as `Store.index_next` promises.

    A checkpoint beside the mark of the analyser says up to which key that is done. A crawl that
    writes in the same moment makes tokens of this version anyway.
    """
    mark = await db["marks"].find_one({"_id": "schema"})
    if mark is None or mark["analyser"] == ANALYSER_MARK:
        return 0
    checkpoint = mark.get("reindexed") or {}
    if checkpoint.get("analyser") != ANALYSER_MARK:
        checkpoint = {"analyser": ANALYSER_MARK, "collection": "removed", "after": ""}
    fields = dict.fromkeys((*_VERSION_FIELDS, *_SEARCHED_FIELDS), 1)
    collection = db[checkpoint["collection"]]
    found = collection.find({"_id": {"$gt": checkpoint["after"]}}, fields)
    posts = {post["_id"]: post async for post in found.sort("_id", 1).limit(limit)}
    if posts:
        tokens = await asyncio.to_thread(_search_tokens_of, posts)
        changes = {key: {"$set": {"search": found}} for key, found in tokens.items()}
        errors = await update_documents(collection, changes, posts, per_command)
        for error in errors.values():
            raise error
        after = {"reindexed": checkpoint | {"after": max(posts)}}
    elif checkpoint["collection"] == "removed":
        after = {"reindexed": checkpoint | {"collection": "posts", "after": ""}}
    else:
        after = {"analyser": ANALYSER_MARK, "reindexed": None}
    await db["marks"].update_one({"_id": "schema"}, {"$set": after})
    # To return 0 here would say that all is done.
    if not posts and after.get("reindexed"):
        return await index_next_posts(db, limit, per_command)
    return len(posts)


async def find_by_key(
    collection: AsyncCollection[StoredDocument], keys: Iterable[str], fields: Mapping[str, int]
) -> dict[str, StoredDocument]:
    """Return documents by key, without asking the server where no key is given."""
    listed = list(keys)
    if not listed:
        return {}
    found = collection.find({"_id": {"$in": listed}}, fields)
    return {document["_id"]: document async for document in found}


def identity_of(document: Mapping[str, Any]) -> StoredDocument:
    """Return a query that means one document, by its `_id` and whatever a shard key may be of.

    A server that spreads a collection over shards wants the fields of the shard key in every
    upsert, and asks one shard instead of all.
    """
    names = ("_id", "site", "type", "id")
    return {name: document[name] for name in names if name in document}


def key_identity(key: str) -> StoredDocument:
    """Return the query of `identity_of` for a document of any kind, by its key."""
    site, type_, id_ = key.rsplit("/", 2)
    return {"_id": key, "site": site, "type": type_, "id": int(id_)}


async def put_documents(
    collection: AsyncCollection[StoredDocument],
    documents: Mapping[str, StoredDocument],
    new: bool = False,
    per_command: int = PER_COMMAND_OF_FERRETDB,
) -> Errors:
    """Insert documents that are new; replace or insert others. Returns the errors by key.

    Raises PyMongoError where the server is at fault. Writing the same again changes nothing.
    """

    def alone(key: str) -> Awaitable[object]:
        document = documents[key]
        return collection.replace_one(identity_of(document), document, upsert=True)

    def operation(document: StoredDocument) -> Operation:
        if new:
            # Where it is there by now, the second try replaces it (`alone`).
            return InsertOne(document)
        return ReplaceOne(identity_of(document), document, upsert=True)

    operations = {key: operation(document) for key, document in documents.items()}
    return await _written(collection, operations, alone, per_command)


async def update_documents(
    collection: AsyncCollection[StoredDocument],
    changes: Mapping[str, StoredDocument],
    versions: Mapping[str, StoredDocument] | None = None,
    per_command: int = PER_COMMAND_OF_FERRETDB,
) -> Errors:
    """Update documents by key; returns the errors by key. Raises as `put_documents` does.

    With `versions`, documents that hold another version by now are left alone.
    """

    def which(key: str) -> StoredDocument:
        identity = key_identity(key)
        if versions is None:
            return identity
        return identity | {name: versions[key][name] for name in _VERSION_FIELDS}

    def alone(key: str) -> Awaitable[object]:
        return collection.update_one(which(key), changes[key])

    operations = {key: UpdateOne(which(key), change) for key, change in changes.items()}
    return await _written(collection, operations, alone, per_command)


async def _written(
    collection: AsyncCollection[StoredDocument],
    operations: Mapping[str, Operation],
    alone: Callable[[str], Awaitable[object]],
    per_command: int,
) -> Errors:
    """Write everything in a few commands; returns the errors by key.

    What failed is tried once more, alone, so that its error is its own. The second try also
    settles an insert that a lost acknowledgement has done already.
    """
    keys = list(operations)
    errors = Errors()
    for start in range(0, len(keys), per_command):
        some = {key: operations[key] for key in keys[start : start + per_command]}
        for key in await _failed(collection, some):
            try:
                await alone(key)
            except OF_A_DOCUMENT as error:
                raise_of_server(error)
                errors[key] = DocumentRejected(f"the server refused {key!r}: {brief(error)}")
    return errors


async def _failed(
    collection: AsyncCollection[StoredDocument], operations: Mapping[str, Operation]
) -> list[str]:
    """Write all; returns the keys of what was not written, or not known to be."""
    keys = list(operations)
    try:
        # An ordered command ends at the first document that the server refuses.
        await collection.bulk_write(list(operations.values()), ordered=False)
    except BulkWriteError as error:
        _raise_concern(error.details)
        return [keys[failed["index"]] for failed in error.details["writeErrors"]]
    except OF_A_DOCUMENT as error:
        raise_of_server(error)
        return keys
    return []


def _raise_concern(details: Mapping[str, Any]) -> None:
    """Raise what the server says of the whole command."""
    for concern in details["writeConcernErrors"]:
        # A new primary may not have what no majority has: everything is written again.
        raise WTimeoutError(concern.get("errmsg", "not acknowledged by a majority"))
    for failed in details["writeErrors"]:
        if failed["code"] not in OF_A_DOCUMENT_CODES:
            raise OperationFailure(failed["errmsg"], failed["code"])


def raise_of_server(error: Exception) -> None:
    """Raise an error unless a document may have caused it."""
    if isinstance(error, WTimeoutError):
        raise error
    if not isinstance(error, OperationFailure):
        return
    is_passing = any(map(error.has_error_label, PASSING_LABELS))
    if is_passing or error.code not in OF_A_DOCUMENT_CODES:
        raise error
