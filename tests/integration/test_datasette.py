"""An archive in Datasette, with the metadata of deploy/datasette: facets, searches, questions."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.archives import filled, new_file

METADATA = Path(__file__).parents[2] / "deploy" / "datasette" / "metadata.yaml"


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Give what asks Datasette for a path, by HTTP."""
    folder = tmp_path_factory.mktemp("datasette")
    filled(new_file(folder))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "datasette", "serve", "archive.db", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--metadata", str(METADATA)], cwd=folder, stderr=subprocess.DEVNULL
    )

    def get(path, **parameters):
        query = urlencode({"_shape": "objects", **parameters})
        with urlopen(f"http://127.0.0.1:{port}/archive/{path}.json?{query}") as answer:
            return json.load(answer)

    while process.poll() is None:
        try:
            get("runs")
            break
        except URLError:
            time.sleep(0.1)
    yield get
    process.terminate()
    process.wait()


def facet(answer, name):
    return {one["value"]: one["count"] for one in answer["facet_results"][name]["results"]}


def test_posts_have_facets_tags_among_them(ask):
    answer = ask("articles_json")
    assert facet(answer, "site") == {"example.com/blog": 7, "other.org": 1}
    assert facet(answer, "tags") == {"Clean Energy": 2, "อากาศ": 1}
    assert json.loads(answer["rows"][0]["tags"]) in ([], ["Clean Energy"])


def test_a_search_finds_words(ask):
    found = ask("articles_json", _search="pump quiet")
    assert [row["title"] for row in found["rows"]] == ["Heat pumps!"]
    assert ask("articles_json", _search="nowhere")["rows"] == []


@pytest.mark.parametrize(
    ("query", "parameters", "rows"),
    [
        ("posts_by_month", {}, 5),
        ("tags", {"site": "example.com/blog"}, 2),
        ("links_to", {"domain": "other.org"}, 1),
        ("versions", {"key": "example.com/blog/post/1"}, 2),
        ("last_runs", {}, 1),
        ("copies", {}, 2),
    ],
)
def test_canned_queries_answer(ask, query, parameters, rows):
    assert len(ask(query, **parameters)["rows"]) == rows
