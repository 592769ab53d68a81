"""Find what recurs as one of several values: `Referee: Ann`, `Referee: Ben`, `Referee: Cid`.

Each value recurs, and looks like furniture. But the blocks are alike, no post has two of them, and
from post to post it is now one and now another.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Protocol

from wparchive.furniture.keys import fold_numbers
from wparchive.furniture.varied import NUMBERS_VARY, Sighting, is_call

_LONGEST = 100
"""Characters of a block that can be a value of something; a longer one is about its author."""
_LABEL = re.compile(r"([^\n:：]{2,60})[:：]\s*\S")
_BEGINNING = re.compile(r"(?:\S+\s+){2}|\S{4}")
_ALIKE = 0.5
"""Part of a block without a label that others begin and end with as well."""
_FEWEST_LABELLED = 2
_FEWEST_OTHERS = 3
"""Values that show that these are values."""
_TOGETHER = 0.1
"""Share of the posts that may have two of them."""
_FEWEST_CHANGES = 3


class Seen(Protocol):
    """A block that recurs, and how posts have it."""

    text: str
    sightings: list[Sighting]


def alternatives(counts: Mapping[int, Seen]) -> set[int]:
    """Return the keys of the blocks that are values of something, of all that recur on a site."""
    found: set[int] = set()
    for family in _families(counts):
        if _take_turns([counts[key] for key in family]):
            found.update(family)
    return found


def _families(counts: Mapping[int, Seen]) -> Iterator[list[int]]:
    """Yield blocks with one label, and blocks that begin and end alike."""
    labelled: dict[str, list[int]] = defaultdict(list)
    others: dict[str, list[int]] = defaultdict(list)
    texts = {key: _folded(count.text) for key, count in counts.items()}
    for key, text in sorted(texts.items()):
        label = _LABEL.match(text)
        beginning = _BEGINNING.match(text)
        # Values are short: what a long block or a list says is its own.
        if len(text) > _LONGEST or "\n" in text:
            continue
        if label and not is_call(label[1]):
            labelled[label[1]].append(key)
        # Without a label, only blocks that are alike can be values of one thing.
        elif beginning and not label:
            others[beginning[0]].append(key)
    for family in labelled.values():
        if len(family) >= _FEWEST_LABELLED:
            yield family
    for family in others.values():
        alike = _alike_neighbours({key: texts[key] for key in family})
        if len(alike) >= _FEWEST_OTHERS:
            yield sorted(alike)


def _folded(text: str) -> str:
    return fold_numbers(text.lower().encode(errors="replace")).decode()


def _alike_neighbours(texts: Mapping[int, str]) -> set[int]:
    """Return the keys of the texts that are like the next one of the alphabet, and of that one."""
    ordered = sorted(texts, key=texts.__getitem__)
    pairs = [pair for pair in pairwise(ordered) if _are_alike(texts[pair[0]], texts[pair[1]])]
    return {key for pair in pairs for key in pair}


def _are_alike(one: str, other: str) -> bool:
    """Tell whether two texts differ in a part only; either may be the longer one."""
    begins = _same_characters(one, other)
    ends = _same_characters(one[begins:][::-1], other[begins:][::-1])
    return begins + ends >= _ALIKE * max(len(one), len(other))


def _same_characters(one: str, other: str) -> int:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in same)


def _take_turns(family: Sequence[Seen]) -> bool:
    """Tell whether posts have one of these blocks each, and not the same one for a long while."""
    places = sorted(
        (sighting.order, number)
        for number, count in enumerate(family)
        for sighting in count.sightings
    )
    posts = len({order for order, _ in places})
    if len(places) > posts * (1 + _TOGETHER):
        return False
    changes = sum(one != other for (_, one), (_, other) in pairwise(places))
    return changes >= max(_FEWEST_CHANGES, NUMBERS_VARY * len(places))
