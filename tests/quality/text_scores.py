"""Scores of a cleaned text against what a reader marked. `docs/text-quality.md` defines them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from urllib.parse import parse_qs, urlsplit

import regex

from .gold import GoldText

GRAM = 4
"""So many words in a row are compared, so that glued words and another order count as errors."""
# Scripts without spaces are compared by the letter.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORD = regex.compile(
    rf"(?V1)[[{_UNSPACED}]&&[\p{{L}}\p{{N}}]]\p{{M}}*"
    rf"|[[\p{{L}}\p{{N}}]--[{_UNSPACED}]][[\p{{L}}\p{{M}}\p{{N}}]--[{_UNSPACED}]]*"
)
# The number of a list item is the writer's choice: some cleaners write it, others do not.
_ITEM_NUMBER = regex.compile(r"(?m)^\s*\d{1,3}[.)]\s")
Words = tuple[str, ...]


@dataclass(slots=True)
class TextScores:
    """Counts over some pieces; they add up."""

    gold_grams: int = 0
    output_grams: int = 0
    common_grams: int = 0
    wanted_lines: int = 0
    wanted_kept_lines: int = 0
    noise_lines: int = 0
    noise_kept_lines: int = 0

    def __iadd__(self, other: "TextScores") -> "TextScores":
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    @property
    def precision(self) -> float:
        """The share of the written word runs that are wanted."""
        return _share(self.common_grams, self.output_grams)

    @property
    def recall(self) -> float:
        """The share of the wanted word runs that were written."""
        return _share(self.common_grams, self.gold_grams)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return _share(2 * self.common_grams, self.gold_grams + self.output_grams)

    @property
    def wanted_kept(self) -> float:
        """The share of the wanted lines that were written whole."""
        return _share(self.wanted_kept_lines, self.wanted_lines)

    @property
    def noise_kept(self) -> float:
        """The share of the lines of noise that were written whole."""
        return _share(self.noise_kept_lines, self.noise_lines)

    def figures(self) -> dict[str, float]:
        """Return all figures by name, rounded to what is worth saying."""
        return {
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "F1": round(self.f1, 4),
            "wanted kept": round(self.wanted_kept, 4),
            "noise kept": round(self.noise_kept, 4),
        }


def _share(part: int, whole: int) -> float:
    if not whole:
        return 1.0
    return part / whole


def score_text(gold: GoldText, output: str) -> TextScores:
    """Return the counts of one piece."""
    wanted = [words(line) for line in gold.wanted]
    text = tuple(word for line in wanted for word in line)
    lines = [words(line) for line in output.split("\n")]
    others = []
    for line in map(words, gold.either):
        # A line of its own first: its words may stand within a wanted line too.
        if line in lines:
            lines.remove(line)
        else:
            others.append(line)
    written = tuple(word for line in lines for word in line)
    for line in others:
        if _is_added(line, text, written):
            written = without(written, line)
    expected, found = grams(text), grams(written)
    noise = [words(line) for line in gold.noise]
    return TextScores(
        gold_grams=expected.total(),
        output_grams=found.total(),
        common_grams=(expected & found).total(),
        wanted_lines=len(wanted),
        wanted_kept_lines=sum(_is_kept(line, written) for line in wanted),
        noise_lines=len(noise),
        noise_kept_lines=sum(_is_added(line, text, written) for line in noise),
    )


def sum_scores(scores: Iterable[TextScores]) -> TextScores:
    """Return the sum of counts."""
    total = TextScores()
    for each in scores:
        total += each
    return total


def words(text: str) -> Words:
    """Return the words of a text; letters of scripts without spaces are words of their own."""
    return tuple(_WORD.findall(_ITEM_NUMBER.sub(" ", text)))


def grams(text: Words) -> Counter[Words]:
    """Return how often each run of words stands in a text; a short text is one run."""
    if not text:
        return Counter()
    starts = range(max(1, len(text) - GRAM + 1))
    return Counter(text[start : start + GRAM] for start in starts)


def without(text: Words, part: Words) -> Words:
    """Return a text without the first place of a part."""
    start = next(iter(_places(part, text)), None)
    if start is None:
        return text
    return text[:start] + text[start + len(part) :]


def _is_kept(line: Words, text: Words) -> bool:
    return any(True for _ in _places(line, text))


def _is_added(line: Words, text: Words, written: Words) -> bool:
    """Return whether a line stands more often in what was written than in the wanted text.

    It is compared without spaces: noise that is glued to its neighbours is still there.
    """
    letters = "".join(line)
    return "".join(written).count(letters) > "".join(text).count(letters)


def _places(part: Words, text: Words) -> Iterable[int]:
    for start in range(len(text) - len(part) + 1):
        if text[start : start + len(part)] == part:
            yield start


def are_right(gold: GoldText, kind: str, urls: Sequence[str]) -> bool:
    """Return whether the addresses found are all that were marked, in any order.

    An embed is known by its key: one player has several addresses.
    """
    expected = gold.targets[kind]
    if kind == "embeds":
        return {embed_key(url) for url in urls} == {embed_key(url) for url in expected}
    return sorted(set(urls)) == sorted(set(expected))


def embed_key(url: str) -> str:
    """Return what names the embedded thing: YouTube's `v`, else the end of the path."""
    parts = urlsplit(url)
    videos = parse_qs(parts.query).get("v")
    if videos:
        return videos[0]
    return parts.path.rstrip("/").rpartition("/")[2].removesuffix(".js")
