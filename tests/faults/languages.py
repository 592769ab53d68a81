"""Sites whose lists show one language at a time, as plugins for translations make them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from demo.api import Site
from demo.collection import Collection
from demo.responses import Response
from tests.faults.answers import Moment, document
from tests.faults.kind import PARTIAL, FaultKind

POSTS = "/wp/v2/posts"
_LANGUAGES = ("en", "de", "fr")
_ALL = "all"


def _language(id_: int) -> str:
    """Return the language of a post: nobody has translated one into French."""
    return _LANGUAGES[(id_ - 1) % 2]


@dataclass(frozen=True)
class Multilingual:
    """A fault: the list of posts shows the posts of a language."""

    parameter: str = "lang"
    """The query parameter that is obeyed; empty where none is."""
    declares: bool = True
    """The index names the parameter, with the codes of the languages."""
    default: str = "en"
    """What is shown without the parameter."""
    namespace: str = "pll/v1"
    has_languages: bool = False
    """`/pll/v1/languages` answers."""
    names: Callable[[int], dict[str, int] | None] = lambda id_: None
    """Returns the translations that a post names."""
    falls_back: bool = False
    """Where a post has no translation, the list of a language shows it as it is."""

    def __call__(self, moment: Moment) -> Response:
        """Return what the site answers."""
        route = moment.path.removeprefix("/wp-json").rstrip("/") or "/"
        if route == "/pll/v1/languages" and self.has_languages:
            return document([{"slug": code, "locale": code} for code in _LANGUAGES])
        if moment.is_list:
            return self._list(moment)
        response = moment.answer()
        if moment.is_api and route == "/" and response.status == 200:
            return self._index(response)
        if moment.is_api and route.startswith(POSTS):
            return self._named(response)
        return response

    def _list(self, moment: Moment) -> Response:
        query = dict(moment.query)
        asked = query.pop(self.parameter, "") if self.parameter else ""
        language = asked or self.default
        site: Site = moment.memory["site"]
        parts = moment.memory.setdefault("by language", {})
        if language not in parts:
            parts[language] = self._part(site, language)
        target = f"{moment.path}?{urlencode(query)}"
        return self._named(parts[language].respond(replace(moment.request, target=target)))

    def _part(self, site: Site, language: str) -> Site:
        """Return a site with the posts that the list of a language shows."""
        rows = [json.loads(row.body) for row in site["posts"].rows.values()]
        shown = [row for row in rows if self._shows(row["id"], language)]
        posts = Collection("post", "posts", "post", taxonomies=site["posts"].taxonomies)
        return Site([posts.fill(shown)], origin=site.origin)

    def _shows(self, id_: int, language: str) -> bool:
        has_no_translation = self.falls_back and id_ > 20
        return language in (_ALL, _language(id_)) or (has_no_translation and _language(id_) == "en")

    def _index(self, response: Response) -> Response:
        index = json.loads(response.body)
        index["namespaces"].append(self.namespace)
        if self.declares:
            codes = ["", *_LANGUAGES] if self.default == _ALL else list(_LANGUAGES)
            for about in index["routes"].values():
                about["endpoints"][0]["args"][self.parameter] = {"enum": codes}
        return replace(response, body=json.dumps(index).encode())

    def _named(self, response: Response) -> Response:
        """Return an answer whose posts name their translations."""
        if response.status != 200:
            return response
        found = json.loads(response.body)
        rows = found if isinstance(found, list) else [found]
        for row in rows:
            named = self.names(row["id"])
            if named is not None and "content" in row:
                row["translations"] = named
        return replace(response, body=json.dumps(found).encode())


def _pairs(id_: int) -> dict[str, int]:
    """Return the translations of posts that follow each other in pairs."""
    first = id_ if _language(id_) == "en" else id_ - 1
    return {"en": first, "de": first + 1}


def _drafts(id_: int) -> dict[str, int]:
    return {_language(id_): id_, "it": 1000 + id_}


def _kind(name: str, fault: Multilingual, **more: Any) -> FaultKind:
    return FaultKind(name, fault, **{"posts": 60, "requests_max": 80} | more)


LANGUAGE_KINDS: tuple[FaultKind, ...] = (
    _kind(
        "lists in the default language alone, and a parameter of WPML",
        Multilingual("wpml_language", namespace="wpml/v1"),
    ),
    _kind(
        "lists by language that show what is not translated",
        Multilingual("wpml_language", namespace="wpml/v1", falls_back=True),
    ),
    _kind("lists in all languages, and a parameter of Polylang Pro", Multilingual(default=_ALL)),
    _kind(
        "lists in the default language alone, and the languages of Polylang",
        Multilingual(declares=False, has_languages=True),
    ),
    _kind(
        "lists in all languages, and the languages of Polylang",
        Multilingual("", declares=False, default=_ALL, has_languages=True),
        requests_max=40,
    ),
    _kind(
        "lists in the default language alone, and translations that posts name",
        Multilingual(declares=False, names=_pairs),
        verdicts=PARTIAL,  # nothing says that there is no third language
    ),
    _kind(
        "translations that no list shows, and posts name",
        Multilingual("", declares=False, names=_pairs),
        verdicts=PARTIAL,
    ),
    _kind(
        "translations that are not published, and posts name",
        Multilingual("", declares=False, default=_ALL, names=_drafts),
        requests_max=40,
    ),
)
"""Kinds for `kinds.py`: posts in every language are read, or the verdict says so."""
