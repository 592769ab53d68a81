"""Which blocks are never furniture, however often they occur. Each guard comes from real sites."""

from collections.abc import Container, Mapping, Sequence
from typing import Any, Literal

from wparchive.furniture.keys import is_lone_address, size_in_words

Guard = Literal[
    "heading",
    "code",
    "no prose",
    "short",
    "address",
    "amid the text",
    "body",
]
"""Why a block stays:

| guard | the block |
|---|---|
| `heading` | is a heading: posts of a series have the same ones |
| `code` | is preformatted |
| `no prose` | is a picture, an embed, a formula |
| `short` | is a sign-off or a greeting of one or two words |
| `address` | is nothing but an address |
| `amid the text` | is a list item or a table, and not near an end of the post |
| `body` | is, with others that recur, all that its post has |
"""
LEAST_WORDS = 3
"""Words that a block must have."""
LEAST_BODY = 5
"""Words of its own, beside headings, that a post must have before it loses anything."""
LEAST_BODY_SHARE = 0.1
"""The part of all its words, beside headings, that these must be."""
NEAR_AN_END = 2
"""A block is near an end when fewer blocks of the post's own stand between it and that end."""
_PROSE = frozenset({"paragraph", "quote", "list_item", "table"})
_SAYS_SOMETHING = _PROSE | {"code", "formula"}
_ONLY_NEAR_AN_END = frozenset({"list_item", "table"})
_NAMED: Mapping[str, Guard] = {"heading": "heading", "code": "code"}
AnyBlock = Mapping[str, Any]


def guards_of(
    blocks: Sequence[AnyBlock], keys: Sequence[int], recurring: Container[int]
) -> list[Guard | None]:
    """Return for each block of a post why it stays; None where nothing speaks for it.

    `keys` are the keys of the blocks; `recurring` says which of them may be furniture: such blocks
    do not count where the distance to an end is measured.
    """
    own = [key not in recurring for key in keys]
    if not _has_body(blocks, own):
        return ["body"] * len(keys)
    before = 0
    after = sum(own)
    guards: list[Guard | None] = []
    for block, is_own in zip(blocks, own, strict=True):
        after -= is_own
        guard = guard_of(block)
        is_amid = min(before, after) >= NEAR_AN_END
        if guard is None and is_amid and block["kind"] in _ONLY_NEAR_AN_END:
            guard = "amid the text"
        guards.append(guard)
        before += is_own
    return guards


def _has_body(blocks: Sequence[AnyBlock], own: Sequence[bool]) -> bool:
    """Tell whether a post has something of its own to say."""
    own_words = 0
    all_words = 0
    for block, is_own in zip(blocks, own, strict=True):
        if block["kind"] in _SAYS_SOMETHING and not is_lone_address(block["text"]):
            words = size_in_words(block["text"])
            all_words += words
            own_words += words * is_own
    return own_words >= max(LEAST_BODY, all_words * LEAST_BODY_SHARE)


def guard_of(block: AnyBlock) -> Guard | None:
    """Return why a block stays wherever it stands; None where nothing speaks for it."""
    kind = block["kind"]
    if kind not in _PROSE:
        return _NAMED.get(kind, "no prose")
    text = block["text"]
    if is_lone_address(text):
        return "address"
    if size_in_words(text) < LEAST_WORDS:
        return "short"
    return None
