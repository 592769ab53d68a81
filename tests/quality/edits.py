"""What happens to an article on its way from one site to another: seeded, in any script."""

import random
import re
from collections.abc import Iterator, Sequence

from wparchive.text.normalise import normalise
from wparchive.text.words import words

# Where words are not spaced, runs are cut into pieces of about a word: two characters of Chinese or
# Japanese, four of Thai ...
_IDEOGRAPHS, _SYLLABLES = "\u3040-\u30ff\u3400-\u9fff", "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_UNSPACED = _IDEOGRAPHS + _SYLLABLES
_WORD = re.compile(f"[{_IDEOGRAPHS}]{{1,2}}|[{_SYLLABLES}]{{1,4}}|[^\\s{_UNSPACED}]+|\\s+")
_SENTENCE = re.compile(r"[^.!?。！？\n]+(?:[.!?。！？]+[\"'”’」]*\s*|\n+|$)")


def tokens(text: str) -> list[str]:
    """Words and white space of a text; joined again they are the text."""
    return _WORD.findall(text)


def length(text: str) -> int:
    """Words of a text, as sketches count them."""
    return len(words(normalise(text)))


def sentences(text: str) -> list[str]:
    """Cut a text after each sentence or line.

    Joined again, the parts are the text but for stray punctuation.
    """
    return _SENTENCE.findall(text)


def word_edits(text: str, rate: float, vocabulary: Sequence[str], rng: random.Random) -> str:
    """Replace, drop or add at that share of the words, each independently."""
    edited = []
    for token in tokens(text):
        if token.isspace() or rng.random() >= rate:
            edited.append(token)
            continue
        other = rng.choice(vocabulary)
        kind = rng.choice(("replace", "replace", "drop", "add"))
        joint = "" if re.match(f"[{_UNSPACED}]", token) else " "
        edited.append({"replace": other, "drop": "", "add": token + joint + other}[kind])
    return "".join(edited)


def sentence_edits(text: str, share: float, others: Sequence[str], rng: random.Random) -> str:
    """Replace or drop sentences that make up that share of the text, but no more."""
    found = sentences(text)
    left = share * len(text)
    for place in rng.sample(range(len(found)), len(found)):
        if len(found[place]) <= left:
            left -= len(found[place])
            found[place] = rng.choice(others) if rng.random() < 0.7 else ""
    return "".join(found)


def reordered(text: str, rng: random.Random) -> str:
    """Four blocks of the text in another order."""
    found = sentences(text)
    size = max(1, len(found) // 4)
    blocks = [found[start : start + size] for start in range(0, len(found), size)]
    rng.shuffle(blocks)
    return "".join(sentence for block in blocks for sentence in block)


def paragraph_edits(text: str, others: Sequence[str], rng: random.Random) -> str:
    """Drop a tenth of the text in one place and put two foreign sentences into another."""
    found = sentences(text)
    size = max(1, len(found) // 10)
    start = rng.randrange(max(1, len(found) - size))
    if sum(map(len, found[start : start + size])) * 5 < len(text):
        del found[start : start + size]
    found.insert(rng.randrange(len(found) + 1), "".join(rng.sample(others, 2)))
    return "".join(found)


def truncated(text: str, share: float) -> str:
    """The beginning of the text, cut at a word."""
    found = tokens(text)
    return "".join(found[: round(len(found) * share)])


def retyped(text: str, rng: random.Random) -> str:
    """Write the text with another editor's typography.

    It has curly quotes, non-breaking and zero-width characters, other dashes, other paragraphs.
    """
    for old, new in (
        ("'", "\u2019"),
        (" - ", " \u2013 "),
        (". ", ".\u00a0"),
        ("\n\n", "\n"),
        (", ", ",\u200b "),
    ):
        text = text.replace(old, new, rng.randint(1, 9))
    return f"\ufeff{text}\u00ad"


def syndicated(text: str, title: str, site: str, rng: random.Random) -> str:
    """The headers and footers that syndication adds."""
    header = rng.choice(
        (
            f"This article was originally published on {site}.\n\n",
            f"By {site} staff. Republished with permission.\n\n",
            "",
        )
    )
    footer = rng.choice(
        (
            f"\n\nThe post {title} appeared first on {site}.",
            f"\n\nSource: {site}. Read the original article there.",
        )
    )
    return header + text + footer


def quoting(texts: Sequence[str], share: float, remarks: Iterator[str], rng: random.Random) -> str:
    """Return an article that quotes about that share of each text, in one piece.

    It says as much again, and more, of its own: `remarks` that no other article makes.
    """
    parts = []
    for text in texts:
        found = tokens(text)
        size = int(len(found) * share)
        start = rng.randrange(len(found) - size + 1)
        quoted = "".join(found[start : start + size])
        comment = ""
        while length(comment) < length(quoted) * (1.7 if len(texts) == 1 else 0.3):
            comment += next(remarks)
        parts.append(f"{comment}\n\n{quoted}\n\n")
    return "".join(parts)


def with_dropped_words(text: str, share: float, rng: random.Random) -> str:
    """Drop that share of the words, each independently."""
    found = tokens(text)
    return "".join(token for token in found if token.isspace() or rng.random() >= share)


def with_inserted_words(
    text: str, share: float, vocabulary: Sequence[str], rng: random.Random
) -> str:
    """Insert words after that share of the words, each independently."""
    inserted = []
    for token in tokens(text):
        inserted.append(token)
        if not token.isspace() and rng.random() < share:
            joint = "" if re.match(f"[{_UNSPACED}]", token) else " "
            inserted.append(joint + rng.choice(vocabulary))
    return "".join(inserted)


def with_inserted_sentences(
    text: str, share: float, others: Sequence[str], rng: random.Random
) -> str:
    """Insert foreign sentences all over, as much as that share of the text."""
    found = sentences(text)
    left = share * len(text)
    while left > 0:
        other = rng.choice(others)
        found.insert(rng.randrange(len(found) + 1), other)
        left -= len(other)
    return "".join(found)


def with_another_lead(text: str, others: Sequence[str], rng: random.Random) -> str:
    """Replace the first tenth of the text, by sentences, with foreign ones."""
    found = sentences(text)
    size = max(1, len(found) // 10)
    lead = "".join(rng.sample(list(others), size))
    return lead + "".join(found[size:])
