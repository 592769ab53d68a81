"""The content of the sample site: posts recorded from real sites (`samples/`), as one site.

Texts, dates and addresses stay as recorded. Ids are moved apart, so that the sites do not collide.
What was not recorded is derived from the records: the names of the tags of one post, and the
display names of authors.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from demo.api import Site
from demo.collection import Collection

RECORDED = Path(__file__).parent.parent / "samples"
SITES = {"blog.fukata.org": 20_000, "yankay.com": 10_000}
"""Folder -> the number that is added to its ids."""
_NEW_YEAR = "2026-01-01T00:00:00"
_CREDITS = (
    "<p>These posts were recorded from blog.fukata.org (MIT), yankay.com (Apache-2.0) "
    "and businessupturn.com.</p>\n"
)
ABOUT = {
    "id": 1,
    "date": _NEW_YEAR,
    "date_gmt": _NEW_YEAR,
    "modified": _NEW_YEAR,
    "modified_gmt": _NEW_YEAR,
    "slug": "about",
    "status": "publish",
    "type": "page",
    "link": "/about/",
    "title": {"rendered": "About this sample site"},
    "content": {"rendered": _CREDITS, "protected": False},
    "excerpt": {"rendered": "", "protected": False},
    "author": 1,
    "parent": 0,
    "menu_order": 0,
}

Records = Iterable[Mapping[str, Any] | bytes]
"""Records as objects, or as JSON bytes that are served untouched."""


def load(name: str) -> Any:
    """Return a recorded file, decoded."""
    return json.loads((RECORDED / name).read_bytes())


def core(
    posts: Records = (), tags: Records = (), categories: Records = (), users: Records = ()
) -> list[Collection]:
    """Return the collections of a plain WordPress, filled with these records."""
    post_taxonomies = {"category": "categories", "post_tag": "tags"}
    return [
        Collection("post", "posts", "post", taxonomies=post_taxonomies).fill(posts),
        Collection("page", "pages", "post", hierarchical=True),
        Collection("attachment", "media", "post"),
        Collection("category", "categories", "term", hierarchical=True).fill(categories),
        Collection("post_tag", "tags", "term").fill(tags),
        Collection("user", "users", "user").fill(users),
        Collection("comment", "comments", "comment"),
    ]


def sample_site() -> Site:
    """Return the recorded posts as one site, the seed post among them."""
    seed = load("seed-post.json")
    posts = [_unlinked(seed)]
    tags = _seed_terms(seed, "tags", "post_tag", "tag-")
    categories = _seed_terms(seed, "categories", "category", "category-")
    for folder, shift in SITES.items():
        posts += [_moved_post(post, shift) for post in load(f"{folder}/posts.json")]
        tags += [_moved(term, shift) for term in load(f"{folder}/tags.json")]
        categories += [_moved(term, shift) for term in load(f"{folder}/categories.json")]
    users = {post["author"]: _author(post) for post in posts}
    site = Site(core(posts, tags, categories, users.values()))
    site["pages"].put(ABOUT | {"author": seed["author"]})
    return site


def _seed_terms(
    post: dict[str, Any], field: str, taxonomy: str, prefix: str
) -> list[dict[str, Any]]:
    """Return the terms of a post, named after its CSS classes.

    WordPress prints the classes in the order of the ids.
    """
    slugs = [name.removeprefix(prefix) for name in post["class_list"] if name.startswith(prefix)]
    return [
        {
            "id": id_,
            "count": 1,
            "description": "",
            "link": "",
            "name": _name(slug),
            "slug": slug,
            "taxonomy": taxonomy,
        }
        for id_, slug in zip(post[field], slugs, strict=True)
    ]


def _name(slug: str) -> str:
    if len(slug) == 2:  # an abbreviation: `tv`
        return slug.upper()
    return slug.replace("-", " ").title()


def _unlinked(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record without the links to the API of the site that it was recorded from."""
    return {name: value for name, value in record.items() if name != "_links"}


def _moved(record: dict[str, Any], shift: int) -> dict[str, Any]:
    """Return a record with its own and its parent's id moved."""
    moved = _unlinked(record)
    moved["id"] += shift
    if moved.get("parent"):
        moved["parent"] += shift
    return moved


def _moved_post(post: dict[str, Any], shift: int) -> dict[str, Any]:
    moved = _moved(post, shift)
    moved["author"] += shift
    for field in ("tags", "categories"):
        moved[field] = [id_ + shift for id_ in post[field]]
    return moved


def _author(post: dict[str, Any]) -> dict[str, Any]:
    """Return an author named after the host that the post was recorded from."""
    host = str(post["link"]).split("/")[2].removeprefix("www.")
    return {
        "id": post["author"],
        "name": host,
        "slug": host.replace(".", "-"),
        "description": "",
        "link": "",
    }
