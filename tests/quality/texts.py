"""How well text is cleaned: `python -m tests.quality.texts [--ours] [--pin]`.

It prints the figures of each method over the gold set, for the part that rules are tuned on and for
the part that is held out. `docs/text-quality.md` defines them.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pipelines.cleaning import clean_html

from .gold import BASE_URL, SPLITS, GoldText, fragments, sites
from .text_methods import OURS, PEERS, Method, this_project
from .text_scores import TextScores, are_right, score_text, sum_scores

FLOOR = Path(__file__).parent / "texts_floor.json"
Scored = list[tuple[GoldText, TextScores]]
PARTS = ("fragments", "sites")


def score_method(method: Method, groups: Iterable[Sequence[GoldText]]) -> Scored:
    """Return each piece with the counts of what a method made of it."""
    scored = []
    for group in groups:
        outputs = method(group)
        scored += [
            (gold, score_text(gold, output)) for gold, output in zip(group, outputs, strict=True)
        ]
    return scored


def groups_of(part: str, split: str) -> list[list[GoldText]]:
    """Return the pieces of a part and a split that a method gets together."""
    groups = list(sites().values())
    if part == "fragments":
        groups = [[fragment] for fragment in fragments()]
    return [group for group in groups if group[0].split == split]


def our_figures() -> dict[str, float]:
    """Return our own figures by their full names, as the floor file keeps them."""
    named: dict[str, float] = {}
    for part in PARTS:
        for split in SPLITS:
            groups = groups_of(part, split)
            if not groups:
                continue
            scored = score_method(this_project, groups)
            figures = sum_scores(scores for _, scores in scored).figures()
            named |= {f"{part}, {split}, {name}": value for name, value in figures.items()}
    for split in SPLITS:
        for kind, (right, marked) in our_targets(split).items():
            named[f"fragments, {split}, {kind} right"] = round(right / max(1, marked), 4)
    return named


def our_targets(split: str) -> dict[str, tuple[int, int]]:
    """Return in how many fragments all links, images or embeds are right, and in how many marked.

    The methods of others return none of these.
    """
    found = {}
    for kind in ("links", "images", "embeds"):
        marked = [g for [g] in groups_of("fragments", split) if kind in g.targets]
        right = sum(are_right(gold, kind, _urls(gold, kind)) for gold in marked)
        found[kind] = (right, len(marked))
    return found


def _urls(gold: GoldText, kind: str) -> list[str]:
    content = clean_html(gold.html, BASE_URL)
    return [target["url"] for target in getattr(content, kind)]


def print_tables(methods: dict[str, Method]) -> None:
    """Print all tables, as Markdown."""
    for part in PARTS:
        for split in SPLITS:
            groups = groups_of(part, split)
            results = {name: score_method(method, groups) for name, method in methods.items()}
            pieces = sum(map(len, groups))
            if not pieces:
                continue
            print(f"\n## {part}, {split}: {pieces} pieces in {len(groups)} groups\n")
            print_total(results)
            if part == "sites":
                print_by(results, "site", lambda gold: gold.name.partition("/")[0])
                continue
            print_by(results, "language", lambda gold: gold.language)
            print_by(results, "builder", lambda gold: gold.builder)
    for split in SPLITS:
        counts = our_targets(split).items()
        found = ", ".join(f"{kind} {right} of {marked}" for kind, (right, marked) in counts)
        print(f"\n{OURS}, {split}, all addresses right: {found}")


def print_total(results: dict[str, Scored]) -> None:
    """Print one row for each method."""
    rows: list[list[str]] = []
    for name, scored in results.items():
        figures = sum_scores(scores for _, scores in scored).figures()
        if not rows:
            rows.append(["", *figures])
        rows.append([name, *(f"{value:.3f}" for value in figures.values())])
    print_table(rows)


def print_by(results: dict[str, Scored], title: str, key: Callable[[GoldText], str]) -> None:
    """Print F1 and noise kept of each method, one row for each language, builder or site."""
    rows = [[f"F1 / noise kept by {title}", "pieces", *results]]
    values = sorted({key(gold) for scored in results.values() for gold, _ in scored})
    for value in values:
        cells = []
        for scored in results.values():
            chosen = [scores for gold, scores in scored if key(gold) == value]
            total = sum_scores(chosen)
            cells.append(f"{total.f1:.3f} / {total.noise_kept:.2f}")
        rows.append([value, str(len(chosen)), *cells])
    print()
    print_table(rows)


def print_table(rows: list[list[str]]) -> None:
    """Print a Markdown table, its first row as the head."""
    head, *rest = rows
    for row in [head, ["---"] * len(head), *rest]:
        print("| " + " | ".join(row) + " |")


def print_wrong(split: str) -> None:
    """Print what our cleaner loses and keeps in each piece of a split."""
    for part in PARTS:
        for gold, scores in score_method(this_project, groups_of(part, split)):
            lost = scores.wanted_lines - scores.wanted_kept_lines
            if scores.f1 < 1 or lost or scores.noise_kept_lines:
                kept = f"noise {scores.noise_kept_lines} of {scores.noise_lines}"
                print(f"{scores.f1:.3f}  lost {lost}  {kept}  {gold.name}: {gold.about}")


def main() -> None:
    """Print the tables, what is wrong, or pin the floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", action="store_true", help="without the methods of others")
    parser.add_argument("--wrong", action="store_true", help="list what is wrong in the split tune")
    parser.add_argument("--pin", action="store_true", help="write our figures to the floor file")
    options = parser.parse_args()
    if options.wrong:
        print_wrong("tune")
    elif options.pin:
        FLOOR.write_text(json.dumps(our_figures(), indent=2) + "\n", "utf-8")
    elif options.ours:
        print_tables({OURS: this_project})
    else:
        print_tables({OURS: this_project, **PEERS})


if __name__ == "__main__":
    main()
