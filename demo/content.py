"""What the sample site holds: posts recorded from real sites (samples), merged into one site.

Texts, dates and addresses stay as recorded. Ids are moved apart so that the sites do not collide, and what was not recorded
(names of the tags of one post, display names of authors) is derived from the records and said so here.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from demo.api import Site
from demo.collection import Collection

RECORDED = Path(__file__).parent.parent / "samples"
SITES = {"blog.fukata.org": 20_000, "yankay.com": 10_000}
"""Folder: what is added to its ids."""
ABOUT = {
    "id": 1,
    "date": "2026-01-01T00:00:00",
    "date_gmt": "2026-01-01T00:00:00",
    "modified": "2026-01-01T00:00:00",
    "modified_gmt": "2026-01-01T00:00:00",
    "slug": "about",
    "status": "publish",
    "type": "page",
    "link": "/about/",
    "title": {"rendered": "About this sample site"},
    "content": {
        "rendered": "<p>These posts were recorded from blog.fukata.org (MIT), yankay.com (Apache-2.0) and businessupturn.com.</p>\n",
        "protected": False,
    },
    "excerpt": {"rendered": "", "protected": False},
    "author": 1,
    "parent": 0,
    "menu_order": 0,
}


def load(name: str) -> Any:
    """A recorded file, decoded."""
    return json.loads((RECORDED / name).read_bytes())


Records = Iterable[Mapping[str, Any] | bytes]


def core(
    posts: Records = (), tags: Records = (), categories: Records = (), users: Records = ()
) -> list[Collection]:
    """The collections of a plain WordPress, filled with these records (dicts, or JSON bytes to be served untouched)."""
    return [
        Collection(
            "post", "posts", "post", taxonomies={"category": "categories", "post_tag": "tags"}
        ).fill(posts),
        Collection("page", "pages", "post", hierarchical=True),
        Collection("attachment", "media", "post"),
        Collection("category", "categories", "term", hierarchical=True).fill(categories),
        Collection("post_tag", "tags", "term").fill(tags),
        Collection("user", "users", "user").fill(users),
        Collection("comment", "comments", "comment"),
    ]


def sample_site() -> Site:
    """The recorded posts as one site, the seed post among them."""
    seed = load("seed-post.json")
    posts, tags, categories = (
        [_unlinked(seed)],
        _seed_terms(seed, "tags", "tag-"),
        _seed_terms(seed, "categories", "category-"),
    )
    for folder, shift in SITES.items():
        posts += [_moved_post(post, shift) for post in load(f"{folder}/posts.json")]
        tags += [_moved(term, shift) for term in load(f"{folder}/tags.json")]
        categories += [_moved(term, shift) for term in load(f"{folder}/categories.json")]
    users = {post["author"]: _author(post) for post in posts}
    site = Site(core(posts, tags, categories, users.values()))
    site["pages"].put(ABOUT | {"author": seed["author"]})
    return site


def _seed_terms(post: dict[str, Any], field: str, prefix: str) -> list[dict[str, Any]]:
    """The post's terms, named after its CSS classes, which WordPress gives in the order of the ids."""
    slugs = [name.removeprefix(prefix) for name in post["class_list"] if name.startswith(prefix)]
    taxonomy = {"tags": "post_tag", "categories": "category"}[field]
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
    return slug.upper() if len(slug) == 2 else slug.replace("-", " ").title()


def _unlinked(record: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in record.items() if name != "_links"
    }  # they lead to the API of the site it was recorded from


def _moved(record: dict[str, Any], shift: int) -> dict[str, Any]:
    moved = _unlinked(record) | {"id": record["id"] + shift}
    return moved | {"parent": moved["parent"] + shift} if moved.get("parent") else moved


def _moved_post(post: dict[str, Any], shift: int) -> dict[str, Any]:
    terms = {field: [id_ + shift for id_ in post[field]] for field in ("tags", "categories")}
    return _moved(post, shift) | terms | {"author": post["author"] + shift}


def _author(post: dict[str, Any]) -> dict[str, Any]:
    host = str(post["link"]).split("/")[2].removeprefix("www.")
    return {
        "id": post["author"],
        "name": host,
        "slug": host.replace(".", "-"),
        "description": "",
        "link": "",
    }
