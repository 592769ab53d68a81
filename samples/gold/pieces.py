"""Pieces of made-up posts, each with the mark whether it is text or furniture."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """Some HTML and the lines that a reader sees of it."""

    html: str
    lines: tuple[str, ...]
    is_noise: bool = False


def noise(piece: Piece) -> Piece:
    """Return the piece, marked as furniture."""
    return replace(piece, is_noise=True)


def raw(html: str, *lines: str) -> Piece:
    """Return a piece whose lines are given."""
    return Piece(html, lines)


def paragraph(*lines: str) -> Piece:
    """Return a paragraph; its lines are separated by breaks."""
    return Piece(f"<p>{'<br />'.join(escape(line, False) for line in lines)}</p>", lines)


def heading(line: str) -> Piece:
    """Return a heading."""
    return Piece(f"<h3>{escape(line, False)}</h3>", (line,))


def items(*lines: str) -> Piece:
    """Return a list of bullets."""
    inner = "".join(f"<li>{escape(line, False)}</li>" for line in lines)
    return Piece(f"<ul>{inner}</ul>", lines)


def code(text: str) -> Piece:
    """Return preformatted text."""
    return Piece(f"<pre><code>{escape(text, False)}</code></pre>", tuple(text.split("\n")))


def linked(before: str, title: str, url: str) -> Piece:
    """Return a paragraph that is a label and a link."""
    html = f'<p><strong>{escape(before, False)}</strong> <a href="{url}">{title}</a></p>'
    return Piece(html, (f"{before} {title}",))


def rows(*cells: tuple[str, ...]) -> Piece:
    """Return a table."""
    html = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
    return Piece(f"<table><tbody>{html}</tbody></table>", tuple(" | ".join(row) for row in cells))


def gaps(**values: str) -> dict[str, list[str]]:
    """Return what fills the gaps of sentences; the values are separated by bars."""
    return {name: text.split("|") for name, text in values.items()}


class Prose:
    """Sentences with gaps, and what fills them.

    No line repeats another one of the same site: what recurs there recurs on purpose. Lines that
    differ only in their numbers count as the same.
    """

    def __init__(self, sentences: list[str], gaps: dict[str, list[str]], space: str = " ") -> None:
        self._sentences = sentences
        self._gaps = gaps
        self._space = space
        self._written: set[str] = set()

    def start_site(self) -> None:
        """Forget what was written for another site."""
        self._written.clear()

    def line(self, rng: random.Random, sentences: int = 2) -> str:
        """Return some sentences that belong to one paragraph."""
        while True:
            chosen = rng.sample(self._sentences, sentences)
            line = self._space.join(self._filled(sentence, rng) for sentence in chosen)
            folded = re.sub(r"\d+", "0", line)
            if folded not in self._written:
                self._written.add(folded)
                return line

    def paragraph(self, rng: random.Random, sentences: int = 2) -> Piece:
        """Return a paragraph."""
        return paragraph(self.line(rng, sentences))

    def title(self, rng: random.Random) -> str:
        """Return a title, which ends without a full stop."""
        return self.line(rng, 1).rstrip(".。")

    def _filled(self, sentence: str, rng: random.Random) -> str:
        values = {name: rng.choice(values) for name, values in self._gaps.items()}
        filled = sentence.format(n=rng.randint(3, 90), **values)
        return filled[0].upper() + filled[1:]


@dataclass(frozen=True, slots=True)
class MadeSite:
    """A site: how many posts it has and how the pieces of each are made."""

    name: str
    language: str
    builder: str
    split: str
    about: str
    posts: int
    prose: Prose
    pieces: Callable[[int, random.Random], list[Piece]]

    def document(self) -> dict[str, Any]:
        """Return what its file holds."""
        rng = random.Random(f"site {self.name}")
        self.prose.start_site()
        posts = [_post(number, self.pieces(number, rng)) for number in range(1, self.posts + 1)]
        return {
            "about": self.about,
            "language": self.language,
            "builder": self.builder,
            "split": self.split,
            "posts": posts,
        }

    def written(self) -> str:
        """Return the text of its file."""
        return json.dumps(self.document(), ensure_ascii=False, indent=1) + "\n"


def _post(number: int, pieces: list[Piece]) -> dict[str, Any]:
    return {
        "id": number,
        "html": "\n".join(piece.html for piece in pieces),
        "wanted": [line for piece in pieces if not piece.is_noise for line in piece.lines],
        "noise": [line for piece in pieces if piece.is_noise for line in piece.lines],
    }
