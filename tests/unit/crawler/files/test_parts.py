"""A part of a file is gone on with only where its pieces are as they were written."""

from pathlib import Path
from random import Random

import pytest

from crawler.files.parts import PIECE_BYTES, FilePart, FileVersion

TOTAL = 5 * PIECE_BYTES + 1_000
DATA = Random(1).randbytes(TOTAL)
VERSION = FileVersion("https://example.com/a.zip", TOTAL, etag='"one"')


def arrived(folder: Path, size: int, at_once: int = 60_000) -> FilePart:
    """A part into which the first bytes of the file have come."""
    part = FilePart(folder, "key")
    arriving = part.begin(VERSION)
    for at in range(0, size, at_once):
        arriving.add(DATA[at : min(at + at_once, size)])
    assert arriving.close()
    return part


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, 3 * PIECE_BYTES + 7, TOTAL])
@pytest.mark.parametrize("at_once", [1_000, 2 * PIECE_BYTES + 1])
def test_whole_pieces_are_good(tmp_path: Path, size: int, at_once: int) -> None:
    part = arrived(tmp_path, size, at_once)
    assert part.good_size() == size // PIECE_BYTES * PIECE_BYTES


def test_what_is_gone_on_with_becomes_the_whole_file(tmp_path: Path) -> None:
    part = arrived(tmp_path, 3 * PIECE_BYTES + 7)
    size = part.good_size()
    arriving = part.go_on(size - 100, size)
    arriving.add(DATA[size - 100 : size + 50])
    arriving.add(DATA[size + 50 :])
    assert arriving.close()
    assert part.whole(VERSION) == DATA


@pytest.mark.parametrize("at", [0, PIECE_BYTES - 1, 3 * PIECE_BYTES - 1])
def test_a_byte_that_the_disk_has_changed_makes_a_part_useless(tmp_path: Path, at: int) -> None:
    part = arrived(tmp_path, 3 * PIECE_BYTES + 7)
    held = bytearray(part.path.read_bytes())
    held[at] ^= 1
    part.path.write_bytes(held)
    assert part.good_size() == 0


def test_a_byte_that_is_changed_while_the_rest_comes_is_seen_too(tmp_path: Path) -> None:
    part = arrived(tmp_path, TOTAL)
    assert part.whole(VERSION) == DATA
    part.path.write_bytes(b"x" + DATA[1:])
    assert part.whole(VERSION) == b""


def test_a_part_that_was_shortened_or_has_lost_its_digests_is_not_used(tmp_path: Path) -> None:
    part = arrived(tmp_path, 3 * PIECE_BYTES)
    part.path.write_bytes(DATA[: 2 * PIECE_BYTES])
    assert part.good_size() == 0
    part = arrived(tmp_path, 3 * PIECE_BYTES)
    sums = part.path.with_suffix(".sums")
    sums.write_bytes(sums.read_bytes()[:-1])  # a crash in the middle of the last one
    assert part.good_size() == 2 * PIECE_BYTES
    sums.unlink()
    assert part.good_size() == 0
