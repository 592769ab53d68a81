"""Lists by language, as plugins for translations offer them. Pure.

| plugin | what its index says of a list | without the parameter |
|---|---|---|
| WPML | `wpml_language`, with the codes of all languages | the default language alone |
| Polylang Pro | `lang`, with the codes, and an empty one | all languages |
| Polylang | nothing; `/pll/v1/languages` has the codes | all languages, or the default one |
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crawler.rest.php_values import as_mapping, as_names, as_text, as_values

MOST_LANGUAGES = 60
LANGUAGES_OF_POLYLANG = "/pll/v1/languages"
LANGUAGE_PARAMETERS = ("wpml_language", "lang")
_CODE = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{1,8})*")
_NOT_A_LANGUAGE = frozenset({"all"})


@dataclass(frozen=True, slots=True)
class LanguageLists:
    """The lists by language that one route has besides the one that it gives by default."""

    parameter: str
    """The query parameter that names the language."""
    codes: tuple[str, ...]
    declared: bool = True
    """The site's index names the parameter. Otherwise the route may ignore it."""

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """Return the query parameter of each list."""
        return tuple((self.parameter, code) for code in self.codes)


def language_lists(routes: Mapping[str, Any], route: str) -> LanguageLists | None:
    """Return the lists by language that the index describes for a route; None where there are none.

    `routes` is the field of that name in the index.
    """
    described = as_mapping(routes.get(route))
    for endpoint in map(as_mapping, as_values(described.get("endpoints"))):
        if "GET" not in as_names(endpoint.get("methods")):
            continue
        args = as_mapping(endpoint.get("args"))
        for parameter in LANGUAGE_PARAMETERS:
            codes = _codes(as_values(as_mapping(args.get(parameter)).get("enum")))
            if len(codes) > 1:
                return LanguageLists(parameter, codes)
    return None


def lists_of_codes(codes: Iterable[Any]) -> LanguageLists | None:
    """Return the lists by language that a site may have, which uses these codes."""
    found = _codes(codes)
    return LanguageLists("lang", found, declared=False) if found else None


def codes_of_polylang(answer: Any) -> list[Any]:
    """Return the codes in the answer of `/pll/v1/languages`: a list of objects."""
    return [as_mapping(part).get("slug") for part in as_values(answer)]


def _codes(values: Iterable[Any]) -> tuple[str, ...]:
    texts = dict.fromkeys(map(as_text, values))
    usable = [code for code in texts if _CODE.fullmatch(code) and code not in _NOT_A_LANGUAGE]
    return tuple(usable[:MOST_LANGUAGES])
