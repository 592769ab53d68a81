"""Writes a static site: a page for each post, lists, and a search that needs no server."""

import shutil
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wparchive.errors import extra_missing
from wparchive.export.markdown import path_of
from wparchive.export.readable import html_or_text
from wparchive.export.static_site.lists import WAYS, ListedPost, PostLists
from wparchive.export.static_site.searching import SearchIndex
from wparchive.model.documents import PostDocument
from wparchive.reading.files import COPIES_FOLDER, HeldFiles
from wparchive.reading.pictures import (
    SHOWN_TYPES,
    with_local_links,
    with_local_pictures,
    with_remote_pictures_named,
)
from wparchive.reading.views import minute_text, ref_name, web_address
from wparchive.text.marks import without_controls

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
        self._templates = _environment()

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


def _environment() -> Any:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise extra_missing("web pages need the package jinja2", "web", "jinja2") from None
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(minute=minute_text, ref=ref_name, web_address=web_address)
    return environment
