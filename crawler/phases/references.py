"""Posts that got other terms, another author or image, although nothing else of them changed."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from crawler.items import Item
from crawler.phases.census import ASKED_AT_ONCE
from crawler.phases.collect import Collector
from crawler.phases.light import LightReader
from crawler.phases.measure import MeasuredCollection
from crawler.rest.collections import Collection
from crawler.rest.lenient_json import decode_record
from crawler.run.report import TypeKey
from crawler.run.run_state import RunState
from crawler.walk.by_ids import WalkByIds
from wparchive.model.documents import UNPUBLISHED_STATUSES, Kind

COMPARED_AT_ONCE = 200
"""Records of the archive that are asked for at a time."""
PostKey = tuple[str, int]
"""Type and id of a post."""
TermKey = tuple[str, int]
"""Taxonomy and id of a term."""
TermGains = Counter[TermKey]
"""How many posts more have each term than before."""
_KINDS = frozenset({"terms", "authors", "media"})
"""Kinds of objects that posts name."""
_SHOWN = ("alt_text", "source_url", "slug", "modified")
"""Fields of an image that stand in its posts; an edit of its title moves its date of change."""


@dataclass(slots=True)
class _Changes:
    """The changes among the objects of one type."""

    to_look_up: set[int] = field(default_factory=set)
    """Objects that are gone, or images that look otherwise: their posts are read again."""
    recounted: dict[int, int] = field(default_factory=dict)
    """How many posts more a term has than at the last run, by the site's own count."""
    carriers: Counter[int] = field(default_factory=Counter)
    """How many held posts had each of these terms before any post was read."""
    compared: bool = False
    """The whole list was compared with what is held."""


class References:
    """The changes among terms, authors and media, and a look at their posts.

    The archive itself carries new names on to the posts. But a term that was deleted, merged or
    given to another post moves no date of a post. The list of terms says how many posts each has.
    Where that changed by another number than what was read explains, the posts of the term are
    compared.
    """

    def __init__(self, run: RunState, collector: Collector) -> None:
        self._run = run
        self._collector = collector
        self._changes: dict[TypeKey, _Changes] = {}
        self._seen: TermGains = Counter()
        """What posts gained and lost that were seen to differ."""
        self._looked_at: set[TermKey] = set()
        self._unfiltered: set[str] = set()
        """Types whose lists by term cannot be trusted, and are not asked for again."""

    def note(
        self, collection: Collection, id_: int, now: Mapping[str, Any], before: Mapping[str, Any]
    ) -> None:
        """Note that an object differs from its record in the archive; without one it is new."""
        if collection.kind == "posts":
            _count_gains(self._seen, collection, now, before)
        shows_otherwise = any(now.get(name) != before.get(name) for name in _SHOWN)
        if collection.kind == "media" and before and shows_otherwise:
            self._changes_of(collection).to_look_up.add(id_)
        if collection.kind != "terms":
            return
        counts = (now.get("count"), before.get("count", 0))
        if all(isinstance(count, int) for count in counts) and counts[0] != counts[1]:
            changes = self._changes_of(collection)
            changes.recounted[id_] = int(now["count"]) - int(before.get("count", 0))

    async def count_carriers(self, collection: Collection) -> None:
        """Count the posts of recounted terms, before any post is read."""
        changes = self._changes_of(collection)
        changes.compared = True
        if changes.recounted:
            changes.carriers = await self._carriers(collection, changes.recounted)

    async def note_gone(self, collection: Collection, ids: Sequence[int]) -> None:
        """Note that objects are not listed any more."""
        if collection.kind in _KINDS and ids:
            self._changes_of(collection).to_look_up.update(ids)
        if collection.kind == "posts":
            for record in (await self._records(collection, ids)).values():
                _count_gains(self._seen, collection, {}, record)

    async def items(self) -> AsyncIterator[Item]:
        """Yield the posts concerned, as the site shows them now."""
        to_read: set[PostKey] = set()
        to_look_at: set[TermKey] = set()
        for (kind, type_), changes in self._changes.items():
            collection = self._run.collections[kind, type_]
            to_read |= await self._posts_of(collection, changes.to_look_up)
            to_look_at |= {(type_, id_) for id_ in await self._unexplained(collection, changes)}
            if kind == "terms":
                for id_ in changes.recounted:
                    del self._seen[type_, id_]  # these were explained by the count
        read: set[PostKey] = set()
        # A post that is read may show that a term moved to it from another post. That one is read
        # as well, until the gains and losses of all terms cancel out.
        while True:
            to_look_at |= self._out_of_balance()
            for collection, ids in self._by_type("terms", to_look_at - self._looked_at):
                for start in range(0, len(ids), ASKED_AT_ONCE):
                    part = ids[start : start + ASKED_AT_ONCE]
                    to_read |= await self._exchanged(collection, part)
            self._looked_at |= to_look_at
            if not to_read - read:
                return
            for posts, ids in self._by_type("posts", to_read - read):
                async for item in self._read(posts, ids):
                    yield item
            read |= to_read

    def _out_of_balance(self) -> set[TermKey]:
        """Return the terms that posts gained or lost without a change of the count.

        Another post, which was not seen to differ, must have lost or gained each of them.
        """
        found = {term for term, gained in self._seen.items() if gained}
        self._seen.clear()
        return {(type_, id_) for type_, id_ in found if self._is_listed(type_, id_)}

    def _is_listed(self, type_: str, id_: int) -> bool:
        """Tell whether the list of a taxonomy was compared in this run, and has the term."""
        changes = self._changes.get(("terms", type_))
        return changes is not None and changes.compared and id_ not in changes.to_look_up

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

    async def _exchanged(self, collection: Collection, ids: Sequence[int]) -> set[PostKey]:
        """Return the posts that have one of the terms at the site or in the archive, not in both.

        The posts of many terms are asked for at once: each row says which of them it has.
        """
        found: set[PostKey] = set()
        for posts in self._run.collections.values():
            base = posts.taxonomies.get(collection.type)
            # Without the parameter, WordPress would ignore it and list all posts.
            if base is None or base not in posts.capabilities.parameters:
                continue
            if posts.shape is not None:
                continue  # it is read whole anyway
            if posts.type in self._unfiltered:
                continue
            listed = await self._listed(posts, base, ids)
            if listed is None:
                self._unfiltered.add(posts.type)
            else:
                held = await self._held(collection, posts, ids)
                # What is on one side alone has got the term, or lost it.
                found |= {(posts.type, post) for post, _ in listed ^ held}
        return found

    async def _listed(
        self, posts: Collection, base: str, ids: Sequence[int]
    ) -> set[tuple[int, int]] | None:
        """Return pairs of a listed post and its term; None where the lists cannot tell."""
        part = MeasuredCollection(posts, filters=((base, ",".join(map(str, ids))),))
        fields = ("id", base)
        news = await LightReader(self._run, self._collector, part, fields).read_all()
        if news.trouble:
            return None
        wanted = set(ids)
        listed = set()
        for row in news.rows.values():
            terms = row.fields.get(base)
            if isinstance(terms, list):
                listed |= {(row.id, id_) for id_ in terms if id_ in wanted}
        return listed

    async def _held(
        self, collection: Collection, posts: Collection, ids: Sequence[int]
    ) -> set[tuple[int, int]]:
        """Return pairs of a held post and a term that it has."""
        found = await self._run.store.referring_posts(
            self._run.site_key, collection.kind, collection.type, sorted(ids)
        )
        return {(ref.post_id, ref.target_id) for ref in found if ref.post_type == posts.type}

    async def _read(self, posts: Collection, ids: Sequence[int]) -> AsyncIterator[Item]:
        """Yield posts as the site shows them now."""
        count = self._run.count_of(posts)
        listed = count.listed
        before = await self._records(posts, ids)
        reader = self._collector.read(
            MeasuredCollection(posts), lambda: WalkByIds(ids, posts.capabilities)
        )
        async for item in reader.items():
            if item.raw and item.id in before:
                now = decode_record(item.raw)[0]
                _count_gains(self._seen, posts, now, before[item.id])
            yield item
        count.listed += listed  # the reader counts its own rows only

    async def _records(self, posts: Collection, ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
        """Return the held records of posts by id, without those that cannot be decoded."""
        found: dict[int, Mapping[str, Any]] = {}
        for batch in batches(ids):
            raw = await self._run.store.raw_records(
                posts.kind, self._run.site_key, posts.type, batch, posts.statuses
            )
            for id_, record in raw.items():
                with suppress(ValueError):
                    found[id_] = decode_record(record)[0]
        return found

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

    def _by_type(
        self, kind: Kind, keys: Iterable[tuple[str, int]]
    ) -> Iterator[tuple[Collection, list[int]]]:
        """Yield each collection that the site lists, with the ids in it, ascending."""
        ids: dict[str, list[int]] = {}
        for type_, id_ in sorted(keys):
            ids.setdefault(type_, []).append(id_)
        for type_, found in ids.items():
            if (kind, type_) in self._run.collections:
                yield self._run.collections[kind, type_], found

    def _changes_of(self, collection: Collection) -> _Changes:
        return self._changes.setdefault((collection.kind, collection.type), _Changes())


def _count_gains(
    gains: TermGains, posts: Collection, now: Mapping[str, Any], before: Mapping[str, Any]
) -> None:
    """Count the terms that a post has now and had before, by what the site showed of it."""
    for taxonomy, base in posts.taxonomies.items():
        for record, step in ((now, 1), (before, -1)):
            if record.get("status") in UNPUBLISHED_STATUSES:
                continue  # WordPress does not count these
            ids = record.get(base)
            if isinstance(ids, list):
                gains.update({(taxonomy, id_): step for id_ in ids if isinstance(id_, int)})


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield ids in batches that one question to the archive can have."""
    for start in range(0, len(ids), COMPARED_AT_ONCE):
        yield ids[start : start + COMPARED_AT_ONCE]
