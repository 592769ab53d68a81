"""The key of a block: equal for blocks that say the same, whatever their case, quotes and numbers.

Numbers are folded, because a box is the same box with another year, price or count in it. Those
with two points or more stay as they are: a version or a date is what such a block is there to tell.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
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
_BEGINNING = 80
"""Characters that are counted first where a few words are enough."""
LETTERS_OF_A_WORD = 4
"""So many letters of a script without spaces count as one word."""
# A number with its separators, as in dates, times and amounts. Counters differ from post to post.
_NUMBER = re.compile(rb"[0-9]+(?:[.,:/][0-9]+)*")
_ZEROS = bytes(ord("0") if chr(code) in "123456789" else code for code in range(256))
_SHORTER = ((b"00", b"0"), (b"0,0", b"0"), (b"0:0", b"0"), (b"0/0", b"0"))
# What WordPress and editors write in one way today and in another way tomorrow.
_TYPOGRAPHY = {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\xa0": " "}
# No letter, no part of a number, and nothing that changes the case of a letter beside it.
_BETWEEN = "\0"
_SPACELESS = re.compile(f"[{SPACELESS}]")
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}\p{N}'’_-]*")
_ADDRESS = regex.compile(
    r"\S*(?:://|www\.|@)\S+"
    r"|[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}(?:/\S*)?"
)
_SIGNS_OF_ADDRESS = (".", "@", "://")
"""Each address has one of these, or several."""
# A longer text without a blank is data or a script, and the pattern would be slow on it.
_LONGEST_ADDRESS = 2000


def block_keys(texts: Sequence[str]) -> list[int]:
    """Return the key of each text. All texts of a post are folded at once."""
    joined = _BETWEEN.join([_ends(text) for text in texts])
    folded = _folded(joined).split(_BETWEEN.encode())
    if len(folded) != len(texts):  # a text has the sign that stands between them, or there is none
        return [block_key(text) for text in texts]
    return [_hash(part) for part in folded]


def block_key(text: str) -> int:
    """Return the key of a block's text, a signed integer of 64 bits: the oracle of `block_keys`."""
    return _hash(_folded(_ends(text)))


def _ends(text: str) -> str:
    if len(text) > 2 * LONG:
        return text[:LONG] + text[-LONG:]
    return text


def _folded(text: str) -> bytes:
    # Before the case: most texts are ASCII then, in which lower case is found ten times as fast.
    if not text.isascii():
        for written, plain in _TYPOGRAPHY.items():
            text = text.replace(written, plain)
    return fold_numbers(text.lower().encode(errors="surrogatepass"))


def text_hash(text: str) -> int:
    """Return a hash of a text as it is. Python's own is another one in each process."""
    return _hash(text.encode(errors="surrogatepass"))


def _hash(folded: bytes) -> int:
    digest = blake2b(folded, digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


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
    return set(block_keys([b["text"] for b in blocks if b["text"] and is_kept(b)]))


def keys_of_kept(blocks: Iterable[Mapping[str, Any]], keys: Iterable[int]) -> set[int]:
    """Return what `keys_of_blocks` returns, where the keys of all blocks are at hand."""
    pairs = zip(blocks, keys, strict=True)
    return {key for block, key in pairs if block["text"] and is_kept(block)}


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


def has_words(text: str, least: int) -> bool:
    """Tell whether `size_in_words` is so many. The beginning of most texts shows that it is."""
    # The beginning of a text never has more words than all of it.
    return size_in_words(text[:_BEGINNING]) >= least or (
        len(text) > _BEGINNING and size_in_words(text) >= least
    )


def is_lone_address(text: str) -> bool:
    """Tell whether a text is nothing but an address: of a page, a mailbox, a host."""
    if " " in text or len(text) > _LONGEST_ADDRESS:
        return False
    # The pattern goes through all of a text in Chinese or Japanese, where nothing is parted.
    if not any(sign in text for sign in _SIGNS_OF_ADDRESS):
        return False
    return _ADDRESS.fullmatch(text) is not None


def keys_of_posts(posts: Sequence[Mapping[str, Any]]) -> list[set[int]]:
    """Return the keys of the blocks of each post."""
    return [keys_of_blocks(post["blocks"]) for post in posts]
