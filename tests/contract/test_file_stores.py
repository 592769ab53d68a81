"""A folder and a bucket keep files alike: whole, under their paths, and never half."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from tests.servers.bucket_server import BucketServer, bucket_server
from wparchive.errors import InvalidURI
from wparchive.file_stores import (
    BucketFailed,
    BucketStore,
    FileStore,
    FolderStore,
    file_store,
    stored_digest,
)

DATA = b"bytes" * 1000


@pytest.fixture(scope="module")
def server() -> Iterator[BucketServer]:
    with bucket_server() as server:
        yield server


@pytest.fixture(params=["folder", "bucket"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> FileStore:
    if request.param == "folder":
        return file_store(str(tmp_path / "files"))
    server = request.getfixturevalue("server")
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return file_store(f"s3://bucket/{tmp_path.name}/")


def test_what_is_put_is_found_whole(store: FileStore) -> None:
    assert store.size("ab/one") is None
    with pytest.raises(FileNotFoundError), store.open("ab/one"):
        pass
    store.put("ab/one", BytesIO(DATA))
    assert store.size("ab/one") == len(DATA)
    with store.open("ab/one") as file:
        assert file.read(5) == b"bytes"
        assert file.read() == DATA[5:]
    with store.open("ab/one") as file:  # from a store into a store
        store.put("ab/two", file)
    assert stored_digest(store, "ab/two") == stored_digest(store, "ab/one")
    store.put("ab/one", BytesIO(b""))
    assert store.size("ab/one") == 0
    assert store.where("ab/one").endswith("/ab/one")


class Broken(BytesIO):
    """A file that cannot be read to its end."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return some bytes once, then fail."""
        if self.tell():
            raise OSError(5, "Input/output error")
        return super().read(3)


def test_what_cannot_be_read_whole_is_not_kept(store: FileStore) -> None:
    store.put("ab/one", BytesIO(DATA))
    with pytest.raises(OSError, match="Input/output error"):
        store.put("ab/one", Broken(b"something else"))
    assert store.size("ab/one") == len(DATA)
    if isinstance(store, FolderStore):
        assert [path.name for path in store.folder.rglob("*.*")] == []


def test_a_bucket_that_cannot_be_asked_says_so(server: BucketServer) -> None:
    nobody = {"endpoint_url": "http://127.0.0.1:9", "region_name": "us-east-1"}
    keys = {"aws_access_key_id": "name", "aws_secret_access_key": "secret"}
    with pytest.raises(BucketFailed, match="Could not connect"):
        BucketStore("s3://bucket/x", {**nobody, **keys}).size("one")
    there = {"endpoint_url": server.environment["AWS_ENDPOINT_URL"], "region_name": "us-east-1"}
    with pytest.raises(BucketFailed, match="NoSuchBucket"):
        BucketStore("s3://no-such-bucket", {**there, **keys}).put("one", BytesIO(b""))


@pytest.mark.parametrize("place", ["gs://bucket/x", "ftp://host/x", "s3://", "s3:///x"])
def test_places_of_other_kinds_are_refused(place: str) -> None:
    with pytest.raises(InvalidURI, match=r"s3://bucket/path"):
        file_store(place)
