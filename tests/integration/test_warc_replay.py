"""What `-a warc` wrote is replayed by pywb, the web archives' own player, without the site.

PYWB names the folder of pywb's commands. It has an environment of its own (`.ci/run` makes it),
because it pins older versions of packages that others need.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.integration.crawling import crawl
from tests.servers.recorded_site import made_site, serve
from wparchive import open_archive
from wparchive.model.storable import decompress

PYWB = os.environ.get("PYWB", "")
pytestmark = [
    pytest.mark.replay,
    pytest.mark.skipif(not PYWB, reason="needs pywb: PYWB names the folder of its commands"),
]


@contextmanager
def replayed(place: Path, warcs: Path) -> Iterator[str]:
    """Yield the address at which pywb replays WARC files."""
    manager = [f"{PYWB}/wb-manager"]
    subprocess.run([*manager, "init", "site"], cwd=place, check=True, capture_output=True)
    files = [str(path) for path in sorted(warcs.iterdir())]
    subprocess.run([*manager, "add", "site", *files], cwd=place, check=True, capture_output=True)
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [f"{PYWB}/wayback", "--port", str(port), "--bind", "127.0.0.1"]
    with (place / "pywb.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=place, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}/site"
    finally:
        process.terminate()
        process.wait(30)


def answer_of(address: str) -> bytes:
    """Return what pywb answers, once it has started."""
    for _ in range(300):
        try:
            with urlopen(address, timeout=30) as answer:
                body: bytes = answer.read()
                return body
        except HTTPError:
            raise
        except URLError:
            time.sleep(0.1)
    raise TimeoutError(address)


def test_pywb_replays_the_pages_that_the_posts_came_from(tmp_path):
    site = made_site(posts=30)
    warcs = tmp_path / "warc"
    settings = {"CRAWL_WARC_MAX_BYTES": 5000}
    with serve(site):
        run = crawl(site.home, tmp_path / "archive.db", warc=warcs, settings=settings)
    assert run.exit_status == 0, run.output
    assert len(list(warcs.iterdir())) > 1
    with open_archive(f"sqlite:///{tmp_path}/archive.db") as archive:
        records = {post["_id"]: decompress(post["raw"]) for post in archive.posts(raw=True)}
    pages = [address for address in site_addresses(warcs) if "/wp/v2/posts?" in address]
    player = tmp_path / "player"
    player.mkdir()
    with replayed(player, warcs) as address:
        # `id_` asks for the answer as it was kept, and `mp_` for the page in a frame of the player.
        bodies = [answer_of(f"{address}/id_/{page}") for page in pages]
        framed = answer_of(f"{address}/mp_/{pages[0]}")
        with pytest.raises(HTTPError, match="404"):
            answer_of(f"{address}/id_/{site.home.rstrip('/')}/never-asked/")
    assert len(records) == 30
    for key, record in records.items():
        assert any(record in body for body in bodies), key
    assert framed


def site_addresses(warcs: Path) -> list[str]:
    """Return the addresses of all answers in WARC files."""
    listed: list[str] = []
    for path in sorted(warcs.iterdir()):
        with path.open("rb") as file:
            listed += [
                record.rec_headers.get_header("WARC-Target-URI")
                for record in ArchiveIterator(file)
                if record.rec_type == "response"
            ]
    return listed
