"""Guard blocks that are never furniture, however often they occur. All come from real sites."""

from collections.abc import Container, Mapping, Sequence
from itertools import accumulate, takewhile
from typing import Any, Literal

from wparchive.furniture.keys import has_words, is_kept, is_lone_address, size_in_words
from wparchive.furniture.varied import leading_form

Guard = Literal[
    "heading",
    "code",
    "no prose",
    "short",
    "address",
    "amid the text",
    "label",
    "body",
]
"""Why a block stays:

| guard | the block |
|---|---|
| `heading` | is a heading: posts of a series have the same ones. That of a box goes with it |
| `code` | is preformatted |
| `no prose` | is a picture, an embed, a formula |
| `short` | is a sign-off or a greeting of one or two words |
| `address` | is nothing but an address |
| `amid the text` | is a list item or a table, not near an end, or an item among own ones |
| `label` | is the label of a list or a table that stays |
| `body` | is, with others that recur, all that its post has |
"""
LEAST_WORDS = 3
"""Words that a block must have."""
LEAST_BODY = 5
"""Words of its own, beside headings, that a post must have before it loses anything."""
LEAST_BODY_SHARE = 0.1
"""The part of all its letters, beside headings, that its own text must be, where much would go."""
FRAME = 10
"""So many blocks may go from a post that says little itself: more are no frame around a text."""
NEAR_AN_END = 2
"""A block is near an end when fewer blocks of the post's own stand between it and that end."""
# Kinds of blocks that may be furniture. All others stay: `_NAMED` says why, or "no prose".
_PROSE = frozenset({"paragraph", "quote", "list_item", "table"})
_SAYS_SOMETHING = _PROSE | {"code", "formula"}
# A recurring row in the middle of a post is data, such as "Total" or "yes".
_ONLY_NEAR_AN_END = frozenset({"list_item", "table"})
_NAMED: Mapping[str, Guard] = {"heading": "heading", "code": "code"}
AnyBlock = Mapping[str, Any]


def guards_of(
    blocks: Sequence[AnyBlock], keys: Sequence[int], recurring: Container[int]
) -> dict[int, Guard | None]:
    """Return why the blocks of a post that may be furniture stay; None where there is no reason.

    `keys` are the keys of the blocks; `recurring` says which of them may be furniture. The result
    is keyed by the places of such blocks in the post.
    """
    places = [
        place for place, key in enumerate(keys) if key in recurring and is_kept(blocks[place])
    ]
    if not places:
        return {}
    # A block that the cleaner has removed is no furniture, and no text of the post either.
    own = [key not in recurring and is_kept(block) for block, key in zip(blocks, keys, strict=True)]
    if not _has_body(blocks, own, len(places)):
        return dict.fromkeys(places, "body")
    guards = {place: guard_of(blocks[place]) for place in places}
    # Blocks that may be furniture do not count where the distance to an end is measured.
    stays = [is_own or guards.get(place) is not None for place, is_own in enumerate(own)]
    before = list(accumulate(stays, initial=0))
    among_own: set[int] = set()
    if any("ordered" in blocks[place] for place in places):
        among_own = _items_among_own(blocks, stays)
    for place, guard in guards.items():
        to_an_end = min(before[place], before[-1] - before[place])
        is_amid = to_an_end >= NEAR_AN_END and _is_of_list_or_table(blocks[place])
        if guard is None and (is_amid or place in among_own):
            guards[place] = "amid the text"
    _guard_labels(blocks, guards)
    _free_boxes(blocks, guards)
    return guards


def _free_boxes(blocks: Sequence[AnyBlock], guards: dict[int, Guard | None]) -> None:
    """Let the heading of a box go with its words, and the word on its button.

    It is a box where nothing else stands under the heading, up to the next one or the end of the
    post. It is one, too, where a short line ends it before the text goes on: nobody signs amid a
    text.
    """
    if "heading" not in guards.values():
        return
    kept = [place for place, block in enumerate(blocks) if is_kept(block)]
    for number, place in enumerate(kept):
        if guards.get(place) != "heading":
            continue
        end = number + 1
        while end < len(kept) and _goes(guards, kept[end]):
            end += 1
        if end == number + 1:
            continue
        if end == len(kept) or _ends_section(blocks[place], blocks[kept[end]]):
            guards[place] = None
        elif guards.get(kept[end]) == "short" and end + 1 < len(kept):
            guards[place] = None
            guards[kept[end]] = None


def _goes(guards: Mapping[int, Guard | None], place: int) -> bool:
    return place in guards and guards[place] is None


def _ends_section(heading: AnyBlock, after: AnyBlock) -> bool:
    return after["kind"] == "heading" and bool(after.get("level", 0) <= heading.get("level", 0))


def words_of_box(blocks: Sequence[AnyBlock], place: int) -> int:
    """Return the place of the words of a box whose heading, or whose last line, stands here."""
    step = 1 if blocks[place]["kind"] == "heading" else -1
    place += step
    while not is_kept(blocks[place]):
        place += step
    return place


def _guard_labels(blocks: Sequence[AnyBlock], guards: dict[int, Guard | None]) -> None:
    """Keep what names a list or a table that stays."""
    for place, guard in guards.items():
        after = place + 1
        if guard is None and guards.get(after) == "amid the text":
            if "depth" not in blocks[place] and leading_form(blocks[place]["text"]) is not None:
                guards[place] = "label"


def _has_body(blocks: Sequence[AnyBlock], own: Sequence[bool], others: int) -> bool:
    """Tell whether a post has something of its own to say, beside so many blocks that recur."""
    if others > FRAME and _is_small_part(blocks, own):
        return False
    words = 0
    for block, is_own in zip(blocks, own, strict=True):
        if is_own and _says_something(block):
            # Most texts have enough words, and then nothing after them need be looked at.
            if has_words(block["text"], LEAST_BODY):
                return True
            words += size_in_words(block["text"])
    return words >= LEAST_BODY


def _is_small_part(blocks: Sequence[AnyBlock], own: Sequence[bool]) -> bool:
    """Tell whether a post's own text is a small part of all that it says."""
    own_letters = 0
    all_letters = 0
    for block, is_own in zip(blocks, own, strict=True):
        if is_kept(block) and _says_something(block):
            letters = len(block["text"])
            all_letters += letters
            own_letters += letters * is_own
    return own_letters < all_letters * LEAST_BODY_SHARE


def _says_something(block: AnyBlock) -> bool:
    return block["kind"] in _SAYS_SOMETHING and not is_lone_address(block["text"])


def _is_of_list_or_table(block: AnyBlock) -> bool:
    return block["kind"] in _ONLY_NEAR_AN_END or "depth" in block


def _items_among_own(blocks: Sequence[AnyBlock], stays: Sequence[bool]) -> set[int]:
    """Return the places of the items of those lists that are the post's.

    A numbered list is the post's if one step of it is its own, another list if half of it is.
    """
    found: set[int] = set()
    place = 0
    while place < len(blocks):
        rest = takewhile(lambda number: "depth" in blocks[number], range(place, len(blocks)))
        items = list(rest)
        own = sum(stays[number] for number in items)
        if 2 * own >= len(items):
            found.update(number for number in items if "ordered" in blocks[number])
        elif own:
            found.update(number for number in items if blocks[number].get("ordered"))
        place += len(items) + 1
    return found


def guard_of(block: AnyBlock) -> Guard | None:
    """Return why a block stays in every text; None where there is no reason."""
    kind = block["kind"]
    if kind not in _PROSE:
        return _NAMED.get(kind, "no prose")
    text = block["text"]
    if is_lone_address(text):
        return "address"
    if not has_words(text, LEAST_WORDS):
        return "short"
    return None
