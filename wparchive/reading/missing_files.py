"""List the files of a site that an archive lacks, and why, as far as its runs know."""

from collections import Counter
from collections.abc import Container, Mapping
from typing import Any

from wparchive.backends.reader import Reader
from wparchive.model.file_records import (
    GONE_CAUSES,
    NO_WEB_ADDRESS,
    original_addresses,
    shown_address,
    without_users,
)
from wparchive.model.run_records import Failure, Run
from wparchive.reading.files import named_addresses
from wparchive.reading.views import counted_text

_FILE = "file"


def missing_files(
    reader: Reader, document: Mapping[str, Any], held: Container[str]
) -> dict[str, str]:
    """Return why an archive lacks files that a document names, by their addresses.

    `held` are the addresses of which it has the file. The address is empty where the site names
    none of an attachment's file. Of a post, only files that could not be
    fetched are known: the other pictures that it names may be those of other sites.
    """
    site = document["site"]
    if "url" in document and not document["url"]:
        return {"": NO_WEB_ADDRESS} if _last_with_files(reader, site) else {}
    missing = [url for url in dict.fromkeys(named_addresses(document)) if url not in held]
    if not missing:
        return {}
    failed = {one["url"]: one["message"] for one in reader.failures((site,), (_FILE,))}
    found = {}
    for url in missing:
        # A failure names the file that was requested: for a small copy of a picture, the whole one.
        forms = map(without_users, original_addresses(url))
        form = next((form for form in forms if form in failed), None)
        if form is not None:
            found[url] = failed[form]
    # An attachment without a failure was left out by a limit, or the run did not reach it.
    own = document.get("url")
    if own in missing and own not in found and (run := _last_with_files(reader, site)):
        found[own] = _reason_in(run, own)
    return found


def lacking_text(reader: Reader, site: str) -> str:
    """Return what a site lacks: `12 failures of objects or files, ...`; empty for nothing.

    It is what the failures say, and what the last run that kept files left out.
    """
    parts = []
    causes = Counter(_is_gone(failure) for failure in reader.failures((site,), ()))
    if causes[False]:
        parts.append(f"{counted_text(causes[False], 'failure')} of objects or files")
    if causes[True]:
        parts.append(f"{counted_text(causes[True], 'file')} that the site names and does not have")
    run = _last_with_files(reader, site)
    files: Mapping[str, Any] = (run and run.get("files")) or {}
    if left_out := files.get("left_out"):
        parts.append(f"{counted_text(left_out, 'file')} left out by limits")
    if not_reached := files.get("not_reached"):
        parts.append(f"{counted_text(not_reached, 'file')} not reached by the last run")
    return ", ".join(parts)


def _is_gone(failure: Failure) -> bool:
    return failure["type"] == _FILE and failure["cause"] in GONE_CAUSES


def _last_with_files(reader: Reader, site: str) -> Run | None:
    """Return the last run that was asked for files and has counted them."""
    return next((run for run in reader.runs((site,), None) if run.get("files")), None)


def _reason_in(run: Run, url: str) -> str:
    """Return why a run has not kept the file at an address."""
    files: Mapping[str, Any] = run.get("files") or {}
    begin = f"{shown_address(url)}: "
    for reason in files["reasons"]:
        if reason.startswith(begin):
            return str(reason.removeprefix(begin))
    return f"left out by a limit, or not reached, by run {run['_id']}; its report says more"
