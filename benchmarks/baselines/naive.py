"""The loop that people write first: `python -m benchmarks.baselines.naive SITE FILE [text]`.

Pages by number, one BeautifulSoup a post, names of tags and categories by one request for each
unknown id, one insert and commit a post. There are no retries and no checks: what it stores of a
site that is edited meanwhile is luck. With `text` it keeps nothing of the content but `get_text`.
"""

import json
import sqlite3
import sys
from collections.abc import Mapping
from typing import Any

import requests

from benchmarks.baselines.naive_cleaning import clean, text_of

COLUMNS = (
    "id, link, published, title, excerpt, tags, categories, "
    "text, html, links, images, frames, words"
)
Row = dict[str, Any]


def main(site: str, path: str, only: str = "") -> None:
    """Copy all posts of the site into the SQLite file."""
    database = sqlite3.connect(path)
    database.execute(f"CREATE TABLE posts ({COLUMNS.replace('id,', 'id INTEGER PRIMARY KEY,', 1)})")
    names = Names(site)
    page, pages = 1, 1
    while page <= pages:
        response = requests.get(
            f"{site}/wp-json/wp/v2/posts", params={"per_page": 100, "page": page}, timeout=60
        )
        response.raise_for_status()
        pages = int(response.headers["X-WP-TotalPages"])
        for post in response.json():
            row = described(post, names) | (text(post) if only == "text" else content(post))
            database.execute(
                f"INSERT INTO posts ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
                [*row.values()],
            )
            database.commit()
        page += 1
    database.close()


class Names:
    """Names of terms, each asked for once."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.known: dict[tuple[str, int], str] = {}

    def of(self, base: str, ids: list[int]) -> str:
        """As a JSON list."""
        for id_ in ids:
            if (base, id_) not in self.known:
                response = requests.get(f"{self.site}/wp-json/wp/v2/{base}/{id_}", timeout=60)
                self.known[base, id_] = response.json().get("name", "")
        return json.dumps([self.known[base, id_] for id_ in ids])


def described(post: Mapping[str, Any], names: Names) -> Row:
    """Everything but the content."""
    return {
        "id": post["id"],
        "link": post["link"],
        "published": post["date_gmt"],
        "title": text_of(post["title"]["rendered"]),
        "excerpt": text_of(post["excerpt"]["rendered"]),
        "tags": names.of("tags", post["tags"]),
        "categories": names.of("categories", post["categories"]),
    }


def content(post: Mapping[str, Any]) -> Row:
    """The content, as analysts ask for it."""
    found = clean(post["content"]["rendered"], post["link"])
    lists = {"links": found.links, "images": found.images, "frames": found.frames}
    return {
        "text": found.text,
        "html": found.html,
        "words": found.words,
        **{name: json.dumps(value) for name, value in lists.items()},
    }


def text(post: Mapping[str, Any]) -> Row:
    """The least that can be called cleaning."""
    return {"text": text_of(post["content"]["rendered"])}


if __name__ == "__main__":
    main(*sys.argv[1:])
