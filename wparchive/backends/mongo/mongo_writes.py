"""Reading and writing documents by key, with the errors of each.

Bulk writes are unordered: only what the server names in its answer has failed.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from bson.errors import BSONError
from pymongo import InsertOne, ReplaceOne, UpdateOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError, DocumentTooLarge, OperationFailure, WTimeoutError

from wparchive.backends.mongo.client import brief
from wparchive.backends.mongo.server_traits import ServerTraits
from wparchive.backends.session import Errors
from wparchive.errors import DocumentRejected
from wparchive.model.documents import StoredDocument

Operation = InsertOne[StoredDocument] | ReplaceOne[StoredDocument] | UpdateOne

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
OF_A_DOCUMENT_CODES = frozenset({2, 9, 15, 52, 57, 121, 10334, 11000, 17280})
"""Codes of errors that name a document: bad values and names of fields, validation, sizes, keys.
Everything else is the trouble of the server or of the connection, and no other document would
escape it: it is waited for."""
PASSING_LABELS = ("RetryableWriteError", "RetryableError", "SystemOverloadedError")
VERSION_FIELDS = ("version_hash", "refresh_hash")
"""What tells one version of a document from another one."""


async def find_by_key(
    collection: AsyncCollection[StoredDocument],
    keys: Iterable[str],
    fields: Mapping[str, int],
    server: ServerTraits,
) -> dict[str, StoredDocument]:
    """Return documents by key, without asking the server where no key is given."""
    return {
        document["_id"]: document
        for query in server.key_queries(keys)
        async for document in collection.find(query, fields)
    }


async def put_documents(
    collection: AsyncCollection[StoredDocument],
    documents: Mapping[str, StoredDocument],
    server: ServerTraits,
    new: bool = False,
) -> Errors:
    """Insert documents that are new; replace or insert others. Returns the errors by key.

    Raises PyMongoError where the server is at fault. Writing the same again changes nothing.
    """

    def alone(key: str) -> Awaitable[object]:
        document = documents[key]
        return collection.replace_one(server.identity_of(document), document, upsert=True)

    def operation(document: StoredDocument) -> Operation:
        if new:
            # Where it is there by now, the second try replaces it (`alone`).
            return InsertOne(document)
        return ReplaceOne(server.identity_of(document), document, upsert=True)

    operations = {key: operation(document) for key, document in documents.items()}
    return await _written(collection, operations, alone, server)


async def update_documents(
    collection: AsyncCollection[StoredDocument],
    changes: Mapping[str, StoredDocument],
    server: ServerTraits,
    versions: Mapping[str, StoredDocument] | None = None,
) -> Errors:
    """Update documents by key; returns the errors by key. Raises as `put_documents` does.

    With `versions`, documents that hold another version by now are left alone.
    """

    def which(key: str) -> StoredDocument:
        identity = server.key_identity(key)
        if versions is None:
            return identity
        return identity | {name: versions[key][name] for name in VERSION_FIELDS}

    def alone(key: str) -> Awaitable[object]:
        return collection.update_one(which(key), changes[key])

    operations = {key: UpdateOne(which(key), change) for key, change in changes.items()}
    return await _written(collection, operations, alone, server)


async def _written(
    collection: AsyncCollection[StoredDocument],
    operations: Mapping[str, Operation],
    alone: Callable[[str], Awaitable[object]],
    server: ServerTraits,
) -> Errors:
    """Write everything in a few commands; returns the errors by key.

    What failed is tried once more, alone, so that its error is its own. The second try also
    settles an insert that a lost acknowledgement has done already.
    """
    keys = list(operations)
    errors = Errors()
    for start in range(0, len(keys), server.operations):
        some = {key: operations[key] for key in keys[start : start + server.operations]}
        for key in await _failed(collection, some):
            try:
                await alone(key)
            except OF_A_DOCUMENT as error:
                raise_of_server(error)
                errors[key] = DocumentRejected(f"the server refused {key!r}: {brief(error)}")
    return errors


async def _failed(
    collection: AsyncCollection[StoredDocument], operations: Mapping[str, Operation]
) -> list[str]:
    """Write all; returns the keys of what was not written, or not known to be."""
    keys = list(operations)
    try:
        # An ordered command ends at the first document that the server refuses.
        await collection.bulk_write(list(operations.values()), ordered=False)
    except BulkWriteError as error:
        _raise_concern(error.details)
        return [keys[failed["index"]] for failed in error.details["writeErrors"]]
    except OF_A_DOCUMENT as error:
        raise_of_server(error)
        return keys
    return []


def _raise_concern(details: Mapping[str, Any]) -> None:
    """Raise what the server says of the whole command."""
    for concern in details["writeConcernErrors"]:
        # A new primary may not have what no majority has: everything is written again.
        raise WTimeoutError(concern.get("errmsg", "not acknowledged by a majority"))
    for failed in details["writeErrors"]:
        if failed["code"] not in OF_A_DOCUMENT_CODES:
            raise OperationFailure(failed["errmsg"], failed["code"])


def raise_of_server(error: Exception) -> None:
    """Raise an error unless a document may have caused it."""
    if isinstance(error, WTimeoutError):
        raise error
    if not isinstance(error, OperationFailure):
        return
    is_passing = any(map(error.has_error_label, PASSING_LABELS))
    if is_passing or error.code not in OF_A_DOCUMENT_CODES:
        raise error


async def put_all(
    collection: AsyncCollection[StoredDocument],
    records: Iterable[StoredDocument],
    server: ServerTraits,
) -> None:
    """Insert or replace records. Raises what the database says of one that it refused."""
    errors = await put_documents(collection, {record["_id"]: record for record in records}, server)
    for error in errors.values():
        raise error
