"""Print what becomes of a crawl of a site with each kind of fault.

python -m tests.faults [--only WORDS] [--peers] [--jobs N]
"""

import argparse
import sys
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from demo.server import serve
from tests.faults.faulty_site import faulty_site
from tests.faults.kind import Surroundings
from tests.faults.kinds import KINDS, FaultKind
from tests.faults.measure import Measured, crawl_of
from tests.faults.peers import PEERS, read_by
from tests.faults.verdict import broken_laws, is_news

_HEAD = (
    f"{'fault':<46}{'lost':>6}{'ghosts':>7}{'asked':>7}{'early':>6}{'s':>7}{'MB':>6}"
    f"  {'verdict':<9}{'exit':>4}"
)


def main() -> int:
    """Print the table; return 1 where a law is broken that is not known to be."""
    options = _parser().parse_args()
    kinds = [kind for kind in KINDS if options.only in kind.name]
    peers = {}
    if options.peers:
        peers = PEERS
    print(_HEAD + "".join(f"{name + ': lost':>20}" for name in peers), flush=True)
    broken = 0
    news = []
    # Most of the time is spent in waiting: for pauses that a site asks for, and for processes.
    with ThreadPoolExecutor(max_workers=options.jobs) as pool:
        results = pool.map(partial(_measured, peers=peers), kinds)
        for kind, (measured, line) in zip(kinds, results, strict=True):
            laws = broken_laws(kind, measured)
            broken += bool(laws)
            print(line, *(f"  <- {law}" for law in laws), flush=True)
            if is_news(kind, laws):
                news.append(kind.name)
            if laws and options.only:
                print(measured.output)
    print(f"{len(kinds)} kinds, {broken} with a broken law")
    for name in news:
        print(f"not as `known` in kinds.py says: {name}")
    return int(bool(news))


def _measured(kind: FaultKind, peers: Collection[str]) -> tuple[Measured, str]:
    """Return what became of one kind, and its line of the table."""
    measured = crawl_of(kind)
    line = _line(kind, measured)
    for name in peers:
        line += f"{_lost_by_peer(kind, name):>20}"
    return measured, line


def _line(kind: FaultKind, measured: Measured) -> str:
    return (
        f"{kind.name:<46}{measured.lost:>6}{measured.ghosts:>7}{measured.requests:>7}"
        f"{measured.early:>6}{measured.seconds:>7.1f}{measured.megabytes:>6.0f}"
        f"  {measured.verdict:<9}{measured.exit_status:>4}"
    )


def _lost_by_peer(kind: FaultKind, name: str) -> str:
    """Return how many posts a peer loses, or the error with which it ends."""
    if kind.around != Surroundings():
        return "-"
    with serve(faulty_site(kind.fault, kind.posts)) as site:
        if kind.switches:
            site.switch(**kind.switches)
        shown = set(site["posts"].rows) - kind.not_sent
        try:
            found = read_by(PEERS[name], site.home)
        except Exception as error:  # a peer may end in any way
            return type(error).__name__[:19]
        ghosts = len(found - shown)
        lost = str(len(shown - found))
    if ghosts:
        return f"{lost} (+{ghosts} ghosts)"
    return lost


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", default="", metavar="WORDS", help="kinds with these words")
    parser.add_argument("--peers", action="store_true", help="read each site in two other ways too")
    parser.add_argument("--jobs", type=int, default=3, metavar="N", help="sites at once (3)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
