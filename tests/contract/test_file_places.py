"""A place of files is asked which bytes it has, and no oftener than is needed."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from crawler.files.place import FilePlace
from crawler.files.planning import MediaFile
from tests.archives import file_record
from tests.servers.bucket_server import BucketServer, s3_server
from wparchive.file_stores import FileStore
from wparchive.model.file_records import stored_path

SITE = "example.com"
DIGESTS = [f"{number:02x}" * 32 for number in range(10)]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[BucketServer]:
    with s3_server() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def held_file(digest: str, size: int) -> MediaFile:
    record = file_record(7, SITE)
    record |= {"sha256": digest, "path": stored_path(digest), "size_bytes": size}
    return MediaFile(key="k", site=SITE, url="u", named_by="n", held=record)  # type: ignore[arg-type]


def fill(store: FileStore) -> None:
    for number, digest in enumerate(DIGESTS):
        store.put(stored_path(digest), BytesIO(b"x" * number))


def looked_for() -> dict[str, MediaFile]:
    return {
        "there": held_file(DIGESTS[3], 3),
        "short": held_file(DIGESTS[4], 900),
        "lost": held_file("f" * 64, 5),
        "new": MediaFile(key="k", site=SITE, url="u", named_by="n"),
    }


def seen(files: dict[str, MediaFile]) -> None:
    assert [name for name, file in files.items() if file.is_in_place] == ["there"]
    assert {name: file.loss for name, file in files.items() if file.loss} == {
        "short": "4 of its 900 bytes were left in the archive",
        "lost": "it was no longer in the archive's place of files",
    }


async def test_a_folder_says_what_it_has_lost(tmp_path: Path) -> None:
    place = FilePlace(str(tmp_path), {})
    fill(place.store)
    files = looked_for()
    await place.mark(files.values())
    seen(files)


async def test_a_bucket_is_listed_once(bucket: BucketServer) -> None:
    place = FilePlace(bucket.address, {})
    fill(place.store)
    bucket.put("files/README.txt", b"not a kept file")
    # One request for the list, and none for each file.
    bucket.refuse_after(1)
    for _ in range(3):
        files = looked_for()
        await place.mark(files.values())
        seen(files)


async def test_where_a_list_would_be_longer_each_file_is_asked_for(
    bucket: BucketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wparchive.buckets._LISTED_AT_ONCE", 1)
    place = FilePlace(bucket.address, {})
    fill(place.store)
    # Three pages, a request for each of three files, and another one for the one that is lost.
    bucket.refuse_after(3 + 3 + 1)
    files = looked_for()
    await place.mark(files.values())
    seen(files)
