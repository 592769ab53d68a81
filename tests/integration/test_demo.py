"""What a newcomer sees, and the sample server on a real socket."""

import http.client
import json
import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from demo.api import Site
from tests.servers.recorded_site import made_site, post, serve

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block_about_the_demo(page: str) -> str:
    """Return the first block of shell of README: what to ask the archive of the demo."""
    found = re.search(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> "subprocess.CompletedProcess[str]":
    """Run the demo in a folder of its own, which is the first of its arguments' parents."""
    archive = tmp_path_factory.mktemp("demo") / "archive-data" / "demo.db"
    return subprocess.run(
        [sys.executable, "-m", "demo.run", str(archive)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def test_what_readme_asks_the_demo_is_answered(demo: "subprocess.CompletedProcess[str]") -> None:
    folder = Path(demo.args[-1]).parents[1]
    site = re.search(r"^COMPLETE: (\S+)$", demo.stdout, re.MULTILINE)
    assert site
    activate, export, *lines = block_about_the_demo(README).splitlines()
    assert activate == ". .venv/bin/activate"
    name, _, uri = export.removeprefix("export ").partition("=")
    environment = {**os.environ, name: uri}
    assert lines.pop().startswith("wparchive serve")
    for line in lines:
        # The demo has another port where somebody else has this one.
        words = shlex.split(line.replace("127.0.0.1:8040", site[1]), comments=True)
        assert words.pop(0) == "wparchive"
        done = subprocess.run(
            [sys.executable, "-m", "wparchive", *words],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, (line, done.stderr)
        assert done.stdout or "--output" in line or "-o" in words, line
    assert (folder / "posts.csv").read_text(encoding="utf-8").startswith("title,link,")


def test_the_python_of_readme_reads_the_demo(
    demo: "subprocess.CompletedProcess[str]",
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(Path(demo.args[-1]).parents[1])
    (example,) = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})
    said = capsys.readouterr().out
    assert "'東京'" in said
    assert "deleted 宿醉记" in said


def test_make_demo_shows_what_came_in(demo: "subprocess.CompletedProcess[str]") -> None:
    done = demo
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("COMPLETE") == 2
    first = re.search(r"^full run: (\d+) requests", done.stdout, re.MULTILINE)
    second = re.search(r"^update run: (\d+) requests", done.stdout, re.MULTILINE)
    assert first
    assert second
    assert int(second[1]) < int(first[1])
    assert "intact" in done.stdout
    assert re.search(r"^ *post +86 ", done.stdout, re.MULTILINE)
    assert "Bae Suzy" in done.stdout
    assert "make crawl SITE=" in done.stdout
    assert re.search(r"^post +85 +85 +0 +0 +85 +1 +proved$", done.stdout, re.MULTILINE)
    assert re.search(r"deleted +\S+/post/25378 ", done.stdout)
    assert "WARNING" not in done.stdout  # nothing happened that an operator would act on


def test_the_command_serves_and_ends() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "demo.site", "--path", "/blog", "--posts", "120"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stderr
        home = process.stdout.readline().strip()
        assert home.endswith("/blog")
        total = _get(home, "/wp-json/wp/v2/posts?per_page=1&_envelope=1")["headers"]["X-WP-Total"]
        process.terminate()
        hint = process.stderr.read()
    assert (total, process.returncode) == (120, 0)
    assert f"scrapy crawl wordpress -a site={home} " in hint


def test_a_port_that_cannot_be_had_is_said_in_a_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "demo.site", "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(f"demo.site: cannot listen on port {port}: ")
    assert len(done.stderr.splitlines()) == 1


def test_neighbours_share_a_host_and_nothing_else() -> None:
    blog, travel = made_site(posts=3, path="/blog"), made_site(posts=4, path="/blog/travel")
    with serve(made_site(posts=2), neighbours=[blog, travel]) as root:
        found = {
            site.path: len(_get(site.home, "/wp-json/wp/v2/posts")) for site in (root, blog, travel)
        }
    assert found == {"": 2, "/blog": 3, "/blog/travel": 4}


def test_a_site_changes_while_it_is_served() -> None:
    with serve(made_site(posts=5)) as site:
        site["posts"].put(post(77, slug="new"))
        site["posts"].delete(1)
        assert [
            record["id"] for record in _get(site.home, "/wp-json/wp/v2/posts?orderby=id&order=asc")
        ] == [2, 3, 4, 5, 77]


def test_a_kept_connection_answers_in_order() -> None:
    with serve(made_site(posts=5)) as site:
        connection = http.client.HTTPConnection(site.origin.partition("//")[2], timeout=10)
        ids = []
        for n, delay in ((1, 0), (2, 0.05), (3, 0)):
            site.switch(slow=delay)
            connection.request("GET", f"/wp-json/wp/v2/posts/{n}")
            ids.append(json.loads(connection.getresponse().read())["id"])
        connection.close()
        _pipelined(site)
    assert ids == [1, 2, 3]


def test_what_is_no_http_is_hung_up_on() -> None:
    with serve(made_site(posts=1)) as site:
        host, _, port = site.origin.partition("//")[2].partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as raw:
            raw.sendall(b"\x16\x03\x01\x02\x00\x01")  # TLS says hello
            assert raw.recv(100) == b""


def _pipelined(site: Site) -> None:
    host, _, port = site.origin.partition("//")[2].partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        head = "GET /wp-json/wp/v2/posts/{} HTTP/1.1\r\nHost: x\r\nConnection: {}\r\n\r\n"
        raw.sendall((head.format(4, "keep-alive") + head.format(5, "close")).encode())
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    assert answer.index(b'"id":4') < answer.index(b'"id":5')


def _get(home: str, target: str) -> Any:
    host, _, path = home.partition("//")[2].partition("/")
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.request("GET", f"{'/' + path if path else ''}{target}")
    document = json.loads(connection.getresponse().read())
    connection.close()
    return document
