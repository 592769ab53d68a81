"""Unordered bulk writes of which only what the server names has failed."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bson.errors import BSONError
from pymongo import InsertOne, ReplaceOne, UpdateOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError, DocumentTooLarge, OperationFailure, WTimeoutError

from wparchive.backends.mongo.client import brief
from wparchive.backends.saving import Errors
from wparchive.errors import DocumentRejected
from wparchive.model.documents import Fields

Operation = InsertOne[Fields] | ReplaceOne[Fields] | UpdateOne

PER_COMMAND = 50
"""Operations of one command. FerretDB 1 holds one of its 100 connections for each update of a
command until all are done, and hangs at the 100th."""
OF_A_DOCUMENT = (
    BSONError,
    DocumentTooLarge,
    OperationFailure,
    OverflowError,
    TypeError,
    ValueError,
    KeyError,
)
"""Errors that one document can cause. PyMongo raises the first ones before it sends anything.
FerretDB 1 answers some with the failure of the whole command, or without the counts that PyMongo
looks up (KeyError)."""
OF_THE_SERVER = {13, 18, 20, 8000, 14031}
"""Codes of refusals that no other document would escape: rights, read-only, disk full."""


async def put_documents(
    collection: AsyncCollection[Fields], documents: Mapping[str, Fields], new: bool = False
) -> Errors:
    """Insert documents that are new; replace or insert others. Returns the errors by key.

    Raises PyMongoError where the server is at fault. Writing the same again changes nothing.
    """

    def alone(key: str) -> Awaitable[object]:
        return collection.replace_one({"_id": documents[key]["_id"]}, documents[key], upsert=True)

    def operation(document: Fields) -> Operation:
        if new:
            return InsertOne(document)
        return ReplaceOne({"_id": document["_id"]}, document, upsert=True)

    operations = {key: operation(document) for key, document in documents.items()}
    return await _written(collection, operations, alone)


async def update_documents(
    collection: AsyncCollection[Fields], changes: Mapping[str, Fields]
) -> Errors:
    """Update documents by key; returns the errors by key. Raises as `put_documents` does."""

    def alone(key: str) -> Awaitable[object]:
        return collection.update_one({"_id": key}, changes[key])

    operations = {key: UpdateOne({"_id": key}, change) for key, change in changes.items()}
    return await _written(collection, operations, alone)


async def _written(
    collection: AsyncCollection[Fields],
    operations: Mapping[str, Operation],
    alone: Callable[[str], Awaitable[object]],
) -> Errors:
    """Write everything in a few commands; returns the errors by key.

    What failed is tried once more, alone, so that its error is its own. The second try also
    settles an insert that a lost acknowledgement has done already.
    """
    keys = list(operations)
    errors = Errors()
    for start in range(0, len(keys), PER_COMMAND):
        some = {key: operations[key] for key in keys[start : start + PER_COMMAND]}
        for key in await _failed(collection, some):
            try:
                await alone(key)
            except OF_A_DOCUMENT as error:
                _raise_of_server(error)
                errors[key] = DocumentRejected(f"the server refused {key!r}: {brief(error)}")
    return errors


async def _failed(
    collection: AsyncCollection[Fields], operations: Mapping[str, Operation]
) -> list[str]:
    """Write all; returns the keys of what was not written, or not known to be."""
    keys = list(operations)
    try:
        await collection.bulk_write(list(operations.values()), ordered=False)
    except BulkWriteError as error:
        _raise_concern(error.details)
        return [keys[failed["index"]] for failed in error.details["writeErrors"]]
    except OF_A_DOCUMENT as error:
        _raise_of_server(error)
        return keys
    return []


def _raise_concern(details: Mapping[str, Any]) -> None:
    """Raise what the server says of the whole command."""
    for concern in details["writeConcernErrors"]:
        raise WTimeoutError(concern.get("errmsg", "not acknowledged by a majority"))
    for failed in details["writeErrors"]:
        if failed["code"] in OF_THE_SERVER:
            raise OperationFailure(failed["errmsg"], failed["code"])


def _raise_of_server(error: Exception) -> None:
    """Go on only with what a document may have caused."""
    if isinstance(error, WTimeoutError):
        raise error
    if isinstance(error, OperationFailure) and error.code in OF_THE_SERVER:
        raise error
