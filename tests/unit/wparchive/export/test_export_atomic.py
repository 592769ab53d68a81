import os
import threading

import pytest

from wparchive.errors import OutputFailed
from wparchive.export.atomic import FOLDER_MARK, atomic_file, atomic_folder


def test_a_file_appears_whole(tmp_path):
    path = tmp_path / "out.csv"
    with atomic_file(path) as out:
        out.write(b"half")
        assert not path.exists()
    assert path.read_bytes() == b"half"
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]


def test_an_interruption_leaves_the_earlier_file_and_nothing_else(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("earlier")
    with pytest.raises(ZeroDivisionError), atomic_file(path) as out:
        out.write(b"%d" % (1 // 0))
    assert path.read_text() == "earlier"
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]


def test_rights_are_those_of_a_new_file(tmp_path):
    before = os.umask(0o027)
    try:
        with atomic_file(tmp_path / "out"):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o640


def test_a_link_is_followed(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with atomic_file(tmp_path / "link") as out:
        out.write(b"x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"x"


def test_a_named_pipe_is_written_to_and_stays(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    with atomic_file(pipe) as out:
        out.write(b"x")
    reader.join()
    assert got == [b"x"]
    assert pipe.is_fifo()


def test_a_database_is_never_replaced(tmp_path):
    (tmp_path / "archive.db").write_bytes(b"SQLite format 3\0 and so on")
    with (
        pytest.raises(OutputFailed, match="perhaps the archive itself"),
        atomic_file(tmp_path / "archive.db"),
    ):
        pass
    assert (tmp_path / "archive.db").read_bytes().startswith(b"SQLite")


@pytest.mark.parametrize("where", ["no-such-folder/out", "."])
def test_an_impossible_place_is_said(tmp_path, where):
    with pytest.raises(OutputFailed, match="cannot write"), atomic_file(tmp_path / where):
        pass


def test_a_folder_replaces_an_earlier_export_only(tmp_path):
    path = tmp_path / "out"
    for name in ("first", "second"):
        with atomic_folder(path, "markdown") as folder:
            (folder / name).touch()
    assert {p.name for p in path.iterdir()} == {FOLDER_MARK, "second"}
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    with (
        pytest.raises(OutputFailed, match="not an earlier export"),
        atomic_folder(tmp_path / "mine", "markdown"),
    ):
        pass


@pytest.mark.parametrize("has_empty_mark", [False, True], ids=["now", "of an earlier version"])
def test_a_folder_in_another_format_is_not_replaced(tmp_path, has_empty_mark):
    made = {"markdown": "example.com", "site": "search.js", "partitions": "site=example.com"}
    for earlier, name in made.items():
        path = tmp_path / earlier
        with atomic_folder(path, earlier) as folder:
            (folder / name).mkdir()
        if has_empty_mark:
            (path / FOLDER_MARK).write_bytes(b"")
        for form in made.keys() - {earlier}:
            said = f"an export in the format {earlier}, and not {form}; name another folder"
            with pytest.raises(OutputFailed, match=said), atomic_folder(path, form):
                pass
        with atomic_folder(path, earlier) as folder:
            (folder / "again").touch()
        assert {p.name for p in path.iterdir()} == {FOLDER_MARK, "again"}


def test_an_interrupted_folder_leaves_the_earlier_one(tmp_path):
    path = tmp_path / "out"
    with atomic_folder(path, "markdown") as folder:
        (folder / "whole").touch()
    with pytest.raises(ZeroDivisionError), atomic_folder(path, "markdown") as folder:
        (folder / str(1 // 0)).touch()
    assert {p.name for p in path.iterdir()} == {FOLDER_MARK, "whole"}
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
