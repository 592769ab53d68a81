"""The whole job beside other ways to do less than it: `python -m benchmarks.end_to_end --help`.

A site on loopback is copied by each contender in a process of its own. The rounds are interleaved,
so that a busy machine slows all of them down, and medians are printed. `--site` says which site:
`english` has made-up posts in the block editor's markup, `recorded` has the recorded posts in other
words, `both` measures one after the other. `--memory 10000,100000` crawls sites of these sizes with
ours alone and prints the peak memory of each. Each measurement is a line on standard error as soon
as it is taken, because the tables come at the end.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.contenders import CONTENDERS, python
from benchmarks.processes import Cost, run, serving
from benchmarks.sites import SITE_NAMES

BASELINES = {"naive": "× (a)", "naive-text": "× (a')", "bare": "× (b)", "dlt": "× (c)"}
MIB = 1 << 20


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _parser().parse_args(arguments)
    sites = SITE_NAMES if options.site == "both" else (options.site,)
    console = Console(width=150)
    for site_name in sites:
        if options.only and options.rounds:
            costs = compare(site_name, options.posts, options.rounds, options.only)
            console.print(table(costs, options.posts, site_name))
            for name in costs.keys() & {"ours"}:
                console.print(process_table(costs[name], options.posts))
        if options.memory:
            console.print(memory_table(memory_costs(site_name, options.memory), site_name))


def _parser() -> argparse.ArgumentParser:
    summary = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.end_to_end", description=summary)
    parser.add_argument("--site", choices=(*SITE_NAMES, "both"), default="both")
    parser.add_argument("--posts", type=int, default=10_000)
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
        help="sizes of further sites for ours alone: 10000,100000",
    )
    return parser


def compare(site_name: str, posts: int, rounds: int, names: Sequence[str]) -> dict[str, list[Cost]]:
    """Return what each contender took in each round.

    Raises RuntimeError when one fails or does not store every post.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    with serving(site_name, posts) as site:
        for _ in range(rounds):
            for name in names:
                costs[name].append(_measured(name, site, posts))
    return costs


def memory_costs(site_name: str, sizes: Sequence[int]) -> dict[int, Cost]:
    """Return what crawls of sites of these sizes took."""
    return {posts: compare(site_name, posts, 1, ["ours"])["ours"][0] for posts in sizes}


def _measured(name: str, site: str, posts: int) -> Cost:
    folder = Path(tempfile.mkdtemp(prefix=f"benchmark-{name}-"))
    try:
        cost = run(python(CONTENDERS[name], site, folder), folder / "log")
        taken = f"{name}: {cost.wall_s:.1f} s, {cost.cpu_s:.1f} s of CPU"
        print(taken, file=sys.stderr, flush=True)
        held = CONTENDERS[name].held(folder)
        if held != posts:
            log = (folder / "log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{name} stored {held} of {posts} posts:\n{log}")
        return cost
    finally:
        shutil.rmtree(folder)


def table(costs: Mapping[str, Sequence[Cost]], posts: int, site_name: str) -> Table:
    """Return medians, and how many times faster than each baseline, round by round."""
    title = f"{site_name}: {posts} posts, {_rounds(costs)} rounds, medians"
    result = Table("", "posts/s", "CPU ms/post", "peak MiB", *BASELINES.values(), title=title)
    for name, taken in costs.items():
        speed = posts / median(cost.wall_s for cost in taken)
        cpu = 1000 * median(cost.cpu_s for cost in taken) / posts
        peak = median(cost.peak_bytes for cost in taken) / MIB
        ratios = [_ratio(taken, costs.get(base, [])) for base in BASELINES]
        result.add_row(CONTENDERS[name].label, f"{speed:.0f}", f"{cpu:.2f}", f"{peak:.0f}", *ratios)
    return result


def process_table(costs: Sequence[Cost], posts: int) -> Table:
    """Return where the time of ours went, medians: at work, and ready to work without a core.

    What is left of the time of the run, which stands above, a process waited for another one.
    """
    wall = median(cost.wall_s for cost in costs) / posts * 1e6
    title = f"wparchive: time by process, {wall:.0f} µs/post altogether"
    result = Table("process", "CPU µs/post", "without a core µs/post", title=title)
    names = {name: None for cost in costs for name in cost.cpu_of_others_s}
    rows = {"scrapy crawl": [cost.cpu_s - sum(cost.cpu_of_others_s.values()) for cost in costs]}
    rows |= {name: [cost.cpu_of_others_s.get(name, 0.0) for cost in costs] for name in names}
    for name, taken in rows.items():
        key = "" if name == "scrapy crawl" else name
        queued = median(cost.queued_s.get(key, 0.0) for cost in costs)
        result.add_row(name, f"{median(taken) / posts * 1e6:.0f}", f"{queued / posts * 1e6:.0f}")
    return result


def memory_table(costs: Mapping[int, Cost], site_name: str) -> Table:
    """Return the peak memory by size of the site."""
    result = Table("posts", "peak MiB", "posts/s", title=f"wparchive, {site_name}: memory")
    for posts, cost in costs.items():
        result.add_row(str(posts), f"{cost.peak_bytes / MIB:.0f}", f"{posts / cost.wall_s:.0f}")
    return result


def _ratio(taken: Sequence[Cost], base: Sequence[Cost]) -> str:
    """Compare within each round, which saw the same load."""
    if not base:
        return ""
    ratios = [slow.wall_s / fast.wall_s for fast, slow in zip(taken, base, strict=True)]
    return f"{median(ratios):.2f}"


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
