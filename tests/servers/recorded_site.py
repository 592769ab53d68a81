"""Sites of the sample server (demo/) for tests: recorded ones, and made ones of any size.

with recorded_site("yankay.com") as site:     # site.home, site["posts"], site.switch(...)
with serve(made_site(posts=250)) as site:     # site.requests holds what was requested
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
FIRST_TAG = 1001
FIRST_CATEGORY = 501
CATEGORIES = 3


@contextmanager
def recorded_site(name: str = "sample") -> Iterator[Site]:
    """Serve `recorded(name)`."""
    with serve(recorded(name)) as site:
        yield site


def recorded(name: str = "sample") -> Site:
    """Return a recorded site, untouched.

    | name | what |
    |---|---|
    | `blog.fukata.org`, `yankay.com` | as they were |
    | `design-lab.tuqulore.com` | its tags and categories are closed |
    | `seed` | one post in the subdirectory /usa, every other route closed |
    | `sample` | the site that `make demo` crawls |
    """
    if name == "sample":
        return sample_site()
    if name == "seed":
        site = Site(core([load("seed-post.json")]), path="/usa", gmt_offset=-4)
        site.switch(closed={"tags": 401, "categories": 401, "users": 401, "media": 401})
        return site
    language = "zh-CN" if name == "yankay.com" else "ja"
    posts = load(f"{name}/posts.json")
    if name == "design-lab.tuqulore.com":
        site = Site(core(posts), name=name, language=language)
        site.switch(closed={"tags": 401, "categories": 401})
        return site
    tags = load(f"{name}/tags.json")
    categories = load(f"{name}/categories.json")
    return Site(core(posts, tags, categories), name=name, language=language)


def post(id_: int, **fields: Any) -> dict[str, Any]:
    """Return a small post record; `fields` replace what it has."""
    time = (START + timedelta(hours=id_)).isoformat()
    words = "word " * (id_ % 7)
    text = f"<p>The text of post {id_}, which is like no other: {words}{id_ * 7919}.</p>\n"
    record = {
        "id": id_,
        "date": time,
        "date_gmt": time,
        "modified": time,
        "modified_gmt": time,
        "guid": {"rendered": f"http://example.org/?p={id_}"},
        "slug": f"post-{id_}",
        "status": "publish",
        "type": "post",
        "link": f"http://example.org/post-{id_}/",
        "title": {"rendered": f"Post {id_}"},
        "content": {"rendered": text, "protected": False},
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
    """Return a term record."""
    record = {
        "id": id_,
        "name": f"Term {id_}",
        "slug": f"term-{id_}",
        "count": 1,
        "description": "",
        "link": f"http://example.org/{taxonomy}/{id_}/",
        "taxonomy": taxonomy,
        "meta": [],
    }
    return record | fields


def user(id_: int, **fields: Any) -> dict[str, Any]:
    """Return a user record."""
    record = {
        "id": id_,
        "name": f"User {id_}",
        "slug": f"user-{id_}",
        "url": "",
        "description": "",
        "link": f"http://example.org/author/{id_}/",
    }
    return record | fields


def made_site(posts: int = 250, tags: int = 30, path: str = "", gap: int = 1) -> Site:
    """Return a site of small posts with the ids 1, 1+gap, ...

    Each has two of `tags` tags (ids from 1001) and one of three categories (ids from 501).
    """
    records = []
    for n in range(posts):
        own_tags = []
        if tags > 1:
            own_tags = [FIRST_TAG + n % tags, FIRST_TAG + (n + 1) % tags]
        category = FIRST_CATEGORY + n % CATEGORIES
        records.append(post(1 + n * gap, tags=own_tags, categories=[category]))
    tag_records = [term(FIRST_TAG + n) for n in range(tags)]
    categories = [term(FIRST_CATEGORY + n, "category", parent=0) for n in range(CATEGORIES)]
    return Site(core(records, tag_records, categories, [user(1)]), path=path)
