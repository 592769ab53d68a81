"""The index of a static site: words and the posts that hold them, in scripts that a page loads.

A page that was opened from a folder may not read files, but it may load scripts. So the index is
`search/NNN.js`, one script for the words that begin alike, and `search/posts-N.js` with titles.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from wparchive.text.scripts import SPACELESS_RANGES
from wparchive.text.search_tokens import MAX_TOKEN, tokens

SHARDS = 256
POSTS_A_SCRIPT = 500
SNIPPET_LENGTH = 200
_HELD_LINES = 200_000
"""Words of posts that wait in memory until they are written."""


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
        self._posts.append([path, title, at, " ".join(text[:SNIPPET_LENGTH].split())])
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
