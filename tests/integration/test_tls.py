"""Certificates are checked: nobody between a site and the archive can pose as the site."""

import gzip
import re
import ssl
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.integration.crawling import crawl, documents
from tests.servers.recorded_site import made_site
from tests.servers.tls import FLAWS, flawed_server, tls_site

ROOT = Path(__file__).parent.parent.parent


def test_a_site_whose_certificate_nobody_vouches_for_is_not_read(tmp_path: Path) -> None:
    site = made_site(posts=3)
    with tls_site(site, tmp_path) as (address, _):
        run = crawl(address, tmp_path / "archive.db")
    assert (run.exit_status, run.verdict) == (4, "failed"), run.output
    assert "certificate" in run.report["reason"]
    assert "CRAWL_CA_FILE" in run.report["reason"]
    assert not site.requests


WORDS = {
    "unknown": "its certificate is from an authority that this machine does not know",
    "expired": "its certificate has expired",
    "not yet valid": "its certificate is not valid yet",
    "self-signed": "its certificate is self-signed",
    "another host": "its certificate is for another host",
    "old protocol": "the server speaks only protocols that are too old",
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_each_flaw_has_words_of_its_own(tmp_path: Path, flaw: str) -> None:
    site = made_site(posts=3)
    with flawed_server(site, tmp_path, flaw) as (address, authority):
        settings = {"CRAWL_CA_FILE": authority, "RETRY_TIMES": 0}
        run = crawl(address, tmp_path / "archive.db", settings=settings)
    assert (run.exit_status, run.verdict) == (4, "failed"), run.output
    reason = run.report["reason"]
    assert WORDS[flaw] in reason
    assert "docs/troubleshooting.md#certificates" in reason
    assert "Traceback" not in run.output
    assert not site.requests


@pytest.mark.parametrize("way", ["the authority is known", "nothing is checked"])
def test_an_operator_may_trust_an_authority_or_everybody(tmp_path: Path, way: str) -> None:
    with tls_site(made_site(posts=3), tmp_path) as (address, authority):
        settings: dict[str, object] = {"CRAWL_CA_FILE": authority}
        if way == "nothing is checked":
            settings = {"DOWNLOAD_VERIFY_CERTIFICATES": 0}
        warc = tmp_path / "warc"
        run = crawl(address, tmp_path / "archive.db", settings=settings, warc=warc)
        parts = urlsplit(address)
        sent = ssl.get_server_certificate((str(parts.hostname), parts.port or 443))
    assert (run.exit_status, run.verdict) == (0, "complete"), run.output
    assert len(documents(tmp_path / "archive.db", "posts")) == 3
    (kept,) = warc.iterdir()
    [said] = re.findall(rb"certificate-sha256: (\S+)", gzip.decompress(kept.read_bytes()))
    digest = sha256(ssl.PEM_cert_to_DER_cert(sent)).hexdigest()
    assert said.decode().replace(":", "").lower() == digest


def test_the_doctor_trusts_the_same_authority(tmp_path: Path) -> None:
    with tls_site(made_site(posts=3), tmp_path) as (address, authority):
        command = [sys.executable, "-m", "scrapy", "doctor", address, "-s"]
        looked = subprocess.run(
            [*command, f"CRAWL_CA_FILE={authority}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=100,
        )
    assert looked.returncode == 0, looked.stdout + looked.stderr


def test_a_file_without_a_certificate_is_refused_before_the_crawl(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate")
    run = crawl("https://127.0.0.1:1", tmp_path / "archive.db", settings={"CRAWL_CA_FILE": empty})
    assert run.exit_status == 2, run.output
    assert "CRAWL_CA_FILE" in run.output
    assert "Traceback" not in run.output
