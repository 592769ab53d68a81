"""A JSON Schema validator for each collection, derived from `wparchive/model/documents.py`.

Validators are off until somebody switches them on. From then on the server refuses other documents:

    python -m wparchive.backends.mongo.validation on mongodb://host:27017/database
    python -m wparchive.backends.mongo.validation off mongodb://host:27017/database

A store checks its documents itself; a validator guards a database that others write to as well.
Documents that are there already are not looked at. FerretDB 1 has no validators.
"""

import sys
from datetime import datetime
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

from pymongo import MongoClient

from wparchive.backends.mongo.client import client_options, mongo_errors
from wparchive.backends.opening import parse_uri
from wparchive.errors import ArchiveError, InvalidURI
from wparchive.model.documents import RECORD_TYPES, StoredDocument
from wparchive.model.fields import bare_type, is_optional

BSON_TYPES: dict[Any, list[str]] = {
    str: ["string"],
    int: ["int", "long"],
    float: ["double", "int", "long"],
    bool: ["bool"],
    datetime: ["date"],
    bytes: ["binData"],
}


def validator(collection: str) -> StoredDocument:
    """Return the `validator` of a collection: every documented field with its type.

    Other fields (`search`) may stand beside them.
    """
    return {"$jsonSchema": json_schema(RECORD_TYPES[collection])}


def json_schema(annotation: Any) -> StoredDocument:
    """Return the JSON Schema of a field's annotation, in MongoDB's dialect."""
    found = _schema_of(bare_type(annotation))
    if is_optional(annotation) and "bsonType" in found:
        found["bsonType"] = [*found["bsonType"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found


def _schema_of(type_: Any) -> StoredDocument:
    if is_typeddict(type_):
        hints = get_type_hints(type_)
        return {
            "bsonType": ["object"],
            "required": sorted(type_.__required_keys__),
            "properties": {name: json_schema(hint) for name, hint in hints.items()},
        }
    if get_origin(type_) is list:
        return {"bsonType": ["array"], "items": json_schema(get_args(type_)[0])}
    if get_origin(type_) is dict:
        return {"bsonType": ["object"]}
    if get_origin(type_) is Literal:
        return {"bsonType": ["string"], "enum": list(get_args(type_))}
    if type_ in BSON_TYPES:
        return {"bsonType": list(BSON_TYPES[type_])}
    return {}


def switch(uri: str, on: bool) -> None:
    """Switch the validators of a database on or off.

    Raises InvalidURI, and ArchiveUnreachable also where the server has no validators.
    """
    address = parse_uri(uri)
    if not address.scheme.startswith("mongodb"):
        raise InvalidURI(f"{address} is no MongoDB database: only these have validators")
    with mongo_errors(uri), MongoClient[StoredDocument](uri, **client_options(uri)) as client:
        for collection in RECORD_TYPES:
            rule: StoredDocument = {}
            if on:
                rule = validator(collection)
            client[address.place].command(
                "collMod", collection, validator=rule, validationLevel="moderate"
            )


def switch_from_command_line(arguments: list[str]) -> None:
    """Do what the module's docstring says; exit with a message where that fails."""
    if len(arguments) != 2 or arguments[0] not in ("on", "off"):
        sys.exit(__doc__)
    try:
        switch(arguments[1], arguments[0] == "on")
    except ArchiveError as error:
        sys.exit(f"validation: {error}")


if __name__ == "__main__":
    switch_from_command_line(sys.argv[1:])
