"""A site that is reached over IPv6 alone."""

import socket
import threading
from contextlib import suppress
from http.server import ThreadingHTTPServer

import pytest

from tests.integration.crawling import crawl, documents
from tests.servers.recorded_site import made_site
from tests.servers.tls import handler_of


class _Ipv6Server(ThreadingHTTPServer):
    address_family = socket.AF_INET6
    daemon_threads = True


def test_a_site_at_an_address_of_ipv6_is_read(tmp_path):
    site = made_site(posts=12)
    server = None
    with suppress(OSError):
        server = _Ipv6Server(("::1", 0), handler_of(site))
    if server is None:
        pytest.skip("this machine has no IPv6")
    site.origin = f"http://[::1]:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        done = crawl(site.home, tmp_path / "archive.db")
    finally:
        server.shutdown()
        server.server_close()
    assert done.verdict == "complete", done.output
    assert len(documents(tmp_path / "archive.db", "posts", type="post")) == 12
