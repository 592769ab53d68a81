"""The gold set for text cleaning: pieces of `content.rendered`, marked by hand.

`samples/gold/README.md` says what is in it and how its files are written.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

GOLD = Path(__file__).parents[2] / "samples" / "gold"
BASE_URL = "https://site.example/post/"
"""The address of the page on which every piece stands."""
SPLITS = ("tune", "held_out", "fresh")
"""The last was written after the rules, and is measured only when they are done."""
_TITLE = "=== "


@dataclass(frozen=True, slots=True)
class GoldText:
    """One piece of HTML, with what a reader marked in it."""

    name: str
    builder: str
    language: str
    split: str
    """`tune`: rules may be made for it; `held_out` and `fresh`: it is only measured."""
    html: str
    wanted: list[str]
    """The lines of its text, in order."""
    noise: list[str] = field(default_factory=list)
    """Lines that are no text of the post."""
    either: list[str] = field(default_factory=list)
    """Lines that a cleaner may write or leave out."""
    targets: dict[str, list[str]] = field(default_factory=dict)
    """The addresses of all `links`, `images` or `embeds`, where these were marked."""
    about: str = ""
    """Why it is in the set."""


def fragments() -> list[GoldText]:
    """Return the single fragments, by name."""
    paths = sorted((GOLD / "fragments").glob("*.txt"))
    return [parse_fragment(path.stem, path.read_text("utf-8")) for path in paths]


def parse_fragment(name: str, written: str) -> GoldText:
    """Return the fragment that a file of `samples/gold/fragments` holds."""
    head, *sections = f"\n{written}".split(f"\n{_TITLE}")
    facts = dict(line.split(": ", 1) for line in head.strip().split("\n"))
    bodies = dict(section.split("\n", 1) for section in sections)
    html = bodies.pop("html").strip("\n")
    lines = {title: _lines(body) for title, body in bodies.items()}
    return GoldText(
        name=name,
        html=html,
        wanted=lines.pop("wanted"),
        noise=lines.pop("noise", []),
        either=lines.pop("either", []),
        targets=lines,
        **facts,
    )


def _lines(body: str) -> list[str]:
    # A control character such as U+0085 is no line break here.
    return [line for line in body.split("\n") if line.strip()]


def sites() -> dict[str, list[GoldText]]:
    """Return the posts of each made-up site, by its name."""
    paths = sorted((GOLD / "sites").glob("*.json"))
    return {path.stem: list(_posts(path)) for path in paths}


def _posts(path: Path) -> Iterator[GoldText]:
    site = json.loads(path.read_text("utf-8"))
    for post in site["posts"]:
        yield GoldText(
            name=f"{path.stem}/{post['id']}",
            builder=site["builder"],
            language=site["language"],
            split=site["split"],
            html=post["html"],
            wanted=post["wanted"],
            noise=post["noise"],
        )
