"""While crawling: each written batch of posts is looked up in the archive once, and what repeats another post is marked.

What is found here is a hint, good at once; `wparchive duplicates find` settles it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from wparchive.duplicates.compare.comparison import Prepared
from wparchive.duplicates.index import DuplicateIndex
from wparchive.duplicates.original import declared_links, precedence
from wparchive.duplicates.pair import KINDS, Pair, PostSummary, relate
from wparchive.model.documents import Duplicate

_EVERY = 2
"""Every so many-th key of a new post is looked up among all keys of the others: half the work, and of thirty keys and more two are shared
by whatever repeats a third of the other. The batch looks at all of them."""


def mark_posts(index: DuplicateIndex, keys: Collection[str], at: datetime) -> int:
    """Compare these posts of the archive with all others and mark the copies; returns the number of marks that changed.

    For posts that were just written as new or changed: they are in the archive themselves, so those of one batch meet too. `at` is the
    time of the crawl. Raises ArchiveUnreachable, ArchiveReadOnly.
    """
    fresh = index.find(keys)
    pairs = _pairs(index, fresh)
    entries = fresh | index.find({key for pair in pairs for key in pair} - fresh.keys())
    texts = {
        key: Prepared(text)
        for key, text in index.texts(
            entries.keys() & {key for pair in pairs for key in pair}
        ).items()
    }
    found = [
        relate(entries[a], entries[b], texts[a], texts[b], at)
        for a, b in pairs
        if a in texts and b in texts
    ]
    marks = best_marks([relation for relation in found if relation], entries, at)
    return index.mark(
        {
            key: mark
            for key, mark in marks.items()
            if key in fresh or _better(mark, entries[key].duplicate)
        }
    )


def best_marks(
    relations: Iterable[Pair], entries: Mapping[str, PostSummary], now: datetime
) -> dict[str, Duplicate]:
    """For each post that is a copy of others, the mark of the closest: by kind, by containment, then the likeliest original."""
    by_copy: dict[str, list[Pair]] = defaultdict(list)
    for relation in relations:
        by_copy[relation.copy].append(relation)

    def closeness(relation: Pair) -> tuple[object, ...]:
        original = entries[relation.original]
        return KINDS.index(relation.kind), -relation.containment, precedence(original.member, now)

    return {copy: min(found, key=closeness).mark() for copy, found in sorted(by_copy.items())}


def _pairs(index: DuplicateIndex, fresh: Mapping[str, PostSummary]) -> list[tuple[str, str]]:
    """Pairs worth comparing, each once: equal texts, shared sketch keys, declared canonical addresses."""
    equal = index.equal({entry.fingerprint for entry in fresh.values() if entry.text_identity})
    sharing = index.sharing(
        {key: entry.sketch[::_EVERY] for key, entry in fresh.items() if entry.sketch}
    )
    addresses = {key: declared_links(entry.member) for key, entry in fresh.items()}
    linked = index.linked({link for links in addresses.values() for link in links})
    pairs: set[tuple[str, str]] = set()
    for key, entry in fresh.items():
        others = {
            *equal.get(entry.fingerprint, ()),
            *sharing.get(key, ()),
            *(o for link in addresses[key] for o in linked.get(link, ())),
        }
        pairs.update((min(key, other), max(key, other)) for other in others - {key})
    return sorted(pairs)


def _better(mark: Duplicate, stored: Duplicate | None) -> bool:
    return stored is None or KINDS.index(mark["kind"]) < KINDS.index(stored["kind"])
