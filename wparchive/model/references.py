"""Names of terms and authors in the documents that refer to them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wparchive.model.documents import Kind, StoredDocument

CARRIERS: Mapping[Kind, tuple[Kind, ...]] = {"terms": ("posts",), "authors": ("posts", "media")}
"""The kinds of documents that hold names of objects of a kind."""
TERM_LISTS = {"post_tag": "tags", "category": "categories"}
"""The field of a post that holds the terms of a taxonomy; those of others are in `terms`."""


def is_renamed(kind: Kind, stored: Mapping[str, Any], written: Mapping[str, Any]) -> bool:
    """Tell whether documents that refer to an object have to show another name or slug."""
    if kind not in CARRIERS:
        return False
    return bool(stored["name"] != written["name"] or stored["slug"] != written["slug"])


def with_new_names(
    document: StoredDocument, kind: Kind, objects: Sequence[Mapping[str, Any]], at: datetime
) -> StoredDocument:
    """Return a document with the names of some terms or authors, as refreshed at `at`.

    The same document where it has these names already.
    """
    named = {(found["type"], found["id"]): found for found in objects}
    changed: StoredDocument = {}
    if kind == "authors":
        changed["author"] = _renamed(document["author"], "user", named)
        if document.get("authors"):
            changed["authors"] = [_renamed(ref, "user", named) for ref in document["authors"]]
    else:
        for taxonomy, field in TERM_LISTS.items():
            changed[field] = [_renamed(ref, taxonomy, named) for ref in document[field]]
        changed["terms"] = [_renamed(ref, ref["taxonomy"], named) for ref in document["terms"]]
    # A refresh that changes nothing would leave an earlier state that equals this one.
    if all(document[field] == value for field, value in changed.items()):
        return document
    refreshes = (document.get("refreshes") or 0) + 1
    return {**document, **changed, "refreshes": refreshes, "refreshed_at": at}


def _renamed(ref: Any, type_: str, named: Mapping[tuple[str, int], Mapping[str, Any]]) -> Any:
    """Return a reference with its object's name, without the marks of a guess."""
    found = named.get((type_, ref["id"])) if ref else None
    if found is None:
        return ref
    kept = {name: value for name, value in ref.items() if name not in ("hint", "unresolved")}
    return {**kept, "name": found["name"], "slug": found["slug"]}


def ids_of_taxonomy(post: Mapping[str, Any], taxonomy: str) -> set[int]:
    """Return the ids of a post's terms of one taxonomy."""
    if taxonomy in TERM_LISTS:
        return {ref["id"] for ref in post[TERM_LISTS[taxonomy]]}
    return {ref["id"] for ref in post["terms"] if ref["taxonomy"] == taxonomy}


def successor_of(
    taxonomy: str, id_: int, edits: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> int | None:
    """Return the term that all posts of a deleted term have now instead; None where none is clear.

    `edits` are posts before and after they were edited. The term was given to one of them at least.
    """
    after: list[set[int]] = []
    given: set[int] = set()
    for before, now in edits:
        had = ids_of_taxonomy(before, taxonomy)
        has = ids_of_taxonomy(now, taxonomy)
        if id_ in had and id_ not in has:
            after.append(has)
            given |= has - had
    if not after:
        return None
    candidates = given.intersection(*after)
    if len(candidates) != 1:
        return None
    return candidates.pop()
