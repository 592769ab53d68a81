"""The examples of docs/python.md and docs/analysis.ipynb, run on the sample archive."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from samples.documents import post, term
from tests.archives import FIRST, filled, new_file, sample_file
from tests.contract.questions import fill as many_posts
from wparchive import open_archive

__all__ = ["sample_file"]
DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = re.findall(
    r"^```python\n(.*?)^```", (DOCS / "python.md").read_text(), re.MULTILINE | re.DOTALL
)


@pytest.fixture
def here(sample_file, tmp_path, monkeypatch):
    """A folder to run in, with ARCHIVE_URI set."""
    monkeypatch.setenv("ARCHIVE_URI", sample_file)
    monkeypatch.chdir(tmp_path)


def test_the_examples_of_the_python_docs_run(here, sample_file, capsys, tmp_path):
    assert len(EXAMPLES) >= 5
    first = EXAMPLES[0].replace('"mongodb://localhost:27017/wparchive"', "")
    with open_archive() as archive:
        names: dict[str, object] = {"archive": archive}
        for example in EXAMPLES[1:]:
            exec(compile(example, "python.md", "exec"), names)
        assert names["posts"].count() == 4  # type: ignore[attr-defined]
        assert names["hits"][0].post["id"] == 1  # type: ignore[index]
        check_the_page(names["server"])
        names["archive"].close()  # type: ignore[attr-defined]
    exec(compile(first, "python.md", "exec"), {})
    assert "Heat pumps!" in capsys.readouterr().out
    assert (tmp_path / "posts.jsonl").exists()


def check_the_page(server):
    """Ask the example's server from several threads: every hit is on one page, in order."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"

    def asked(path):
        with urlopen(base + path, timeout=30) as answer:
            return answer.read().decode()

    def all_pages(_):
        shown = [asked("/?q=heat")]
        while link := re.search('rel="next" href="([^"]*)"', shown[-1]):
            shown.append(asked(link[1]))
        return [re.findall('<a href="/([^"]*)"', page) for page in shown]

    try:
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(all_pages, range(8)))
        with open_archive() as archive:
            keys = [hit.post["_id"] for hit in archive.search("heat")]
        assert answers == [[keys[:2], keys[2:]]] * 8
        assert "<mark>heat</mark>" in asked("/?q=heat")
        assert "<p>The heat pump is very quiet.</p>" in asked("/example.com/blog/post/1")
        for path, status in (("/example.com/blog/post/99", 404), ("/?q=heat&after=x", 400)):
            with pytest.raises(HTTPError) as raised:
                asked(path)
            assert raised.value.code == status
            raised.value.close()
    finally:
        server.shutdown()
        server.server_close()


def run_notebook():
    notebook = json.loads((DOCS / "analysis.ipynb").read_text())
    names: dict[str, object] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
            assert cell["outputs"] == [], "kept without outputs, which would grow old"


def test_the_notebook_runs(here, capsys):
    run_notebook()
    out = capsys.readouterr().out
    assert "example.com/blog complete" in out
    assert "It saves [-oil-]{+gas+} in New York." in out
    assert "other.org/post/8 - POST 8" in out


async def bare_site(store):
    """Save a site in Japanese whose posts have no dates, tags, authors or language."""
    bare = {"published_at": None, "published_local": None, "author": None, "language": None}
    posts = [post(number, "東京都の天気", title="天気", **bare) for number in (1, 2)]
    await store.save("posts", posts, FIRST)


async def site_without_posts(store):
    await store.save("terms", [term(1, "News")], FIRST)


@pytest.mark.parametrize("fill", [bare_site, site_without_posts, many_posts])
def test_the_notebook_runs_on_any_site(tmp_path, monkeypatch, capsys, fill):
    monkeypatch.setenv("ARCHIVE_URI", filled(new_file(tmp_path), fill))
    run_notebook()
    assert " posts, " in capsys.readouterr().out
