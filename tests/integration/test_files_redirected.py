"""Files whose addresses lead elsewhere: the guard against private addresses holds for them."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.integration.crawling import crawl, documents
from tests.integration.test_files_left_out import PICTURE, UPLOADS, attachment
from tests.servers.file_server import File, file_server
from tests.servers.recorded_site import made_site, serve

SITE = "blog.example.org"
DELIVERY = "files.example.net"


@contextmanager
def proxy_to(homes: Mapping[str, str]) -> Iterator[str]:
    """Serve a proxy by which servers of this machine have public names."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            connection = HTTPConnection(urlsplit(homes[asked.hostname or ""]).netloc)
            headers = {name: value for name, value in self.headers.items() if "Proxy" not in name}
            path = asked.path + (f"?{asked.query}" if asked.query else "")
            connection.request("GET", path, headers=headers | {"Connection": "close"})
            answer = connection.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name not in ("Transfer-Encoding", "Content-Length", "Connection"):
                    self.send_header(name, value)
            if answer.status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            connection.close()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{http.server_address[1]}"
        finally:
            http.shutdown()


def test_a_file_of_a_public_site_leads_into_no_private_network(tmp_path, monkeypatch):
    inner = "http://10.1.2.3/secret.jpg"
    files = {
        f"{UPLOADS}/one.jpg": File(PICTURE),
        f"{UPLOADS}/inner.jpg": File(status=302, location=inner),
        f"{UPLOADS}/script.jpg": File(status=302, location="file:///etc/passwd"),
        f"{UPLOADS}/moved.jpg": File(status=301, location=f"http://{DELIVERY}{UPLOADS}/one.jpg"),
    }
    names = [path.rpartition("/")[2] for path in files]
    with file_server(files) as server:
        site = made_site(posts=1, tags=0)
        site["media"].fill(
            attachment(500 + n, f"http://{DELIVERY}{UPLOADS}/{name}", "image/jpeg")
            for n, name in enumerate(names)
        )
        site["media"].put(attachment(600, inner, "image/jpeg"))
        homes = {DELIVERY: server.home}
        with serve(site), proxy_to(homes | {SITE: site.home}) as proxy:
            monkeypatch.setenv("http_proxy", proxy)
            run = crawl(f"http://{SITE}/", tmp_path / "archive.db", media="files")
    assert run.exit_status == 3, run.output
    assert (run.report["files"]["held"], run.report["files"]["failed"]) == (2, 3), run.output
    held = {row["url"].rpartition("/")[2] for row in documents(tmp_path / "archive.db", "files")}
    assert held == {"one.jpg", "moved.jpg"}
    failures = documents(tmp_path / "archive.db", "failures")
    assert sum("private address" in failure["message"] for failure in failures) == 2, failures
