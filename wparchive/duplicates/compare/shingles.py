"""Hashes of the words of a text, and of its runs of words (shingles, Broder 1997).

`SlowWordHashes` is the definition. `FastWordHashes` gives the same numbers by numpy: it hashes all
words of a text at once, from the code points, without cutting it up into strings. numpy comes with
the extra `crawl`; where it is missing, only time is lost.

All hashes are modulo 2**64. A word's is a polynomial of its code points, c0 + c1·F + c2·F² + ..., a
shingle's a polynomial of the hashes of its words; both are mixed at the end, because the low bits
of a polynomial depend on few characters. They are the same on every machine and in every run.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from wparchive.text.scripts import SPACELESS_RANGES
from wparchive.text.words import (
    ASCII_WORDS_SPACED,
    count_spaceless,
    has_joining_signs,
    words,
)

if TYPE_CHECKING:
    import numpy

    Numbers = numpy.ndarray[Any, numpy.dtype[numpy.uint64]]

# Odd numbers without a pattern; the last three are from SplitMix64 and from Steele and Vigna 2022.
_FACTOR = 0x9E3779B97F4A7C15
_WORD_FACTOR = 0xD1342543DE82EF95
_MIXER = 0xD6E8FEB86659FD93
_MASK = 2**64 - 1
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
    numpy = _numpy()
    if numpy is None:
        return SlowWordHashes(normalised)
    return FastWordHashes(normalised)


@cache
def _numpy() -> Any:
    """Return numpy, or None; an analyst's command that compares nothing need not load it."""
    try:
        import numpy
    except ImportError:
        return None
    return numpy


class SlowWordHashes:
    """The definition, by plain arithmetic."""

    def __init__(self, normalised: str) -> None:
        found = words(normalised)
        self.count = len(found)
        self.spaceless = count_spaceless(found)
        known = {word: _hash_of_numbers(list(map(ord, word)), _FACTOR) for word in set(found)}
        self._hashes = [known[word] for word in found]

    def shingles(self, size: int) -> list[int]:
        places = range(self.count - size + 1)
        unsigned = (
            _hash_of_numbers(self._hashes[place : place + size], _WORD_FACTOR) for place in places
        )
        return [number - 2**64 if number >= _SIGN_BIT else number for number in unsigned]

    def sampled(self, size: int, divisor: int) -> set[int]:
        return {number for number in self.shingles(size) if number % divisor == 0}


def _hash_of_numbers(numbers: Sequence[int], factor: int) -> int:
    total = 0
    power = 1
    for number in numbers:
        total = (total + number * power) & _MASK
        power = power * factor & _MASK
    total ^= total >> 32
    total = total * _MIXER & _MASK
    return total ^ total >> 32


class FastWordHashes:
    """The same numbers by numpy, some ten times as fast."""

    def __init__(self, normalised: str) -> None:
        numpy = _numpy()
        codes, starts, ends, self.spaceless = _word_places(normalised)
        self.count = len(starts)
        # Sums of the polynomial from the beginning of the text: the difference of two is a word's
        # part, which still has to be divided by the power at which the word begins.
        sums = numpy.zeros(len(codes) + 1, numpy.uint64)
        powers, inverse_powers = _powers(len(codes))
        numpy.cumsum(codes * powers, out=sums[1:])
        self._hashes: Numbers = _mixed((sums[ends] - sums[starts]) * inverse_powers[starts])

    def shingles(self, size: int) -> list[int]:
        return self._signed_shingles(size).tolist()  # type: ignore[no-any-return]

    def sampled(self, size: int, divisor: int) -> set[int]:
        hashes = self._signed_shingles(size)
        return set(hashes[hashes & (divisor - 1) == 0].tolist())

    def _signed_shingles(self, size: int) -> Any:
        numpy = _numpy()
        count = max(0, self.count - size + 1)
        total = self._hashes[:count].copy()
        power = 1
        for place in range(1, size):
            power = power * _WORD_FACTOR & _MASK
            total += self._hashes[place : place + count] * numpy.uint64(power)
        return _mixed(total).view(numpy.int64)


def _mixed(numbers: "Numbers") -> "Numbers":
    """Mix in place, as at the end of `_hash_of_numbers`."""
    numpy = _numpy()
    half = numpy.uint64(32)
    numbers ^= numbers >> half
    numbers *= numpy.uint64(_MIXER)
    numbers ^= numbers >> half
    return numbers


_NO_LETTER, _LETTER, _SPACELESS_LETTER = 0, 1, 2
_LAST_CODE = 0x40000
"""No script is beyond the third plane of Unicode: one entry stands for all that is."""
_ASCII_LETTERS = bytes(
    _NO_LETTER if sign == " " else _LETTER for sign in ASCII_WORDS_SPACED
) + bytes(128)


def _word_places(normalised: str) -> tuple[Any, Any, Any, int]:
    """Return a text's code points, where its words begin and end, and how many are spaceless."""
    numpy = _numpy()
    if normalised.isascii():
        encoded = normalised.encode()
        codes = numpy.frombuffer(encoded, numpy.uint8)
        is_letter = numpy.frombuffer(encoded.translate(_ASCII_LETTERS), numpy.bool_)
        return codes, *_run_places(is_letter), 0
    if has_joining_signs(normalised):
        # The rule of `words` is too rich for a table. After it, spaces alone separate.
        found = words(normalised)
        codes = _codes(" ".join(found))
        return codes, *_run_places(codes != ord(" ")), count_spaceless(found)
    codes = _codes(normalised)
    classes = _classes()[numpy.minimum(codes, _LAST_CODE)]
    starts, ends = _run_places(classes == _LETTER)
    single = numpy.flatnonzero(classes == _SPACELESS_LETTER)
    # Both are in order already; sorting puts the two kinds of words into one order.
    starts = numpy.sort(numpy.concatenate((starts, single)), kind="stable")
    ends = numpy.sort(numpy.concatenate((ends, single + 1)), kind="stable")
    return codes, starts, ends, len(single)


def _codes(text: str) -> Any:
    return _numpy().frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _run_places(is_inside: Any) -> tuple[Any, Any]:
    """Return where the runs of true values begin, and where they end (one past the last)."""
    numpy = _numpy()
    padded = numpy.zeros(len(is_inside) + 2, numpy.bool_)
    padded[1:-1] = is_inside
    changes = numpy.flatnonzero(padded[1:] != padded[:-1])
    return changes[::2], changes[1::2]


@cache
def _classes() -> Any:
    """Return the class of every code point, which says what `words` would make of it."""
    numpy = _numpy()
    classes = numpy.zeros(_LAST_CODE + 1, numpy.uint8)
    letters = map(str.isalnum, map(chr, range(_LAST_CODE)))
    classes[:-1] = numpy.fromiter(letters, numpy.bool_, _LAST_CODE)
    for first, last in SPACELESS_RANGES:
        classes[first : last + 1] = _SPACELESS_LETTER
    return classes


_KEPT_POWERS = 1 << 16


def _powers(count: int) -> tuple["Numbers", "Numbers"]:
    """Return so many powers of the factor, and of its inverse, from the zeroth on."""
    if count > _KEPT_POWERS:
        return _computed_powers(count)
    powers, inverse_powers = _kept_powers()
    return powers[:count], inverse_powers[: count + 1]


@cache
def _kept_powers() -> tuple["Numbers", "Numbers"]:
    return _computed_powers(_KEPT_POWERS)


def _computed_powers(count: int) -> tuple["Numbers", "Numbers"]:
    numpy = _numpy()
    factors = (_FACTOR, pow(_FACTOR, -1, 2**64))
    tables = [numpy.full(count + 1, factor, numpy.uint64) for factor in factors]
    for table in tables:
        table[0] = 1
        numpy.multiply.accumulate(table, out=table)
    return tables[0][:count], tables[1]
