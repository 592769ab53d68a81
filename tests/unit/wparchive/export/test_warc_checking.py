"""A WARC file is good, cut off in its last record, or damaged; damage is seen anywhere."""

import gzip
from pathlib import Path

import pytest

from tests.archives import warc_bytes
from wparchive.export.bundle_checking import DamagedWarc, ids_of_whole_warc

WHOLE = {"packed": warc_bytes(), "plain": warc_bytes(is_packed=False), "long": warc_bytes(600)}


def looked_at(data: bytes, folder: Path) -> str:
    """Return why a file is damaged; empty for a good one."""
    path = folder / "x.warc.gz"
    path.write_bytes(data)
    try:
        ids_of_whole_warc(path)
    except DamagedWarc as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", WHOLE)
def test_a_good_file_is_good_also_where_a_kill_has_cut_it(name: str, tmp_path: Path) -> None:
    data = WHOLE[name]
    assert looked_at(data, tmp_path) == ""
    for cut in (len(data) - 1, len(data) - 30, len(data) * 2 // 3, len(data) // 2):
        assert looked_at(data[:cut], tmp_path) == "", cut


def test_damage_is_seen_in_every_part(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = WHOLE["packed"]
    for at in range(60, len(data) - 60, len(data) // 40):
        spoilt = bytearray(data)
        spoilt[at] ^= 0x55
        assert looked_at(bytes(spoilt), tmp_path), at
    assert looked_at(data[: len(data) // 2] + data[len(data) // 2 + 50 :], tmp_path)
    assert capfd.readouterr() == ("", "")


def test_digests_are_compared_where_nothing_else_tells(tmp_path: Path) -> None:
    data = WHOLE["plain"]
    changed = data.replace(b"[][][]", b"[]{}[]", 1)
    assert "another digest" in looked_at(changed, tmp_path)


NONE = {
    "nothing": b"",
    "a page": b"<html>",
    "two bytes": b"\x1f\x8b",
    "a text": gzip.compress(b"no WARC"),
    "no length": b"WARC/1.1\r\n\r\n",
    "zeros": b"\0" * 99,
}


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_warc_file_is_said_to_be_none(name: str, tmp_path: Path) -> None:
    assert looked_at(NONE[name], tmp_path)


def test_other_bytes_behind_the_records_are_damage(tmp_path: Path) -> None:
    assert looked_at(WHOLE["packed"] + b"more", tmp_path)
