"""Note the blocks of posts while these are written, so that few have to be read to count some.

Which guards keep a block in a post depends on which other blocks of the post recur. So what is
found in a post holds for all sets of keys that have the same part in common with the post's keys.
A post is looked through for the keys that were decided about before. If others are counted at the
end of a run, only posts with one of the keys that make the difference have to be read.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from wparchive.furniture.guards import AnyBlock, Guard, guard_of, guards_of, words_of_box
from wparchive.furniture.varied import MOST_SIGHTINGS, Sighting, sightings_of

MOST_NOTED = 2_000_000
"""Keys of blocks that a run notes by post, about those of 100,000 posts."""
WORTH_PICKING = 0.2
"""Share of the posts up to which reading these alone is less work than reading the blocks of all:
each is looked up by its key, and most of those that recur have to be read again."""
# Enough to know a block by. `wparchive boilerplate` shows less.
EXAMPLE_CHARACTERS = 500


class Found(NamedTuple):
    """A block that was looked for, as one post has it; it goes from process to process."""

    key: int
    kind: str
    guard: Guard | None
    """Why it stays in this post."""
    box: int | None
    """The key of the words with which it makes a box; None where it is no heading or button."""
    text: str
    """The text, cut."""
    sightings: tuple[Sighting, ...]
    """What it says and leads to, wherever it stands in the post."""


def found_in(
    post: str, blocks: Sequence[AnyBlock], keys: Sequence[int], wanted: Collection[int]
) -> list[Found]:
    """Return the blocks of a post that may be furniture, each key once, at its best place.

    `post` is its document key, `keys` are those of all blocks, `wanted` may be furniture.
    """
    best: dict[int, tuple[int, Guard | None]] = {}
    for place, guard in guards_of(blocks, keys, wanted).items():
        if blocks[place]["text"] and (keys[place] not in best or guard is None):
            best[keys[place]] = (place, guard)
    if not best:
        return []
    sightings: dict[int, list[Sighting]] = defaultdict(list)
    for place, sighting in sightings_of(post, blocks, keys, wanted).items():
        sightings[keys[place]].append(sighting)
    found: list[Found] = []
    for key, (place, guard) in best.items():
        block = blocks[place]
        box: int | None = None
        if guard is None and guard_of(block) is not None:
            box = keys[words_of_box(blocks, place)]
        text = block["text"][:EXAMPLE_CHARACTERS]
        found.append(Found(key, block["kind"], guard, box, text, tuple(sightings[key])))
    return found


class NotedPost(NamedTuple):
    """A post in which something was found."""

    key: str
    type: str
    found: Sequence[Found]


class NotedPosts:
    """The keys of the blocks of posts, and what was found in them of the keys in `watched`.

    Only 32 bits of each key are kept, so that a post may be named that has none of the keys. No
    post is remembered any more once there are more than `most` keys: 4 bytes each, and about 100
    for each post.
    """

    def __init__(self, watched: Collection[int] = (), most: int = MOST_NOTED) -> None:
        self.watched = frozenset(watched)
        """Keys that whoever notes posts has to look for in each of them, by `found_in`."""
        self._most = most
        self._posts: list[str] = []
        self._ends = array("L")
        self._keys = array("I")
        self._found: list[NotedPost] = []
        self._sighted: Counter[int] = Counter()
        self._same: dict[Found, Found] = {}
        self._is_forgotten = False
        self._is_in_order = True

    def add(self, post: str, type_: str, keys: Iterable[int], found: Sequence[Found] = ()) -> None:
        """Note the keys of one post; of a post that is noted twice, both count."""
        if self._is_forgotten:
            return
        self._keys.extend(key & 0xFFFFFFFF for key in keys)
        self._ends.append(len(self._keys))
        self._posts.append(post)
        if found:
            self._is_in_order &= not self._found or self._found[-1].key < post
            self._found.append(NotedPost(post, type_, [self._shortened(each) for each in found]))
        if len(self._keys) > self._most:
            self.forget()

    def forget(self) -> None:
        """Forget all posts, and note no more: what posts have is not known then."""
        self._is_forgotten = True
        self._posts.clear()
        self._found.clear()
        self._same.clear()
        self._ends = array("L")
        self._keys = array("I")

    def _shortened(self, found: Found) -> Found:
        """Return what is needed of a block: the first text, and some sightings."""
        noted = self._sighted[found.key]
        self._sighted[found.key] += len(found.sightings)
        if noted == 0:
            return found
        sightings = found.sightings[: max(0, MOST_SIGHTINGS - noted)]
        short = found._replace(text="", sightings=sightings)
        if sightings:
            return short
        # Most posts that have a block have it in the same way: that takes no memory for each.
        return self._same.setdefault(short, short)

    def posts_with(self, keys: Collection[int]) -> list[str] | None:
        """Return the posts that may have any of these keys, in order; None where it is not known.

        It is not known either where so many posts have them that reading all is no more work.
        """
        wanted = {key & 0xFFFFFFFF for key in keys}
        found: set[str] = set()
        start = 0
        for post, end in zip(self._posts, self._ends, strict=True):
            if not wanted.isdisjoint(self._keys[start:end]):
                found.add(post)
            start = end
        if self._is_forgotten or len(found) > len(self._posts) * WORTH_PICKING:
            return None
        return sorted(found)

    def posts_to_read(self, keys: Collection[int]) -> list[str] | None:
        """Return the posts in which these keys have to be looked for, in order.

        What was found in the others is what they have of these keys. None where it is not known.
        """
        if not self._is_in_order:
            return None
        return self.posts_with(self.watched.symmetric_difference(keys))

    def found_apart_from(self, posts: Collection[str] | None) -> Iterator[NotedPost]:
        """Yield what was found in all posts but some, in order; nothing if all have to be read."""
        if posts is None:
            return iter(())
        left_out = frozenset(posts)
        return (noted for noted in self._found if noted.key not in left_out)


def nothing_noted() -> NotedPosts:
    """Return what is noted of an archive whose posts may be others than those that are noted."""
    noted = NotedPosts()
    noted.forget()
    return noted
