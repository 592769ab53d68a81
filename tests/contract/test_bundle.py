"""A bundle holds everything, and an archive made from it is the same, on every backend."""

import os
from hashlib import sha256

import bagit

from samples.documents import SITE
from tests.archives import file_record
from tests.contract.test_copy import fill, held, in_thread
from tests.contract.test_verify import checked
from wparchive.backends.opening import files_place, open_store
from wparchive.commands import cli
from wparchive.model.file_records import stored_path

DATA = b"the bytes of a file"


def run(*arguments):
    from click.testing import CliRunner

    return CliRunner().invoke(cli, [*arguments], standalone_mode=False)


async def test_out_and_in_again_everything_is_the_same(uri, tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "files"))
    source = f"sqlite:///{tmp_path}/source.db"
    await fill(source)
    digest = sha256(DATA).hexdigest()
    store = open_store(source)
    await store.open()
    record = file_record(7, SITE)
    await store.save_files([{**record, "sha256": digest, "path": stored_path(digest)}])
    await store.close()
    place = tmp_path / "files" / stored_path(digest)
    place.parent.mkdir(parents=True)
    place.write_bytes(DATA)
    bag = tmp_path / "bag"

    result = await in_thread(
        run, "export", "-o", str(bag), "--format", "bundle", "--archive", source
    )
    assert result.exception is None, result.output
    assert "all that is held" in result.output
    again = await in_thread(
        run, "export", "-o", str(bag), "--format", "bundle", "--archive", source
    )
    assert "a bundle replaces nothing" in str(again.exception)
    assert (bag / "data" / "files" / stored_path(digest)).read_bytes() == DATA
    assert (bag / "data" / "README.txt").read_text()
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "other"))
    result = await in_thread(run, "import", str(bag), "--archive", uri)
    assert result.exception is None, result.output
    assert "the same" in result.output
    assert held(uri, SITE) == held(source, SITE)
    assert checked(uri).is_intact
    assert (tmp_path / "other" / stored_path(digest)).read_bytes() == DATA
    assert files_place(uri, os.environ["ARCHIVE_FILES"]) == str(tmp_path / "other")

    # A bundle of somebody else's making does not put other bytes under the name of a hash.
    (bag / "data" / "files" / stored_path(digest)).write_bytes(b"something else")
    bagit.Bag(str(bag)).save(manifests=True)
    result = await in_thread(run, "import", str(bag), "--archive", uri)
    assert "is not the file that its name says" in str(result.exception)
    assert (tmp_path / "other" / stored_path(digest)).read_bytes() == DATA

    (bag / "data" / "README.txt").write_text("changed")
    result = await in_thread(run, "import", str(bag), "--archive", uri)
    assert "is not a whole bundle" in str(result.exception)
