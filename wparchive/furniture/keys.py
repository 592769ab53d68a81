"""The key of a block: equal for blocks that say the same, whatever their case, quotes and numbers.

Numbers are folded, because a box is the same box with another year, price or count in it. Those
with two points or more stay as they are: a version or a date is what such a block is there to tell.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import regex

from wparchive.text.scripts import SPACELESS

RECURS_MARK = "recurs"
"""The mark of a block that was removed because it recurs."""
DROPPED_MARK = "dropped"
"""The mark of a block that was removed because somebody asked for it."""
LONG = 400
"""So many characters of the beginning and of the end of a long block make its key."""
LETTERS_OF_A_WORD = 4
"""So many letters of a script without spaces count as one word."""
# A number with its separators, as in dates, times and amounts. Counters differ from post to post.
_NUMBER = re.compile(rb"[0-9]+(?:[.,:/][0-9]+)*")
_ZEROS = bytes(ord("0") if chr(code) in "123456789" else code for code in range(256))
_SHORTER = ((b"00", b"0"), (b"0,0", b"0"), (b"0:0", b"0"), (b"0/0", b"0"))
# What WordPress and editors write in one way today and in another way tomorrow.
# They are looked for in UTF-8, in which all but the last one begin alike.
_TYPOGRAPHY = {
    written.encode(): plain.encode()
    for written, plain in (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("–", "-"), ("—", "-"))
}
_GENERAL_PUNCTUATION = b"\xe2\x80"
_NO_BREAK_SPACE = "\xa0".encode()
_SPACELESS = re.compile(f"[{SPACELESS}]")
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}\p{N}'’_-]*")
_ADDRESS = regex.compile(
    r"\S*(?:://|www\.|@)\S+"
    r"|[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}(?:/\S*)?"
)
# A longer text without a blank is data or a script, and the pattern would be slow on it.
_LONGEST_ADDRESS = 2000


def block_key(text: str) -> int:
    """Return the key of a block's text, a signed integer of 64 bits."""
    if len(text) > 2 * LONG:
        text = text[:LONG] + text[-LONG:]
    return _key_of_ends(text)


# A post's blocks are asked for twice, to leave furniture out and to be counted. Furniture stands
# in many posts. A text has at most `2 * LONG` characters, so that all take a few megabytes.
@lru_cache(maxsize=2048)
def _key_of_ends(text: str) -> int:
    folded = text.lower().encode(errors="surrogatepass")
    if _GENERAL_PUNCTUATION in folded:
        for written, plain in _TYPOGRAPHY.items():
            folded = folded.replace(written, plain)
    data = fold_numbers(folded.replace(_NO_BREAK_SPACE, b" "))
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little", signed=True)


def fold_numbers(text: bytes) -> bytes:
    """Return a text with 0 in place of each number, except numbers with two points or more."""
    folded = text.translate(_ZEROS)
    if b"0" not in folded:
        return text
    for part, short in _SHORTER:
        while part in folded:
            folded = folded.replace(part, short)
    if b"0.0.0" in folded:
        return fold_numbers_slowly(text)
    return folded.replace(b"0.0", b"0")


def fold_numbers_slowly(text: bytes) -> bytes:
    """Return what `fold_numbers` returns; the oracle of its test."""
    return _NUMBER.sub(_folded_number, text)


def _folded_number(match: re.Match[bytes]) -> bytes:
    if match[0].count(b".") > 1:
        return match[0]
    return b"0"


def keys_of_blocks(blocks: Iterable[Mapping[str, Any]]) -> set[int]:
    """Return the keys of a post's blocks that have a text and that the cleaner has kept."""
    return {block_key(block["text"]) for block in blocks if block["text"] and is_kept(block)}


def is_kept(block: Mapping[str, Any]) -> bool:
    """Tell whether the cleaner has kept a block; it may be removed as furniture."""
    return block.get("removed") in (None, RECURS_MARK, DROPPED_MARK)


def key_text(key: int) -> str:
    """Return a key as it is shown and stored: 16 hexadecimal digits."""
    return f"{key & 0xFFFFFFFFFFFFFFFF:016x}"


def key_of_text(shown: str) -> int:
    """Return the key that `key_text` shows so."""
    key = int(shown, 16)
    if key >= 1 << 63:
        key -= 1 << 64
    return key


def size_in_words(text: str) -> int:
    """Return how many words a text has, without numbers.

    A few letters of a script without spaces count as one word.
    """
    rest, letters = _SPACELESS.subn(" ", text)
    return len(_WORD.findall(rest)) + letters // LETTERS_OF_A_WORD


def is_lone_address(text: str) -> bool:
    """Tell whether a text is nothing but an address: of a page, a mailbox, a host."""
    if " " in text or len(text) > _LONGEST_ADDRESS:
        return False
    return _ADDRESS.fullmatch(text) is not None
