"""Candidate pairs: all that share two keys, once each, with frequent keys held down.

The checkpoint survives a kill.
"""

import random
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wparchive.duplicates import pairing
from wparchive.duplicates.find import scan
from wparchive.duplicates.find.find_duplicates import Checkpoint
from wparchive.duplicates.find.scan import CandidatePairs
from wparchive.duplicates.pair import Pair
from wparchive.duplicates.pairing import COMMON_KEY, MOST_CANDIDATES, most_shared
from wparchive.errors import InvalidQuery


def pairs_of(sketches: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    with TemporaryDirectory() as folder:
        found = CandidatePairs(Path(folder))
        for number, sketch in enumerate(sketches):
            found.add(number, sketch)
        return list(found.pairs())


keys = st.integers(0, 12).map(lambda number: number << 14)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(keys, unique=True, max_size=6), max_size=20))
def test_pairs_are_those_that_share_two_keys(sketches: list[list[int]]) -> None:
    expected = [
        (a, b)
        for a, b in combinations(range(len(sketches)), 2)
        if len(set(sketches[a]) & set(sketches[b])) >= 2
    ]
    assert sorted(pairs_of(sketches)) == expected


def test_negative_keys_are_keys() -> None:
    assert pairs_of([[-(1 << 63), -5], [-(1 << 63), -5], [5]]) == [(0, 1)]


def test_posts_with_a_common_key_are_paired_with_their_neighbours_only() -> None:
    count = COMMON_KEY + 10
    assert pairs_of([[1, 2]] * count) == [(number, number + 1) for number in range(count - 1)]


def test_boilerplate_pairs_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pairing, "BOILERPLATE_KEY", 60)
    monkeypatch.setattr(scan, "BOILERPLATE_KEY", 60)
    found = CandidatePairs(tmp_path)
    for number in range(61):
        found.add(number, [1, 2])
    assert list(found.pairs()) == []
    assert found.boilerplate_keys == 2
    assert list(tmp_path.iterdir()) == []


def test_counting_in_rounds_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(1)
    sketches = [rng.sample(range(0, 1 << 20, 1 << 14), 8) for _ in range(60)]
    whole = sorted(pairs_of(sketches))
    monkeypatch.setattr(scan, "_PAIRS_AT_ONCE", 3)
    assert sorted(pairs_of(sketches)) == whole
    assert len(whole) > 100


def test_most_shared_are_those_that_share_most() -> None:
    holders = {1: ["a", "b", "c", "x"], 2: ["b", "c", "x"], 3: ["c", "x"], 4: ["d"]}
    assert most_shared({"x": [1, 2, 3, 4]}, holders, str.__eq__) == {"x": ["c", "b"]}


def test_most_shared_is_bounded() -> None:
    many = [f"post {number}" for number in range(500)]
    found = most_shared({"x": [1, 2]}, {1: many, 2: many}, str.__eq__)
    assert found == {"x": many[:MOST_CANDIDATES]}


def near_pair(number: int) -> Pair:
    return Pair(f"copy {number}", "original", "near", 0.9, 0.95, True)


def test_a_killed_comparison_goes_on_after_its_last_mark(tmp_path: Path) -> None:
    place = Checkpoint(tmp_path / "work", "state")
    place.keep_candidates(((number, number + 1) for number in range(10)), lambda: {7, -7})
    assert place.standing_lines() == {7, -7}
    running = place.compare(4, lambda chunk: [near_pair(a) for a, _ in chunk])
    assert next(running) == 4
    running.close()
    with (tmp_path / "work" / "pairs").open("ab") as file:
        file.write(b'["half a li')
    again = Checkpoint(tmp_path / "work", "state")
    assert list(again.compare(4, lambda chunk: [near_pair(a) for a, _ in chunk])) == [8, 10]
    assert list(again.pairs()) == [near_pair(number) for number in range(10)]
    again.clear()
    assert not (tmp_path / "work").exists()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("chapter one")
    with pytest.raises(InvalidQuery, match="something else"):
        Checkpoint(tmp_path, "state")
    place = Checkpoint(tmp_path / "work", "state")
    (tmp_path / "work" / "note").write_text("mine")
    place.clear()
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["note"]


def test_unfinished_candidates_do_not_count(tmp_path: Path) -> None:
    def killed() -> "list[tuple[int, int]]":
        raise KeyboardInterrupt

    place = Checkpoint(tmp_path / "work", "state")
    with pytest.raises(KeyboardInterrupt):
        place.keep_candidates(pair for pair in killed())
    assert not place.has_candidates
