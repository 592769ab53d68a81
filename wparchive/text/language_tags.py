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


def _cased(subtag: str) -> str:
    if len(subtag) == 4 and subtag.isalpha():
        return subtag.title()
    if len(subtag) == 2:
        return subtag.upper()
    return subtag.lower()
