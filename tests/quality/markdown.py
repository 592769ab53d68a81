"""How well Markdown keeps what HTML says: `python -m tests.quality.markdown [FILE ...]`.

The law: rendering the Markdown gives the words, links, images, table cells and lines of code of the
safe HTML. It prints in how many texts each writer keeps it: ours, and those of other projects (the
extra `bench`). A FILE holds one record as JSON a line; without one, the recorded posts are used.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path

from pipelines.cleaning import clean_html
from samples.make import SOURCES, records
from wparchive.export.commonmark import html_to_markdown

from .gold import BASE_URL, fragments
from .markdown_kinds import KINDS
from .rendered import Found, find, render

Writer = Callable[[str], str]
OURS = "this project"
ASPECTS = tuple(field.name for field in fields(Found))


def library_html_to_markdown(html: str) -> str:
    """Return what html-to-markdown writes."""
    from html_to_markdown import convert

    return convert(html).content


def library_markdownify(html: str) -> str:
    """Return what markdownify writes."""
    from markdownify import markdownify

    return markdownify(html, heading_style="ATX")


def library_html2text(html: str) -> str:
    """Return what html2text writes, without its line width."""
    from html2text import HTML2Text

    writer = HTML2Text(bodywidth=0)
    return writer.handle(html)


PEERS: dict[str, Writer] = {
    "html-to-markdown": library_html_to_markdown,
    "markdownify": library_markdownify,
    "html2text": library_html2text,
}


def differences(html: str, markdown: str) -> dict[str, tuple[object, object]]:
    """Return the aspects in which rendered Markdown differs from the safe HTML, with both."""
    wanted = find(html)
    found = find(render(markdown))
    pairs = {name: (getattr(wanted, name), getattr(found, name)) for name in ASPECTS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def recorded() -> list[str]:
    """Return the safe HTML of each recorded post."""
    posts = [record for name in SOURCES for record in records(name)]
    return [clean_html(post["content"]["rendered"], post["link"]).html for post in posts]


def gold_fragments() -> list[str]:
    """Return the safe HTML of each piece of the gold set."""
    return [clean_html(fragment.html, BASE_URL).html for fragment in fragments()]


def kinds() -> list[str]:
    """Return the safe HTML of the small inputs of each kind."""
    return [clean_html(html, BASE_URL).html for htmls in KINDS.values() for html in htmls]


def from_file(path: Path) -> list[str]:
    """Return the safe HTML of the posts in a file of records, which may be compressed."""
    stored = path.read_bytes()
    if path.suffix == ".gz":
        stored = gzip.decompress(stored)
    found = [json.loads(line) for line in stored.splitlines()]
    posts = [each.get("record", each) for each in found if each.get("kind", "post") == "post"]
    return [clean_html(post["content"]["rendered"], post["link"]).html for post in posts]


def kept(htmls: Iterable[str], writer: Writer) -> Counter[str]:
    """Return in how many texts each aspect, and the whole law, is kept."""
    counted: Counter[str] = Counter()
    for html in htmls:
        try:
            differing = differences(html, writer(html)).keys()
        except Exception:  # a writer that fails keeps nothing
            differing = set(ASPECTS)
        counted.update(name for name in ASPECTS if name not in differing)
        counted["all"] += not differing
    return counted


def main() -> None:
    """Print a table for each set of texts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="records, one a line")
    parser.add_argument("--ours", action="store_true", help="leave out the other projects")
    options = parser.parse_args()
    sets = {path.name: from_file(path) for path in options.files}
    writers = {OURS: html_to_markdown} | ({} if options.ours else PEERS)
    if not sets:
        sets = {"recorded posts": recorded(), "gold fragments": gold_fragments(), "kinds": kinds()}
    for name, htmls in sets.items():
        print(f"\n{name}: {len(htmls)} texts\n")
        print("| | all |", " | ".join(ASPECTS), "|\n|---" + "|---" * (len(ASPECTS) + 1) + "|")
        for writer, function in writers.items():
            counted = kept(htmls, function)
            print("|", " | ".join([writer, *(str(counted[a]) for a in ("all", *ASPECTS))]), "|")


if __name__ == "__main__":
    main()
