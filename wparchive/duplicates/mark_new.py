"""The search while a crawl goes on: each batch of new posts is looked up once, copies are marked.

The marks that are set here are hints. `wparchive duplicates find` decides for the whole archive.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from wparchive.duplicates.compare.sketch import shared_part
from wparchive.duplicates.compare.standing import line_hashes, standing_lines, title_hash
from wparchive.duplicates.evidence import ComparablePost
from wparchive.duplicates.index import DuplicateIndex
from wparchive.duplicates.original import declared_links, precedence
from wparchive.duplicates.pair import DUPLICATE_KINDS, Pair, compare_posts
from wparchive.duplicates.summary import PostContent, PostSummary
from wparchive.model.document_parts import Duplicate

_EVERY = 2
"""Look up only every second key of a new post.

It halves the work. With 30 or more keys, a post that repeats a third of another one still shares
at least two. `wparchive duplicates find` looks at all keys.
"""


_LEAST_SHARED_PART = 0.05
"""Do not read the texts of two posts whose sketches share less than this.

Texts that share a quarter of their shingles of three words, the least that makes a mark, share a
tenth or more of those of five. Below half of that it was a stock phrase, or chance.
"""


def mark_posts(index: DuplicateIndex, keys: Collection[str], at: datetime) -> int:
    """Compare these posts with all others, mark the copies and return how many marks changed.

    The posts were just written as new or changed. They are in the archive themselves, so those of
    one batch meet too. `at` is the time of the crawl. Raises ArchiveUnreachable, ArchiveReadOnly.
    """
    fresh = index.find(keys)
    sure = _pairs_by_address_or_text(index, fresh)
    sharing = _pairs_by_sketch(index, fresh)
    others = {key for pair in sure | sharing for key in pair} - fresh.keys()
    posts = fresh | index.find(others)
    pairs = sorted(sure | {pair for pair in sharing if _may_be_alike(posts, *pair)})
    marks = best_marks(_compared(index, posts, pairs, at), posts, at)
    changes: dict[str, Duplicate | None] = {
        key: mark
        for key, mark in marks.items()
        if key in fresh or _is_closer(mark, posts[key].duplicate)
    }
    # A text may have lost what made it a copy: what its site repeats in all posts.
    changes |= {key: None for key in fresh if key not in marks and fresh[key].duplicate}
    return index.mark(changes)


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
    contents = index.contents(wanted)
    lines = _lines_of_different(posts, contents)
    standing = standing_lines((title_hash(posts[key].title, key), lines[key]) for key in lines)
    # Another program may have withdrawn a post since it was looked up.
    comparable = {
        # Most posts have no standing line, and then their texts need not be split again.
        key: ComparablePost(posts[key], content, standing & lines.get(key, standing))
        for key, content in contents.items()
    }
    found = []
    for a, b in pairs:
        if a in comparable and b in comparable:
            pair = compare_posts(comparable[a], comparable[b], at)
            if pair is not None:
                found.append(pair)
    return found


def _lines_of_different(
    posts: Mapping[str, PostSummary], contents: Mapping[str, PostContent]
) -> dict[str, set[int]]:
    """Return hashes of the lines of the posts that are compared, by key, each text once.

    That is a sample of the site: posts with a common frame are candidates for each other.
    """
    # Equal texts count once, by their smallest key, so that the order of the posts does not matter.
    different = {posts[key].fingerprint: key for key in sorted(contents, reverse=True)}
    return {key: line_hashes(posts[key].site, contents[key].text) for key in different.values()}


KeyPairs = set[tuple[str, str]]


def _pairs_by_address_or_text(index: DuplicateIndex, fresh: Mapping[str, PostSummary]) -> KeyPairs:
    """Return the pairs with equal texts, and those in which one declares the other's address."""
    equal = index.equal({post.fingerprint for post in fresh.values() if post.has_text})
    addresses = {key: declared_links(post.candidate) for key, post in fresh.items()}
    linked = index.linked({link for links in addresses.values() for link in links})
    pairs: KeyPairs = set()
    for key, post in fresh.items():
        others = set(equal.get(post.fingerprint, ()))
        for link in addresses[key]:
            others.update(linked.get(link, ()))
        pairs.update(_ordered(key, other) for other in others - {key})
    return pairs


def _pairs_by_sketch(index: DuplicateIndex, fresh: Mapping[str, PostSummary]) -> KeyPairs:
    looked_up = {key: post.sketch[::_EVERY] for key, post in fresh.items() if post.sketch}
    sharing = index.sharing(looked_up)
    return {_ordered(key, other) for key, others in sharing.items() for other in others}


def _may_be_alike(posts: Mapping[str, PostSummary], a: str, b: str) -> bool:
    """Return whether the sketches share enough, which costs far less than to read the texts."""
    if a not in posts or b not in posts:
        return False
    return shared_part(posts[a].sketch, posts[b].sketch) >= _LEAST_SHARED_PART


def _ordered(a: str, b: str) -> tuple[str, str]:
    return (min(a, b), max(a, b))


def _is_closer(mark: Duplicate, stored: Duplicate | None) -> bool:
    if stored is None:
        return True
    return DUPLICATE_KINDS.index(mark["kind"]) < DUPLICATE_KINDS.index(stored["kind"])
