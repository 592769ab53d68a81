"""Compute the digest of all that is held when a run ends, so that later changes show.

`docs/verify.md` describes the algorithm for whoever wants to check an archive without this code.
Everything is text in UTF-8, hashed with SHA-256 and written in hexadecimal digits.

1. Each document and each earlier state of one is a line: kind, `_id`, state and SHA-256 of the
   record as received, with tabs between them and a line feed at the end. The state of an earlier
   state is `earlier`.
2. Lines are grouped in chunks `kind/type/number`, where the number is the id divided by 4096,
   rounded down. The hash of a chunk is that of its lines, sorted.
3. The digest of a site is the hash of the lines `chunk hash`, with a line feed each, sorted.
4. The chain of a run is the hash of the chain of the run before it, of its own `_id` and of its
   digest, with a line feed after each. The first run takes an empty line for the chain before it.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import groupby
from typing import Any, NamedTuple

from wparchive.model.documents import Kind
from wparchive.model.run_records import HeldDigest, ManifestChunk

CHUNK_IDS = 4096
"""Ids that one chunk spans."""
EARLIER = "earlier"
"""Stands for the state of an earlier state of a document."""


class HeldRecord(NamedTuple):
    """One record that an archive holds."""

    kind: Kind
    type: str
    id: int
    key: str
    """`_id` of the document, or of the earlier state."""
    state: str
    sha256: str

    @property
    def chunk(self) -> str:
        """Return the name of its chunk."""
        return f"{self.kind}/{self.type}/{self.id // CHUNK_IDS}"

    @property
    def line(self) -> str:
        """Return its line."""
        return f"{self.kind}\t{self.key}\t{self.state}\t{self.sha256}\n"


def hash_of(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal digits."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def chunk_hash(lines: Iterable[str]) -> str:
    """Return the hash of a chunk."""
    return hash_of("".join(sorted(lines)))


def site_digest(chunks: Mapping[str, str]) -> str:
    """Return the digest of a site from the hashes of its chunks, by name."""
    return hash_of("".join(sorted(f"{name} {value}\n" for name, value in chunks.items())))


def chain_of(before: str, run: str, digest: str) -> str:
    """Return the chain of a run; `before` is that of the run before, or empty."""
    return hash_of(f"{before}\n{run}\n{digest}\n")


def last_of(digests: Mapping[str, HeldDigest]) -> tuple[str, HeldDigest] | None:
    """Return the end of the chain: the run that no other one follows, with its digest.

    `digests` are those of a site's runs by `_id`, newest first. The order of times is not that of
    the chain where a clock was set back. None without any.
    """
    followed = {digest["previous"] for digest in digests.values()}
    for run, digest in digests.items():
        if run not in followed:
            return run, digest
    return next(iter(digests.items()), None)


def digest_of(
    site_chunks: Mapping[str, str], records: int, run: str, before: tuple[str, HeldDigest] | None
) -> HeldDigest:
    """Return the digest of a run; `before` is the last run that has one, with it."""
    digest = site_digest(site_chunks)
    previous = None
    chain = ""
    if before is not None:
        previous, last = before
        chain = last["chain"]
    return HeldDigest(
        records=records,
        sha256=digest,
        previous=previous,
        chain=chain_of(chain, run, digest),
    )


def manifest_chunk(site: str, name: str, lines: Iterable[str], run: str) -> ManifestChunk:
    """Return a chunk as it is kept, so that what changes later can be named."""
    in_order = sorted(lines)
    return ManifestChunk(
        _id=f"{site}#{name}",
        site=site,
        chunk=name,
        run=run,
        hash=chunk_hash(in_order),
        records=len(in_order),
        lines=zlib.compress("".join(in_order).encode("utf-8", "surrogatepass")),
    )


def manifest_lines(chunk: Mapping[str, Any]) -> list[str]:
    """Return the lines that a kept chunk holds. Raises zlib.error for a damaged one."""
    text = zlib.decompress(chunk["lines"]).decode("utf-8", "surrogatepass")
    return [f"{line}\n" for line in text.split("\n") if line]


def counted_chunks(records: Iterable[HeldRecord]) -> Iterator[tuple[str, list[str], str]]:
    """Yield each chunk's name, its lines and its hash; the records come by kind, type and id."""
    for name, held in groupby(records, key=lambda record: record.chunk):
        lines = [record.line for record in held]
        yield name, lines, chunk_hash(lines)
