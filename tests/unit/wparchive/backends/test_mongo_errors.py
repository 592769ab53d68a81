"""What PyMongo's errors mean: trouble of a document, of the server, or of the rights."""

import pytest
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError, WTimeoutError

from wparchive.backends.mongo.client import client_options, from_pymongo, writer_options
from wparchive.backends.mongo.mongo_writes import (
    OF_A_DOCUMENT_CODES,
    PASSING_LABELS,
    raise_of_server,
)
from wparchive.errors import ArchiveReadOnly, ArchiveUnreachable

URI = "mongodb://user:secret@h/db"


def failure(code: int, message: str = "no", *labels: str) -> OperationFailure:
    """Return an error as the server words it."""
    return OperationFailure(message, code, {"errorLabels": list(labels)})


@pytest.mark.parametrize(
    ("error", "class_", "words"),
    [
        (failure(18, "Authentication failed."), ArchiveUnreachable, "user or password"),
        (failure(8000, "bad auth : authentication failed"), ArchiveUnreachable, "user or password"),
        (failure(8000, "you are over your space quota"), ArchiveReadOnly, "quota is full"),
        (failure(8000, "user is not allowed to do action"), ArchiveReadOnly, "lacks the right"),
        (failure(13, "not authorized on db"), ArchiveReadOnly, "lacks the right"),
        (failure(14031, "disk"), ArchiveReadOnly, "disk is full"),
        (failure(262, "ExceededTimeLimit"), ArchiveUnreachable, "cannot be used"),
        (failure(112, "WriteConflict"), ArchiveUnreachable, "cannot be used"),
        (AutoReconnect("reset"), ArchiveUnreachable, "try again when it is back"),
    ],
)
def test_errors_are_said_as_the_archives(
    error: PyMongoError, class_: type[Exception], words: str
) -> None:
    found = from_pymongo(error, URI)
    assert type(found) is class_
    assert words in str(found)
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (failure(50, "operation exceeded time limit"), "narrow it to a site, a time"),
        (failure(13, "not authorized on db"), "the right `read`"),
        (failure(8000, "user is not allowed to do action"), "the right `read`"),
        (failure(18, "Authentication failed."), "user or password"),
        (AutoReconnect("reset"), "try again when it is back"),
    ],
)
def test_a_reader_is_told_what_a_reader_can_do(error: PyMongoError, words: str) -> None:
    found = from_pymongo(error, URI, reading=True)
    assert type(found) is ArchiveUnreachable
    assert words in str(found)
    assert "write" not in str(found)


@pytest.mark.parametrize("code", [262, 50, 112, 24, 365, 6, 462, 16500, 13, 18, 8000, 1, 59])
def test_the_trouble_of_a_server_is_no_failed_document(code: int) -> None:
    with pytest.raises(OperationFailure):
        raise_of_server(failure(code))


@pytest.mark.parametrize("code", sorted(OF_A_DOCUMENT_CODES))
def test_a_document_that_is_refused_fails_alone(code: int) -> None:
    raise_of_server(failure(code))
    for label in PASSING_LABELS:
        with pytest.raises(OperationFailure):
            raise_of_server(failure(code, "no", label))


def test_a_write_that_is_not_acknowledged_is_the_servers() -> None:
    with pytest.raises(WTimeoutError):
        raise_of_server(WTimeoutError("waiting for replication timed out"))
    raise_of_server(ValueError("what PyMongo cannot encode"))


def test_writers_read_from_the_primary_and_readers_as_the_address_says() -> None:
    uri = f"{URI}?readPreference=secondary&socketTimeoutMS=5"
    assert writer_options(uri)["readpreference"] == "primary"
    assert "readpreference" not in client_options(uri)
    assert "sockettimeoutms" not in writer_options(uri)
    assert writer_options(URI)["sockettimeoutms"] == 120_000
    assert "sockettimeoutms" not in client_options(URI)
