"""Checking an archive against the digests of its runs: `docs/verify.md` has the algorithm."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from wparchive.backends.questions import DocumentFilter
from wparchive.backends.reader import Reader
from wparchive.errors import ArchiveUnreachable
from wparchive.model.digest import (
    chain_of,
    chunk_hash,
    counted_chunks,
    last_of,
    manifest_lines,
    site_digest,
)
from wparchive.model.documents import KINDS
from wparchive.model.earlier import damaged_states
from wparchive.model.lifecycle import record_sha256
from wparchive.model.run_records import HeldDigest, Run

FindingKind = Literal[
    "damaged", "lost", "changed", "added", "manifest", "chain", "expected", "altered"
]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as the last run left it."""

    what: FindingKind
    """`damaged`: the record is not the one that came. `lost`: it is no longer there. `changed`: it
    has another state, or is another record. `added`: no run with a digest knows it. `manifest`:
    what was written down does not fit its digest. `chain`: a run's digest does not follow from the
    one before. `expected`: the chain is not the one that was asked for. `altered`: a document is
    not what its record gives; `wparchive verify --documents` alone looks for that."""
    key: str
    """`_id` of the document or earlier state, of the run, or name of the chunk."""
    detail: str


@dataclass(frozen=True, slots=True)
class SiteCheck:
    """The findings of checking one site."""

    site: str
    run: str | None
    """The last run with a digest; None where there is none yet."""
    records: int
    """Records that the archive holds now."""
    digest: str
    """Digest of what the archive holds now."""
    chain: str | None
    """The chain of that run: whoever noted it elsewhere can ask for it later."""
    findings: list[Finding]
    files: int = 0
    """Files that crawls have kept of it, those that others have replaced too."""

    @property
    def is_intact(self) -> bool:
        """Tell whether everything is as a run left it."""
        return self.run is not None and not self.findings


def check_site(reader: Reader, site: str, expected: str | None = None) -> SiteCheck:
    """Check all that is held of a site. With `expected`, its chain must be, or contain, that one.

    Every record is read; one document is in memory at a time, with its earlier states.
    """
    digests = _digests(reader, site)
    last = last_of(digests)
    findings: list[Finding] = []
    hashes: dict[str, str] = {}
    unknown: dict[str, list[str]] = {}
    records = 0
    kept = {chunk["chunk"]: chunk for chunk in reader.manifest(site)} if last else {}
    had_chunks = bool(kept)
    may_name = last is not None and (had_chunks or not last[1]["records"])
    for name, lines, hashed in counted_chunks(reader.held_records(site)):
        hashes[name] = hashed
        records += len(lines)
        chunk = kept.pop(name, None)
        if chunk is None:
            unknown[name] = lines if may_name else []
        # Lines that were changed by hand do not fit the hash that stands beside them.
        elif chunk["hash"] != hashed or not _fits_its_hash(chunk):
            findings += _differences(name, lines, chunk)
    for name, chunk in kept.items():
        findings += _differences(name, [], chunk)
    digest = site_digest(hashes)
    if last is not None:
        findings += _unknown_chunks(unknown, last, digest, had_chunks)
    findings += _damaged(reader, site)
    findings += _chain_findings(digests, expected)
    if last is None:
        return SiteCheck(site, None, records, digest, None, findings)
    run, kept_digest = last
    if kept_digest["sha256"] != digest and not findings:
        findings.append(Finding("manifest", run, "its digest is not that of what is held"))
    return SiteCheck(site, run, records, digest, kept_digest["chain"], findings)


def _unknown_chunks(
    unknown: Mapping[str, list[str]],
    last: tuple[str, HeldDigest],
    digest: str,
    had_chunks: bool,
) -> Iterator[Finding]:
    """Yield what is wrong where nothing is written down of some chunks.

    `digest` is that of what is held. Where it is the last one, only the manifest was changed.
    """
    run, kept_digest = last
    if kept_digest["sha256"] == digest:
        for name in unknown:
            yield Finding("manifest", name, "what was written down of it is gone; all is as it was")
    elif unknown and not had_chunks and kept_digest["records"]:
        detail = "all that it wrote down is gone, and its digest is not that of what is held"
        yield Finding("manifest", run, detail)
    else:
        for name, lines in unknown.items():
            yield from _differences(name, lines, None)


def check_ended_run(reader: Reader, run: Run) -> None:
    """Raise ArchiveUnreachable where a reader does not find what a run has just left.

    The reader must be a new one: whoever wrote may have been writing into a file that was removed.
    """
    site = run["site"]
    digest = run["digest"]
    found = next((kept for kept in reader.runs((site,), None) if kept["_id"] == run["_id"]), None)
    if found is None or digest is None or found["digest"] != digest:
        raise _lost(reader, "it does not hold this run")
    hashes = {name: hashed for name, _, hashed in counted_chunks(reader.held_records(site))}
    if site_digest(hashes) != digest["sha256"]:
        raise _lost(reader, "it does not hold what this run has left")
    if broken := reader.damage():
        raise _lost(reader, f"it is damaged ({broken})")


def _lost(reader: Reader, what: str) -> ArchiveUnreachable:
    return ArchiveUnreachable(
        f"{reader.address} is not the archive that this run wrote: {what}; was it replaced or "
        "written over meanwhile? restore a copy, then start again"
    )


def _digests(reader: Reader, site: str) -> dict[str, HeldDigest]:
    """Return the digests of a site's runs by `_id`, newest first."""
    found = {run["_id"]: run.get("digest") for run in reader.runs((site,), None)}
    return {run: digest for run, digest in found.items() if digest is not None}


def _differences(name: str, lines: list[str], chunk: Mapping[str, Any] | None) -> Iterator[Finding]:
    """Yield what differs between the lines of a chunk and those that were written down."""
    before: dict[str, str] = {}
    if chunk is not None:
        if not _fits_its_hash(chunk):
            yield Finding("manifest", name, "its lines are not those of its hash")
            return
        before = _by_key(manifest_lines(chunk))
    now = _by_key(lines)
    for key in sorted(before.keys() | now.keys()):
        if key not in now:
            yield Finding("lost", key, f"it was {before[key].split()[0]}")
        elif key not in before:
            yield Finding("added", key, "it came after the last run that ended")
        elif before[key] != now[key]:
            yield Finding("changed", key, f"{before[key]} became {now[key]}")


def _fits_its_hash(chunk: Mapping[str, Any]) -> bool:
    try:
        return bool(chunk_hash(manifest_lines(chunk)) == chunk["hash"])
    except (zlib.error, UnicodeDecodeError):
        return False


def _by_key(lines: list[str]) -> dict[str, str]:
    """Return state and hash of each line by its key."""
    found: dict[str, str] = {}
    for line in lines:
        _, key, state, hashed = line.rstrip("\n").split("\t")
        found[key] = f"{state} {hashed}"
    return found


def _damaged(reader: Reader, site: str) -> Iterator[Finding]:
    """Yield the records that are not those that came."""
    detail = "its record is not the one that came"
    for kind in KINDS:
        for document in reader.documents(kind, DocumentFilter((site,), states=())):
            hashed = document.get("raw_sha256")
            raw = document["raw"]
            is_text = not isinstance(raw, bytes)  # put there by hand
            if hashed and (is_text or hashed != record_sha256(raw)):
                yield Finding("damaged", document["_id"], detail)
            # No other document has earlier states, and to ask for them costs a look-up each.
            elif document["revision"] > 1 or document.get("refreshes"):
                revisions = reader.revisions(document["_id"])
                earlier = [record for record in revisions if record["kind"] == kind]
                for key in damaged_states(document, earlier):
                    yield Finding("damaged", key, detail)


def _chain_findings(digests: Mapping[str, HeldDigest], expected: str | None) -> Iterator[Finding]:
    """Yield what is wrong with the digests of runs by `_id`, newest first.

    Each is followed to the one before it by its name, because clocks may have been set back.
    """
    left = dict(digests)
    while (last := last_of(left)) is not None:
        run, digest = last
        del left[run]
        while (before := digest["previous"]) in left:
            yield from _link_findings(run, digest, left[before]["chain"])
            run, digest = before, left.pop(before)
        if before is None:
            yield from _link_findings(run, digest, "")
        elif before in digests:
            yield Finding("chain", run, f"another run follows {before}, too")
        else:
            detail = f"the run before it, {before}, is gone: the chain lacks its start"
            yield Finding("chain", run, detail)
    chains = {digest["chain"] for digest in digests.values()}
    if expected is not None and expected not in chains:
        yield Finding("expected", expected, "no run of this site has this chain")


def _link_findings(run: str, digest: HeldDigest, before: str) -> Iterator[Finding]:
    if digest["chain"] != chain_of(before, run, digest["sha256"]):
        yield Finding("chain", run, "its chain does not follow from its digest")
