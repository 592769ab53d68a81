"""How well duplicates are found: precision and recall of each method, row by row.

python -m tests.quality [--small] [--pin]

There are two sets: articles with what was made of them, and posts of made-up sites that have frames
or publish a text again. Rules are tuned on one part of each, and the other one is held out.
"""

import argparse
import json
import time
from pathlib import Path

from .labelled import PARTS, Sample, labelled, sources
from .methods import clusters_of_pairs, clusters_of_versions, minhash_lsh, sampled_shingles, simhash
from .scores import Scores, score
from .site_posts import site_posts
from .site_scores import METHODS, figures_of

FLOOR = Path(__file__).parent / "floor.json"
SMALL = {"tune": (36, 12, 1), "held out": (18, 0, 1)}
"""For each part: made-up articles in English, recorded ones of a site, sites of each kind.

The test in CI uses these, and the figures in `floor.json` are of these.
"""
FULL = {"tune": (150, None, 6), "held out": (72, 0, 6)}
OURS = "this project"

Figures = dict[str, float]


def articles(part: str, small: bool) -> list[Sample]:
    """Return the articles of a part."""
    made, recorded, _ = (SMALL if small else FULL)[part]
    return labelled(sources(made, recorded, part))


def measure(samples: list[Sample], peers: bool = True) -> dict[str, Scores]:
    """Return the scores of each method by its name."""
    texts = [sample.text for sample in samples]
    ours = sampled_shingles(texts)
    found = {OURS: score(samples, ours, clusters_of_versions(texts, ours))}
    if peers:
        for name, method in (("MinHash-LSH", minhash_lsh), ("SimHash", simhash)):
            pairs = method(texts)
            found[name] = score(samples, pairs, clusters_of_pairs(pairs))
    return found


def measure_posts(part: str, small: bool, peers: bool = True) -> dict[str, Figures]:
    """Return the figures of each method over the posts of made-up sites."""
    _, _, sites = (SMALL if small else FULL)[part]
    posts = site_posts(part, sites)
    methods = METHODS if peers else {OURS: METHODS[OURS]}
    return {name: figures_of(posts, method(posts)) for name, method in methods.items()}


def our_figures() -> dict[str, Figures]:
    """Return this project's figures over the small sets, as `floor.json` holds them."""
    found = {}
    for part in PARTS:
        found[f"articles, {part}"] = measure(articles(part, True), peers=False)[OURS].figures()
        found[f"posts, {part}"] = measure_posts(part, True, peers=False)[OURS]
    return found


def main() -> None:
    """Print the tables, or with `--pin` write the floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the smaller sets of the test")
    parser.add_argument(
        "--pin", action="store_true", help="write the small sets' figures to floor.json"
    )
    options = parser.parse_args()
    if options.pin:
        FLOOR.write_text(json.dumps(our_figures(), indent=2, ensure_ascii=False) + "\n")
        return
    for part in PARTS:
        begun = time.perf_counter()
        samples = articles(part, options.small)
        scores = measure(samples)
        originals = sum(sample.label == "original" for sample in samples)
        spent = time.perf_counter() - begun
        print(f"\n## {len(samples)} articles, {originals} originals, {part}: {spent:.0f} s\n")
        print(table({name: found.figures() for name, found in scores.items()}))
        begun = time.perf_counter()
        figures = measure_posts(part, options.small)
        spent = time.perf_counter() - begun
        print(f"\n## Posts of made-up sites, {part}: {spent:.0f} s\n")
        print(table(figures))


def table(columns: dict[str, Figures]) -> str:
    """Return a Markdown table: one row a figure, one column a method."""
    rows = [["", *columns], ["---"] * (len(columns) + 1)]
    for figure in next(iter(columns.values())):
        cells = [_cell(figure, values.get(figure)) for values in columns.values()]
        rows.append([figure, *cells])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _cell(figure: str, value: float | None) -> str:
    if value is None:
        return "–"
    if figure == "hidden":
        return f"{value:.0f}"
    return f"{value:.3f}"


if __name__ == "__main__":
    main()
