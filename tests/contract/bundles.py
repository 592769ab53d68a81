"""A bundle as the tests need it, and the archive that it is made of."""

import asyncio
from hashlib import sha256
from pathlib import Path

import pytest

from samples.documents import SITE
from tests.archives import file_record, warc_bytes
from tests.contract.test_copy import fill
from tests.contract.test_verify import DAY, T1
from tests.contract.test_verify import run as a_run
from wparchive.backends.opening import open_store
from wparchive.commands import cli
from wparchive.model.file_records import stored_path

DATA = b"the bytes of a file"


def run(*arguments):
    from click.testing import CliRunner

    return CliRunner().invoke(cli, [*arguments], standalone_mode=False)


WARC = warc_bytes()


async def filled_with_files(source: str, tmp_path: Path) -> str:
    """Fill an archive, with a kept file and runs that name WARC files; return the file's hash."""
    await fill(source)
    digest = sha256(DATA).hexdigest()
    store = open_store(source)
    await store.open()
    record = file_record(7, SITE)
    await store.save_files([{**record, "sha256": digest, "path": stored_path(digest)}])
    arguments = {"warc": str(tmp_path / "warcs")}
    warcs = {"warc": ["one.warc.gz", "lost.warc.gz"], "arguments": arguments}
    await store.save_run({**a_run(T1 + DAY / 2), "digest": None, **warcs})
    await store.close()
    place = tmp_path / "files" / stored_path(digest)
    place.parent.mkdir(parents=True)
    place.write_bytes(DATA)
    (tmp_path / "warcs").mkdir()
    (tmp_path / "warcs" / "one.warc.gz").write_bytes(WARC)
    return digest


def made_bag(place: Path) -> tuple[Path, str]:
    """Write a bundle below a folder; return where it is, and the hash of the file in it."""
    source = f"sqlite:///{place}/source.db"
    digest = asyncio.run(filled_with_files(source, place))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ARCHIVE_FILES", str(place / "files"))
        assert run("export", "-o", f"{place}/bag", "--format", "bundle", "--archive", source)
    return place / "bag", digest
