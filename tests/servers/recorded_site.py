"""Sites of the sample server (demo/) for tests: recorded ones, and made ones of any size.

with recorded_site("yankay.com") as site:     # site.home, site["posts"], site.switch(...), site.requests
with serve(made_site(posts=250)) as site:
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from demo.api import Site
from demo.content import core, load, sample_site
from demo.server import serve

__all__ = ["made_site", "post", "recorded", "recorded_site", "serve", "term", "user"]

START = datetime(2020, 1, 1)


@contextmanager
def recorded_site(name: str = "sample") -> Iterator[Site]:
    """Serve `recorded(name)`."""
    with serve(recorded(name)) as site:
        yield site


def recorded(name: str = "sample") -> Site:
    """A recorded site, untouched: `blog.fukata.org`, `yankay.com`, `design-lab.tuqulore.com` (its tags and categories closed),
    `seed` (one post in the subdirectory /usa, every other route closed), or `sample`, which is what `make demo` crawls."""
    if name == "sample":
        return sample_site()
    if name == "seed":
        site = Site(core([load("seed-post.json")]), path="/usa", gmt_offset=-4)
        site.switch(closed={"tags": 401, "categories": 401, "users": 401, "media": 401})
        return site
    closed = name == "design-lab.tuqulore.com"
    terms = ([], []) if closed else (load(f"{name}/tags.json"), load(f"{name}/categories.json"))
    site = Site(
        core(load(f"{name}/posts.json"), *terms),
        name=name,
        language="zh-CN" if name == "yankay.com" else "ja",
    )
    if closed:
        site.switch(closed={"tags": 401, "categories": 401})
    return site


def post(id_: int, **fields: Any) -> dict[str, Any]:
    """A small post record; `fields` replace what it has."""
    at = (START + timedelta(hours=id_)).isoformat()
    record = {
        "id": id_,
        "date": at,
        "date_gmt": at,
        "modified": at,
        "modified_gmt": at,
        "guid": {"rendered": f"http://example.org/?p={id_}"},
        "slug": f"post-{id_}",
        "status": "publish",
        "type": "post",
        "link": f"http://example.org/post-{id_}/",
        "title": {"rendered": f"Post {id_}"},
        "content": {
            "rendered": f"<p>The text of post {id_}, which is like no other: {'word ' * (id_ % 7)}{id_ * 7919}.</p>\n",
            "protected": False,
        },
        "excerpt": {"rendered": f"<p>Excerpt {id_}</p>\n", "protected": False},
        "author": 1,
        "featured_media": 0,
        "sticky": False,
        "format": "standard",
        "meta": [],
        "categories": [],
        "tags": [],
    }
    return record | fields


def term(id_: int, taxonomy: str = "post_tag", **fields: Any) -> dict[str, Any]:
    """A term record."""
    record = {
        "id": id_,
        "count": 1,
        "description": "",
        "link": f"http://example.org/{taxonomy}/{id_}/",
        "taxonomy": taxonomy,
        "meta": [],
    }
    return record | {"name": f"Term {id_}", "slug": f"term-{id_}"} | fields


def user(id_: int, **fields: Any) -> dict[str, Any]:
    """A user record."""
    return {
        "id": id_,
        "name": f"User {id_}",
        "slug": f"user-{id_}",
        "url": "",
        "description": "",
        "link": f"http://example.org/author/{id_}/",
    } | fields


def made_site(posts: int = 250, tags: int = 30, path: str = "", gap: int = 1) -> Site:
    """A site of small posts (ids 1, 1+gap, ...), each with two of `tags` tags (ids from 1001) and one of three categories (from 501)."""
    ids = range(1, 1 + posts * gap, gap)
    records = [
        post(
            id_,
            tags=[1001 + n % tags, 1001 + (n + 1) % tags] if tags > 1 else [],
            categories=[501 + n % 3],
        )
        for n, id_ in enumerate(ids)
    ]
    categories = [term(501 + n, "category", parent=0) for n in range(3)]
    return Site(
        core(records, [term(1001 + n) for n in range(tags)], categories, [user(1)]), path=path
    )
