"""`wparchive validation`: have a MongoDB server hold the documented shape of documents."""

import click

from wparchive.backends.opening import parse_uri
from wparchive.commands.options import archive_uri
from wparchive.commands.output import say
from wparchive.errors import InvalidURI


@click.command("validation")
@click.argument("switch", type=click.Choice(["on", "off"]))
@click.option("--archive", metavar="URI", help="mongodb://host/database (default: ARCHIVE_URI).")
def validation_command(switch: str, archive: str | None) -> None:
    """Switch the validators of a MongoDB archive on or off.

    \b
    wparchive validation on --archive mongodb://host/database

    The validators are JSON Schemas. With them the server refuses each document that breaks the
    rules of docs/data-format.md, whoever writes it. It does not look at documents that are there
    already. Collections that do not exist yet are made.
    """
    uri = archive_uri(archive)
    address = parse_uri(uri)
    if not address.scheme.startswith("mongodb"):
        raise InvalidURI(f"{address} is no MongoDB database: only these have validators")
    # Here, because the general help imports the modules of all commands.
    from pymongo import MongoClient

    from wparchive.backends.mongo.client import client_options, mongo_errors
    from wparchive.backends.mongo.mongo_setup import switch_validators

    with mongo_errors(uri), MongoClient(uri, **client_options(uri)) as client:
        switched = switch_validators(client[address.place], switch == "on")
    say(f"validators of {len(switched)} collections are {switch}: {', '.join(switched)}")
