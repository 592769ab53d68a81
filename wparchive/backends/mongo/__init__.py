"""The archive on a server of MongoDB's protocol, through PyMongo."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wparchive.backends.address import ArchiveAddress, redacted
from wparchive.errors import InvalidURI

if TYPE_CHECKING:
    from wparchive.backends.mongo.mongo_duplicates import MongoDuplicates
    from wparchive.backends.mongo.mongo_reader import MongoReader
    from wparchive.backends.mongo.mongo_store import MongoStore

DEFAULT_DATABASE = "wparchive"
# MongoDB's own restrictions, those of servers on Windows included.
_FORBIDDEN_IN_DATABASE = re.compile(r'[/\\. "$*<>:|?\x00]')

_HOST = re.compile(r"(?:\[[^\[\]]+\]|[^:\[\]]+)(?::(\d{1,5}))?", re.ASCII)


def _is_host(text: str) -> bool:
    """Return whether a text is a host, or an IPv6 address in brackets, with or without a port."""
    match = _HOST.fullmatch(text)
    return match is not None and int(match[1] or 1) in range(1, 65536)


class MongoBackend:
    """Implements `wparchive.backends.opening.Backend`; the place of an address is a database.

    The address names a server, a replica set or a cluster.
    """

    examples = ("mongodb://host:27017/database",)

    def parse(self, uri: str, base: Path) -> ArchiveAddress:
        shown = redacted(uri)
        try:
            parts = urlsplit(uri)
        except ValueError:  # its message quotes the address, password and all
            raise InvalidURI(f"{shown!r} cannot be taken apart") from None
        hosts = parts.netloc.rpartition("@")[2]
        if not hosts:
            raise InvalidURI(f"{shown!r} names no host")
        # PyMongo raises a plain ValueError for these.
        if not all(map(_is_host, hosts.split(","))):
            raise InvalidURI(f"{shown!r} names an impossible host or port")
        # PyMongo would refuse such a name as well, but only after it has connected.
        database = parts.path.removeprefix("/") or DEFAULT_DATABASE
        if _FORBIDDEN_IN_DATABASE.search(database) or len(database.encode()) > 63:
            raise InvalidURI(
                f"{shown!r} names an impossible database (percent-encode / : @ in the password, "
                "and name the database in letters, digits, - and _)"
            )
        return ArchiveAddress(parts.scheme, uri, database, shown)

    def store(self, address: ArchiveAddress, use_process: Callable[[], bool]) -> "MongoStore":
        from wparchive.backends.mongo.mongo_store import MongoStore

        return MongoStore(address)

    def reader(self, address: ArchiveAddress) -> "MongoReader":
        from wparchive.backends.mongo.mongo_reader import MongoReader

        return MongoReader(address)

    def duplicate_index(self, address: ArchiveAddress, read_only: bool) -> "MongoDuplicates":
        from wparchive.backends.mongo.mongo_duplicates import MongoDuplicates

        return MongoDuplicates(address)
