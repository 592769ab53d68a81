"""Names of categories and tags as feeds and pages publish them, without their ids. Pure.

| source | what it says |
|---|---|
| class of an article, `category-news`, `tag-go` | taxonomy and slug |
| link with `rel="category tag"` or `rel="tag"` | taxonomy, name, and the slug at its end |
| JSON-LD, `articleSection` and `keywords` | taxonomy and name |
| feed, `<category>` | the name alone |
| sitemap of a taxonomy | which slugs are of this taxonomy |
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any
from urllib.parse import unquote, urlsplit

MADE_UP_IDS = 2**52
"""Ids from here on are made of an address or a name. WordPress counts from 1, and no site gets
here; JavaScript and spreadsheets hold them exactly."""
FIELD_OF_TAXONOMY = {"category": "categories", "post_tag": "tags"}
"""The fields of a record that hold the ids of terms, by taxonomy."""
_PREFIXES = {"category-": "category", "tag-": "post_tag"}
# Terms of one post. Themes that print a cloud of tags in each article have hundreds.
_MOST = 100
_GAPS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class PublishedTerm:
    """A category or tag."""

    name: str
    taxonomy: str = ""
    """`category` or `post_tag`; empty where the source does not say which."""
    slug: str = ""


def made_up_number(text: str) -> int:
    """Return an id that is made of a text: the same one for the same text."""
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return MADE_UP_IDS + int.from_bytes(digest) % MADE_UP_IDS


def slug_of(name: str) -> str:
    """Return the slug that WordPress usually makes of a name."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return _GAPS.sub("-", "".join(c for c in plain if not unicodedata.combining(c))).strip("-")


def last_part(address: str) -> str:
    """Return the last part of an address's path, decoded; empty for what is no address."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    return unquote(path.rstrip("/").rpartition("/")[2])


def term_of_link(relations: Iterable[str], address: str, text: str) -> PublishedTerm:
    """Return the term of a link with `rel="category tag"` or `rel="tag"`.

    Source: get_the_category_list() and get_the_term_list() in wp-includes.
    """
    taxonomy = "category" if "category" in relations else "post_tag"
    return PublishedTerm(str(text), taxonomy, last_part(address))


def described_terms(article: Mapping[str, Any]) -> Iterator[PublishedTerm]:
    """Yield the terms in an article of JSON-LD; some plugins write keywords as one text."""
    for field, taxonomy in (("articleSection", "category"), ("keywords", "post_tag")):
        value = article.get(field)
        if isinstance(value, str):
            value = value.split(",") if field == "keywords" else [value]
        for name in value if isinstance(value, list) else []:
            if isinstance(name, str):
                yield PublishedTerm(name, taxonomy)


def terms_of_classes(
    classes: Iterable[str], linked: Iterable[PublishedTerm]
) -> tuple[PublishedTerm, ...]:
    """Return the terms that the classes of an article name; links on the page tell their names."""
    names = {(term.taxonomy, term.slug): term.name for term in linked}
    found = []
    for name in classes:
        for prefix, taxonomy in _PREFIXES.items():
            slug = name.removeprefix(prefix)
            # A slug without Latin letters stands there as the id of its term.
            if slug != name and slug and not slug.isdigit():
                shown = names.get((taxonomy, slug)) or slug.replace("-", " ")
                found.append(PublishedTerm(shown, taxonomy, slug))
    return joined_terms(found)


def joined_terms(*groups: Iterable[PublishedTerm]) -> tuple[PublishedTerm, ...]:
    """Return the terms of several sources, each once; those of a known taxonomy count first."""
    terms = [term for group in groups for term in group]
    found: dict[tuple[str, str], PublishedTerm] = {}
    for term in sorted(terms, key=lambda term: not term.taxonomy):
        name = " ".join(term.name.split())[:200]
        is_there = any((taxonomy, name.casefold()) in found for taxonomy in FIELD_OF_TAXONOMY)
        if name and len(found) < _MOST and (term.taxonomy or not is_there):
            found.setdefault((term.taxonomy, name.casefold()), replace(term, name=name))
    return tuple(found.values())


def term_members(
    terms: Sequence[PublishedTerm], taxonomy_of: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the members of a record that show terms as the API does, under made-up ids.

    `taxonomy_of` says of which taxonomy a slug is. A name of which nothing says that counts as a
    tag.
    """
    known = taxonomy_of or {}
    members: dict[str, Any] = {}
    embedded = []
    for term in terms:
        slug = term.slug or slug_of(term.name)
        taxonomy = term.taxonomy or known.get(slug, "post_tag")
        if taxonomy not in FIELD_OF_TAXONOMY:
            continue
        id_ = made_up_number(f"{taxonomy}/{term.name.casefold()}")
        members.setdefault(FIELD_OF_TAXONOMY[taxonomy], []).append(id_)
        embedded.append({"id": id_, "name": term.name, "slug": slug, "taxonomy": taxonomy})
    if embedded:
        members["_embedded"] = {"wp:term": [embedded]}
    return members
