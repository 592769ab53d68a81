"""What the words of plug-ins add: `python -m tests.quality.texts_words [FILE ...]`.

Each list of `pipelines/cleaning/rules/stub_words.py` is emptied in turn, and the fragments are
scored again. With FILEs of records (JSON a line, gzip), it counts the posts whose text changes.
"""

import argparse
import gzip
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipelines.cleaning import clean_html
from pipelines.cleaning.rules import stub_words

from .gold import SPLITS
from .text_methods import this_project
from .text_scores import sum_scores
from .texts import groups_of, score_method

_NOTHING = re.compile(r"(?!)")
_RULES = "pipelines.cleaning.rules."


def lists() -> dict[str, Any]:
    """Return the lists of words by their names: sets of phrases and patterns."""
    found = vars(stub_words).items()
    return {name: value for name, value in found if isinstance(value, frozenset | re.Pattern)}


@contextmanager
def without(name: str) -> Iterator[None]:
    """Empty one list, wherever a rule looks at it, as long as the block runs."""
    words = vars(stub_words)[name]
    nothing: Any = _NOTHING if isinstance(words, re.Pattern) else frozenset()
    modules = [module for key, module in sys.modules.items() if key.startswith(_RULES)]
    users = [module for module in modules if vars(module).get(name) is words]
    for module in users:
        setattr(module, name, nothing)
    try:
        yield
    finally:
        for module in users:
            setattr(module, name, words)


def f1() -> dict[str, float]:
    """Return our F1 over the fragments of each split."""
    return {
        split: sum_scores(
            scores for _, scores in score_method(this_project, groups_of("fragments", split))
        ).f1
        for split in SPLITS
    }


def texts(files: list[Path]) -> list[str]:
    """Return the clean text of each post in the files."""
    cleaned = []
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        cleaned += [
            clean_html(record["content"]["rendered"], record["link"]).text
            for record in (line.get("record", line) for line in records)
            if "content" in record
        ]
    return cleaned


def main() -> None:
    """Print one row for each list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    files = parser.parse_args().files
    whole, whole_texts = f1(), texts(files)
    print("| without | " + " | ".join(SPLITS) + (" | posts changed |" if files else " |"))
    print("|---" * (len(SPLITS) + 1 + bool(files)) + "|")
    for name in lists():
        with without(name):
            losses = [f"{whole[split] - value:.4f}" for split, value in f1().items()]
            if files:
                pairs = zip(whole_texts, texts(files), strict=True)
                losses.append(str(sum(one != other for one, other in pairs)))
        print(f"| `{name}` | " + " | ".join(losses) + " |")


if __name__ == "__main__":
    main()
