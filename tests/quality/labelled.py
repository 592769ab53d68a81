"""The labelled set: articles, what was made of them, and what only looks like it.

It is the same for the same seed and sources.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from .edits import (
    length,
    paragraph_edits,
    quoting,
    reordered,
    retyped,
    sentence_edits,
    sentences,
    syndicated,
    tokens,
    truncated,
    with_another_lead,
    with_dropped_words,
    with_inserted_sentences,
    with_inserted_words,
    word_edits,
)
from .prose import FUNCTION_WORDS, article
from .templates import series

RECORDED = Path(__file__).parents[2] / "samples"
LANGUAGES = {"blog.fukata.org": "ja", "design-lab.tuqulore.com": "ja", "yankay.com": "zh"}
"""The main languages of the recorded sites."""
PARTS = {"tune": "", "held out": " held out"}
"""The parts of the set. Of the second one, nobody looks at more than its scores."""
SHORTEST_WORDS = 150
"""Shorter articles are left out: a third of one must have the 50 words that a sketch needs."""

LONGEST_FOREIGN = 30
"""Words of a sentence that may be put into another article.

With a longer one, that article would truly hold a part of the other.
"""

ALIKE = frozenset({25685, 5803, 6144})
"""Recorded posts that are left out, because each does repeat a passage of another recorded one.

They are the second version of an article, and two announcements of a plugin: of a shortened one
most is what all announcements say.
"""

VERSIONS = (
    "same text, other headline",
    "other typography",
    "words 2 %",
    "words 5 %",
    "words 10 %",
    "words 20 %",
    "sentences 10 %",
    "reordered",
)
"""Edits after which the article is still one version of the same, from end to end: the clusters."""
NEGATIVES = ("roundup", "follow-up", "template")


@dataclass(frozen=True, slots=True)
class Sample:
    """One article of the set."""

    text: str
    label: str
    """`original`, the edit that made it, or one of `NEGATIVES`."""
    script: str
    """The language or site whose articles are of one script."""
    group: str
    """Of originals and their edits: the original's name. Each negative is a group of its own."""
    quotes: frozenset[str] = frozenset()
    """Groups that a roundup or follow-up quotes."""


@dataclass(slots=True)
class Source:
    """Articles of one language, and what edits are made from."""

    name: str
    language: str
    texts: list[str]
    donors: list[str]
    """Articles outside the set; foreign sentences come from these and repeat nothing of it."""
    vocabulary: list[str] = field(init=False)
    sentences: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.vocabulary = [
            token for text in self.texts for token in tokens(text) if not token.isspace()
        ]
        self.sentences = [
            sentence
            for text in self.donors
            for sentence in sentences(text)
            if length(sentence) <= LONGEST_FOREIGN
        ]


def _remarks(language: str, rng: random.Random) -> Iterator[str]:
    """Yield new sentences without end."""
    while True:
        yield from sentences(article(language, 300, rng))


def sources(made: int, recorded: int | None = None, part: str = "tune") -> list[Source]:
    """Return recorded posts by site and made-up articles by language.

    The part `held out` has other articles, all of them made up.
    There are at most `recorded` posts of each site, `made` articles in English, and a sixth of that
    in each other language.
    """
    found = []
    if part == "tune":
        found = [_recorded(path, recorded) for path in sorted(RECORDED.glob("*/posts.json"))]
    for language in FUNCTION_WORDS:
        rng = random.Random(f"articles {language}{PARTS[part]}")
        count = made if language == "en" else made // 6
        texts = [article(language, rng.randint(180, 1200), rng) for _ in range(count)]
        donors = [article(language, 500, rng) for _ in range(20)]
        if language == "en" and part == "tune":
            texts += _seed_post()
        found.append(Source(language, language, texts, donors))
    return found


def labelled(found: list[Source], seed: int = 1) -> list[Sample]:
    """Return every article with one of each edit, and the negatives.

    There is a roundup for every fifth article, a follow-up for every second, and series of
    templates.
    """
    samples = [
        sample
        for source in found
        for sample in _of_source(source, random.Random(f"{source.name} {seed}"))
    ]
    for number, texts in enumerate(series(8, random.Random(seed))):
        samples += [
            Sample(text, "template", "templates", f"template {number} {place}")
            for place, text in enumerate(texts)
        ]
    return samples


def edits(source: Source, rng: random.Random) -> dict[str, Callable[[str], str]]:
    """The edits by name."""
    boilerplate = "".join(rng.sample(source.sentences, 4))
    voc, others = source.vocabulary, source.sentences
    return {
        "same text, other headline": lambda text: text,
        "other typography": lambda text: retyped(text, rng),
        **{
            f"words {rate} %": lambda text, r=rate: word_edits(text, r / 100, voc, rng)
            for rate in (2, 5, 10, 20)
        },
        **{
            f"sentences {share} %": lambda text, s=share: sentence_edits(text, s / 100, others, rng)
            for share in (10, 20, 40, 60)
        },
        "words dropped 20 %": lambda text: with_dropped_words(text, 0.2, rng),
        "words inserted 20 %": lambda text: with_inserted_words(text, 0.2, voc, rng),
        "sentences inserted 20 %": lambda text: with_inserted_sentences(text, 0.2, others, rng),
        "another lead": lambda text: with_another_lead(text, others, rng),
        "paragraphs": lambda text: paragraph_edits(text, others, rng),
        "reordered": lambda text: reordered(text, rng),
        **{
            f"cut to {share} %": lambda text, s=share: truncated(text, s / 100)
            for share in (80, 70, 50, 30)
        },
        "site boilerplate": lambda text: f"{text}\n\n{boilerplate}",
        "syndication": lambda text: syndicated(text, text[:40], f"{source.name}.example", rng),
        "republished": lambda text: (
            syndicated(word_edits(text, 0.05, voc, rng), text[:40], f"{source.name}.example", rng)
            + boilerplate
        ),
    }


def _of_source(source: Source, rng: random.Random) -> Iterator[Sample]:
    made = edits(source, rng)
    groups = {f"{source.name} {number}": text for number, text in enumerate(source.texts)}
    for group, text in groups.items():
        yield Sample(text, "original", source.name, group)
        yield from (Sample(edit(text), name, source.name, group) for name, edit in made.items())
    names = list(groups)
    remarks = _remarks(source.language, rng)
    for number, group in enumerate(names):
        own = f"{group} quoted"
        if number % 2 == 0:
            yield Sample(
                quoting([groups[group]], rng.uniform(0.2, 0.4), remarks, rng),
                "follow-up",
                source.name,
                own,
                frozenset({group}),
            )
        if number % 5 == 0 and len(names) >= 5:
            quoted = rng.sample(names, 5)
            text = quoting([groups[name] for name in quoted], rng.uniform(0.15, 0.3), remarks, rng)
            yield Sample(text, "roundup", source.name, f"{own} by a roundup", frozenset(quoted))


def _recorded(path: Path, most: int | None) -> Source:
    """Short posts and every fourth of the others are donors."""
    posts = [post for post in json.loads(path.read_bytes()) if post["id"] not in ALIKE]
    texts = [_text(post) for post in posts]
    long = [text for text in texts if length(text) >= SHORTEST_WORDS]
    donors = [text for text in texts if length(text) < SHORTEST_WORDS] + long[::4]
    name = path.parent.name
    return Source(
        name, LANGUAGES[name], [text for text in long if text not in donors][:most], donors
    )


def _seed_post() -> list[str]:
    post = json.loads((RECORDED / "seed-post.json").read_bytes())
    return [_text(post)]


def _text(post: dict[str, Any]) -> str:
    return BeautifulSoup(post["content"]["rendered"], "lxml").get_text("\n", strip=True)
