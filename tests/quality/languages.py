"""How often the language of a text is found: `python -m tests.quality.languages [--pin] [-v]`.

The texts stand in `samples/languages`: those that the rules were tuned on, and those that were
written afterwards. Each is tried as the only text of a post, of sites that declare nothing, the
right language, or `en-US` as WordPress does by itself. `docs/languages.md` says more.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from pipelines.language import PostLanguage, decide_language, prose
from wparchive.text.language_tags import base_of

TEXTS = Path(__file__).parents[2] / "samples" / "languages"
FLOOR = Path(__file__).parent / "languages_floor.json"
SPLITS = ("tune", "held_out")
KINDS = ("paragraph", "sentence", "title")
_SITES = {
    "nothing": lambda tag: None,
    "the right one": lambda tag: _LOCALES.get(tag, tag),
    "en-US": lambda tag: "en-US",
}
"""What a site declares, by the tag of its texts."""
_LOCALES = {
    "zh-Hans": "zh-CN",
    "zh-Hant": "zh-TW",
    "sr-Cyrl": "sr-RS",
    "sr-Latn": "sr-RS",
    "nb": "nb-NO",
    "pt": "pt-BR",
}
"""What WordPress writes where it is not the tag itself."""


class LabelledText(NamedTuple):
    """A text with its language."""

    tag: str
    kind: str
    text: str


class Judged(NamedTuple):
    """A text with what was found."""

    labelled: LabelledText
    found: PostLanguage

    @property
    def is_right(self) -> bool:
        """The language is right; where the label names a script, so is that."""
        found = self.found.tag or ""
        if "-" in self.labelled.tag:
            return found.startswith(self.labelled.tag)
        return base_of(found) == self.labelled.tag


def labelled_texts(split: str) -> list[LabelledText]:
    """Return the texts of one file."""
    found = []
    sections = (TEXTS / f"{split}.txt").read_text("utf-8").split("\n=== ")[1:]
    for section in sections:
        tag, _, body = section.partition("\n")
        texts = body.strip().split("\n\n")
        each = len(texts) // len(KINDS)
        found += [LabelledText(tag, KINDS[at // each], text) for at, text in enumerate(texts)]
    return found


def judge(split: str, declared: Callable[[str], str | None]) -> list[Judged]:
    """Find the language of each text of a file."""
    return [
        Judged(text, decide_language(prose(text.text), None, declared(text.tag)))
        for text in labelled_texts(split)
    ]


def share_right(judged: Sequence[Judged]) -> float:
    """Return the share of texts whose language was found."""
    return round(sum(one.is_right for one in judged) / len(judged), 4)


def our_figures() -> dict[str, float]:
    """Return the shares by their full names, as the floor file keeps them."""
    figures = {}
    for split in SPLITS:
        for site, declared in _SITES.items():
            judged = judge(split, declared)
            for kind, part in _by_kind(judged):
                figures[f"{split}, site declares {site}, {kind}"] = share_right(part)
    return figures


def _by_kind(judged: Sequence[Judged]) -> Iterator[tuple[str, list[Judged]]]:
    for kind in KINDS:
        yield kind, [one for one in judged if one.labelled.kind == kind]


def print_confidence() -> None:
    """Print how often an answer of each confidence was right, over all texts and sites."""
    answers = [
        one for split in SPLITS for declared in _SITES.values() for one in judge(split, declared)
    ]
    print("\nconfidence   answers   right")
    bounds = (0.0, 0.5, 0.7, 0.85, 0.95, 1.01)
    for low, high in pairwise(bounds):
        part = [one for one in answers if low <= one.found.confidence < high]
        if part:
            print(f"from {low:.2f}   {len(part):8}   {share_right(part):.3f}")


def print_cost() -> None:
    """Print the processor time of one text."""
    texts = [prose(text.text) for split in SPLITS for text in labelled_texts(split)]
    begun = time.process_time()
    for text in texts:
        decide_language(text)
    print(f"\n{(time.process_time() - begun) / len(texts) * 1e6:.0f} µs a text")


def main() -> None:
    """Print, and with `--pin` keep, the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.languages", description=__doc__)
    parser.add_argument("--pin", action="store_true", help="keep the figures as the floor")
    parser.add_argument("-v", "--verbose", action="store_true", help="list the wrong answers")
    options = parser.parse_args()
    figures = our_figures()
    for name, value in figures.items():
        print(f"{value:.3f}  {name}")
    if options.verbose:
        for split in SPLITS:
            for site, declared in _SITES.items():
                for wrong in (one for one in judge(split, declared) if not one.is_right):
                    print(split, site, *wrong.labelled, *wrong.found, sep=" | ")
    print_confidence()
    print_cost()
    if options.pin:
        FLOOR.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
