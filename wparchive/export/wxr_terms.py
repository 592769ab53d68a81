"""The head of a WXR file: authors, categories, tags and terms."""

from collections.abc import Callable, Iterator

from wparchive.export.wxr_values import stored_name, stored_slug
from wparchive.export.xml import cdata, element
from wparchive.model.documents import AuthorDocument, TermDocument


def author_element(author: AuthorDocument) -> str:
    parts = {
        "author_id": str(author["id"]),
        "author_login": cdata(stored_slug(author["slug"])),
        "author_email": cdata(""),
        "author_display_name": cdata(author["name"]),
        "author_first_name": cdata(""),
        "author_last_name": cdata(""),
    }
    return (
        "\t"
        + element(
            "wp:author", "".join(element(f"wp:{name}", value) for name, value in parts.items())
        )
        + "\n"
    )


def term_elements(terms: list[TermDocument]) -> Iterator[str]:
    """Categories, tags, then terms of other taxonomies; parents before their children, as the importer needs them."""
    shapes: list[tuple[Callable[[TermDocument], bool], Callable[[TermDocument, str], str]]] = [
        (lambda term: term["type"] == "category", _category),
        (lambda term: term["type"] == "post_tag", _tag),
        (lambda term: term["type"] not in ("category", "post_tag"), _term),
    ]
    for belongs, shape in shapes:
        chosen = [term for term in terms if belongs(term)]
        slugs = {(term["type"], term["id"]): term["slug"] for term in chosen}
        yield from (
            shape(term, slugs.get((term["type"], term["parent"] or 0), ""))
            for term in _parents_first(chosen)
        )


def _parents_first(terms: list[TermDocument]) -> Iterator[TermDocument]:
    waiting, done = terms, set[tuple[str, int]]()
    while waiting:
        known = {(term["type"], term["id"]) for term in waiting}
        ready = [term for term in waiting if (term["type"], term["parent"] or 0) not in known]
        for term in (
            ready or waiting
        ):  # a circle of parents, which WordPress itself cannot rule out, is written as it comes
            done.add((term["type"], term["id"]))
            yield term
        waiting = [term for term in waiting if (term["type"], term["id"]) not in done]


def _category(term: TermDocument, parent: str) -> str:
    parts = {
        "term_id": str(term["id"]),
        "category_nicename": cdata(stored_slug(term["slug"])),
        "category_parent": cdata(stored_slug(parent)),
    }
    return _described(
        "wp:category",
        parts,
        {"cat_name": stored_name(term["name"]), "category_description": term["description"]},
    )


def _tag(term: TermDocument, parent: str) -> str:
    parts = {"term_id": str(term["id"]), "tag_slug": cdata(stored_slug(term["slug"]))}
    return _described(
        "wp:tag",
        parts,
        {"tag_name": stored_name(term["name"]), "tag_description": term["description"]},
    )


def _term(term: TermDocument, parent: str) -> str:
    parts = {
        "term_id": str(term["id"]),
        "term_taxonomy": cdata(term["type"]),
        "term_slug": cdata(stored_slug(term["slug"])),
        "term_parent": cdata(stored_slug(parent)),
    }
    return _described(
        "wp:term",
        parts,
        {"term_name": stored_name(term["name"]), "term_description": term["description"]},
    )


def _described(name: str, parts: dict[str, str], optional: dict[str, str]) -> str:
    whole = parts | {key: cdata(value) for key, value in optional.items() if value}
    return (
        f"\t<{name}>\n"
        + "".join(f"\t\t{element(f'wp:{key}', value)}\n" for key, value in whole.items())
        + f"\t</{name}>\n"
    )
