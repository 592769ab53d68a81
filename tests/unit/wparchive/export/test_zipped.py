"""A ZIP file is unpacked whole, or not at all; one that was made to do harm is refused."""

import struct
from collections.abc import Callable
from pathlib import Path
from stat import S_IFLNK
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile, ZipInfo

import pytest

from wparchive.errors import OutputFailed
from wparchive.export.zipped import unzipped, zip_folder


def packed(place: Path, files: dict[str, bytes]) -> Path:
    path = place / "a.zip"
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as out:
        for name, data in files.items():
            out.writestr(name, data)
    return path


def test_a_folder_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    files = {"a.txt": b"a" * 1000, "b/表.gz": bytes(range(256)), "b/empty": b""}
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    with (tmp_path / "a.zip").open("wb") as out:
        zip_folder(folder, out, "bag")
    with unzipped(tmp_path / "a.zip") as again:
        assert again.name == "bag"
        held = {str(path.relative_to(again)): path for path in again.rglob("*") if path.is_file()}
        assert {name: path.read_bytes() for name, path in held.items()} == files
    assert not again.exists()


@pytest.mark.parametrize(
    "name", ["../out", "bag/../../out", "/out", "bag\\..\\out", "out", "bag/a/../../../out"]
)
def test_nothing_is_written_elsewhere(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path, {"bag/bagit.txt": b"x", name: b"out"})
    with pytest.raises(OutputFailed, match=r"would write to|holds no bundle"), unzipped(path):
        pass
    assert [one.name for one in tmp_path.iterdir()] == ["a.zip"]


def truncated(data: bytes) -> bytes:
    return data[: len(data) // 2]


def without_a_byte(data: bytes) -> bytes:
    return data[:100] + data[101:]


def flipped(data: bytes) -> bytes:
    place = data.index(b"bag/a") + 20
    return data[:place] + bytes([data[place] ^ 255]) + data[place + 1 :]


@pytest.mark.parametrize("damage", [truncated, without_a_byte, flipped, lambda data: b""])
def test_a_damaged_file_is_said_to_be_one(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = packed(tmp_path, {"bag/a": bytes(range(256)) * 20})
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(OutputFailed, match="is not a whole ZIP file"), unzipped(path):
        pass


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    path = packed(tmp_path, {"bag/zeros": bytes(150 << 20)})
    with pytest.raises(OutputFailed, match="would unpack to 157,286,400"), unzipped(path):
        pass
    # Nor where the list makes it small.
    size = struct.pack("<I", 150 << 20)
    path.write_bytes(path.read_bytes().replace(size, struct.pack("<I", 1000)))
    with pytest.raises(OutputFailed, match="is not a whole ZIP file"), unzipped(path):
        pass


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, {f"bag/{number}": b"x" for number in range(2)})
    data = path.read_bytes()
    # Both entries say that they have all bytes of the file, compressed.
    at = data.index(b"PK\x01\x02")
    for place in (at, data.index(b"PK\x01\x02", at + 1)):
        data = data[: place + 20] + struct.pack("<I", len(data)) + data[place + 24 :]
    path.write_bytes(data)
    with pytest.raises(OutputFailed, match="was not unpacked"), unzipped(path):
        pass


def test_a_symbolic_link_is_called_one(tmp_path: Path) -> None:
    link = ZipInfo("bag/secret")
    link.external_attr = (S_IFLNK | 0o777) << 16
    with ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr("bag/bagit.txt", b"x")
        out.writestr(link, b"/etc/hostname")
    with pytest.raises(OutputFailed, match="a symbolic link"), unzipped(tmp_path / "a.zip"):
        pass


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr("bag/a", b"one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            out.writestr("bag/a", b"two")
    with pytest.raises(OutputFailed, match="two files of one name"), unzipped(tmp_path / "a.zip"):
        pass


@pytest.mark.parametrize("name", ["bag/", "./"])
def test_a_file_without_files_holds_no_bundle(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path, {name: b""})
    with pytest.raises(OutputFailed, match="holds no bundle"), unzipped(path):
        pass


def test_damage_is_told_of_all_ways_to_pack(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with ZipFile(path, "w", ZIP_LZMA) as out:
        out.writestr("bag/a", bytes(range(256)) * 20)
    data = bytearray(path.read_bytes())
    data[data.index(b"bag/a") + 20] ^= 255
    path.write_bytes(data)
    with pytest.raises(OutputFailed, match="is not a whole ZIP file"), unzipped(path):
        pass
