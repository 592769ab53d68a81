"""A JSON Schema validator for each collection, derived from `wparchive/model/documents.py`; off until somebody switches it on:

    python -m wparchive.backends.mongo.validation on mongodb://host:27017/database     # from then on the server refuses other documents
    python -m wparchive.backends.mongo.validation off mongodb://host:27017/database

The stores check what they write themselves; a validator guards a database that others write to as well. Documents that are there
already are not looked at. FerretDB 1 has no validators.
"""

import sys
from datetime import datetime
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

from pymongo import MongoClient

from wparchive.backends.address import MongoAddress, parse_uri
from wparchive.backends.mongo.client import client_options, translating
from wparchive.errors import ArchiveError, InvalidURI
from wparchive.model.documents import RECORD_TYPES

Schema = dict[str, Any]
BSON_TYPES: dict[Any, list[str]] = {
    str: ["string"],
    int: ["int", "long"],
    float: ["double", "int", "long"],
    bool: ["bool"],
    datetime: ["date"],
    bytes: ["binData"],
}


def validator(collection: str) -> Schema:
    """The `validator` of a collection: every documented field with its type; other fields (`search`) may stand beside them."""
    return {"$jsonSchema": schema(RECORD_TYPES[collection])}


def schema(annotation: Any) -> Schema:
    """JSON Schema, in MongoDB's dialect, of a field's annotation."""
    kinds = (
        [kind for kind in get_args(annotation) if kind is not NoneType]
        if NoneType in get_args(annotation)
        else [annotation]
    )
    found = _schema(kinds[0])
    if len(kinds) < len(get_args(annotation)) and "bsonType" in found:
        found["bsonType"] = [*found["bsonType"], "null"]
    return found


def _schema(kind: Any) -> Schema:
    if is_typeddict(kind):
        properties = {name: schema(hint) for name, hint in get_type_hints(kind).items()}
        return {
            "bsonType": ["object"],
            "required": sorted(kind.__required_keys__),
            "properties": properties,
        }
    if get_origin(kind) is list:
        return {"bsonType": ["array"], "items": schema(get_args(kind)[0])}
    if get_origin(kind) is dict:
        return {"bsonType": ["object"]}
    if get_origin(kind) is Literal:
        return {"bsonType": ["string"], "enum": list(get_args(kind))}
    return {"bsonType": list(BSON_TYPES[kind])} if kind in BSON_TYPES else {}


def switch(uri: str, on: bool) -> None:
    """Switch the validators of a database on or off. Raises InvalidURI, ArchiveUnreachable (also where the server has none)."""
    address = parse_uri(uri)
    if not isinstance(address, MongoAddress):
        raise InvalidURI(f"{address} is no MongoDB database: only these have validators")
    with translating(uri), MongoClient[dict[str, Any]](uri, **client_options(uri)) as client:
        for collection in RECORD_TYPES:
            rule = validator(collection) if on else {}
            client[address.database].command(
                "collMod", collection, validator=rule, validationLevel="moderate"
            )


def main(arguments: list[str]) -> None:
    """See the module's docstring."""
    if len(arguments) != 2 or arguments[0] not in ("on", "off"):
        sys.exit(__doc__)
    try:
        switch(arguments[1], arguments[0] == "on")
    except ArchiveError as error:
        sys.exit(f"validation: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
