"""A site may add rows to its answers: then the rows received must still form a chain."""

from array import array
from itertools import pairwise
from random import Random

import pytest

from crawler.walk import Capabilities
from crawler.walk.by_id.chain import ROWS_ADDED, Chain
from crawler.walk.by_id.closing import NO_CHAIN
from crawler.walk.by_id.hidden import SAMPLES_MAX
from crawler.walk.by_id.walk import WalkById
from crawler.walk.id_set import IdRanges
from crawler.walk.protocol import PageRequest
from tests.simulation.driver import drive
from tests.simulation.pinned import KINDS, PinnedKind, UnchainedWalk, is_false, tally, walked
from tests.simulation.site import FULL, Site

HONEST = [kind for kind in KINDS if kind.honest]
SITES = 12


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_proof_is_false_on_a_site_that_adds_rows(kind: PinnedKind) -> None:
    for seed in range(SITES):
        outcome, site = walked(kind, seed)
        assert not is_false(outcome, site), f"seed {seed}"
        emitted = set(outcome.emitted)
        assert emitted <= site.ever, "invented"
        if kind.route == "id":  # of several walks, each may take a row
            assert len(emitted) == len(outcome.emitted) == outcome.certificate.listed


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        ("pinned first, few rows, hidden rows", 331),
        ("several pinned, few rows, hidden rows", 210),
        ("several pinned, few rows, hidden rows", 295),
        ("pinned anew, few rows", 124),
        ("pinned anew, hidden rows", 150),
        ("pinned anew, hidden rows", 257),
    ],
)
def test_sites_that_were_once_proved_falsely(name: str, seed: int) -> None:
    [kind] = [kind for kind in KINDS if kind.name == name]
    outcome, site = walked(kind, seed)
    assert not is_false(outcome, site)


def test_a_site_that_gives_one_row_beside_pinned_ones_is_read_by_ids() -> None:
    ids = list(range(3, 200, 3))
    site = Site(ids, pinned="beside", pins=2, pins_oldest=True, pinned_first=True, silent_cap=1)
    site.totals = False
    outcome = drive(WalkById(FULL), site)
    assert outcome.certificate.proved
    assert sorted(outcome.emitted) == ids


def test_without_the_chain_there_would_be_false_proofs() -> None:
    assert sum(tally(kind, SITES, UnchainedWalk).false for kind in KINDS) > 20


@pytest.mark.parametrize("kind", HONEST, ids=lambda kind: kind.name)
def test_an_honest_site_keeps_its_proof_at_nearly_the_same_cost(kind: PinnedKind) -> None:
    before = tally(kind, SITES, UnchainedWalk)
    now = tally(kind, SITES, WalkById)
    assert now.proved >= before.proved
    if kind.at_rest:
        # A look at rows that are counted and not shown takes a few requests more.
        more = 2 + SAMPLES_MAX * ("hidden" in kind.name)
        assert now.requests <= 1.1 * before.requests + more * SITES


def test_a_big_site_with_its_newest_post_in_every_answer_costs_nothing_more() -> None:
    site = Site(list(range(5, 25_000, 5)), pinned="instead", pinned_in_all=False)
    with_chain = drive(WalkById(FULL), site)
    without = drive(UnchainedWalk(FULL), site)
    assert with_chain.certificate.proved
    assert sorted(with_chain.emitted) == site.ids
    assert with_chain.certificate.requests == without.certificate.requests


@pytest.mark.parametrize("place", ["instead", "beside"])
def test_a_record_by_id_is_no_proof_where_another_row_comes_with_it(place: str) -> None:
    ids = list(range(1, 41))
    site = Site(ids, pinned=place, pinned_in_all=True, maximum=2)  # type: ignore[arg-type]
    outcome = drive(WalkById(FULL, per_page=2), site)
    assert outcome.certificate.proved
    assert sorted(outcome.emitted) == ids


def test_too_many_ids_are_a_doubt_and_the_reason_says_why() -> None:
    ids = list(range(1000, 100_000, 900))
    hidden = set(ids[1::3])
    site = Site(ids, hidden=hidden, pinned="instead", maximum=2)
    outcome = drive(WalkById(FULL, probe_budget=300), site)
    assert not outcome.certificate.proved
    assert ROWS_ADDED in outcome.certificate.reason
    assert outcome.certificate.requests < 1000


def test_a_route_that_cannot_leave_out_rows_is_walked_as_before() -> None:
    can = Capabilities(FULL.parameters - {"exclude"}, FULL.orderby)
    outcome = drive(WalkById(can), Site([3, 6, 9], totals=False))
    assert outcome.certificate.proved
    assert outcome.certificate.requests == 3


def test_ranges_of_ids_are_those_of_a_set() -> None:
    random = Random(7)
    for _ in range(60):
        ranges, ids = IdRanges(), set[int]()
        for _step in range(random.randint(0, 12)):
            low = random.randint(0, 60)
            high = low + random.randint(0, 8)
            ranges.add(low, high)
            ids.update(range(low, high + 1))
        top = random.randint(0, 70)
        holes = [id for low, high in ranges.holes(top) for id in range(low, high + 1)]
        assert holes == [id for id in range(1, top + 1) if id not in ids]
        assert [id for id in range(70) if id in ranges] == sorted(ids)
        pairs = list(zip(ranges.lows, ranges.highs, strict=True))
        assert all(end + 1 < start for (_, end), (start, _) in pairwise(pairs))


def _slice(number: int, rank: int, size: int = 4) -> PageRequest:
    return PageRequest((("order", "asc"),), "slice", number, rank=rank, size=size)


def _open(chain: Chain, *taken: int) -> list[int]:
    ranges = chain.open_ids(array("q", sorted(taken)))
    return [id for low, high in ranges for id in range(low, high + 1)]


def test_links_lead_from_zero_to_the_highest_id() -> None:
    chain = Chain()
    chain.add_list(_slice(1, 0), (2, 5), 4)
    chain.add_list(_slice(2, 1), (5, 9), 4)
    assert _open(chain, 2, 5, 9) == []
    assert _open(chain, 2, 5, 9, 12) == [10, 11], "nothing links 9 with 12"
    chain.add_asked((10, 11))
    assert _open(chain, 2, 5, 9, 12) == []


def test_a_link_is_false_where_a_row_was_received_from_between() -> None:
    chain = Chain()
    for number, row in enumerate((2, 4, 6), 1):
        chain.add_list(_slice(number, number - 1), (row, 20), 4)
    assert _open(chain, 2, 4, 6, 20) == [1, 3, 5, *range(7, 20)]
    assert chain.added_at_once >= 1


def test_a_row_that_comes_again_further_on_makes_no_link() -> None:
    chain = Chain()
    chain.add_list(_slice(1, 0, size=2), (2, 20), 2)
    chain.add_list(_slice(2, 5, size=2), (20,), 2)
    assert _open(chain, 2, 20) == list(range(3, 20))


def test_the_reasons_differ() -> None:
    assert ROWS_ADDED != NO_CHAIN
