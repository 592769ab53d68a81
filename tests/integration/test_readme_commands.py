"""Every command of README runs as it stands there, and those of docs/commands.md too.

Those that ask the archive of `make demo` run in tests/integration/test_demo.py.
"""

import os
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from demo.content import sample_site
from demo.server import serve
from samples.documents import post, ref, term
from tests.archives import filled, run
from tests.integration.test_demo import block_about_the_demo
from wparchive.commands import cli
from wparchive.errors import NotFound

ROOT = Path(__file__).parents[2]
WHOLE_README = (ROOT / "README.md").read_text(encoding="utf-8")
README = WHOLE_README.replace(block_about_the_demo(WHOLE_README), "")
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
SITE = "example.com/blog"
RUN_ELSEWHERE = {
    "make demo": ".ci/run",
    "make test": ".ci/run",
    "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e '.[crawl]'": ".ci/deploy",
    "uv venv && uv pip install --constraint constraints.txt -e '.[crawl]'": ".ci/deploy",
    "pip wheel --no-deps --wheel-dir dist .": ".ci/deploy",
    "pip install dist/wparchive-*.whl": ".ci/deploy",
}
"""Commands that need a machine of their own, by where CI runs them."""
WAITING = ("wparchive serve",)
"""Commands that do not end; tests/browser runs them."""


def commands_of(page: str) -> list[str]:
    """Return the commands of the blocks of shell of a page, without what a comment says."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line]
    return [re.sub(r"\s+#.*", "", line) for line in lines if not line.startswith("#")]


def of_wparchive(page: str) -> list[str]:
    """Return the commands of a page that ask or export an archive."""
    found = [line for line in commands_of(page) if line.startswith("wparchive ")]
    return [line for line in found if not line.startswith(WAITING)]


async def fill(store):
    """Save what the examples ask for."""
    then = datetime(2024, 4, 1, tzinfo=UTC)
    now = datetime.now(UTC)
    pump = {
        "has": ["table"],
        "embed_providers": ["youtube"],
        "link_domains": ["wikipedia.org"],
        "published_at": datetime(2024, 3, 1, tzinfo=UTC),
        "tags": [ref(1, "energy")],
    }
    posts = [post(number, "A quiet heat pump.", site=SITE, **pump) for number in (1, 12, 13)]
    await store.save("terms", [term(1, "energy", site=SITE)], then)
    await store.save("posts", posts, then)
    address = {"link": "https://example.com/2024/05/a-post/"}
    pump |= {"tags": [ref(1, "climate")], **address}
    await store.save("posts", [post(12, "A heat pump.", site="example.com", **pump)], then)
    await store.save_run(run("example.com", then))
    await store.set_state("posts", SITE, "post", [13], "deleted", now - timedelta(days=1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with an archive where the examples expect it."""
    place = tmp_path_factory.mktemp("readme")
    (place / "archive-data").mkdir()
    filled(f"sqlite:///{place}/archive-data/archive.db", fill)
    return place


@pytest.fixture(autouse=True)
def there(folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.delenv("ARCHIVE_URI", raising=False)


@pytest.mark.parametrize("line", of_wparchive(README))
def test_a_command_of_readme_runs_as_it_stands(line):
    line = line.replace('"$ARCHIVE_URI"', "archive-data/archive.db")
    done = CliRunner().invoke(cli, shlex.split(line)[1:])
    # Status 1 says that there is nothing, in an archive as small as this.
    nothing = "boilerplate" in line or "duplicates" in line
    assert done.exit_code in ((0, 1) if nothing else (0,)), done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


@pytest.mark.parametrize("line", of_wparchive(COMMANDS))
def test_a_command_of_the_docs_is_understood(line):
    words = shlex.split(line.partition(" | ")[0].partition(" > ")[0])[1:]
    if re.search("mongodb://|/var/|reclean|--documents|import|boilerplate", line):
        words.append("--help")  # it needs a server, a checkout, or numbers that a crawl makes
    done = CliRunner().invoke(cli, words)
    if not isinstance(done.exception, NotFound):
        assert done.exit_code in (0, 1, 7), (line, done.output)  # 1: nothing is found
        assert done.exception is None or isinstance(done.exception, SystemExit)


def test_every_other_command_of_readme_is_run_by_ci():
    others = set(commands_of(README)) - set(of_wparchive(README)) - {"wparchive serve"}
    others -= {line for line in others if re.match("scrapy|SCRAPY|export|make crawl", line)}
    assert others == set(RUN_ELSEWHERE)
    for line, place in RUN_ELSEWHERE.items():
        # Options and folders differ there; what is run does not.
        program = re.search(r"make \w+|uv|pip wheel|pip install", line)
        assert program
        text = (ROOT / place).read_text(encoding="utf-8").replace('pip" ', "pip ")
        assert program[0].split()[-1] in text, (line, place)
    crawl = next(line for line in commands_of(README) if line.startswith("make crawl"))
    shown = subprocess.run(
        [*shlex.split(crawl), "--dry-run"], cwd=ROOT, capture_output=True, text=True
    )
    assert 'scrapy crawl wordpress -a site="https://example.com/blog"' in shown.stdout


def test_the_crawls_of_readme_run(tmp_path):
    lines = [line for line in commands_of(README) if "scrapy crawl wordpress -a site=" in line]
    assert len(lines) == 2
    environment = {**os.environ, "ARCHIVE_URI": f"sqlite:///{tmp_path}/crawled.db"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with serve(sample_site()) as site:
        for number, line in enumerate(lines):
            line = line.replace("https://example.com/blog", site.home)
            line = line.replace("/var/log/wparchive/", f"{tmp_path}/")
            line = line.replace("report=report.json", f"report={tmp_path}/report{number}.json")
            line += " -s DOWNLOAD_DELAY=0 -s CRAWL_CONTACT=https://example.org/crawler"
            done = subprocess.run(
                line, shell=True, cwd=ROOT, env={**environment, "PATH": path}, capture_output=True
            )
            assert done.returncode == 0, done.stderr.decode()
    assert len(list(tmp_path.glob("*.json"))) == 2
