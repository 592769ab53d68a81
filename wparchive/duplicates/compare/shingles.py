"""Hashes of the words of a text, and of its runs of words (shingles, Broder 1997).

`SlowWordHashes` is the definition. `FastWordHashes` gives the same numbers by numpy: it hashes all
words of a text at once, from the bytes of the text, without cutting it up into strings. numpy comes
with the extra `crawl`; where it is missing, only time is lost.

A word is hashed eight UTF-8 bytes at a time, by exclusive or and by multiplication modulo 2**64. A
shingle's hash is a sum of the hashes of its words, each times a factor of its place. The hashes are
the same on every machine and in every run.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from wparchive.text.scripts import SPACELESS_RANGES
from wparchive.text.words import (
    ASCII_WORDS_SPACED,
    count_spaceless,
    has_joining_signs,
    numpy_if_there,
    words,
)

if TYPE_CHECKING:
    import numpy

    Numbers = numpy.ndarray[Any, numpy.dtype[numpy.uint64]]

# A word is hashed eight bytes at a time, which is one number of 64 bits for numpy.
_CHUNK_BYTES = 8
_HASHED_BYTES = 64
"""Of a longer word the first bytes and the length count: it is no word that an editor changes."""
# Odd numbers without a pattern.
_LENGTH_FACTOR = 0x9E3779B97F4A7C15
_MIXER = 0xD6E8FEB86659FD93
_PLACE_FACTOR = 0xD1342543DE82EF95
_MASK = 2**64 - 1
# SQLite and BSON know signed integers only.
_SIGN_BIT = 2**63


class WordHashes(Protocol):
    """The hashes of a text's words, from which those of its shingles are made."""

    count: int
    """Words of the text."""
    spaceless: int
    """Those among them that are of scripts without spaces."""

    def shingles(self, size: int) -> list[int]:
        """Return one signed 64-bit hash for every run of `size` words, in order."""

    def sampled(self, size: int, divisor: int) -> set[int]:
        """Return those of `shingles` that a power of two divides."""


def hash_words(normalised: str) -> WordHashes:
    """Return the hashes of all words of a text in normal form."""
    numpy = numpy_if_there()
    if numpy is None:
        return SlowWordHashes(normalised)
    return FastWordHashes(normalised)


class SlowWordHashes:
    """The definition, by plain arithmetic."""

    def __init__(self, normalised: str) -> None:
        found = words(normalised)
        self.count = len(found)
        self.spaceless = count_spaceless(found)
        known = {word: _hash_of_word(word) for word in set(found)}
        self._hashes = [known[word] for word in found]

    def shingles(self, size: int) -> list[int]:
        places = range(self.count - size + 1)
        unsigned = (_hash_of_shingle(self._hashes[place : place + size]) for place in places)
        return [_signed(number) for number in unsigned]

    def sampled(self, size: int, divisor: int) -> set[int]:
        return {number for number in self.shingles(size) if number % divisor == 0}


def _hash_of_word(word: str) -> int:
    encoded = word.encode(errors="surrogatepass")
    total = len(encoded) * _LENGTH_FACTOR & _MASK
    for start in range(0, min(len(encoded), _HASHED_BYTES), _CHUNK_BYTES):
        total ^= int.from_bytes(encoded[start : start + _CHUNK_BYTES], "little")
        total = total * _MIXER & _MASK
        total ^= total >> 32
    return total


def _hash_of_shingle(hashes: Sequence[int]) -> int:
    total = 0
    factor = 1
    for number in hashes:
        total = (total + number * factor) & _MASK
        factor = factor * _PLACE_FACTOR & _MASK
    # The low bits of a sum depend on low bits alone, and sketches are sampled by the low bits.
    total = total * _MIXER & _MASK
    return total ^ total >> 32


def _signed(number: int) -> int:
    if number >= _SIGN_BIT:
        return number - 2**64
    return number


class FastWordHashes:
    """The same numbers by numpy, some ten times as fast."""

    def __init__(self, normalised: str) -> None:
        encoded, starts, ends, self.spaceless = _word_places(normalised)
        self.count = len(starts)
        self._hashes: Numbers = _hashes_of_words(encoded, starts, ends - starts)

    def shingles(self, size: int) -> list[int]:
        return self._signed_shingles(size).tolist()  # type: ignore[no-any-return]

    def sampled(self, size: int, divisor: int) -> set[int]:
        hashes = self._signed_shingles(size)
        return set(hashes[hashes & (divisor - 1) == 0].tolist())

    def _signed_shingles(self, size: int) -> Any:
        numpy = numpy_if_there()
        count = max(0, self.count - size + 1)
        total = self._hashes[:count].copy()
        factor = 1
        for place in range(1, size):
            factor = factor * _PLACE_FACTOR & _MASK
            total += self._hashes[place : place + count] * numpy.uint64(factor)
        total *= numpy.uint64(_MIXER)
        total ^= total >> numpy.uint64(32)
        return total.view(numpy.int64)


def _hashes_of_words(encoded: bytes, starts: Any, lengths: Any) -> "Numbers":
    """Return the hashes of words that begin at these bytes and have these lengths."""
    numpy = numpy_if_there()
    padded = encoded + bytes(_CHUNK_BYTES)
    # The eight bytes from every byte on, as one number each; nothing is copied.
    chunks = numpy.ndarray(len(encoded) + 1, "<u8", padded, strides=(1,))
    hashes = lengths.astype(numpy.uint64) * numpy.uint64(_LENGTH_FACTOR)
    _mix_in(hashes, chunks[starts], lengths)
    for start in range(_CHUNK_BYTES, _HASHED_BYTES, _CHUNK_BYTES):
        longer = numpy.flatnonzero(lengths > start)
        if not len(longer):
            break
        part = hashes[longer]
        _mix_in(part, chunks[starts[longer] + start], lengths[longer] - start)
        hashes[longer] = part
    return hashes  # type: ignore[no-any-return]


def _mix_in(hashes: "Numbers", chunks: "Numbers", left: Any) -> None:
    """Mix a chunk of each word into its hash, in place; `left` bytes of it are of the word."""
    numpy = numpy_if_there()
    hashes ^= chunks & _chunk_masks()[numpy.minimum(left, _CHUNK_BYTES)]
    hashes *= numpy.uint64(_MIXER)
    hashes ^= hashes >> numpy.uint64(32)


@cache
def _chunk_masks() -> "Numbers":
    """Return a mask for each number of bytes that count."""
    numpy = numpy_if_there()
    masks = [256**size - 1 for size in range(_CHUNK_BYTES + 1)]
    return numpy.array(masks, numpy.uint64)  # type: ignore[no-any-return]


_NO_LETTER = 0
_LETTER = 1
_SPACELESS_LETTER = 2
_LAST_CODE = 0x40000
"""No script is beyond the third plane of Unicode: one entry stands for all that is."""
_ASCII_CLASSES = bytes(
    _NO_LETTER if sign == " " else _LETTER for sign in ASCII_WORDS_SPACED
) + bytes(128)
_IS_NO_SPACE = bytes(byte != ord(" ") for byte in range(256))


def _word_places(normalised: str) -> tuple[bytes, Any, Any, int]:
    """Return a text in UTF-8, where its words begin and end in it, and how many are spaceless."""
    if normalised.isascii():
        encoded = normalised.encode()
        return encoded, *_run_places(encoded.translate(_ASCII_CLASSES)), 0
    if has_joining_signs(normalised):
        # The rule of `words` is too rich for a table. After it, spaces alone separate.
        found = words(normalised)
        encoded = " ".join(found).encode(errors="surrogatepass")
        return encoded, *_run_places(encoded.translate(_IS_NO_SPACE)), count_spaceless(found)
    return _word_places_by_class(normalised)


def _word_places_by_class(normalised: str) -> tuple[bytes, Any, Any, int]:
    numpy = numpy_if_there()
    codes = numpy.frombuffer(normalised.encode("utf-32-le", "surrogatepass"), "<u4")
    classes = _classes()[numpy.minimum(codes, _LAST_CODE)]
    starts, ends = _run_places((classes == _LETTER).tobytes())
    single = numpy.flatnonzero(classes == _SPACELESS_LETTER)
    # Both are in order already; sorting puts the two kinds of words into one order.
    starts = numpy.sort(numpy.concatenate((starts, single)), kind="stable")
    ends = numpy.sort(numpy.concatenate((ends, single + 1)), kind="stable")
    # From places of characters to places of bytes: a character begins where no byte continues one.
    encoded = normalised.encode(errors="surrogatepass")
    is_first = numpy.frombuffer(encoded, numpy.int8) >= -64
    first_bytes = numpy.append(numpy.flatnonzero(is_first), len(encoded))
    return encoded, first_bytes[starts], first_bytes[ends], len(single)


def _run_places(is_inside: bytes) -> tuple[Any, Any]:
    """Return where the runs of ones begin among zeros, and where they end (one past the last)."""
    numpy = numpy_if_there()
    padded = numpy.frombuffer(b"\0" + is_inside + b"\0", numpy.bool_)
    changes = numpy.flatnonzero(padded[1:] != padded[:-1])
    return changes[::2], changes[1::2]


@cache
def _classes() -> Any:
    """Return the class of every code point, which says what `words` would make of it."""
    numpy = numpy_if_there()
    classes = numpy.zeros(_LAST_CODE + 1, numpy.uint8)
    # numpy asks the same tables of Python that `str.isalnum` does, without a string for each.
    characters = numpy.arange(_LAST_CODE, dtype=numpy.uint32).view("U1")
    classes[:-1] = numpy.strings.isalnum(characters)
    for first, last in SPACELESS_RANGES:
        classes[first : last + 1] = _SPACELESS_LETTER
    return classes
