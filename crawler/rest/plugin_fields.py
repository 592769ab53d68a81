"""Fields that plugins add to posts: authors, translations, dates. Pure.

| plugin | field | what it holds |
|---|---|---|
| PublishPress Authors | `authors` | objects with `user_id` (0 for guests), `display_name`, `slug` |
| Co-Authors Plus | `coauthors` | ids of terms of the taxonomy `author`, resolved as terms |
| themes | `coauthors`, `co_authors`, `newspack_author_info` | objects with `id` or `ID` |
| SEO plugins | `schema`, in a head that is an object | the article's `author`, a list of persons |
| Polylang Pro | `translations` | `{"fr": 34}`, the post itself included |
| WP REST Polylang | `polylang_translations` | `[{"locale": "fr", "id": 34}]` |
| WPML REST API | `wpml_translations` | `[{"locale": "fr_FR", "id": 34, "href": "https://..."}]` |

TranslatePress and Weglot translate the page, not the post: there is one post, and nothing to link.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from crawler.rest.php_values import as_id, as_mapping, as_text, as_values
from crawler.rest.seo_heads import HEADS, dates_in_heads
from wparchive.model.document_parts import Ref, Translation
from wparchive.text.marks import one_line

_AUTHOR_FIELDS = ("authors", "coauthors", "co_authors", "newspack_author_info")
_TRANSLATION_FIELDS = ("translations", "polylang_translations", "wpml_translations")
_ARTICLES = re.compile(r"(News|Blog|Tech|Scholarly|Opinion)?(Article|Posting)|WebPage")
# Polylang writes slugs (`pt-br`), WPML codes, and both WordPress's locales (`pt_BR`).
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*")
_MOST = 100
"""Authors or translations of one post; more than that is a mistake of the site."""


def co_authors(record: Mapping[str, Any]) -> list[Ref]:
    """Return all authors that a plugin names, in its order; empty where none does.

    The id is that of a user, or 0 for a guest without an account.
    """
    for name in _AUTHOR_FIELDS:
        found = _each_once(map(_author, as_values(record.get(name))))
        if found:
            return found
    found = _each_once(map(_person, _schema_authors(record)))
    # One alone is the post's author, whom the record names better, or an organisation.
    return found if len(found) > 1 else []


def _author(value: Any) -> Ref | None:
    part = as_mapping(value)
    names = (part.get("display_name"), part.get("name"), part.get("author_name"))
    name = next(filter(None, map(as_text, names)), "")
    slugs = (part.get("slug"), part.get("user_nicename"), part.get("nicename"))
    slug = next(filter(None, map(as_text, slugs)), "")
    if not name and not slug:
        return None
    ids = (part.get(key) for key in ("user_id", "id", "ID"))
    id_ = next((found for found in map(as_id, ids) if found is not None), 0)
    if part.get("is_guest") in (1, "1", True):
        id_ = 0  # some versions give the id of a term
    return Ref(id=id_, name=one_line(html.unescape(name)) or None, slug=unquote(slug) or None)


def _person(value: Any) -> Ref | None:
    name = one_line(html.unescape(as_text(as_mapping(value).get("name"))))
    return Ref(id=0, name=name, slug=None, hint="seo") if name else None


def _each_once(found: Iterable[Ref | None]) -> list[Ref]:
    """Return the references that there are, each once, in order."""
    by_identity: dict[tuple[Any, Any], Ref] = {}
    for ref in found:
        if ref is not None and len(by_identity) < _MOST:
            by_identity.setdefault((ref["id"], ref["slug"] or ref["name"]), ref)
    return list(by_identity.values())


def _schema_authors(record: Mapping[str, Any]) -> list[Any]:
    for part in _schema_articles(record):
        author = part.get("author")
        if isinstance(author, list):
            return author
    return []


def _schema_articles(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the parts of the schema.org data that describe the article or its page."""
    for head in HEADS:
        graph = as_mapping(as_mapping(record.get(head)).get("schema")).get("@graph")
        for part in as_values(graph):
            types = as_mapping(part).get("@type")
            names = types if isinstance(types, list) else [types]
            if any(isinstance(name, str) and _ARTICLES.fullmatch(name) for name in names):
                yield part


def schema_dates(record: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the dates of publication and change that an SEO plugin gives, as they stand.

    They are for records whose own dates are missing.
    """
    published = modified = None
    for head in HEADS:
        fields = as_mapping(record.get(head))
        for sign in ("_", ":"):  # Yoast writes `article_`, AIOSEO `article:`
            published = published or fields.get(f"article{sign}published_time")
            modified = modified or fields.get(f"article{sign}modified_time")
    for part in _schema_articles(record):
        published = published or part.get("datePublished")
        modified = modified or part.get("dateModified")
    if not published or not modified:
        in_html = dates_in_heads(record)
        published = published or in_html[0]
        modified = modified or in_html[1]
    return published, modified


def translations(record: Mapping[str, Any], own_id: int) -> list[Translation]:
    """Return the translations of a post, without itself, by language."""
    found: dict[tuple[str, int | None, str | None], Translation] = {}
    for name in _TRANSLATION_FIELDS:
        for language, value in _by_language(record.get(name)):
            one = _translation(language, value)
            if one is not None and one["id"] != own_id and len(found) < _MOST:
                found[one["language"], one["id"], one["link"]] = one
    return [found[key] for key in sorted(found, key=str)]


def _by_language(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the parts of a field with their languages; a list has them inside its parts."""
    if isinstance(value, list):
        for part in value:
            yield None, part
    else:
        yield from as_mapping(value).items()


def _translation(language: Any, value: Any) -> Translation | None:
    part = as_mapping(value)
    if not part:  # an id, or an address
        part = {"id": value, "href": value}
    # Polylang gives a map of language and id, WPML a list of objects that name their language.
    named = (part.get(key) for key in ("locale", "lang", "language"))
    language = next(filter(None, named), language)
    id_ = as_id(part.get("id"))
    addresses = (part.get(key) for key in ("href", "link", "url"))
    link = next(filter(_is_address, addresses), None)
    if not isinstance(language, str) or not _LANGUAGE.fullmatch(language) or not (id_ or link):
        return None
    return Translation(language=language.replace("_", "-"), id=id_ or None, link=link)


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://"))
