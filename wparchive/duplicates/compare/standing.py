"""Standing lines: what stands in many posts of one site is no sign that two of them are alike.

Examples are the frame of a series, a legal notice, a social footer, the sentences of a job advert.
A line counts, and within a line a sentence, whatever its digits. Posts of one title count once:
they may be one text that was published again and again.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from hashlib import blake2b

from wparchive.text.normalise import normalise
from wparchive.text.words import count_spaceless, words

STANDS_IN = 5
"""A line in posts of so many different titles of one site is a standing line."""
LONGEST_FRAME = 400
"""Standing lines of more words than this are a text, which was published that often.

No site puts so much furniture around a post. Two characters of a script without spaces count as
one word.
"""

# A line ends, or a sentence within it.
_END = re.compile(r"\n+|(?<=[.!?…:؟۔।])\s+|(?<=[。！？])")
_ENDS_WITHOUT_SPACE = "。！？"
# The same for a text without these. It tries to match at spaces alone: a third of the time.
_END_AT_SPACE = re.compile(r"\s(?:(?<=\n)\n*|(?<=[.!?…:؟۔।]\s)\s*)")
_DIGITS = re.compile(r"\d+")

StandingLines = Collection[int]
"""Hashes of the standing lines of all sites."""


def line_hashes(site: str, text: str) -> set[int]:
    """Return a hash for each different line of a post, signed, of 64 bits."""
    return {hash_ for hash_, _, _ in _lines(site, text)}


def title_hash(title: str, key: str) -> int:
    """Return a hash of a title; a post without a title, given by its key, has a hash of its own."""
    return _hash(normalise(title) or key)


def standing_lines(posts: Iterable[tuple[int, set[int]]]) -> set[int]:
    """Return the standing lines of posts, given by `title_hash` and `line_hashes`."""
    titles: dict[int, set[int]] = {}
    for title, lines in posts:
        for line in lines:
            titles.setdefault(line, set()).add(title)
    return {line for line, found in titles.items() if len(found) >= STANDS_IN}


def own_text(site: str, text: str, standing: StandingLines) -> str:
    """Return a text without its standing lines."""
    if not standing:
        return text
    kept = []
    left_out = 0.0
    for hash_, line, folded in _lines(site, text):
        if hash_ in standing:
            found = words(folded)
            left_out += len(found) - count_spaceless(found) / 2
        else:
            kept.append(line)
    if not left_out or left_out > LONGEST_FRAME:
        return text
    return "\n".join(kept)


def _lines(site: str, text: str) -> Iterator[tuple[int, str, str]]:
    """Yield hash, line, and the line in normal form with its digits folded."""
    for line in sentences(text):
        folded = _DIGITS.sub("0", normalise(line))
        if folded:
            yield _hash(f"{site}\0{folded}"), line, folded


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; some are empty."""
    if any(sign in text for sign in _ENDS_WITHOUT_SPACE):
        return sentences_slowly(text)
    return _END_AT_SPACE.split(text)


def sentences_slowly(text: str) -> list[str]:
    """Return the same as `sentences`, by the one way that every text can go."""
    return _END.split(text)


def _hash(value: str) -> int:
    digest = blake2b(value.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
