"""Language tags (BCP 47) as sites, plug-ins and people write them, in one form. Pure."""

import re
from functools import lru_cache

_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE)
_OTHER_CODES = {"no": "nb", "iw": "he", "jw": "jv", "in": "id", "ji": "yi", "mo": "ro"}
"""Codes that have been replaced, or that name one of several written forms."""
_NO_LANGUAGES = frozenset({"mul", "und", "zxx"})
"""Several, undetermined, no linguistic content."""
_TRADITIONAL = frozenset({"TW", "HK", "MO"})
"""Where Chinese is written in traditional characters."""
_CLOSE = (
    frozenset({"nb", "nn", "da"}),
    frozenset({"id", "ms"}),
    frozenset({"sr", "hr", "bs"}),
    frozenset({"cs", "sk"}),
    frozenset({"nl", "af"}),
    frozenset({"gl", "pt", "es"}),
    frozenset({"bg", "mk"}),
    frozenset({"hi", "mr", "ne"}),
    frozenset({"zh", "ja"}),
    frozenset({"ru", "uk", "be"}),
)
"""Languages whose short texts are taken for each other."""


@lru_cache  # a site declares one for all its posts
def usual_tag(tag: str | None) -> str | None:
    """Return a tag as BCP 47 writes it; None for what is no tag of a language.

    `pt_br` is `pt-BR`, `no` is `nb`. Chinese of a region gets its script: `zh-Hant-TW`.
    """
    found = _TAG.fullmatch(tag or "")
    if found is None:
        return None
    base, *others = found[0].replace("_", "-").split("-")
    base = usual_code(base.lower())
    if base in _NO_LANGUAGES:
        return None
    subtags = [_cased(part) for part in others]
    if base == "zh" and subtags and subtags[0] not in ("Hans", "Hant"):
        script = "Hant" if _TRADITIONAL & set(subtags) else "Hans"
        subtags.insert(0, script)
    return "-".join([base, *subtags])


def usual_code(code: str) -> str:
    """Return the usual code of a language, for one in small letters."""
    return _OTHER_CODES.get(code, code)


def base_of(tag: str) -> str:
    """Return the language of a tag, without script and region."""
    return tag.partition("-")[0]


def same_language(one: str, other: str) -> bool:
    """Tell whether two tags name one language; Norwegian is one with both its written forms."""
    bases = {base_of(one), base_of(other)}
    return len(bases) == 1 or bases == {"nb", "nn"}


def are_close(one: str, other: str) -> bool:
    """Tell whether two languages are so close that short texts are taken for each other."""
    return any({base_of(one), base_of(other)} <= group for group in _CLOSE)


def has_close_ones(tag: str) -> bool:
    """Tell whether short texts of a language are taken for those of another one."""
    return any(base_of(tag) in group for group in _CLOSE)


def without_region(tag: str) -> str:
    """Return a tag without its region, which a front page cannot know of a post."""
    base, *others = tag.split("-")
    # `usual_tag` writes a region in capitals (`BR`), and a script not (`Latn`).
    return "-".join([base, *(part for part in others if not part.isupper())])


def _cased(subtag: str) -> str:
    if len(subtag) == 4 and subtag.isalpha():
        return subtag.title()
    if len(subtag) == 2:
        return subtag.upper()
    return subtag.lower()
