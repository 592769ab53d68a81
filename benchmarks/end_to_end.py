"""The whole job against other ways to do less than it: `python -m benchmarks.end_to_end [--posts 10000] [--rounds 3] [--only a,b]`.

One site on loopback, made of recorded posts in other words (`demo/multiply.py`), is copied by each contender in a process of its own;
the rounds are interleaved, so that a busy machine slows all of them, and medians are printed. `--memory 10000,50000` crawls sites of these
sizes with ours alone and prints the peak memory of each.
"""

import argparse
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.contenders import CONTENDERS, python
from benchmarks.processes import Cost, run, serving

BASELINES = {"naive": "× (a)", "naive-text": "× (a')", "bare": "× (b)", "dlt": "× (c)"}
MIB = 1 << 20


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.end_to_end",
        description=__doc__.splitlines()[0] if __doc__ else None,
    )
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument(
        "--characters",
        type=int,
        default=0,
        help="least length of a post's HTML (default: as recorded, which is short)",
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--only",
        type=_names,
        default=list(CONTENDERS),
        help=f"comma-separated: {', '.join(CONTENDERS)}",
    )
    parser.add_argument(
        "--memory",
        type=_sizes,
        default=[],
        help="sizes of further sites for ours alone: 10000,50000",
    )
    options = parser.parse_args(arguments)
    console = Console(width=150)
    if options.only and options.rounds:
        costs = compare(options.posts, options.rounds, options.only, options.characters)
        console.print(table(costs, options.posts))
        for name in costs.keys() & {"ours"}:
            console.print(process_table(costs[name], options.posts))
    if options.memory:
        console.print(
            memory_table(
                {posts: compare(posts, 1, ["ours"])["ours"][0] for posts in options.memory}
            )
        )


def compare(
    posts: int, rounds: int, names: Sequence[str], characters: int = 0
) -> dict[str, list[Cost]]:
    """What each contender took in each round. Raises RuntimeError when one fails or does not store every post."""
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    with serving(posts, characters) as site:
        for _ in range(rounds):
            for name in names:
                costs[name].append(_measured(name, site, posts))
    return costs


def _measured(name: str, site: str, posts: int) -> Cost:
    folder = Path(tempfile.mkdtemp(prefix=f"benchmark-{name}-"))
    try:
        cost = run(python(CONTENDERS[name], site, folder), folder / "log")
        held = CONTENDERS[name].held(folder)
        if held != posts:
            raise RuntimeError(
                f"{name} stored {held} of {posts} posts:\n{(folder / 'log').read_text(errors='replace')[-2000:]}"
            )
        return cost
    finally:
        shutil.rmtree(folder)


def table(costs: Mapping[str, Sequence[Cost]], posts: int) -> Table:
    """Medians, and how many times faster than each baseline, round by round."""
    result = Table(
        "",
        "posts/s",
        "CPU ms/post",
        "peak MiB",
        *BASELINES.values(),
        title=f"{posts} posts, {_rounds(costs)} rounds, medians",
    )
    for name, taken in costs.items():
        speed = posts / median(cost.wall_s for cost in taken)
        cpu = 1000 * median(cost.cpu_s for cost in taken) / posts
        peak = median(cost.peak_bytes for cost in taken) / MIB
        ratios = [_ratio(taken, costs.get(base, [])) for base in BASELINES]
        result.add_row(CONTENDERS[name].label, f"{speed:.0f}", f"{cpu:.2f}", f"{peak:.0f}", *ratios)
    return result


def process_table(costs: Sequence[Cost], posts: int) -> Table:
    """Where the CPU time of ours went, medians."""
    result = Table("process", "CPU µs/post", title="wparchive: CPU time by process")
    names = {name: None for cost in costs for name in cost.cpu_of_others_s}
    rows = {"scrapy crawl": [cost.cpu_s - sum(cost.cpu_of_others_s.values()) for cost in costs]}
    rows |= {name: [cost.cpu_of_others_s.get(name, 0.0) for cost in costs] for name in names}
    for name, taken in rows.items():
        result.add_row(name, f"{median(taken) / posts * 1e6:.0f}")
    return result


def memory_table(costs: Mapping[int, Cost]) -> Table:
    """Peak memory by size of the site."""
    result = Table("posts", "peak MiB", "posts/s", title="wparchive: memory")
    for posts, cost in costs.items():
        result.add_row(str(posts), f"{cost.peak_bytes / MIB:.0f}", f"{posts / cost.wall_s:.0f}")
    return result


def _ratio(taken: Sequence[Cost], base: Sequence[Cost]) -> str:
    """Compared within each round, which saw the same load."""
    return (
        f"{median(b.wall_s / cost.wall_s for cost, b in zip(taken, base, strict=True)):.2f}"
        if base
        else ""
    )


def _rounds(costs: Mapping[str, Sequence[Cost]]) -> int:
    return len(next(iter(costs.values())))


def _names(text: str) -> list[str]:
    names = [name for name in text.split(",") if name]
    if unknown := [name for name in names if name not in CONTENDERS]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(CONTENDERS)}")
    return names


def _sizes(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


if __name__ == "__main__":
    main()
