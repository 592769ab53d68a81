"""Unordered bulk writes of which only what the server names has failed."""

from collections.abc import Awaitable, Callable, Mapping, Set
from typing import Any

from bson.errors import BSONError
from pymongo import InsertOne, ReplaceOne, UpdateOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError, DocumentTooLarge, OperationFailure, WTimeoutError

from wparchive.backends.mongo.client import brief
from wparchive.errors import DocumentRejected

Record = dict[str, Any]
Operation = InsertOne[Record] | ReplaceOne[Record] | UpdateOne
Errors = dict[str, Exception]

PER_COMMAND = 50
"""FerretDB 1 holds one of its 100 connections for each update of a command until all are done, and hangs at the 100th."""
OF_A_DOCUMENT = (
    BSONError,
    DocumentTooLarge,
    OperationFailure,
    OverflowError,
    TypeError,
    ValueError,
    KeyError,
)
"""What one document can cause: PyMongo raises the first ones before it sends anything, FerretDB 1 answers some with the failure of
the whole command, or without the counts that PyMongo looks up (KeyError)."""
OF_THE_SERVER = {13, 18, 20, 8000, 14031}
"""Codes of refusals that no other document would escape: rights, read-only, disk full."""


async def put(
    collection: AsyncCollection[Record], records: Mapping[str, Record], new: Set[str] = frozenset()
) -> Errors:
    """Insert those whose keys are `new`, replace or insert the others; returns the errors by key.

    Raises PyMongoError where the server is at fault. Writing the same again changes nothing.
    """

    def alone(key: str) -> Awaitable[object]:
        return collection.replace_one({"_id": records[key]["_id"]}, records[key], upsert=True)

    operations: dict[str, Operation] = {
        key: InsertOne(record)
        if key in new
        else ReplaceOne({"_id": record["_id"]}, record, upsert=True)
        for key, record in records.items()
    }
    return await _written(collection, operations, alone)


async def update(collection: AsyncCollection[Record], changes: Mapping[str, Record]) -> Errors:
    """Update by key; returns the errors by key. Raises as `put` does."""

    def alone(key: str) -> Awaitable[object]:
        return collection.update_one({"_id": key}, changes[key])

    return await _written(
        collection, {key: UpdateOne({"_id": key}, change) for key, change in changes.items()}, alone
    )


async def _written(
    collection: AsyncCollection[Record],
    operations: Mapping[str, Operation],
    alone: Callable[[str], Awaitable[object]],
) -> Errors:
    """Everything in a few commands; what failed is tried once more, alone, so that its error is its own.

    The second try also settles an insert that a lost acknowledgement has done already.
    """
    keys, errors = list(operations), Errors()
    for start in range(0, len(keys), PER_COMMAND):
        for key in await _failed(
            collection, {key: operations[key] for key in keys[start : start + PER_COMMAND]}
        ):
            try:
                await alone(key)
            except OF_A_DOCUMENT as error:
                _raise_of_server(error)
                errors[key] = DocumentRejected(f"the server refused {key!r}: {brief(error)}")
    return errors


async def _failed(
    collection: AsyncCollection[Record], operations: Mapping[str, Operation]
) -> list[str]:
    """Write all; returns the keys of what was not written, or not known to be."""
    keys = list(operations)
    try:
        await collection.bulk_write(list(operations.values()), ordered=False)
    except BulkWriteError as error:
        _raise_concern(error)
        return [keys[failed["index"]] for failed in error.details["writeErrors"]]
    except OF_A_DOCUMENT as error:
        _raise_of_server(error)
        return keys
    return []


def _raise_concern(error: BulkWriteError) -> None:
    if error.details["writeConcernErrors"]:
        raise WTimeoutError(
            error.details["writeConcernErrors"][0].get("errmsg", "not acknowledged by a majority")
        )
    for failed in error.details["writeErrors"]:
        if failed["code"] in OF_THE_SERVER:
            raise OperationFailure(failed["errmsg"], failed["code"])


def _raise_of_server(error: Exception) -> None:
    """Go on only with what a document may have caused."""
    if isinstance(error, WTimeoutError) or (
        isinstance(error, OperationFailure) and error.code in OF_THE_SERVER
    ):
        raise error
