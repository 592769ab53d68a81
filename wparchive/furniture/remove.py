"""Which blocks of a post are removed, because they are furniture of its site."""

from collections.abc import Container, Sequence
from typing import Any

from wparchive.duplicates.text_hashes import text_hashes
from wparchive.furniture.guards import AnyBlock, guards_of
from wparchive.furniture.keys import block_key
from wparchive.text.word_count import count_words

RECURRING = "recurs"
"""The mark of a block that was removed because it recurs."""


def removed_blocks(
    blocks: Sequence[AnyBlock], furniture: Container[int], dropped: Container[int] = ()
) -> list[bool]:
    """Return for each block of a post whether it is removed.

    `furniture` holds the keys that were learned; guards may keep such a block. `dropped` holds the
    keys that somebody wants dropped, whatever they are.
    """
    keys = [block_key(block["text"]) for block in blocks]
    removed = [key in dropped for key in keys]
    learned = [key in furniture for key in keys]
    if any(learned):
        guards = guards_of(blocks, keys, furniture)
        for place, guard in enumerate(guards):
            if learned[place] and guard is None:
                removed[place] = True
    return removed


def fields_of_text(text: str) -> dict[str, Any]:
    """Return the fields of a post that follow from its text, with the text itself."""
    return {"text": text, "word_count": count_words(text), **text_hashes(text)}
