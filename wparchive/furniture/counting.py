"""Count in how many posts of a site blocks stand, and decide by that which are furniture.

`FrequentKeys` finds candidates in one pass and in bounded memory, after J. Misra and D. Gries,
"Finding repeated elements", 1982; counters are lowered many at a time, as in the "frequent items
sketch" of Apache DataSketches. `SiteCount` counts these few exactly in another pass.
"""

from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wparchive.furniture.guards import AnyBlock, Guard
from wparchive.furniture.keys import block_keys, keys_of_blocks
from wparchive.furniture.noted import NotedPost, found_in
from wparchive.furniture.varied import (
    MOST_SIGHTINGS,
    Sighting,
    Variety,
    alternatives,
    are_answers,
    is_sentence,
    variety_of,
)

COUNTERS = 20_000
"""Keys that are counted at the same time, at most twice as many for a moment."""
LEAST_SITE = 20
"""Posts from which on a site, or one type of it, shows what it repeats."""
LEAST_POSTS = 4
"""Posts that a block must stand in."""
LEAST_SHARE = 0.02
"""Share of the posts that a block must stand in."""
STAYS_SHARE = 0.01
"""Share below which a block that was furniture is furniture no more."""
ALWAYS_TOGETHER = 0.9
"""Share of the posts in which the parts of a box stand together."""


class FrequentKeys:
    """Counts of keys that never exceed the true ones, and fall short by `shortfall` at most.

    A key that is not there occurred `shortfall` times at most. After n occurrences altogether
    `shortfall` is at most n / `counters`; it is 0 as long as there are few different keys.
    """

    def __init__(
        self,
        counts: Mapping[int, int] | None = None,
        shortfall: int = 0,
        counters: int = COUNTERS,
    ) -> None:
        self.counts: dict[int, int] = dict(counts or {})
        self.shortfall = shortfall
        self._counters = counters

    def add(self, keys: Iterable[int]) -> None:
        """Count the keys of one post; each counts once, however often the post repeats it."""
        counts = self.counts
        for key in set(keys):
            counts[key] = counts.get(key, 0) + 1
        if len(counts) > 2 * self._counters:
            self.shrink()

    def at_least(self, occurrences: int) -> Iterator[int]:
        """Yield the keys that may have occurred so often."""
        for key, count in self.counts.items():
            if count + self.shortfall >= occurrences:
                yield key

    def correct(self, exact: Mapping[int, int]) -> None:
        """Take over exact counts."""
        for key, count in exact.items():
            # So that the most that it may have occurred is what it has.
            self.counts[key] = count - self.shortfall
            if count <= self.shortfall:
                del self.counts[key]

    def shrink(self) -> None:
        """Lower all counts alike, so that at most as many keys stay as there are counters."""
        if len(self.counts) <= self._counters:
            return
        # More than `counters` keys have this count or more, so that each step takes away more than
        # `counters` occurrences: that bounds how many steps there can be.
        step = sorted(self.counts.values(), reverse=True)[self._counters]
        self.shortfall += step
        self.counts = {key: count - step for key, count in self.counts.items() if count > step}


def needed_posts(posts: int, share: float = LEAST_SHARE) -> int:
    """Return in how many of so many posts a block must stand to be furniture."""
    return max(LEAST_POSTS, -(-int(posts * share * 1000) // 1000))


@dataclass(slots=True)
class KeyCount:
    """The counts of one key after all posts of a site were seen."""

    text: str
    """Text of the block where it was seen first, cut."""
    example: str
    """The post where it was seen first."""
    posts: Counter[str] = field(default_factory=Counter)
    """Posts that it stands in, by type."""
    free: Counter[str] = field(default_factory=Counter)
    """Those of them in which no guard keeps it."""
    kinds: Counter[str] = field(default_factory=Counter)
    """Its kinds, by posts."""
    guards: Counter[Guard] = field(default_factory=Counter)
    """The guards that kept it, by posts."""
    sightings: list[Sighting] = field(default_factory=list)
    """What it says and what it leads to, in some of these posts."""
    boxes: Counter[int] = field(default_factory=Counter)
    """The keys of the words with which it makes a box, by posts: it is a heading or a button."""
    variety: Variety | None = None
    """Why it is text although it recurs; None as long as that was not looked at."""

    def recurs_among(self, posts: Mapping[str, int]) -> bool:
        """Tell whether it stands in as many posts as furniture does, guards apart."""
        return recurs(self.posts, posts)


class SiteCount:
    """Exact counts of some keys of a site, over its posts, each given once and in order.

    `noted` are posts that need not be given: what they have of the keys is known, and counts in its
    place.
    """

    def __init__(self, keys: Collection[int], noted: Iterable[NotedPost] = ()) -> None:
        self._keys = keys
        self._noted = deque(noted)
        self.posts: Counter[str] = Counter()
        """All posts, by type."""
        self.counts: dict[int, KeyCount] = {}

    def add(self, post: str, type_: str, blocks: Sequence[AnyBlock]) -> None:
        """Count one post; each of its keys counts once, with the best of its places."""
        while self._noted and self._noted[0].key < post:
            self._count(self._noted.popleft())
        keys = block_keys([block["text"] for block in blocks])
        self._count(NotedPost(post, type_, found_in(post, blocks, keys, self._keys)))

    def finish(self, posts: Mapping[str, int]) -> None:
        """Count what is known of posts that come after all that were given.

        `posts` are all posts by type, with those that have none of the keys.
        """
        while self._noted:
            self._count(self._noted.popleft())
        self.posts = Counter(posts)

    def _count(self, post: NotedPost) -> None:
        self.posts[post.type] += 1
        for key, kind, guard, box, text, sightings in post.found:
            count = self.counts.get(key)
            if count is None:
                count = self.counts[key] = KeyCount(text, post.key)
            count.posts[post.type] += 1
            count.kinds[kind] += 1
            if guard is None:
                count.free[post.type] += 1
                if box is not None:
                    count.boxes[box] += 1
            else:
                count.guards[guard] += 1
            count.sightings += sightings[: max(0, MOST_SIGHTINGS - len(count.sightings))]

    def to_count_again(self, known: Collection[int] = ()) -> set[int]:
        """Return the keys that may be furniture; `known` are those that were decided about.

        To the guards, all others are texts of the posts' own: those of few posts, which had been
        counted several times where posts were edited, and what each post fills in.
        """
        needed = least_needed(self.posts)
        self._note_varieties()
        return {
            key
            for key in self._keys
            if key in known or self.posts_with(key) >= needed
            if key not in self.counts or self.counts[key].variety is None
        }

    def _keep_what_is_no_box(self) -> None:
        """Keep headings and short lines that do not always stand with the same words."""
        for count in self.counts.values():
            if not count.boxes:
                continue
            ((words, together),) = count.boxes.most_common(1)
            posts = max(count.posts.total(), self.posts_with(words))
            if together < ALWAYS_TOGETHER * posts:
                guard: Guard = "heading" if count.kinds["heading"] else "short"
                count.guards[guard] += count.free.total()
                count.free.clear()

    def _note_varieties(self) -> None:
        self._keep_what_is_no_box()
        values = alternatives(self.counts)
        for key, count in self.counts.items():
            count.variety = variety_of(count.text, count.sightings)
            if count.variety is None and key in values:
                count.variety = "facts"
        led = {key for key, c in self.counts.items() if c.variety in ("question", "label")}
        for count in self.counts.values():
            if count.variety is None and are_answers(count.sightings, led):
                count.variety = "facts"
            if count.variety is None and is_sentence(
                count.text, count.sightings, self._share_of(count)
            ):
                count.variety = "sentence"

    def _share_of(self, count: KeyCount) -> float:
        """Return in which share of the posts a block stands, of the type that has it most."""
        return max(posts / self.posts[type_] for type_, posts in count.posts.items())

    def take_over(self, before: "SiteCount") -> None:
        """Take over what each post fills in from the count before, and look for more of it."""
        self._note_varieties()
        filled_in = {key: count for key, count in before.counts.items() if count.variety}
        self.counts |= filled_in

    def posts_with(self, key: int) -> int:
        """Return how many posts have a key."""
        count = self.counts.get(key)
        if count is None:
            return 0
        return count.posts.total()

    def recurring(self) -> dict[int, KeyCount]:
        """Return the counts of the keys that stand in as many posts as furniture does."""
        return {key: c for key, c in self.counts.items() if c.recurs_among(self.posts)}


def furniture_of_posts(
    posts: Iterable[tuple[str, Sequence[AnyBlock]]], counters: int = COUNTERS
) -> set[int]:
    """Return the keys that are furniture of a site, by all of its posts: types with blocks.

    This is what `SiteLearner` finds out about an archive, for posts that are at hand.
    """
    listed = list(posts)
    frequent = FrequentKeys(counters=counters)
    for _, blocks in listed:
        frequent.add(keys_of_blocks(blocks))
    needed = least_needed(Counter(type_ for type_, _ in listed))
    first = _count_of(listed, set(frequent.at_least(needed)))
    exact = _count_of(listed, first.to_count_again())
    exact.take_over(first)
    return {key for key, c in exact.counts.items() if is_furniture(c, exact.posts, was=False)}


def _count_of(posts: Iterable[tuple[str, Sequence[AnyBlock]]], keys: Collection[int]) -> SiteCount:
    exact = SiteCount(keys)
    for number, (type_, blocks) in enumerate(posts):
        exact.add(str(number), type_, blocks)
    return exact


def recurs(found: Mapping[str, int], posts: Mapping[str, int], share: float = LEAST_SHARE) -> bool:
    """Tell whether a block recurs: on a whole site, or among the posts of one type.

    `found` counts the posts with the block by type, `posts` all of them.
    """
    whole = (sum(found.values()), sum(posts.values()))
    each = [whole, *((count, posts[type_]) for type_, count in found.items())]
    return any(among >= LEAST_SITE and count >= needed_posts(among, share) for count, among in each)


def is_furniture(count: KeyCount, posts: Mapping[str, int], was: bool) -> bool:
    """Tell whether a block is furniture; `was` tells whether it has been so before.

    What was furniture stays it for longer, so that a block at the border does not come and go.
    """
    share = LEAST_SHARE
    if was:
        share = STAYS_SHARE
    # Where guards keep it in most of its posts, it is text that some posts repeat.
    is_free = recurs(count.free, posts, share) and 2 * count.free.total() >= count.posts.total()
    return is_free and count.variety is None


def least_needed(posts: Mapping[str, int]) -> int:
    """Return in how many posts a block must stand at least, on the whole site or in a type."""
    groups = [sum(posts.values()), *posts.values()]
    return min(
        (needed_posts(among) for among in groups if among >= LEAST_SITE), default=LEAST_POSTS
    )
