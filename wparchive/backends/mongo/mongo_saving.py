"""The statements that save documents in MongoDB; `wparchive/backends/saving.py` has their order."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from pymongo.asynchronous.database import AsyncDatabase

from wparchive.backends.mongo.mongo_writes import (
    VERSION_FIELDS,
    find_by_key,
    put_documents,
    update_documents,
)
from wparchive.backends.mongo.server_traits import ServerTraits
from wparchive.backends.saving import is_indexed_anew
from wparchive.backends.session import Errors
from wparchive.model.documents import BULKY_FIELDS, EventKind, Kind, StoredDocument
from wparchive.model.event_records import title_fields
from wparchive.model.history_records import EventRecord, Revision
from wparchive.model.lifecycle import head_fields
from wparchive.model.references import TERM_LISTS
from wparchive.model.sealed import TOKENS_KEY
from wparchive.text.search_tokens import ANALYSER_MARK, search_tokens

TELLING_FIELDS = ("_id", "title", "name", "state", "published_at", "author", "tags")
"""Fields that stand first in a stored document."""
_SEARCHED_FIELDS = ("title", "text", "tags", "categories", "terms")


class MongoSession:
    """Implements `wparchive.backends.session.Session` on the collection of one kind."""

    def __init__(
        self,
        db: AsyncDatabase[StoredDocument],
        kind: Kind,
        server: ServerTraits,
    ) -> None:
        self._db = db
        self._kind = kind
        self._server = server
        # Kept for `rewrite`, which needs the documents that were read just before.
        self._stored: dict[str, StoredDocument] = {}

    async def heads(self, keys: Sequence[str]) -> dict[str, StoredDocument]:
        return await self._find(self._kind, keys, dict.fromkeys(head_fields(self._kind), 1))

    async def move_back(self, keys: Sequence[str]) -> list[str]:
        removed = await self._find("removed", keys, {"removed_at": 0})
        for post in removed.values():
            identity = self._server.identity_of(post)
            # First written, then deleted: a kill in between leaves it in both places.
            await self._db["posts"].replace_one(identity, post, upsert=True)
            await self._db["removed"].delete_one(identity)
        return list(removed)

    async def stored(self, keys: Sequence[str]) -> dict[str, StoredDocument]:
        self._stored = await self._find(self._kind, keys, {"search": 0})
        return self._stored

    async def rewritable(self, cleaned: Mapping[str, StoredDocument]) -> dict[str, StoredDocument]:
        indexed = [key for key, fields in cleaned.items() if is_indexed_anew(self._kind, fields)]
        found = await self.stored(indexed)
        fields = dict.fromkeys(("raw", *VERSION_FIELDS), 1)
        found |= await self._find(self._kind, cleaned.keys() - indexed, fields)
        return found

    async def put_revisions(self, revisions: Mapping[str, Revision]) -> Errors:
        records = {key: cast(StoredDocument, revision) for key, revision in revisions.items()}
        return await self._put("revisions", records)

    async def put_events(self, events: Mapping[str, EventRecord]) -> Errors:
        records = {id_: cast(StoredDocument, event) for id_, event in events.items()}
        return await self._put("events", records)

    async def titled_heads(self, keys: Sequence[str]) -> dict[str, StoredDocument]:
        wanted = ("site", "type", "id", *head_fields(self._kind), *title_fields(self._kind))
        return await self._find(self._kind, keys, dict.fromkeys(wanted, 1))

    def of_kind(self, kind: Kind) -> "MongoSession":
        return MongoSession(self._db, kind, self._server)

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
        kept = await self._find("revisions", before.values(), of_revisions)
        now = await self._find("posts", before, dict.fromkeys(terms, 1))
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

    async def _find(
        self, collection: str, keys: Iterable[str], fields: Mapping[str, int]
    ) -> dict[str, StoredDocument]:
        return await find_by_key(self._db[collection], keys, fields, self._server)

    async def _put(
        self, collection: str, documents: Mapping[str, StoredDocument], new: bool = False
    ) -> Errors:
        return await put_documents(self._db[collection], documents, self._server, new)

    async def _update(
        self,
        changes: Mapping[str, StoredDocument],
        versions: Mapping[str, StoredDocument] | None = None,
    ) -> Errors:
        collection = self._db[self._kind]
        return await update_documents(collection, changes, self._server, versions)

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


async def index_next_posts(
    db: AsyncDatabase[StoredDocument], limit: int, server: ServerTraits
) -> int:
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
    fields = dict.fromkeys((*VERSION_FIELDS, *_SEARCHED_FIELDS), 1)
    collection = db[checkpoint["collection"]]
    found = collection.find({"_id": {"$gt": checkpoint["after"]}}, fields)
    posts = {post["_id"]: post async for post in found.sort("_id", 1).limit(limit)}
    if posts:
        tokens = await asyncio.to_thread(_search_tokens_of, posts)
        changes = {key: {"$set": {"search": found}} for key, found in tokens.items()}
        errors = await update_documents(collection, changes, server, posts)
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
        return await index_next_posts(db, limit, server)
    return len(posts)
