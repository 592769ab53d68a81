"""Numbers and names of a text: what tells two filled-in copies of one template from two versions of one article.

A weather report, a share price or a draw of numbers keeps its sentences from day to day and changes only its facts; an editor changes
words of all sorts. So facts that changed out of proportion to the other words mean another article, however alike the two look.
"""

import regex

from archive.normalise import normalise

# A number with its separators, or a capitalised word within a sentence; scripts without case have their numbers and foreign names.
_FACT = regex.compile(r"\p{N}+(?:[.,:/]\p{N}+)*|(?:(?<=[\p{L}\p{N},]\s)|(?<=\p{Lo}))\p{Lu}[\p{Lu}\p{Ll}\p{M}]*")

_FEWEST_CHANGED = 3
_SHARE_CHANGED = 0.5
_OUT_OF_PROPORTION = 3.0


def facts(text: str) -> frozenset[str]:
    """Numbers and names of a text as it was written (case matters), in normal form."""
    return frozenset(normalise("\n".join(set(_FACT.findall(text)))).split())


def facts_differ(facts_of_shorter: frozenset[str], words_of_shorter: frozenset[str], known_to_longer: frozenset[str]) -> bool:
    """Whether the shorter text states other facts than the longer one, although it says the same."""
    changed = len(facts_of_shorter - known_to_longer)
    if changed < _FEWEST_CHANGED or changed < _SHARE_CHANGED * len(facts_of_shorter):
        return False
    others = words_of_shorter - facts_of_shorter
    others_changed = len(others - known_to_longer) / max(1, len(others))
    return changed / len(facts_of_shorter) >= _OUT_OF_PROPORTION * others_changed
