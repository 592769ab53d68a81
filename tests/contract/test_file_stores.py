"""Folders and buckets keep files alike: whole, under their paths, and never half."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from tests.servers.bucket_server import BucketServer, google_server, s3_server
from wparchive.buckets import Bucket, BucketFailed, S3Store
from wparchive.errors import InvalidURI
from wparchive.file_stores import FileStore, FolderStore, file_store, stored_digest

DATA = b"bytes" * 1000


@pytest.fixture(scope="module")
def s3() -> Iterator[BucketServer]:
    with s3_server() as server:
        yield server


@pytest.fixture(scope="module")
def google() -> Iterator[BucketServer]:
    with google_server() as server:
        yield server


@pytest.fixture(params=["folder", "s3", "google"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> FileStore:
    if request.param == "folder":
        return file_store(str(tmp_path / "files"))
    server = request.getfixturevalue(request.param)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return file_store(f"{server.address}/{tmp_path.name}/")


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


@pytest.mark.parametrize("store", ["s3", "google"], indirect=True)
def test_a_bucket_is_listed_page_by_page(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(store, Bucket)
    assert [one for page in store.listed() for one in page] == []
    for number in range(5):
        store.put(f"ab/{number}", BytesIO(DATA[:number]))
    monkeypatch.setattr("wparchive.buckets._LISTED_AT_ONCE", 2)
    pages = list(store.listed())
    assert [one for page in pages for one in page] == [(f"ab/{n}", n) for n in range(5)]
    if isinstance(store, S3Store):  # the server that stands for Google's gives all at once
        assert [len(page) for page in pages] == [2, 2, 1]


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


def test_a_bucket_of_s3_that_cannot_be_asked_says_so(s3: BucketServer) -> None:
    nobody = {"endpoint_url": "http://127.0.0.1:9", "region_name": "us-east-1"}
    keys = {"aws_access_key_id": "name", "aws_secret_access_key": "secret"}
    with pytest.raises(BucketFailed, match="Could not connect"):
        S3Store("s3://bucket/x", {**nobody, **keys}).size("one")
    there = {"endpoint_url": s3.environment["AWS_ENDPOINT_URL"], "region_name": "us-east-1"}
    absent = S3Store("s3://no-such-bucket", {**there, **keys})
    for ask in (lambda: absent.put("one", BytesIO(b"")), lambda: absent.size("one")):
        with pytest.raises(BucketFailed, match=r"NoSuchBucket.*: make the bucket, or correct"):
            ask()


def test_s3_says_403_also_of_what_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the right to list a bucket, S3 does not tell what it lacks."""
    with s3_server() as server:
        for name, value in (server.environment | server.powerless()).items():
            monkeypatch.setenv(name, value)
        server.refuse_after(0)
        store = file_store(server.address)
        for ask in (lambda: store.size("one"), lambda: store.put("one", BytesIO(b""))):
            with pytest.raises(BucketFailed, match="it needs s3:ListBucket"):
                ask()
        with pytest.raises(BucketFailed, match="may not list"), store.open("one"):
            pass
        assert isinstance(store, S3Store)
        with pytest.raises(BucketFailed, match="it needs s3:ListBucket"):
            next(store.listed())


def test_a_bucket_of_google_that_cannot_be_asked_says_so(
    google: BucketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in google.environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BucketFailed, match="404"):
        file_store("gs://no-such-bucket").put("one", BytesIO(b"bytes"))
    monkeypatch.setattr("wparchive.buckets._PATIENCE_S", 0.5)
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9")
    with pytest.raises(BucketFailed, match="refused"):
        file_store("gs://bucket/x").size("one")


def test_a_machine_without_an_account_at_google_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("CLOUDSDK_CONFIG", "/nowhere")
    with pytest.raises(InvalidURI, match="credentials were not found"):
        file_store("gs://bucket/x")


@pytest.mark.parametrize("place", ["ftp://host/x", "s3://", "s3:///x"])
def test_places_of_other_kinds_are_refused(place: str) -> None:
    with pytest.raises(InvalidURI, match=r"s3://bucket/path"):
        file_store(place)


def test_an_address_without_a_bucket_is_refused() -> None:
    with pytest.raises(InvalidURI, match=r"gs://bucket/path"):
        file_store("gs:///x")
