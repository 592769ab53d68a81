"""One crawl of a faulty site, and what was lost, asked and used."""

import json
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.server import serve
from tests.faults.faulty_site import FaultySite, faulty_site
from tests.faults.kind import SECRET, FaultKind, Surroundings
from tests.integration.crawling import ROOT, command, documents, environment
from tests.servers.tls import flawed_server

LONGEST_S = 240
"""A crawl that takes longer hangs."""
HANGS = -1
"""Exit status of a crawl that had to be ended."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of one crawl."""

    lost: int
    """Posts that the site shows and the archive lacks."""
    ghosts: int
    """Live posts of the archive that the site does not have."""
    requests: int
    early: int
    """Requests before the end of a pause that the site had asked for."""
    seconds: float
    megabytes: float
    """Peak memory of the crawl's own process."""
    verdict: str
    exit_status: int
    output: str = ""
    empty: int = 0
    """Live posts of the archive without a text."""
    tells: bool = False
    """A secret stands in what the crawl said or left."""
    lacking: frozenset[str] = frozenset()
    """Paths that the report names, because only the sitemap lists them."""


def crawl_of(kind: FaultKind) -> Measured:
    """Crawl a site with this fault, in a folder that is removed afterwards."""
    site = faulty_site(kind.fault, kind.posts)
    with tempfile.TemporaryDirectory() as folder, _served(kind, site, Path(folder)) as settings:
        if kind.switches:
            site.switch(**kind.switches)
        return _crawl(kind, site, Path(folder), settings)


@contextmanager
def _served(kind: FaultKind, site: FaultySite, folder: Path) -> Iterator[dict[str, Any]]:
    """Serve a site as its kind says; yield the settings of its crawl."""
    settings = dict(kind.settings)
    if kind.around.https is None:
        with serve(site):
            yield settings
        return
    with flawed_server(site, folder, kind.around.https) as (_, authority):
        yield settings | {"CRAWL_CA_FILE": authority}


def _crawl(kind: FaultKind, site: FaultySite, folder: Path, settings: dict[str, Any]) -> Measured:
    archive = folder / "archive.db"
    report = folder / "report.json"
    line = command(
        kind.around.address.format(home=site.home), archive, report, settings, **kind.arguments
    )
    own = {name: value.format(home=site.home) for name, value in kind.around.environment.items()}
    began = time.monotonic()
    with (folder / "output").open("w+") as output:
        process = subprocess.Popen(
            line, cwd=ROOT, env=environment() | own, stdout=output, stderr=subprocess.STDOUT
        )
        if kind.around.after:
            _disturb(kind.around, site, process, archive)
        status, megabytes = _ended(process, began)
        output.seek(0)
        text = output.read()
    seconds = time.monotonic() - began
    found = _reported(report)
    shown = {row.id for row in site["posts"].rows.values() if not row.hidden}
    held = _held(archive)
    return Measured(
        lost=len(shown - kind.not_sent - set(held)),
        ghosts=len(set(held) - shown),
        requests=len(site.targets),
        early=site.early,
        seconds=seconds,
        megabytes=megabytes,
        verdict=str(found.get("verdict", "none")),
        exit_status=status,
        output=text,
        tells=_is_told(folder),
        empty=sum(not text for text in held.values()),
        lacking=_named_paths(found, site.home),
    )


def _reported(report: Path) -> Mapping[str, Any]:
    if not report.exists():
        return {}
    return dict(json.loads(report.read_text()))


def _disturb(
    around: Surroundings, site: FaultySite, process: subprocess.Popen[bytes], archive: Path
) -> None:
    """Let happen what happens around a crawl, once it has asked often enough."""
    while process.poll() is None and len(site.targets) < around.after:
        time.sleep(0.02)
    if process.poll() is None:
        around.happens(process.pid, archive)


def _is_told(folder: Path) -> bool:
    """Tell whether a secret stands in the output, the report or the archive."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return any(SECRET.encode() in path.read_bytes() for path in files)


def _held(archive: Path) -> dict[int, str]:
    """Return the live posts of an archive, each with its text; none where no archive is left."""
    if not archive.exists():
        return {}
    rows = documents(archive, "posts", type="post", state="live")
    return {row["id"]: row["text"] for row in rows}


def _named_paths(report: Mapping[str, Any], home: str) -> frozenset[str]:
    """Return the addresses that only the sitemap lists; those of the site as paths."""
    sitemap = report.get("sitemap") or {}
    return frozenset(address.removeprefix(home) for address in sitemap.get("addresses", ()))


def _ended(process: subprocess.Popen[bytes], began: float) -> tuple[int, float]:
    """Wait for a crawl; return its exit status and its peak memory in MB."""
    megabytes = 0.0
    while time.monotonic() - began < LONGEST_S:
        # What the system tells of a process that has ended counts the memory of its parent too.
        megabytes = max(megabytes, _peak_megabytes(process.pid))
        status = process.poll()
        if status is not None:
            return status, megabytes
        time.sleep(0.02)
    process.kill()
    process.wait()
    return HANGS, megabytes


def _peak_megabytes(pid: int) -> float:
    """Return the most memory that a process has used so far; 0 for one that has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    if found is None:
        return 0.0
    return int(found[1]) / 1024
