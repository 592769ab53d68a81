"""One crawl of a faulty site, and what was lost, asked and used."""

import json
import re
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.server import serve
from tests.faults.faulty_site import FaultySite, faulty_site
from tests.faults.kind import FaultKind
from tests.integration.crawling import ROOT, command, documents, environment

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
    lacking: frozenset[str] = frozenset()
    """Paths that the report names, because only the sitemap lists them."""


def crawl_of(kind: FaultKind) -> Measured:
    """Crawl a site with this fault, in a folder that is removed afterwards."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(faulty_site(kind.fault, kind.posts)) as site,
    ):
        assert isinstance(site, FaultySite)
        if kind.switches:
            site.switch(**kind.switches)
        return _crawl(kind, site, Path(folder))


def _crawl(kind: FaultKind, site: FaultySite, folder: Path) -> Measured:
    archive = folder / "archive.db"
    report = folder / "report.json"
    line = command(site.home, archive, report, dict(kind.settings), **kind.arguments)
    began = time.monotonic()
    with (folder / "output").open("w+") as output:
        process = subprocess.Popen(
            line, cwd=ROOT, env=environment(), stdout=output, stderr=subprocess.STDOUT
        )
        status, megabytes = _ended(process, began)
        output.seek(0)
        text = output.read()
    seconds = time.monotonic() - began
    found: Mapping[str, Any] = {}
    if report.exists():
        found = json.loads(report.read_text())
    shown = {row.id for row in site["posts"].rows.values() if not row.hidden}
    held: set[int] = set()
    if archive.exists():
        held = {row["id"] for row in documents(archive, "posts", type="post", state="live")}
    return Measured(
        lost=len(shown - kind.not_sent - held),
        ghosts=len(held - shown),
        requests=len(site.targets),
        early=site.early,
        seconds=seconds,
        megabytes=megabytes,
        verdict=str(found.get("verdict", "none")),
        exit_status=status,
        output=text,
        lacking=_named_paths(found, site.home),
    )


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
