"""The search while a crawl goes on: each batch of new posts is looked up once, copies are marked.

The marks that are set here are hints. `wparchive duplicates find` decides for the whole archive.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from wparchive.duplicates.compare.comparison import Prepared
from wparchive.duplicates.index import DuplicateIndex
from wparchive.duplicates.original import declared_links, precedence
from wparchive.duplicates.pair import DUPLICATE_KINDS, Pair, PostSummary, compare_posts
from wparchive.model.documents import Duplicate

_EVERY = 2
"""Look up only every second key of a new post.

It halves the work. With 30 or more keys, a post that repeats a third of another one still shares
at least two. `wparchive duplicates find` looks at all keys.
"""


def mark_posts(index: DuplicateIndex, keys: Collection[str], at: datetime) -> int:
    """Compare these posts with all others, mark the copies and return how many marks changed.

    The posts were just written as new or changed. They are in the archive themselves, so those of
    one batch meet too. `at` is the time of the crawl. Raises ArchiveUnreachable, ArchiveReadOnly.
    """
    fresh = index.find(keys)
    pairs = _pairs_to_compare(index, fresh)
    others = {key for pair in pairs for key in pair} - fresh.keys()
    posts = fresh | index.find(others)
    marks = best_marks(_compared(index, posts, pairs, at), posts, at)
    return index.mark(
        {
            key: mark
            for key, mark in marks.items()
            if key in fresh or _is_closer(mark, posts[key].duplicate)
        }
    )


def best_marks(
    pairs: Iterable[Pair], posts: Mapping[str, PostSummary], now: datetime
) -> dict[str, Duplicate]:
    """Return for each post that repeats others the mark of the closest one.

    The closest is decided by kind, then by containment, then by the likeliest original. `posts`
    holds at least the originals of the pairs.
    """
    by_copy: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_copy[pair.copy].append(pair)

    def closeness(pair: Pair) -> tuple[object, ...]:
        original = posts[pair.original].candidate
        return DUPLICATE_KINDS.index(pair.kind), -pair.containment, precedence(original, now)

    return {copy: min(found, key=closeness).mark() for copy, found in sorted(by_copy.items())}


def _compared(
    index: DuplicateIndex,
    posts: Mapping[str, PostSummary],
    pairs: Collection[tuple[str, str]],
    at: datetime,
) -> list[Pair]:
    wanted = posts.keys() & {key for pair in pairs for key in pair}
    texts = {key: Prepared(text) for key, text in index.texts(wanted).items()}
    found = []
    for a, b in pairs:
        # Another program may have withdrawn a post since it was looked up.
        if a in texts and b in texts:
            pair = compare_posts(posts[a], posts[b], texts[a], texts[b], at)
            if pair is not None:
                found.append(pair)
    return found


def _pairs_to_compare(
    index: DuplicateIndex, fresh: Mapping[str, PostSummary]
) -> list[tuple[str, str]]:
    """Return the pairs worth comparing, each once.

    Their texts are equal, they share sketch keys, or one declares the other's address.
    """
    equal = index.equal({post.fingerprint for post in fresh.values() if post.text_identity})
    sharing = index.sharing(
        {key: post.sketch[::_EVERY] for key, post in fresh.items() if post.sketch}
    )
    addresses = {key: declared_links(post.candidate) for key, post in fresh.items()}
    linked = index.linked({link for links in addresses.values() for link in links})
    pairs: set[tuple[str, str]] = set()
    for key, post in fresh.items():
        others = {*equal.get(post.fingerprint, ()), *sharing.get(key, ())}
        for link in addresses[key]:
            others.update(linked.get(link, ()))
        pairs.update((min(key, other), max(key, other)) for other in others - {key})
    return sorted(pairs)


def _is_closer(mark: Duplicate, stored: Duplicate | None) -> bool:
    if stored is None:
        return True
    return DUPLICATE_KINDS.index(mark["kind"]) < DUPLICATE_KINDS.index(stored["kind"])
