"""A post's blocks with the furniture of its site marked as removed, and the text that is left."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, cast

from wparchive.duplicates.text_hashes import content_fingerprint, text_hashes
from wparchive.furniture.guards import AnyBlock, guards_of
from wparchive.furniture.keys import DROPPED_MARK, RECURS_MARK, block_keys, is_kept, key_of_text
from wparchive.model.blocks import Block, text_of_blocks
from wparchive.model.documents import StoredDocument
from wparchive.model.features import Feature, features_without_removed
from wparchive.model.site_records import RecurringBlock
from wparchive.text.word_count import count_words

_MARKS = frozenset({RECURS_MARK, DROPPED_MARK})


class Furniture(NamedTuple):
    """The keys of the blocks that are left out of the texts of a site."""

    learned: frozenset[int] = frozenset()
    """Those that recur; guards may keep them in a post."""
    dropped: frozenset[int] = frozenset()
    """Those that somebody wants dropped wherever they stand."""

    def keys_apart_from(self, other: "Furniture") -> frozenset[int]:
        """Return the keys by which posts that lose this differ from those that lose the other."""
        return (self.learned ^ other.learned) | (self.dropped ^ other.dropped)

    def digest(self) -> str:
        """Return a text that stands for this set."""
        keys = repr((sorted(self.learned), sorted(self.dropped)))
        return blake2b(keys.encode(), digest_size=16).hexdigest()


NO_FURNITURE = Furniture()


def furniture_of(blocks: Iterable[RecurringBlock]) -> Furniture:
    """Return the blocks to leave out, as it was decided about the recurring blocks of a site."""
    learned: set[int] = set()
    dropped: set[int] = set()
    for block in blocks:
        if block["overruled"] == "drop":
            dropped.add(key_of_text(block["hash"]))
        elif block["removed"]:
            learned.add(key_of_text(block["hash"]))
    return Furniture(frozenset(learned), frozenset(dropped))


def without_furniture(
    blocks: Sequence[Block], furniture: Furniture, keys: Sequence[int] | None = None
) -> list[Block]:
    """Return the blocks of a post with marks on those that are furniture, and on no others.

    Marks of other origin stay as they are. Equal blocks come back where nothing changes. `keys`
    are the `block_keys` of the texts of all blocks, where they are at hand.
    """
    marks = _marks(blocks, furniture, keys)
    return [_marked(block, mark) for block, mark in zip(blocks, marks, strict=True)]


def _marks(
    blocks: Sequence[AnyBlock], furniture: Furniture, keys: Sequence[int] | None
) -> list[str | None]:
    """Return for each block the mark that it gets."""
    learned, dropped = furniture
    marks: list[str | None] = [None] * len(blocks)
    if not learned and not dropped:
        return marks
    if keys is None:
        keys = block_keys([block["text"] for block in blocks])
    if not learned.isdisjoint(keys):
        for place, guard in guards_of(blocks, keys, learned).items():
            if guard is None:
                marks[place] = RECURS_MARK
    # What somebody dropped goes whatever a guard says.
    for place, key in enumerate(keys):
        if key in dropped:
            marks[place] = DROPPED_MARK
    return marks


def _marked(block: Block, mark: str | None) -> Block:
    if block.get("removed") == mark or not is_kept(block):
        return block
    marked = block.copy()
    if mark is None:
        del marked["removed"]
    else:
        marked["removed"] = mark
    return marked


def is_furniture_removed(blocks: Iterable[AnyBlock]) -> bool:
    """Tell whether any of these blocks was removed as furniture."""
    return any(block.get("removed") in _MARKS for block in blocks)


def removed_words(blocks: Iterable[AnyBlock]) -> int:
    """Return how many words of a post were removed as furniture."""
    return sum(count_words(b["text"]) for b in blocks if b.get("removed") in _MARKS)


def whole_fingerprint(blocks: Sequence[Block], fingerprint: str) -> str:
    """Return the fingerprint of a post's text as if no furniture had been removed.

    `fingerprint` is that of its text. What makes a version is made of this one, so that nothing
    that is learned about a site looks like an edit.
    """
    if not is_furniture_removed(blocks):
        return fingerprint
    return content_fingerprint(whole_text(blocks))


def whole_text(blocks: Iterable[Block]) -> str:
    """Return the text of blocks as if no furniture had been removed from it."""
    return text_of_blocks(_marked(block, None) for block in blocks)


def fields_of_blocks(blocks: Sequence[Block], has: Iterable[Feature]) -> dict[str, Any]:
    """Return the fields of a post that follow from its blocks, with the blocks themselves.

    `has` is what it had with other blocks removed.
    """
    text = text_of_blocks(blocks)
    return {
        "blocks": list(blocks),
        "text": text,
        "word_count": count_words(text),
        "removed_words": removed_words(blocks),
        "has": features_without_removed(has, blocks),
        **text_hashes(text),
    }


def text_with_furniture(document: Mapping[str, Any]) -> str:
    """Return the whole text of a document, for whoever compares versions of it."""
    blocks = document.get("blocks") or ()
    if not is_furniture_removed(blocks):
        text: str = document["text"]
        return text
    return whole_text(blocks)


def posts_that_differ(posts: Sequence[Mapping[str, Any]], furniture: Furniture) -> list[str]:
    """Return the keys of the posts whose marks are others than they should be."""
    return [
        cast(str, post["_id"])
        for post in posts
        if without_furniture(post["blocks"], furniture) != post["blocks"]
    ]


def rewritten_posts(
    posts: Sequence[Mapping[str, Any]], furniture: Furniture
) -> list[StoredDocument]:
    """Return the blocks of posts with their new marks, and the texts that follow from these.

    A post whose text is not that of its blocks is left out: a stage that is not ours, or the limit
    of a document, has made it.
    """
    return [
        {
            "_id": post["_id"],
            "raw": post["raw"],
            **fields_of_blocks(without_furniture(post["blocks"], furniture), post.get("has") or ()),
        }
        for post in posts
        if post["text"] == text_of_blocks(post["blocks"])
    ]
