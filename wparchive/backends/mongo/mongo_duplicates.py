"""Answer the search for duplicates from MongoDB: look-ups by index, marks, removal."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from pymongo import MongoClient, UpdateOne
from pymongo.collection import Collection as Posts
from pymongo.errors import PyMongoError

from wparchive.backends.address import ArchiveAddress
from wparchive.backends.mongo.client import mongo_errors, writer_options
from wparchive.backends.mongo.server_traits import traits_of
from wparchive.duplicates.compare.sketch import SKETCH_VERSION
from wparchive.duplicates.index import MOST_EQUAL
from wparchive.duplicates.pairing import COMMON_KEY, most_shared
from wparchive.duplicates.summary import (
    COMPARED_FIELDS,
    SUMMARY_FIELDS,
    PostContent,
    PostSummary,
    post_content,
    post_summary,
    read_sound,
)
from wparchive.errors import missing, too_new
from wparchive.model.document_parts import Duplicate
from wparchive.model.documents import SCHEMA_VERSION, StoredDocument

_SUMMARY = dict.fromkeys((*SUMMARY_FIELDS, "translations", "duplicate"), 1)
_CONTENT = dict.fromkeys(COMPARED_FIELDS, 1)
_LIVE: StoredDocument = {"state": "live"}
_COMPARABLE: StoredDocument = _LIVE | {"sketch_version": SKETCH_VERSION}
# Keys in one `$in`: some tens of kilobytes of a command.
_KEYS_AT_ONCE = 2000
_POSTS_AT_ONCE = 2000
"""Posts that hold any of so many keys; when there are more, boilerplate is among the keys."""
_PAGE = 1000
_Read = TypeVar("_Read")


class MongoDuplicates:
    """Implements `wparchive.duplicates.index.DuplicateIndex` on a database.

    It has a client of its own.
    """

    def __init__(self, address: ArchiveAddress) -> None:
        self.address = str(address)
        self.damaged: dict[str, str] = {}
        self._uri = address.uri
        self._common: set[int] = set()
        """Keys found to be boilerplate, which are not asked for again."""
        with mongo_errors(self._uri):
            self._client: MongoClient[StoredDocument] = MongoClient(
                self._uri, **writer_options(self._uri)
            )
            self._db = self._client[address.place]
            mark = self._mark()
            self._server = traits_of(self._client.server_info())
        if mark is None:
            self.close()
            raise missing(self.address, f"its database {address.place} holds none")
        if mark["version"] > SCHEMA_VERSION:
            self.close()
            raise too_new(self.address, mark["version"], SCHEMA_VERSION)

    def _mark(self) -> StoredDocument | None:
        try:
            return self._db["marks"].find_one({"_id": "schema"})
        except PyMongoError:  # nobody else will close it
            self._client.close()
            raise

    def close(self) -> None:
        self._client.close()

    @property
    def _posts(self) -> Posts[StoredDocument]:
        return self._db["posts"]

    def summaries(self) -> Iterator[PostSummary]:
        return self._paged({})

    def find(self, keys: Collection[str]) -> dict[str, PostSummary]:
        posts = self._of_keys(keys, _SUMMARY)
        return {post.key: post for post in self._read(posts, _summary)}

    def texts(self, keys: Collection[str]) -> dict[str, str]:
        posts = self._of_keys(keys, {"text": 1})
        return dict(self._read(posts, lambda post: (post["_id"], post["text"])))

    def contents(self, keys: Collection[str]) -> dict[str, PostContent]:
        posts = self._of_keys(keys, _CONTENT)
        return dict(self._read(posts, lambda post: (post["_id"], post_content(post))))

    def equal(self, fingerprints: Collection[str]) -> dict[str, list[str]]:
        wanted = sorted(fingerprints)
        if not wanted:
            return {}
        fields = {"content_fingerprint": 1}
        most = 2 * MOST_EQUAL * len(wanted)
        posts = self._found({"content_fingerprint": {"$in": wanted}}, fields, most)
        if len(posts) == most:
            # Some text is in very many posts. Asked one by one, it cannot crowd out the others.
            posts = [
                post
                for one in wanted
                for post in self._found({"content_fingerprint": one}, fields, MOST_EQUAL)
            ]
        found: dict[str, list[str]] = {}
        for post in posts:
            found.setdefault(post["content_fingerprint"], []).append(post["_id"])
        return {fingerprint: keys[:MOST_EQUAL] for fingerprint, keys in found.items()}

    def sharing(self, sketches: Mapping[str, Sequence[int]]) -> dict[str, list[str]]:
        parts = sorted({part for sketch in sketches.values() for part in sketch})
        holders: dict[int, list[str]] = {}
        for start in range(0, len(parts), _KEYS_AT_ONCE):
            for post, held in self._holders(parts[start : start + _KEYS_AT_ONCE]):
                for part in held:
                    holders.setdefault(part, []).append(post)
        return most_shared(sketches, holders, str.__eq__)

    def _holders(self, parts: Sequence[int]) -> list[tuple[str, list[int]]]:
        """Return the posts that hold any of the keys, with those keys.

        When there are too many, they are asked for again without the keys of boilerplate.
        """
        wanted = set(parts)
        while True:
            wanted -= self._common
            if not wanted:
                return []
            query = _COMPARABLE | {"sketch": {"$in": sorted(wanted)}}
            with mongo_errors(self._uri):
                posts = list(self._posts.find(query, {"sketch": 1}).limit(_POSTS_AT_ONCE))
            found = [
                (post["_id"], [part for part in post["sketch"] if part in wanted]) for post in posts
            ]
            counts = Counter(part for _, held in found for part in held)
            common = {part for part, count in counts.items() if count > COMMON_KEY}
            # All holders came; or too many, and no key is to blame for it.
            if len(posts) < _POSTS_AT_ONCE or not common:
                return sorted(found)
            self._common |= common

    def outdated(self) -> Iterator[str]:
        last = ""
        query: StoredDocument = {"sketch_version": {"$ne": SKETCH_VERSION}}
        while page := self._found(query | {"_id": {"$gt": last}}, {"_id": 1}, limit=_PAGE):
            yield from (post["_id"] for post in page)
            last = page[-1]["_id"]

    def renew(self, sketches: Mapping[str, list[int]]) -> None:
        updates = [
            UpdateOne(
                # A crawl may have written the post meanwhile, with a sketch of its new text.
                self._server.key_identity(key) | {"sketch_version": {"$ne": SKETCH_VERSION}},
                {"$set": {"sketch": sketch, "sketch_version": SKETCH_VERSION}},
            )
            for key, sketch in sketches.items()
        ]
        if updates:
            with mongo_errors(self._uri):
                self._posts.bulk_write(updates, ordered=False)

    def linked(self, links: Collection[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        if not links:
            return found
        for post in self._found({"link": {"$in": sorted(links)}}, {"link": 1}):
            found.setdefault(post["link"], []).append(post["_id"])
        return found

    def marked(self, of: str | None = None) -> Iterator[PostSummary]:
        if of is None:
            return self._paged({"duplicate.of": {"$gt": ""}})
        return self._paged({"duplicate.of": of})

    def mark(self, marks: Mapping[str, Duplicate | None]) -> int:
        updates = [
            UpdateOne(
                # Only marks that change are written, so that `modified_count` counts just these.
                self._server.key_identity(key) | {"duplicate": {"$ne": mark}},
                {"$set": {"duplicate": mark}},
            )
            for key, mark in marks.items()
        ]
        if not updates:
            return 0
        with mongo_errors(self._uri):
            return self._posts.bulk_write(updates, ordered=False).modified_count

    def move_out(self, keys: Collection[str], at: datetime) -> int:
        return self._move(self._posts, self._db["removed"], list(keys), {"removed_at": at})

    def removed(self) -> Iterator[tuple[str, datetime]]:
        with mongo_errors(self._uri):
            for post in self._db["removed"].find({}, {"removed_at": 1}).sort("_id", 1):
                yield post["_id"], post["removed_at"]

    def move_back(self, keys: Collection[str]) -> int:
        with mongo_errors(self._uri):
            # What a crawl has brought back meanwhile is newer than what was kept.
            returned = {
                post["_id"]
                for query in self._server.key_queries(keys)
                for post in self._posts.find(query, {"_id": 1})
            }
        return self._move(
            self._db["removed"], self._posts, [key for key in keys if key not in returned], {}
        )

    def _move(
        self,
        source: Posts[StoredDocument],
        target: Posts[StoredDocument],
        keys: Sequence[str],
        added: StoredDocument,
    ) -> int:
        """Move posts, one after the other; returns how many.

        A post is first written, then deleted: a kill in between leaves it in both places, never in
        none.
        """
        moved = 0
        with mongo_errors(self._uri):
            for key in keys:
                post = source.find_one({"_id": key})
                if post is not None:
                    post.pop("removed_at", None)
                    target.replace_one(self._server.key_identity(key), post | added, upsert=True)
                    moved += source.delete_one(self._server.key_identity(key)).deleted_count
        return moved

    def _paged(self, query: StoredDocument) -> Iterator[PostSummary]:
        # By pages, not by one cursor: a server closes one that nobody reads from for ten minutes.
        last = ""
        while page := self._found(query | {"_id": {"$gt": last}}, _SUMMARY, limit=_PAGE):
            yield from self._read(page, _summary)
            last = page[-1]["_id"]

    def _read(
        self, posts: Iterable[StoredDocument], read: Callable[[StoredDocument], _Read]
    ) -> Iterator[_Read]:
        """Yield what is read from the documents, without the damaged ones."""
        keyed = ((post["_id"], post) for post in posts)
        return read_sound(keyed, read, self.damaged)

    def _of_keys(self, keys: Collection[str], fields: Mapping[str, int]) -> list[StoredDocument]:
        """Return live posts by key. Their state is looked at here: a key alone has an index
        everywhere."""
        fields = {**fields, "state": 1}
        with mongo_errors(self._uri):
            return [
                post
                for query in self._server.key_queries(sorted(keys))
                for post in self._posts.find(query, fields).sort("_id", 1)
                if post["state"] == "live"
            ]

    def _found(
        self, query: StoredDocument, fields: Mapping[str, int], limit: int = 0
    ) -> list[StoredDocument]:
        with mongo_errors(self._uri):
            return list(self._posts.find(_LIVE | query, fields).sort("_id", 1).limit(limit))


def _summary(post: StoredDocument) -> PostSummary:
    return post_summary(post["_id"], post, post["duplicate"])
