"""Print how many walks over made-up sites with pinned rows are proved falsely, and what it costs.

python -m tests.simulation.pinned [--sites N] [--only WORDS]

Each kind of site is walked twice: as the product does, and by a walk that does not look at the
chain of its rows before it ends. "false" counts walks that are proved and lack a row which was
visible all the time, "proved" all walks that are proved.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from crawler.walk import Capabilities
from crawler.walk.by_id.walk import WalkById
from crawler.walk.choice import choose_walk
from tests.simulation.driver import Outcome, drive
from tests.simulation.schedules import mutations
from tests.simulation.site import FULL, Site

Change = Callable[[Site, Random], None]
"""What makes a site of a kind out of one without faults."""


@dataclass(slots=True)
class Tally:
    """What became of the walks over the sites of one kind."""

    false: int = 0
    proved: int = 0
    requests: int = 0
    examples: tuple[int, ...] = ()
    """Seeds of sites that are proved falsely."""


class UnchainedWalk(WalkById):
    """A walk that ends without a look at the chain of its rows."""

    def _close(self) -> None:
        self._is_closed = True


def _hides(site: Site, random: Random) -> None:
    rate = random.choice([0, 0.1, 0.3, 0.8])
    hidden = {id for id in site.ids if random.random() < rate}
    if site.ids and random.random() < 0.5:
        start = random.randrange(len(site.ids))
        hidden |= set(site.ids[start : start + random.randint(0, 60)])
    site.hidden |= hidden
    site.always -= hidden
    site.ever -= hidden


def _perhaps_hides(site: Site, random: Random) -> None:
    if random.random() < 0.3:
        _hides(site, random)


def _breaks(site: Site, random: Random) -> None:
    site.hard = {id for id in site.ids if random.random() < 0.02}


def _few(site: Site, random: Random) -> None:
    """Give one to four rows at once."""
    rows = random.choice([1, 2, 3, 4])
    if random.random() < 0.5:
        site.silent_cap = rows
    else:
        site.maximum = rows
    _perhaps_without_totals(site, random)


def _two_to_four(site: Site, random: Random) -> None:
    site.silent_cap = random.choice([2, 3, 4])
    _perhaps_without_totals(site, random)


def _perhaps_without_totals(site: Site, random: Random) -> None:
    site.totals = random.random() < 0.5


def _without_totals(site: Site, random: Random) -> None:
    site.totals = False


def _caps(site: Site, random: Random) -> None:
    site.silent_cap = random.choice([1000, 1000, 13, 3])
    site.maximum = random.choice([100, 100, 20, 4])
    site.stale = random.choice([0.0, 0.0, 0.3])
    _perhaps_without_totals(site, random)


def _pins(site: Site, random: Random) -> None:
    site.pinned = random.choice(["instead", "beside"])


def _pins_several(site: Site, random: Random) -> None:
    _pins(site, random)
    site.pins = random.randint(2, 4)


def _pins_first(site: Site, random: Random) -> None:
    _pins(site, random)
    site.pinned_first = True
    site.pins_oldest = True
    site.pins = random.randint(1, 2)


def _pins_in_all(site: Site, random: Random) -> None:
    _pins(site, random)
    site.pinned_in_all = True


def _pins_within(site: Site, random: Random) -> None:
    """Pin rows anywhere in an answer."""
    _pins(site, random)
    site.pins = random.randint(1, 3)
    site.pins_oldest = random.random() < 0.5
    site.pinned_at = random.random()


def _pins_anew(site: Site, random: Random) -> None:
    """Pin other rows in each answer."""
    _pins_within(site, random)
    site.pinned_anew = True
    site.pinned_in_all = random.random() < 0.5
    if random.random() < 0.5:
        site.pinned_at = random.choice([0.0, 1.0])


def _pins_first_in_all(site: Site, random: Random) -> None:
    """Put rows first in all lists, as sticky posts are put."""
    _pins(site, random)
    site.pinned_first = True
    site.pinned_in_all = True
    site.pins = random.randint(1, 3)
    site.pins_oldest = random.random() < 0.5


def _pins_last_in_all(site: Site, random: Random) -> None:
    _pins_first_in_all(site, random)
    site.pinned_first = False


@dataclass(frozen=True, slots=True)
class PinnedKind:
    """A kind of made-up sites."""

    name: str
    changes: tuple[Change, ...]
    honest: bool = False
    """The site hides and breaks nothing behind pinned rows: its walks should be proved."""
    at_rest: bool = False
    route: Literal["id", "date", "page"] = "id"
    """By what the walk reads the list."""


KINDS = (
    PinnedKind("few rows at once, hidden rows", (_hides, _few, _pins)),
    PinnedKind("few rows at once", (_two_to_four, _pins)),
    PinnedKind("broken rows, hidden rows", (_hides, _breaks, _pins)),
    PinnedKind("few rows at once, broken and hidden rows", (_hides, _few, _breaks, _pins)),
    PinnedKind("hidden rows, no totals", (_hides, _without_totals, _pins)),
    PinnedKind("hidden rows", (_hides, _pins)),
    PinnedKind("several pinned, hidden rows", (_hides, _perhaps_without_totals, _pins_several)),
    PinnedKind("several pinned, few rows, hidden rows", (_hides, _few, _pins_several)),
    PinnedKind("several pinned, broken and hidden rows", (_hides, _breaks, _pins_several)),
    PinnedKind("pinned first, hidden rows", (_hides, _perhaps_without_totals, _pins_first)),
    PinnedKind("pinned first, few rows, hidden rows", (_hides, _few, _pins_first)),
    PinnedKind("pinned first, broken and hidden rows", (_hides, _breaks, _pins_first)),
    PinnedKind("pinned in all lists, hidden rows", (_hides, _perhaps_without_totals, _pins_in_all)),
    PinnedKind("pinned in all lists, few rows, hidden rows", (_hides, _few, _pins_in_all)),
    PinnedKind("pinned in all lists, broken rows", (_breaks, _pins_in_all)),
    PinnedKind("pinned within, hidden rows", (_hides, _perhaps_without_totals, _pins_within)),
    PinnedKind("pinned within, few rows", (_few, _pins_within)),
    PinnedKind("pinned within, few rows, hidden rows", (_hides, _few, _pins_within)),
    PinnedKind("pinned anew, hidden rows", (_hides, _perhaps_without_totals, _pins_anew)),
    PinnedKind("pinned anew, few rows", (_few, _pins_anew)),
    PinnedKind("pinned anew, few rows, hidden rows", (_hides, _few, _pins_anew)),
    PinnedKind("by date: pinned first", (_perhaps_hides, _pins_first_in_all), route="date"),
    PinnedKind("by date: pinned last", (_perhaps_hides, _pins_last_in_all), route="date"),
    PinnedKind("by date: pinned anew", (_perhaps_hides, _pins_anew), route="date"),
    PinnedKind("by page: pinned first", (_perhaps_hides, _pins_first_in_all), route="page"),
    PinnedKind("by page: pinned last", (_perhaps_hides, _pins_last_in_all), route="page"),
    PinnedKind("by page: pinned anew", (_perhaps_hides, _pins_anew), route="page"),
    PinnedKind("honest: pinned", (_perhaps_without_totals, _pins), honest=True, at_rest=True),
    PinnedKind("honest: pinned, changes", (_perhaps_without_totals, _pins), honest=True),
    PinnedKind("honest: nothing pinned", (_caps,), honest=True, at_rest=True),
    PinnedKind("honest: hidden rows", (_hides, _caps), honest=True, at_rest=True),
    PinnedKind("honest: hidden rows, changes", (_hides, _caps), honest=True),
    PinnedKind("honest: by date", (), honest=True, route="date", at_rest=True),
    PinnedKind("honest: by page", (), honest=True, route="page", at_rest=True),
    PinnedKind("honest: broken and hidden rows", (_hides, _breaks), honest=True, at_rest=True),
)


def made_site(kind: PinnedKind, random: Random) -> Site:
    """Return a site of this kind, of up to 150 rows."""
    rows = random.randint(0, 150)
    ids = sorted(random.sample(range(1, rows * random.randint(1, 6) + 1), rows))
    counts, zero = random.random() < 0.5, random.random() < 0.5
    site = Site(ids, cap_counts=counts, zero_past_end=zero)
    for change in kind.changes:
        change(site, random)
    if kind.route == "date":
        start = datetime(2024, 3, 31)
        a_second = random.randint(1, 2)
        highest = max(ids, default=0) + 5000
        dates = ((id, start + timedelta(seconds=id // a_second)) for id in range(highest))
        site.dates = {id: date.isoformat() for id, date in dates}
    return site


def _walk_otherwise(kind: PinnedKind, seed: int) -> tuple[Outcome, Site]:
    """Return what a walk by date or by page number brought, and the site."""
    random = Random(seed)
    site = made_site(kind, random)
    parameters = FULL.parameters
    orders = frozenset({"date"})
    if kind.route == "page":
        parameters = parameters - {"before", "offset"}
        orders = frozenset()
    counted = random.random() < 0.3
    can = Capabilities(parameters, orders, count_proves=counted)
    most = 0 if kind.at_rest else random.choice([0, 0, 1])
    walk = choose_walk(can, per_page=random.choice([5, 10, 30]))
    return drive(walk, site, mutations(most), seed), site


def walked(
    kind: PinnedKind, seed: int, walk_class: type[WalkById] = WalkById
) -> tuple[Outcome, Site]:
    """Return what a walk over a site of this kind brought, and the site."""
    if kind.route != "id":
        return _walk_otherwise(kind, seed)
    random = Random(seed)
    site = made_site(kind, random)
    per_page = random.choice([3, 10, 99, 100])
    if kind.honest and site.pinned:
        per_page = random.choice([20, 100])  # docs/how-it-works.md says what fewer rows cost
    width = random.randint(1, 4)
    most = 0 if kind.at_rest else random.choice([0, 1, 3])
    lacking = {name for name in ("offset", "include") if random.random() < 0.25}
    can = Capabilities(FULL.parameters - lacking, FULL.orderby)
    walk = walk_class(can, per_page=per_page, width=width)
    at_once = min(per_page, site.silent_cap, site.maximum)
    step = at_once // (3 if "include" in can.parameters else 20)
    if not kind.honest:
        step = per_page // 3
    return drive(walk, site, mutations(min(most, step)), seed), site


def is_false(outcome: Outcome, site: Site) -> bool:
    """Return whether a walk is proved, and lacks a row that was visible all the time."""
    # Where nothing was ever received, there are only counts to go by.
    counts_lie = not site.totals or (site.silent_cap < 100 and not site.cap_counts)
    if not outcome.certificate.proved or (counts_lie and not outcome.emitted):
        return False
    return not site.always <= set(outcome.emitted) | outcome.named


def tally(kind: PinnedKind, sites: int, walk_class: type[WalkById]) -> Tally:
    """Return what became of walks over so many sites of a kind."""
    found = Tally()
    for seed in range(sites):
        outcome, site = walked(kind, seed, walk_class)
        found.proved += outcome.certificate.proved
        found.requests += outcome.certificate.requests
        if is_false(outcome, site):
            found.false += 1
            found.examples += (seed,)
    return found


def _lines(kinds: Iterator[PinnedKind], sites: int) -> Iterator[tuple[str, int]]:
    for kind in kinds:
        before = tally(kind, sites, UnchainedWalk)
        now = tally(kind, sites, WalkById)
        line = f"{kind.name:<46}"
        for one in (before, now):
            line += f"{one.false:>7}{one.proved:>8}{one.requests / sites:>9.1f}  "
        yield line + " ".join(map(str, now.examples[:5])), now.false


def main() -> int:
    """Print the table; return 1 where a proof is false."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.pinned")
    parser.add_argument("--sites", type=int, default=300, metavar="N", help="of each kind (300)")
    parser.add_argument("--only", default="", metavar="WORDS", help="kinds with these words")
    options = parser.parse_args()
    print(f"{'':<46}{'without the chain':^24}  {'with it':^24}")
    print(
        f"{options.sites} sites of each kind{'':<24}"
        + f"{'false':>7}{'proved':>8}{'asked':>9}  " * 2
    )
    false = 0
    kinds = (kind for kind in KINDS if options.only in kind.name)
    for line, its_false in _lines(kinds, options.sites):
        print(line, flush=True)
        false += its_false
    print(f"{false} false proofs")
    return int(bool(false))


if __name__ == "__main__":
    sys.exit(main())
