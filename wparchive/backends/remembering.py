"""Learning what recurs on a site, and leaving it out of the texts that are stored.

    learner = SiteLearner(store, site, cleaner_version)
    await learner.begin()                       before the first post of a run is written
    learner.note(post, type_, keys, is_new)     for each post that was written
    await learner.settle()                      at the end of the run

Counting is bounded in memory by `COUNTERS`; every pass over the posts reads them in batches. What
is decided follows from an exact count. A run that is killed leaves `complete` false; then the next
one counts all posts again. A pass that is killed is made again: it writes only what differs.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from wparchive.backends.store import CleaningSelection, Store
from wparchive.errors import ArchiveError
from wparchive.furniture.counting import (
    LEAST_POSTS,
    LEAST_SHARE,
    LEAST_SITE,
    FrequentKeys,
    SiteCount,
    least_needed,
)
from wparchive.furniture.keys import key_of_text, keys_of_posts
from wparchive.furniture.memory import (
    Learned,
    keys_of_recurring,
    no_memory,
    posts_by_type,
    recurring_block,
)
from wparchive.furniture.noted import Found, NotedPosts, nothing_noted
from wparchive.furniture.remove import (
    Furniture,
    furniture_of,
    posts_that_differ,
    rewritten_posts,
)
from wparchive.model.site_records import RecurringBlock

logger = logging.getLogger(__name__)

READ_AT_ONCE = 500
"""Posts whose blocks are read together."""
WRITTEN_AT_ONCE = 100
"""Posts that are read whole together, and written together."""
FIRST_GUESS = 100
"""New posts after which something may be left out of the next ones already; then twice as many."""
GUESSED_SHARE = 0.1
"""Share of these posts that a block must stand in."""
MOST_REMEMBERED = 2000
"""Blocks that are remembered of a site: those in most posts."""
_GROWN = 1.5
"""All posts are counted again when there are so many times as many, or as few, as at the last
count: shares have changed then, although no block became more frequent."""


class SiteLearner:
    """The learner of the furniture of one site. See the module's docstring.

    `should_stop` is asked between batches. `on_progress` is called with the number of posts of each
    batch that a pass has gone over.
    """

    def __init__(
        self,
        store: Store,
        site: str,
        cleaner_version: int,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.furniture = Furniture()
        """What to leave out of posts that are written now."""
        self._store = store
        self._site = site
        self._cleaner_version = cleaner_version
        self._now = now
        self.should_stop: Callable[[], bool] = lambda: False
        self.on_progress: Callable[[int], None] = lambda posts: None
        self._memory = no_memory(site, now())
        self._blocks: list[RecurringBlock] = []
        self._frequent = FrequentKeys()
        self.noted = nothing_noted()
        """What was noted of each post; nothing where an archive may have other posts as well."""
        self._begun_with = Furniture()
        """What posts that are noted have lost, but for guesses."""
        self._guessed: frozenset[int] = frozenset()
        self._counts_all = False
        """The counts are those of all posts."""
        self._noted = 0
        self._next_guess = FIRST_GUESS
        self._new: Counter[str] = Counter()

    async def begin(self, afresh: bool = False) -> None:
        """Read what is remembered, and note that a run counts. Raises as a store does.

        `afresh` forgets the counts: all posts are going to be noted, as those of a new site are.
        """
        memory = await self._store.load_memory(self._site)
        if memory is not None:
            self._memory = memory
            self._counts_all = memory["complete"] and not afresh
            self._counts_all &= memory["cleaner_version"] == self._cleaner_version
        self._blocks = await self._store.recurring_blocks(self._site)
        self.furniture = self._begun_with = furniture_of(self._blocks)
        if afresh:
            self.noted = NotedPosts(keys_of_recurring(self._blocks))
        elif memory is None:
            self.noted = NotedPosts()
        if self._counts_all:
            counts = dict(zip(self._memory["keys"], self._memory["counts"], strict=True))
            self._frequent = FrequentKeys(counts, self._memory["shortfall"])
        if not self._memory["types"]:
            self._memory["applied"] = ""  # posts may be written by guesses
        self._memory["complete"] = False
        self._memory["cleaner_version"] = self._cleaner_version
        await self._store.save_memory(self._memory)

    def note(
        self,
        post: str,
        type_: str,
        keys: Collection[int],
        is_new: bool,
        found: Sequence[Found] = (),
    ) -> None:
        """Count a post that was written as new or as another version; others count already.

        `post` is its document key, `found` is what it has of the keys in `noted.watched`.
        """
        self._frequent.add(keys)
        self.noted.add(post, type_, keys, found)
        self._noted += 1
        if is_new:
            self._new[type_] += 1
        if self._noted == self._next_guess:
            self._next_guess *= 2
            self._guess()

    def _guess(self) -> None:
        """Leave out at once what recurs very often in the posts of a site that is new.

        So most of its posts need not be written twice. The exact count at the end decides.
        """
        if self._memory["types"]:
            return
        often = self._frequent.at_least(max(LEAST_SITE, int(self._noted * GUESSED_SHARE)))
        guessed = self.furniture.learned.union(often)
        self._guessed |= guessed - self.furniture.learned
        self.furniture = Furniture(guessed, self.furniture.dropped)

    async def settle(self, again: bool = False) -> Learned:
        """Decide what is furniture, and leave it out of all posts that have it.

        With `again`, what recurs is counted exactly, whatever is remembered. Raises as a store
        does.
        """
        learned = Learned()
        # Somebody may have overruled something while the run went on.
        self._blocks = await self._store.recurring_blocks(self._site)
        counted = posts_by_type(self._memory)
        posts = await self._live_posts(counted)
        # An archive that was just begun has no other posts than those that were noted.
        are_noted = bool(self._new) and posts == self._new
        if are_noted and not counted and not self._guessed:
            self._memory["applied"] = Furniture().digest()
        if not are_noted:
            self.noted.forget()
        if not (self._counts_all or are_noted):
            if not await self._count_roughly(learned):
                return learned
            posts = self._new
        candidates = self._candidates(posts)
        if again or self._needs_count(candidates, posts, counted):
            exact = await self._count_exactly(candidates, posts, learned)
            if exact is None:
                return learned
            posts = exact.posts
            await self._decide(exact)
            self._memory["counted_at"] = self._now()
        await self._apply(learned)
        if learned.finished:
            if not learned.counted and self._blocks:
                posts = posts | counted  # shares are those of the last exact count
            await self._remember(posts)
        return learned

    async def overrule(self, hashes: Collection[str], wish: Literal["keep", "drop"]) -> Learned:
        """Keep or drop blocks for good, and bring the posts that have them in line.

        Hashes that are not known do nothing. Raises as a store does.
        """
        self._blocks = await self._store.recurring_blocks(self._site)
        for block in self._blocks:
            if block["hash"] in hashes:
                block["overruled"] = wish
                block["removed"] = wish == "drop"
                block["reason"] = "asked"
        await self._store.save_recurring_blocks(self._site, self._blocks)
        memory = await self._store.load_memory(self._site)
        if memory is not None:
            self._memory = memory
        learned = Learned()
        await self._apply(learned)
        await self._store.save_memory(self._memory)
        return learned

    # Counting

    async def _live_posts(self, counted: Mapping[str, int]) -> Counter[str]:
        """Return how many live posts there are of each type that is known of."""
        posts: Counter[str] = Counter()
        for type_ in {*counted, *self._new}:
            posts[type_] = await self._store.held("posts", self._site, type_)
        # The plus sign drops the types of which there are no posts.
        return +posts

    async def _count_roughly(self, learned: Learned) -> bool:
        """Find the frequent blocks of all posts; returns whether it came to the end."""
        self._frequent = FrequentKeys()
        self._new = Counter()
        async for batch in self._batches(learned):
            live = [post for post in batch if post["state"] == "live"]
            # Posts of an older cleaner will have other blocks once this one has read them: what was
            # counted now is then counted again.
            versions = [post.get("cleaner_version") or 0 for post in live]
            self._memory["cleaner_version"] = min([*versions, self._memory["cleaner_version"]])
            for post, keys in zip(live, await asyncio.to_thread(keys_of_posts, live), strict=True):
                self.note(post["_id"], post["type"], keys, is_new=True)
        return learned.finished

    def _candidates(self, posts: Mapping[str, int]) -> set[int]:
        """Return the keys that may be furniture, and those that were decided about."""
        candidates = keys_of_recurring(self._blocks)
        if sum(posts.values()) >= LEAST_SITE:
            candidates.update(self._frequent.at_least(least_needed(posts)))
        return candidates

    def _needs_count(
        self, candidates: set[int], posts: Mapping[str, int], counted: Mapping[str, int]
    ) -> bool:
        known = keys_of_recurring(self._blocks)
        if candidates - known:
            return True
        now = sum(posts.values())
        # The count of a block does not fall where it goes from posts: that is seen by counting.
        edited = self._noted - self._new.total()
        if known and edited >= max(LEAST_POSTS, now * LEAST_SHARE):
            return True
        before = sum(counted.values())
        return bool(known) and not before / _GROWN <= now <= before * _GROWN

    async def _count_exactly(
        self, candidates: set[int], posts: Mapping[str, int], learned: Learned
    ) -> SiteCount | None:
        """Return the counts of the candidates over all live posts; None where it was stopped."""
        exact = await self._counts_of(candidates, posts, learned)
        if exact is None:
            return None
        self._frequent.correct({key: exact.posts_with(key) for key in candidates})
        before = exact
        rest = before.to_count_again(known=keys_of_recurring(self._blocks))
        if rest != candidates:
            exact = await self._counts_of(rest, posts, learned)
        if exact is not None:
            exact.take_over(before)
            learned.counted = True
        return exact

    async def _counts_of(
        self, keys: set[int], posts: Mapping[str, int], learned: Learned
    ) -> SiteCount | None:
        """Return the counts of these keys over all live posts; None where it was stopped."""
        picked = self.noted.posts_to_read(keys)
        exact = SiteCount(keys, self.noted.found_apart_from(picked))

        def count(posts: Sequence[Mapping[str, Any]]) -> None:
            for post in posts:
                exact.add(post["_id"], post["type"], post["blocks"])

        async for batch in self._batches(learned, picked):
            live = [post for post in batch if post["state"] == "live"]
            await asyncio.to_thread(count, live)
        if not learned.finished:
            return None
        if picked is not None:
            exact.finish(posts)
        return exact

    async def _decide(self, exact: SiteCount) -> None:
        before = {key_of_text(block["hash"]): block for block in self._blocks}
        blocks = [
            recurring_block(self._site, key, count, exact.posts, before.get(key))
            for key, count in exact.counts.items()
        ]
        kept = [block for block in blocks if block["reason"] != "rare" or block["overruled"]]
        kept.sort(key=lambda b: (not b["overruled"], not b["removed"], -b["posts"], b["hash"]))
        # What somebody asked for is remembered also when it stands in no post any more.
        gone = [
            block for key, block in before.items() if block["overruled"] and key not in exact.counts
        ]
        self._blocks = gone + kept[:MOST_REMEMBERED]
        await self._store.save_recurring_blocks(self._site, self._blocks)

    # Leaving out

    async def _apply(self, learned: Learned) -> None:
        """Leave the furniture out of all posts that have it, and put back what is none any more."""
        self.furniture = furniture_of(self._blocks)
        learned.removed = len(self.furniture.learned | self.furniture.dropped)
        digest = self.furniture.digest()
        if self._memory["applied"] == digest:
            return
        # Until the end, posts may have one or the other set.
        self._memory["applied"] = ""
        await self._store.save_memory(self._memory)
        differing = self._guessed | self._begun_with.keys_apart_from(self.furniture)
        async for batch in self._batches(learned, self.noted.posts_with(differing)):
            keys = await asyncio.to_thread(posts_that_differ, batch, self.furniture)
            for start in range(0, len(keys), WRITTEN_AT_ONCE):
                learned.posts += await self._rewrite(keys[start : start + WRITTEN_AT_ONCE])
        if learned.finished:
            self._memory["applied"] = digest

    async def _rewrite(self, keys: Sequence[str]) -> int:
        """Write posts with other texts; returns how many."""
        selection = CleaningSelection("posts", keys=tuple(keys))
        posts = await self._store.next_to_clean(selection, "", len(keys))
        rewritten = await asyncio.to_thread(rewritten_posts, posts, self.furniture)
        fates = await self._store.rewrite("posts", rewritten)
        for fate in fates:
            if fate.error is not None:
                logger.warning("a post keeps its furniture: %s", fate.error)
        written = [fate.key for fate in fates if fate.outcome]
        try:
            await self._store.mark_duplicates(written, self._now())
        except ArchiveError as error:  # marks are hints
            logger.warning("duplicates of %d posts are not marked: %s", len(written), error)
        return len(written)

    async def _remember(self, posts: Mapping[str, int]) -> None:
        self._frequent.shrink()
        self._memory["types"] = [
            {"type": type_, "posts": count} for type_, count in sorted(posts.items())
        ]
        self._memory["keys"] = list(self._frequent.counts)
        self._memory["counts"] = list(self._frequent.counts.values())
        self._memory["shortfall"] = self._frequent.shortfall
        self._memory["complete"] = True
        await self._store.save_memory(self._memory)

    async def _batches(
        self, learned: Learned, picked: Sequence[str] | None = None
    ) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """Yield the blocks of all or of picked posts until told to stop; read the next ahead."""
        batches = self._read(picked)
        reading = asyncio.ensure_future(anext(batches, None))
        try:
            while (batch := await reading) is not None:
                if self.should_stop():
                    learned.finished = False
                    return
                reading = asyncio.ensure_future(anext(batches, None))
                yield batch
                self.on_progress(len(batch))
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)  # its error concerns nobody

    async def _read(
        self, picked: Sequence[str] | None
    ) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        if picked is not None:
            for start in range(0, len(picked), READ_AT_ONCE):
                keys = picked[start : start + READ_AT_ONCE]
                yield await self._store.next_blocks(self._site, "", len(keys), keys)
            return
        after = ""
        while batch := await self._store.next_blocks(self._site, after, READ_AT_ONCE):
            after = batch[-1]["_id"]
            yield batch


async def distrust_counts(store: Store, site: str) -> None:
    """Note that posts are about to be written without being counted: the next count is of all.

    Raises as a store does.
    """
    memory = await store.load_memory(site)
    if memory is not None:
        memory["complete"] = False
        memory["applied"] = ""
        await store.save_memory(memory)
