"""The lists of a static site, in a small database that is gone when all is written."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from wparchive.model.documents import PostDocument
from wparchive.reading.arguments import link_forms, loose_address, short_link_keys
from wparchive.reading.views import co_author_names, iso_time, ref_name

WAYS = {
    "month": "Months",
    "site": "Sites",
    "type": "Types",
    "category": "Categories",
    "tag": "Tags",
    "author": "Authors",
}
"""The ways in which posts are grouped, with their titles."""
_LOOSE = "like "
_LOOSE_KEY = "key like "
"""What stands before an address without `www.` and usual ports, and before such a key."""
POSTS_A_PAGE = 100
"""Posts on one page of a list."""


class ListedPost(NamedTuple):
    """A post as a list shows it."""

    path: str
    title: str
    at: str


class ListedGroup(NamedTuple):
    """The posts with one month, tag, author or the like."""

    number: int
    name: str
    posts: int


class PostLists:
    """The lists while posts come, and afterwards."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = sqlite3.connect(path)
        self._db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE post (path TEXT, title TEXT, at TEXT);"
            "CREATE TABLE member (way TEXT, name TEXT, post INTEGER);"
            "CREATE TABLE page (address TEXT PRIMARY KEY, path TEXT) WITHOUT ROWID;"
        )

    def add_page(self, post: PostDocument, path: str) -> None:
        """Note where the page of a post will be; call it for all posts before `page_of`."""
        # Of several posts with one address, a live one is meant.
        verb = "REPLACE" if post["state"] == "live" else "IGNORE"
        self._db.executemany(
            f"INSERT OR {verb} INTO page VALUES (?, ?)",
            [(name, path) for name in _addresses(post)],
        )

    def page_of(self, address: str) -> str | None:
        """Return the path of the page of the post at a public address; None where there is none."""
        loose = loose_address(address)
        return self._page_at((*short_link_keys(address), *link_forms(address))) or self._page_at(
            (f"{_LOOSE}{loose}", *(f"{_LOOSE_KEY}{key}" for key in short_link_keys(loose)))
        )

    def _page_at(self, names: tuple[str, ...]) -> str | None:
        places = ",".join("?" * len(names))
        found = self._db.execute(f"SELECT path FROM page WHERE address IN ({places})", names)
        row = found.fetchone()
        return row[0] if row else None

    def add(self, post: PostDocument, path: str) -> ListedPost:
        """Add a post whose page is at a path; return its line."""
        line = ListedPost(path, post["title"] or post["slug"] or post["_id"], _day(post))
        number = self._db.execute("INSERT INTO post VALUES (?, ?, ?)", line).lastrowid
        self._db.executemany(
            "INSERT INTO member VALUES (?, ?, ?)",
            [(way, name, number) for way, names in _names(post).items() for name in names],
        )
        return line

    def ready(self) -> None:
        """Make the lists quick to read; call it when all posts have been added."""
        self._db.execute("CREATE INDEX members ON member (way, name, post)")
        self._db.execute("CREATE INDEX days ON post (at)")

    def close(self) -> None:
        """Remove the database."""
        self._db.close()
        self._path.unlink()

    def groups(self, way: str) -> list[ListedGroup]:
        """Return the groups of one way, by name; months from the newest."""
        order = "DESC" if way == "month" else "ASC"
        rows = self._db.execute(
            f"SELECT name, count(*) FROM member WHERE way = ? GROUP BY name ORDER BY name {order}",
            (way,),
        )
        return [ListedGroup(number, *row) for number, row in enumerate(rows, 1)]

    def newest(self) -> Iterator[list[ListedPost]]:
        """Yield the pages of the list of all posts, the newest first."""
        return _pages(self._db.execute("SELECT path, title, at FROM post ORDER BY at DESC, path"))

    def members(self, way: str, name: str) -> Iterator[list[ListedPost]]:
        """Yield the pages of the list of a group, the newest first."""
        return _pages(
            self._db.execute(
                "SELECT path, title, at FROM member JOIN post ON post.rowid = member.post"
                " WHERE way = ? AND name = ? ORDER BY at DESC, path",
                (way, name),
            )
        )


def _addresses(post: PostDocument) -> Iterator[str]:
    """Yield the names under which the page of a post is looked for."""
    yield post["_id"]
    yield f"{_LOOSE_KEY}{loose_address(post['_id'])}"
    if post["link"]:
        yield post["link"]
        yield f"{_LOOSE}{loose_address(post['link'])}"


def _pages(rows: Iterable[Any]) -> Iterator[list[ListedPost]]:
    page: list[ListedPost] = []
    for row in rows:
        page.append(ListedPost(*row))
        if len(page) == POSTS_A_PAGE:
            yield page
            page = []
    if page:
        yield page


def _names(post: PostDocument) -> Mapping[str, Iterable[str]]:
    """Return the groups of a post, by the way of grouping; each once."""
    authors = list(co_author_names(post) or [])
    if not authors and post["author"]:
        authors = [ref_name(post["author"])]
    found = {
        "month": [_day(post)[:7]],
        "site": [post["site"]],
        "type": [post["type"]],
        "category": [ref_name(ref) for ref in post["categories"]],
        "tag": [ref_name(ref) for ref in post["tags"]],
        "author": authors,
    }
    return {way: [name for name in dict.fromkeys(names) if name] for way, names in found.items()}


def _day(post: PostDocument) -> str:
    return (iso_time(post["published_at"]) or "")[:10]
