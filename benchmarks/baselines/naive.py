"""The loop that people write first: `python -m benchmarks.baselines.naive SITE FILE`.

Pages by number, one BeautifulSoup a post, names of tags and categories by one request for each unknown id, one insert and commit a
post. No retries, no checks: what it stores of a site that is edited meanwhile is luck.
"""

import json
import sqlite3
import sys
from typing import Any

import requests
from bs4 import BeautifulSoup

COLUMNS = "id, link, published, title, text, excerpt, tags, categories, links, images"


def main(site: str, path: str) -> None:
    """Copy all posts of the site into the SQLite file."""
    database = sqlite3.connect(path)
    database.execute(f"CREATE TABLE posts ({COLUMNS.replace('id,', 'id INTEGER PRIMARY KEY,', 1)})")
    names = Names(site)
    page, pages = 1, 1
    while page <= pages:
        response = requests.get(f"{site}/wp-json/wp/v2/posts", params={"per_page": 100, "page": page}, timeout=60)
        response.raise_for_status()
        pages = int(response.headers["X-WP-TotalPages"])
        for post in response.json():
            database.execute("INSERT INTO posts VALUES (?,?,?,?,?,?,?,?,?,?)", row(post, names))
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


def row(post: dict[str, Any], names: Names) -> tuple[Any, ...]:
    """One post, cleaned as tutorials do."""
    content = BeautifulSoup(post["content"]["rendered"], "html.parser")
    for noise in content(["script", "style"]):
        noise.decompose()
    return (
        post["id"],
        post["link"],
        post["date_gmt"],
        BeautifulSoup(post["title"]["rendered"], "html.parser").get_text(),
        content.get_text("\n", strip=True),
        BeautifulSoup(post["excerpt"]["rendered"], "html.parser").get_text(strip=True),
        names.of("tags", post["tags"]),
        names.of("categories", post["categories"]),
        json.dumps([link["href"] for link in content.find_all("a", href=True)]),
        json.dumps([image["src"] for image in content.find_all("img", src=True)]),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
