"""What the posts that a run read look like as a whole. Pure functions of documents."""

import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from wparchive.model.documents import NamedCount, RunProfile, TypeProfile

_WORD_BINS = 20
_PLUGIN_FIELDS_MAX = 40
"""The most plugin fields of a type that are counted: some plugins add hundreds."""
_BUILDERS: Mapping[str, re.Pattern[str]] = {
    "WordPress blocks": re.compile(r"\bwp-block-"),
    "Elementor": re.compile(r"\belementor-(?:element|widget|section)"),
    "Divi": re.compile(r"\bet_pb_"),
    "WPBakery": re.compile(r"\bvc_row|\bwpb_"),
    "Avada": re.compile(r"\bfusion-"),
    "Beaver Builder": re.compile(r"\bfl-(?:row|module|node)-"),
    "Bricks": re.compile(r"\bbrxe-"),
    "Oxygen": re.compile(r"\bct-section|\bct-div-block"),
    "SiteOrigin": re.compile(r"\bsiteorigin-|\bpanel-grid"),
    "Thrive": re.compile(r"\bthrv_"),
    "Brizy": re.compile(r"\bbrz-"),
}
"""Marks that editors and page builders leave in the content."""
_LISTS = ("authors", "tags", "categories", "terms", "links", "images", "embeds", "translations")
_TEXTS = ("title", "excerpt")
_REFERENCES = ("author", "featured_media")


def profile_of(theme: str | None, posts: Iterable[Mapping[str, Any]]) -> RunProfile:
    """Return what posts look like, type by type; they are whole documents, `raw` included."""
    by_type: dict[str, list[Mapping[str, Any]]] = {}
    for post in posts:
        # A post that a password hides has no text, and that is as it should be.
        if not post["protected"]:
            by_type.setdefault(post["type"], []).append(post)
    types = [_profile_of_type(type_, by_type[type_]) for type_ in sorted(by_type)]
    return RunProfile(theme=theme, types=types)


def _profile_of_type(type_: str, posts: list[Mapping[str, Any]]) -> TypeProfile:
    words = [0] * _WORD_BINS
    fields: Counter[str] = Counter()
    plugin_fields: Counter[str] = Counter()
    builders: Counter[str] = Counter()
    for post in posts:
        words[word_bin(post["word_count"])] += 1
        fields.update(_fields_of(post))
        plugin_fields.update({f"extra.{field['k']}" for field in post["extra"]})
        builders.update(builders_of(_content(post)))
    fields.update(dict(plugin_fields.most_common(_PLUGIN_FIELDS_MAX)))
    return TypeProfile(
        type=type_,
        posts=len(posts),
        words=words,
        unresolved=sum(map(_is_unresolved, posts)),
        fields=_counts(fields),
        builders=_counts(builders),
    )


def word_bin(words: int) -> int:
    """Return in which of the counts of `TypeProfile.words` a text belongs."""
    return min(words.bit_length(), _WORD_BINS - 1)


def builders_of(content: str) -> set[str]:
    """Return the page builders and editors that have left their marks in a content."""
    return {name for name, mark in _BUILDERS.items() if mark.search(content)}


def _fields_of(post: Mapping[str, Any]) -> set[str]:
    """Return the fields that a post has, of those that most posts of a site have or lack."""
    found = {name for name in (*_LISTS, *_TEXTS) if post.get(name)}
    found |= {name for name in _REFERENCES if post.get(name) is not None}
    if post["published_at"] is not None:
        found.add("published_at")
    return found


def _is_unresolved(post: Mapping[str, Any]) -> bool:
    references = [*post["tags"], *post["categories"], *post["terms"]]
    references += [post[name] for name in _REFERENCES if post[name] is not None]
    return any("unresolved" in one or (one["name"] is None and one["id"]) for one in references)


def _content(post: Mapping[str, Any]) -> str:
    """Return the content as the site sent it: the safe HTML lacks what builders leave behind."""
    if not post.get("raw"):
        return ""
    try:
        record = json.loads(zlib.decompress(post["raw"]))
        return str(record["content"]["rendered"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _counts(counter: Counter[str]) -> list[NamedCount]:
    return [NamedCount(name=name, posts=counter[name]) for name in sorted(counter) if counter[name]]
