"""How well duplicates are found: precision and recall of each method, row by row.

python -m tests.quality [--small] [--pin]
"""

import argparse
import json
import time
from pathlib import Path

from .labelled import Sample, labelled, sources
from .methods import clusters_of_pairs, clusters_of_versions, minhash_lsh, sampled_shingles, simhash
from .scores import Scores, score

FLOOR = Path(__file__).parent / "floor.json"
SMALL = {"made": 36, "recorded": 12}
"""The set that the test in CI uses; the figures in `floor.json` are of this one."""
FULL = {"made": 150, "recorded": None}


def measure(samples: list[Sample], peers: bool = True) -> dict[str, Scores]:
    """Scores of each method by its name."""
    texts = [sample.text for sample in samples]
    ours = sampled_shingles(texts)
    found = {"this project": score(samples, ours, clusters_of_versions(texts, ours))}
    if peers:
        for name, method in (("MinHash-LSH", minhash_lsh), ("SimHash", simhash)):
            pairs = method(texts)
            found[name] = score(samples, pairs, clusters_of_pairs(pairs))
    return found


def main() -> None:
    """Print the table, and with `--pin` write the floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the smaller set of the test")
    parser.add_argument(
        "--pin", action="store_true", help="write the small set's figures to floor.json"
    )
    options = parser.parse_args()
    samples = labelled(sources(**(SMALL if options.small or options.pin else FULL)))
    begun = time.perf_counter()
    found = measure(samples, peers=not options.pin)
    originals = sum(sample.label == "original" for sample in samples)
    spent = time.perf_counter() - begun
    print(f"{len(samples)} articles, {originals} originals, {spent:.0f} s\n")
    print(table(found))
    if options.pin:
        FLOOR.write_text(
            json.dumps(found["this project"].figures(), indent=2, ensure_ascii=False) + "\n"
        )


def table(found: dict[str, Scores]) -> str:
    """A Markdown table: one row a figure, one column a method."""
    columns = {name: scores.figures() for name, scores in found.items()}
    rows = [["", *columns], ["---"] * (len(columns) + 1)]
    for figure in next(iter(columns.values())):
        rows += [
            [
                figure,
                *(
                    f"{values[figure]:.3f}" if figure in values else "–"
                    for values in columns.values()
                ),
            ]
        ]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


if __name__ == "__main__":
    main()
