"""Addresses of buckets: what is none is refused, and no key or password gets into a message."""

from pathlib import Path

import pytest

from wparchive.buckets import BucketFailed
from wparchive.errors import InvalidURI
from wparchive.file_stores import file_store


@pytest.fixture(autouse=True)
def nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send all clients to a port where nobody listens."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "name",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_ENDPOINT_URL": "http://user:password@127.0.0.1:9",
        "STORAGE_EMULATOR_HOST": "http://user:password@127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("wparchive.buckets._PATIENCE_S", 0.1)


@pytest.mark.parametrize(
    "address",
    [
        "s3://",
        "gs:///path",
        "s3://KEY:password@bucket/path",
        "s3://KEY:password/of@bucket",
        "gs://KEY:password@bucket",
        "gs://-bucket/path",
    ],
)
def test_an_address_without_a_bucket_is_refused(address: str) -> None:
    with pytest.raises(InvalidURI) as refused:
        file_store(address)
    assert "password" not in str(refused.value)


@pytest.mark.parametrize("address", ["s3://bucket/path", "gs://bucket/path"])
def test_a_password_in_the_address_of_the_server_is_not_said(address: str) -> None:
    with pytest.raises(BucketFailed) as failed:
        file_store(address).size("ab/abcd")
    assert "password" not in str(failed.value)
    assert failed.value.filename == f"{address}/ab/abcd"


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"])
def test_a_line_break_in_a_key_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "password\nmore")
    with pytest.raises(BucketFailed, match="line breaks or other odd signs") as failed:
        file_store("s3://bucket/path").size("ab/abcd")
    assert "password" not in str(failed.value)


def test_an_empty_key_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(BucketFailed, match="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        file_store("s3://bucket/path").size("ab/abcd")


@pytest.mark.parametrize(
    "content",
    ["[]", "7", "", "nonsense", "{}", '{"type": "service_account"}', '{"type": 5}', "\xff", None],
)
def test_a_file_that_is_no_account_is_named(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = tmp_path
    if content is not None:
        account = tmp_path / "account.json"
        account.write_text(content, encoding="latin-1")
    monkeypatch.delenv("STORAGE_EMULATOR_HOST")
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(account))
    with pytest.raises(InvalidURI, match="gs://bucket/path cannot be used"):
        file_store("gs://bucket/path")
