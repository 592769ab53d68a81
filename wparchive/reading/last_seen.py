"""Say when crawls last saw what is live.

What did not change is not written, so the time that stands in a document is that of its last write.
A run that proved a type complete has seen every live object of the type. The last such run says
when.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from wparchive.backends.cursor import LatestPosition
from wparchive.backends.reader import Reader
from wparchive.model.documents import Document, Kind
from wparchive.model.run_records import Run

RUNS_LOOKED_AT = 1000
"""Runs of a site that are looked at, the newest first: three years of nightly ones."""
WHOLE_SCOPES = frozenset({"everything", "changes"})
"""Scopes of proofs that are about every object of a type: it was read, or it was proved that only
some objects changed since it was read."""

AnyDocument = TypeVar("AnyDocument", bound=Document)
TypeTimes = dict[tuple[str, str], datetime]
"""Times by kind and type."""


class LastSeen:
    """The setter of `last_seen_at` of documents. Use it briefly: it reads runs once."""

    def __init__(self, reader: Reader, before: datetime | None = None) -> None:
        """With `before`, only runs that began before that time count."""
        self._reader = reader
        self._before = before
        self._proved: dict[str, TypeTimes] = {}

    def renewed(self, kind: Kind, document: AnyDocument) -> AnyDocument:
        """Return a document with the time when it was last seen, in place of the stored one."""
        if document["state"] != "live":
            return document
        proved_at = self._times(document["site"]).get((kind, document["type"]))
        if proved_at is None or proved_at <= document["last_seen_at"]:
            return document
        renewed = document.copy()
        renewed["last_seen_at"] = proved_at
        return renewed

    def all_renewed(self, kind: Kind, documents: Iterable[AnyDocument]) -> Iterator[AnyDocument]:
        """Yield documents as `renewed` returns them."""
        return (self.renewed(kind, document) for document in documents)

    def _times(self, site: str) -> TypeTimes:
        if site not in self._proved:
            after = None
            if self._before is not None:
                after = LatestPosition(self._before, "")
            runs = self._reader.runs((site,), RUNS_LOOKED_AT, after)
            self._proved[site] = proved_times(runs)
        return self._proved[site]


def proved_times(runs: Iterable[Run]) -> TypeTimes:
    """Return when each type was last proved complete, from the runs of one site, newest first.

    The time is that at which the run began: what is live was seen then or later.
    """
    newest_first = iter(runs)
    found: TypeTimes = {}
    awaited: set[tuple[str, str]] = set()
    for run in newest_first:
        awaited |= {_type_of(part) for part in run["types"]}
        for part in run["types"]:
            if _is_proved(part):
                found.setdefault(_type_of(part), run["started_at"])
        # A type that the newest runs know nothing of is gone from the site: none waits for it.
        if awaited and awaited <= found.keys():
            return found
    return found


def _type_of(part: Mapping[str, Any]) -> tuple[str, str]:
    """Return kind and type of a part of a run; of two equal names, the second has its kind too."""
    kind = part.get("kind", "posts")  # reports of early versions have none
    return kind, part["type"].removesuffix(f" ({kind})")


def _is_proved(part: Mapping[str, Any]) -> bool:
    return part.get("proof") == "proved" and part.get("scope") in WHOLE_SCOPES
