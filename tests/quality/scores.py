"""Precision, recall and agreement of clusters, from what a method found in the labelled set."""

from collections import Counter
from dataclasses import dataclass
from math import comb

from .labelled import NEGATIVES, VERSIONS, Sample
from .methods import Found

HARD = (
    "words 20 %",
    "words dropped 20 %",
    "words inserted 20 %",
    "sentences inserted 20 %",
    "sentences 60 %",
    "cut to 80 %",
    "reordered",
    "another lead",
)
"""Edits that must be found in every script."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What one method achieved."""

    recall: dict[str, float]
    """For each edit, the share of copies found from their original."""
    by_script: dict[str, float]
    """For each script, the share of copies with `HARD` edits found from their original."""
    precision: dict[str, float]
    """For each kind the method gives, the share of its pairs that are of one article."""
    clean: dict[str, float]
    """For each sort of negative, the share of which no pair was found."""
    cluster_ari: float
    """Adjusted Rand index (Hubert and Arabie 1985) over originals, their versions and negatives."""

    def figures(self) -> dict[str, float]:
        """All figures by name, rounded to what is worth saying."""
        named = {f"recall, {name}": value for name, value in self.recall.items()}
        named |= {f"recall, hard edits, {name}": value for name, value in self.by_script.items()}
        named |= {f"precision, {name}": value for name, value in self.precision.items()}
        named |= {f"left alone, {name}": value for name, value in self.clean.items()}
        return {
            name: round(value, 4)
            for name, value in {**named, "cluster ARI": self.cluster_ari}.items()
        }


def score(samples: list[Sample], found: Found, clusters: list[list[int]]) -> Scores:
    """Judge every pair found.

    A text that quotes is judged against the originals it quotes and against strangers. It is not
    judged against copies of the originals: a part of one may well lie whole in a quotation.
    """
    original = {
        sample.group: number for number, sample in enumerate(samples) if sample.label == "original"
    }
    linked = _linked(found)
    copies = [
        (number, sample)
        for number, sample in enumerate(samples)
        if sample.label not in ("original", *NEGATIVES)
    ]
    total, hit = Counter[str](), Counter[str]()
    for number, sample in copies:
        is_found = (
            linked[number] == linked[original[sample.group]]
            or _pair(number, original[sample.group]) in found
        )
        counted = [sample.label]
        if sample.label in HARD:
            counted.append(f"script {sample.script}")
        total.update(counted)
        if is_found:
            hit.update(counted)
    judged = [
        (pair, kind, _same(samples[pair[0]], samples[pair[1]])) for pair, kind in found.items()
    ]
    judged = [each for each in judged if each[2] is not None]
    by_kind, right = (
        Counter(kind for _, kind, _ in judged),
        Counter(kind for _, kind, same in judged if same),
    )
    blamed = {number for pair, _, same in judged if not same for number in pair}
    negatives = [
        (number, sample.label) for number, sample in enumerate(samples) if sample.label in NEGATIVES
    ]
    spared = Counter(label for number, label in negatives if number not in blamed)
    return Scores(
        {
            label: hit[label] / count
            for label, count in total.items()
            if not label.startswith("script ")
        },
        {
            label.removeprefix("script "): hit[label] / count
            for label, count in total.items()
            if label.startswith("script ")
        },
        {
            "all": sum(right.values()) / max(1, len(judged)),
            **{kind: right[kind] / count for kind, count in sorted(by_kind.items())},
        },
        {
            label: spared[label] / count
            for label, count in Counter(label for _, label in negatives).items()
        },
        _agreement(samples, clusters),
    )


def _linked(found: Found) -> dict[int, int]:
    """Return for each text its number, or that of the first equal one.

    Equal texts are found through their first one only.
    """
    first = {b: a for (a, b), kind in found.items() if kind == "exact"}
    return _Same(first)


class _Same(dict[int, int]):
    def __missing__(self, number: int) -> int:
        return number


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def _same(a: Sample, b: Sample) -> bool | None:
    if a.group == b.group:
        return True
    quoted = a.quotes | b.quotes
    if quoted & {a.group, b.group} and "original" not in (a.label, b.label):
        return None
    return None if a.quotes & b.quotes else False


def _agreement(samples: list[Sample], clusters: list[list[int]]) -> float:
    clustered = {number: place for place, group in enumerate(clusters) for number in group}
    judged = [
        (number, sample)
        for number, sample in enumerate(samples)
        if sample.label in ("original", *VERSIONS, *NEGATIVES)
    ]
    truth = [sample.group for _, sample in judged]
    given = [clustered.get(number, -1 - number) for number, _ in judged]
    together = sum(comb(count, 2) for count in Counter(zip(truth, given, strict=True)).values())
    in_truth, in_given = (
        sum(comb(count, 2) for count in Counter(side).values()) for side in (truth, given)
    )
    expected = in_truth * in_given / comb(len(judged), 2)
    return (together - expected) / ((in_truth + in_given) / 2 - expected)
