"""The key of a block: equal for blocks that say the same, whatever their case, quotes and numbers.

Numbers are folded, because a box is the same box with another year, price or count in it. Those
with two points or more stay as they are: a version or a date is what such a block is there to tell.
"""

import re
from hashlib import blake2b

import regex

from wparchive.text.normalise import normalise
from wparchive.text.scripts import SPACELESS

MAX_CHARACTERS = 4000
"""Only so much of a block makes its key: what is equal that far is the same block."""
LETTERS_OF_A_WORD = 4
"""So many letters of a script without spaces count as one word."""
_NUMBER = re.compile(r"(?<!\d)(?<!\d\.)\d+(?:[.,:/]\d+)?(?![\d.]*\.\d)")
_SPACELESS = re.compile(f"[{SPACELESS}]")
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}\p{N}'’_-]*")
_ADDRESS = regex.compile(
    r"\S*(?:://|www\.|@)\S+"
    r"|[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}(?:/\S*)?"
)


def block_key(text: str) -> int:
    """Return the key of a block's text, a signed integer of 64 bits."""
    folded = _NUMBER.sub("0", normalise(text[:MAX_CHARACTERS]))
    digest = blake2b(folded.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def key_text(key: int) -> str:
    """Return a key as it is shown and stored: 16 hexadecimal digits."""
    return f"{key & 0xFFFFFFFFFFFFFFFF:016x}"


def size_in_words(text: str) -> int:
    """Return how many words a text has, without numbers.

    A few letters of a script without spaces count as one word.
    """
    rest, letters = _SPACELESS.subn(" ", text)
    return len(_WORD.findall(rest)) + letters // LETTERS_OF_A_WORD


def is_lone_address(text: str) -> bool:
    """Tell whether a text is nothing but an address: of a page, a mailbox, a host."""
    return _ADDRESS.fullmatch(text.strip()) is not None
