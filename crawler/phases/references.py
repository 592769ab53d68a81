"""Posts whose terms, author or featured image changed, although nothing else of them did."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crawler.items import Item
from crawler.parsing import parse_record
from crawler.phases.collect import Collector
from crawler.phases.light import LightReader
from crawler.phases.plan import MeasuredCollection
from crawler.rest.collections import Collection
from crawler.run.report import TypeKey
from crawler.run.run_state import RunState
from crawler.walk.by_ids import WalkByIds

COMPARED_AT_ONCE = 200
"""Records of the archive that are asked for at a time."""
PostKey = tuple[str, int]
"""Type and id of a post."""
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "terms": ("name", "slug"),
    "authors": ("name", "slug"),
    "media": ("slug", "alt_text", "source_url"),
}
"""Fields of an object that stand in the posts that name it."""


@dataclass(slots=True)
class _Changes:
    """What changed among the objects of one type."""

    renamed: set[int] = field(default_factory=set)
    gone: list[int] = field(default_factory=list)
    recounted: dict[int, int] = field(default_factory=dict)
    """How many posts more a term has than at the last run, by the site's own count."""
    carriers: Counter[int] = field(default_factory=Counter)
    """How many held posts had each of these terms before any post was read."""


class References:
    """Remembers what changed among terms, authors and media, and then looks at their posts.

    A term that was deleted, merged or given to another post moves no date of a post. But the terms
    that a site lists say how many posts each has; where that changed by another number than what
    was read explains, the posts of the term are compared.
    """

    def __init__(self, run: RunState, collector: Collector) -> None:
        self._run = run
        self._collector = collector
        self._changes: dict[TypeKey, _Changes] = {}

    def note(
        self, collection: Collection, id_: int, now: Mapping[str, Any], before: Mapping[str, Any]
    ) -> None:
        """Note that an object differs from its record in the archive."""
        shown = _SHOWN.get(collection.kind, ())
        if not shown:
            return
        changes = self._changes_of(collection)
        if any(name in now and now[name] != before.get(name) for name in shown):
            changes.renamed.add(id_)
        counts = (now.get("count"), before.get("count"))
        if all(isinstance(count, int) for count in counts) and counts[0] != counts[1]:
            changes.recounted[id_] = int(now["count"]) - int(before["count"])

    async def count_carriers(self, collection: Collection) -> None:
        """Count the posts of recounted terms, before any post is read."""
        changes = self._changes.get((collection.kind, collection.type))
        if changes and changes.recounted:
            changes.carriers = await self._carriers(collection, changes.recounted)

    def note_gone(self, collection: Collection, ids: Sequence[int]) -> None:
        """Note that objects are not listed any more."""
        if collection.kind in _SHOWN and ids:
            self._changes_of(collection).gone = list(ids)

    async def items(self) -> AsyncIterator[Item]:
        """Yield the posts concerned: from the archive where a name changed, else from the site."""
        to_read: set[PostKey] = set()
        to_name: set[PostKey] = set()
        for (kind, type_), changes in self._changes.items():
            collection = self._run.collections[kind, type_]
            to_name |= await self._posts_of(collection, changes.renamed)
            to_read |= await self._posts_of(collection, changes.gone)
            for id_ in await self._unexplained(collection, changes):
                to_read |= await self._exchanged(collection, id_)
        # Each post comes once: an old record must not be written after a new one.
        for posts, ids in self._by_type(to_name - to_read):
            async for item in self._named_anew(posts, ids):
                yield item
        for posts, ids in self._by_type(to_read):
            async for item in self._read(posts, ids):
                yield item

    async def _named_anew(self, posts: Collection, ids: Sequence[int]) -> AsyncIterator[Item]:
        """Yield held posts, made anew from their records."""
        run = self._run
        for batch in batches(ids):
            records = await run.store.raw_records("posts", run.site_key, posts.type, batch)
            for raw in records.values():
                yield parse_record(raw, posts, run.site_key, run.home)

    async def _unexplained(self, collection: Collection, changes: _Changes) -> list[int]:
        """Return the terms whose count changed by another number than that of their held posts."""
        if not changes.recounted:
            return []
        now = await self._carriers(collection, changes.recounted)
        return [
            id_
            for id_, difference in changes.recounted.items()
            if now[id_] - changes.carriers[id_] != difference
        ]

    async def _exchanged(self, collection: Collection, id_: int) -> set[PostKey]:
        """Return the posts that a term has at the site or in the archive, but not in both."""
        held = await self._posts_of(collection, [id_])
        found: set[PostKey] = set()
        for posts in self._run.collections.values():
            base = posts.taxonomies.get(collection.type)
            if base is None or base not in posts.capabilities.parameters:
                continue
            part = MeasuredCollection(posts, filters=((base, str(id_)),))
            news = await LightReader(self._run, self._collector, part).read_all()
            if not news.trouble:
                listed = {(posts.type, post_id) for post_id in news.rows}
                found |= listed ^ {post for post in held if post[0] == posts.type}
        return found

    async def _read(self, posts: Collection, ids: Sequence[int]) -> AsyncIterator[Item]:
        """Yield posts as the site shows them now."""
        count = self._run.count_of(posts)
        listed = count.listed
        reader = self._collector.read(
            MeasuredCollection(posts), lambda: WalkByIds(ids, posts.capabilities)
        )
        async for item in reader.items():
            yield item
        count.listed += listed  # the reader counts its own rows only

    async def _carriers(self, collection: Collection, ids: Iterable[int]) -> Counter[int]:
        """Return how many held posts have each term."""
        found = await self._run.store.referring_posts(
            self._run.site_key, collection.kind, collection.type, sorted(ids)
        )
        return Counter(reference.target_id for reference in found)

    async def _posts_of(self, collection: Collection, ids: Iterable[int]) -> set[PostKey]:
        """Return the held posts that name these objects."""
        wanted = sorted(ids)
        if not wanted:
            return set()
        found = await self._run.store.referring_posts(
            self._run.site_key, collection.kind, collection.type, wanted
        )
        return {(reference.post_type, reference.post_id) for reference in found}

    def _by_type(self, posts: Iterable[PostKey]) -> Iterator[tuple[Collection, list[int]]]:
        """Yield each collection of posts that the site lists, with the ids in it, ascending."""
        ids: dict[str, list[int]] = {}
        for post_type, id_ in sorted(posts):
            ids.setdefault(post_type, []).append(id_)
        for post_type, found in ids.items():
            if ("posts", post_type) in self._run.collections:
                yield self._run.collections["posts", post_type], found

    def _changes_of(self, collection: Collection) -> _Changes:
        return self._changes.setdefault((collection.kind, collection.type), _Changes())


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield ids in batches that one question to the archive can have."""
    for start in range(0, len(ids), COMPARED_AT_ONCE):
        yield ids[start : start + COMPARED_AT_ONCE]
