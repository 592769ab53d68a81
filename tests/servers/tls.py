"""A site over https, with a certificate of an authority that only the test knows.

with tls_site(made_site(posts=5), folder) as (address, authority):
    ...    # authority: path of its certificate
"""

import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from demo.api import Site
from demo.responses import Request

HOST = "127.0.0.1"


FLAWS = ("unknown", "expired", "not yet valid", "self-signed", "another host", "old protocol")
"""What can be wrong with a server that `flawed_server` makes."""


@contextmanager
def tls_site(site: Site, folder: Path) -> Iterator[tuple[str, Path]]:
    """Serve a site over https; yield its address and the authority's certificate."""
    authority, certificate = _certificates(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with _served(site, context):
        yield site.origin, authority


@contextmanager
def flawed_server(site: Site, folder: Path, flaw: str) -> Iterator[tuple[str, Path]]:
    """Serve a site with one of the `FLAWS`; yield its address and the authority to trust.

    For the flaw `unknown`, that authority is another one than the site's.
    """
    authority, certificate = _certificates(folder, flaw)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if flaw == "old protocol":
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
    with _served(site, context):
        if flaw == "unknown":
            other = folder / "other"
            other.mkdir()
            authority, _ = _certificates(other)
        yield site.origin, authority


@contextmanager
def _served(site: Site, context: ssl.SSLContext) -> Iterator[None]:
    server = ThreadingHTTPServer((HOST, 0), handler_of(site))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    site.origin = f"https://{HOST}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def handler_of(site: Site) -> type[BaseHTTPRequestHandler]:
    """Return a class of the standard library's server that answers as the site does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            response = site.respond(Request(self.path, headers))
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


def _certificates(folder: Path, flaw: str = "") -> tuple[Path, Path]:
    """Make an authority, and a certificate for the host with its key; return both files."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority_name = _name(f"An authority of the tests in {folder.name}"[:60])
    authority = (
        _builder(authority_name, authority_name, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))])
    if flaw == "another host":
        names = x509.SubjectAlternativeName([x509.DNSName("shared.example.net")])
    issuer, issuer_key = authority_name, authority_key
    if flaw == "self-signed":
        issuer, issuer_key = _name(HOST), key
    days = {"expired": -10, "not yet valid": 10}.get(flaw, 0)
    certificate = (
        _builder(_name(HOST), issuer, key.public_key(), days)
        .add_extension(names, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    key_bytes = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    authority_file = folder / "authority.pem"
    authority_file.write_bytes(authority.public_bytes(pem))
    certificate_file = folder / "site.pem"
    certificate_file.write_bytes(key_bytes + certificate.public_bytes(pem))
    return authority_file, certificate_file


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int = 0
) -> x509.CertificateBuilder:
    now = datetime.now(UTC) + timedelta(days=days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
