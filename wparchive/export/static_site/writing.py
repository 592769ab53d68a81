"""Writes a static site: a page for each post, lists, and a search that needs no server.

A page that was opened from a folder may not read files, but it may load scripts. So the index of
the search is `search/NNN.js`, one script for the words that begin alike, and `search/posts-N.js`
with titles.
"""

import json
import shutil
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from wparchive.export.markdown import path_of
from wparchive.export.readable import html_or_text
from wparchive.export.static_site.lists import WAYS, ListedPost, PostLists
from wparchive.model.documents import PostDocument
from wparchive.reading.files import COPIES_FOLDER, HeldFiles
from wparchive.reading.page_templates import page_templates
from wparchive.reading.pictures import (
    SHOWN_TYPES,
    with_local_links,
    with_local_pictures,
    with_remote_pictures_named,
)
from wparchive.reading.views import ref_name
from wparchive.text.marks import one_line, without_controls
from wparchive.text.scripts import SPACELESS_RANGES
from wparchive.text.search_tokens import MAX_TOKEN, tokens

_HERE = Path(__file__).parent
_STYLE = _HERE.parents[1] / "web" / "static" / "style.css"
_POSTS_FOLDER = "posts"
_OPENED_TYPES = SHOWN_TYPES | {
    "application/pdf",
    "audio/mpeg",
    "audio/ogg",
    "video/mp4",
    "video/webm",
    "text/plain",
}
"""Types of files that are copied: in none of them, a browser runs anything of a page."""

SHARDS = 256
POSTS_A_SCRIPT = 500
SNIPPET_LENGTH = 200
_HELD_LINES = 200_000
"""Words of posts that wait in memory until they are written."""


def write_site(
    posts: Iterable[PostDocument],
    folder: Path,
    files: HeldFiles | None = None,
    selection: Iterable[PostDocument] | None = None,
) -> None:
    """Write posts as a folder of web pages, which `index.html` opens.

    Links to posts of the site lead to their pages: so the posts are read twice, first from
    `selection` where reading `posts` counts them. Kept pictures and documents are copied beside the
    pages; pictures that only another server has are named. No page asks the internet for anything,
    and nothing in a post can run. Raises ExtraMissing.
    """
    site = _Site(folder, files)
    shutil.copyfile(_STYLE, folder / "style.css")
    shutil.copyfile(_HERE / "search.js", folder / "search.js")
    lists = PostLists(folder / ".lists.db")
    search = folder / "search"
    try:
        for post in posts if selection is None else selection:
            lists.add_page(post, site.path_of(post))
        with SearchIndex(search) as index:
            for post in posts:
                line = lists.add(post, site.path_of(post))
                site.write_post(post, line, lists)
                names = "\n".join(ref_name(ref) for ref in _terms(post))
                index.add(line.path, line.title, line.at, post["text"], names)
            index.finish()
        lists.ready()
        site.write_lists(lists)
    finally:
        lists.close()


class _Site:
    """The folder of a static site, and the templates of its pages."""

    def __init__(self, folder: Path, files: HeldFiles | None) -> None:
        self._folder = folder
        self._files = files
        self._templates = page_templates(_HERE / "templates")

    def path_of(self, post: PostDocument) -> str:
        """Return the path of a post's page from the top of the folder."""
        *folders, name = path_of(post)
        return "/".join((_POSTS_FOLDER, *folders, f"{name.removesuffix('.md')}.html"))

    def write_post(self, post: PostDocument, line: ListedPost, lists: PostLists) -> None:
        """Write the page of a post."""
        up = "../" * line.path.count("/")
        copies = self._copied(post, up)

        def place_of(url: str) -> str | None:
            if url in copies:
                return copies[url]
            page = lists.page_of(url)
            _, mark, part = url.partition("#")
            return None if page is None else f"{up}{quote(page)}{mark}{part}"

        html = with_local_pictures(without_controls(html_or_text(post)), copies)
        article = with_local_links(with_remote_pictures_named(html), place_of)
        self._write(line.path, "post.html", post=post, line=line, article=article, up=up)

    def write_lists(self, lists: PostLists) -> None:
        """Write the front page, the page of the search, and all lists."""
        ways = {way: lists.groups(way) for way in WAYS}
        ways = {way: groups for way, groups in ways.items() if groups}
        newest = lists.newest()
        first = next(newest, [])
        self._write("index.html", "index.html", up="", ways=ways, titles=WAYS, lines=first)
        self._write("search.html", "search.html", up="")
        everything = chain([first], newest) if first else newest
        self._write_list("newest", "All posts, newest first", everything, "")
        for way, groups in ways.items():
            self._write(f"{way}.html", "groups.html", way=way, title=WAYS[way], groups=groups)
            for group in groups:
                members = lists.members(way, group.name)
                self._write_list(f"by/{way}-{group.number}", group.name, members, "../")

    def _write_list(
        self, stem: str, title: str, pages: Iterable[list[ListedPost]], up: str
    ) -> None:
        """Write the pages of a list: `stem-1.html`, `stem-2.html`, ..."""
        name = stem.rpartition("/")[2]
        for number, (lines, is_last) in enumerate(_with_end(pages), 1):
            self._write(
                f"{stem}-{number}.html",
                "list.html",
                title=title,
                lines=lines,
                up=up,
                before=f"{name}-{number - 1}.html" if number > 1 else None,
                behind=None if is_last else f"{name}-{number + 1}.html",
            )

    def _copied(self, post: PostDocument, up: str) -> dict[str, str]:
        """Copy the kept files of a post that are safe to open; return their places, by address."""
        if self._files is None:
            return {}
        names = self._files.copied(post, self._folder / COPIES_FOLDER, _OPENED_TYPES)
        return {url: f"{up}{COPIES_FOLDER}/{name}" for url, name in names.items()}

    def _write(self, path: str, template: str, **values: Any) -> None:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        text = self._templates.get_template(template).render({"up": "", **values})
        target.write_text(text, encoding="utf-8", errors="replace")


def _terms(post: PostDocument) -> Iterator[Any]:
    yield from post["categories"]
    yield from post["tags"]
    yield from post["terms"]


def _with_end(pages: Iterable[list[ListedPost]]) -> Iterator[tuple[list[ListedPost], bool]]:
    """Yield pages, each with whether it is the last one."""
    rest = iter(pages)
    page = next(rest, None)
    while page is not None:
        following = next(rest, None)
        yield page, following is None
        page = following


def shard_of(word: str) -> int:
    """Return which script holds a word. Words with the same first two characters are together."""
    first = ord(word[0])
    second = ord(word[1]) if len(word) > 1 else 0
    return (first * 31 + second) % SHARDS


class SearchIndex:
    """The index while posts come; use it as a context manager, and call `finish` at the end.

    The words of all posts are more than memory should hold: they wait in a file for each script.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._words = folder / ".words"
        self._waiting: dict[int, list[str]] = {}
        self._lines = 0
        self._posts: list[list[str]] = []
        self._count = 0

    def __enter__(self) -> Self:
        self._words.mkdir(parents=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for path in self._words.iterdir():
            path.unlink()
        self._words.rmdir()

    def add(self, path: str, title: str, at: str, text: str, names: str) -> None:
        """Add a post; `path` leads to its page from the folder's top."""
        for word in sorted(set(tokens(f"{title}\n{names}\n{text}"))):
            self._waiting.setdefault(shard_of(word), []).append(f"{word} {self._count}\n")
            self._lines += 1
        if self._lines >= _HELD_LINES:
            self._flush()
        self._posts.append([path, one_line(title), at, one_line(text[:SNIPPET_LENGTH])])
        self._count += 1
        if len(self._posts) == POSTS_A_SCRIPT:
            self._write_posts()

    def finish(self) -> None:
        """Write the scripts of words, and what the page must know of the index."""
        self._flush()
        if self._posts:
            self._write_posts()
        for number in range(SHARDS):
            self._write(f"{number:03}.js", "words", [number, self._shard(number)])
        about = {
            "posts": self._count,
            "postsAScript": POSTS_A_SCRIPT,
            "shards": SHARDS,
            "longest": MAX_TOKEN,
            "spaceless": SPACELESS_RANGES,
        }
        self._write("about.js", "about", [about])

    def _flush(self) -> None:
        for number, lines in self._waiting.items():
            with (self._words / str(number)).open("a", encoding="utf-8") as out:
                out.writelines(lines)
        self._waiting.clear()
        self._lines = 0

    def _write_posts(self) -> None:
        number = (self._count - 1) // POSTS_A_SCRIPT
        self._write(f"posts-{number}.js", "titles", [number, self._posts])
        self._posts = []

    def _shard(self, number: int) -> dict[str, list[int]]:
        """Return the words of one script with the numbers of their posts, as differences."""
        found: dict[str, list[int]] = {}
        last: dict[str, int] = {}
        for word, post in self._held(number):
            found.setdefault(word, []).append(post - last.get(word, 0))
            last[word] = post
        return dict(sorted(found.items()))

    def _held(self, number: int) -> Iterator[tuple[str, int]]:
        path = self._words / str(number)
        if not path.exists():
            return
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                word, post = line.split()
                yield word, int(post)

    def _write(self, name: str, function: str, values: list[Any]) -> None:
        # In ASCII, so that no character of a post can end the script or a line of it.
        arguments = ", ".join(json.dumps(value, separators=(",", ":")) for value in values)
        script = f"wparchive.{function}({arguments});\n".replace("<", "\\u003c")
        (self._folder / name).write_text(script, encoding="ascii")
