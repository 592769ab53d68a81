"""What site memory takes out of the gold sites: `python -m tests.quality.furniture`.

One row for each site: its posts, what was learned, and what it took away, by kind of block. A block
is wrongly removed when any of its lines is marked as wanted in its post.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.cleaning import clean_html
from wparchive.furniture.counting import furniture_of_posts
from wparchive.furniture.keys import RECURS_MARK, is_kept
from wparchive.furniture.remove import Furniture, without_furniture
from wparchive.model.blocks import Block

from .gold import BASE_URL, GoldText, sites
from .text_scores import words
from .texts import print_table


@dataclass(slots=True)
class Removed:
    """What was removed from the posts of a site."""

    learned: int = 0
    """Blocks that are furniture."""
    posts: int = 0
    """Posts that lost some."""
    kinds: Counter[str] = field(default_factory=Counter)
    """Removed blocks by kind."""
    wrong: list[str] = field(default_factory=list)
    """Removed blocks with a wanted line."""
    noise: int = 0
    """Lines that are marked as noise and that the rules of the cleaner leave, in all posts."""
    noise_gone: int = 0
    """Those of them that were removed."""


def removed_from(site: Sequence[GoldText]) -> Removed:
    """Return what site memory removes from the posts of a site."""
    cleaned = [clean_html(post.html, BASE_URL).blocks for post in site]
    keys = furniture_of_posts(("post", blocks) for blocks in cleaned)
    found = Removed(learned=len(keys))
    for post, blocks in zip(site, cleaned, strict=True):
        marked = without_furniture(blocks, Furniture(frozenset(keys)))
        gone = [block for block in marked if block.get("removed") == RECURS_MARK]
        wanted = {words(line) for line in post.wanted}
        found.posts += bool(gone)
        found.kinds.update(block["kind"] for block in gone)
        noise = {words(line) for line in post.noise}
        found.noise += _lines_among(noise, blocks)
        found.noise_gone += _lines_among(noise, gone)
        found.wrong += [
            block["text"]
            for block in gone
            if any(words(line) in wanted for line in block["text"].split("\n"))
        ]
    return found


def _lines_among(lines: Collection[Any], blocks: Iterable[Block]) -> int:
    """Return how many lines of blocks that the cleaner has kept are among these."""
    kept = (block["text"] for block in blocks if is_kept(block))
    return sum(words(line) in lines for text in kept for line in text.split("\n"))


def main() -> None:
    """Print the table, as Markdown, and what was removed wrongly."""
    rows = [["site", "split", "posts", "learned", "posts shortened", "blocks removed", "wrongly"]]
    wrong: list[str] = []
    for name, site in sites().items():
        found = removed_from(site)
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(found.kinds.items()))
        shortened = str(found.posts)
        row = [name, site[0].split, str(len(site)), str(found.learned), shortened, kinds or "none"]
        rows.append([*row, str(len(found.wrong))])
        wrong += [f"{name}: {text}" for text in found.wrong]
    print_table(rows)
    for line in wrong:
        print(line)


if __name__ == "__main__":
    main()
