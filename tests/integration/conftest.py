"""Archives, sites and real WordPresses for the integration tests.

A WordPress is started once in a test run and kept until its end, and so is each database server.
"""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.api import Site
from tests.contract.conftest import (
    new_database,
    on_servers,
    own_ferretdb,
    started_ferretdb,
    started_secantusdb,
)
from tests.servers.recorded_site import recorded_site
from tests.servers.wordpress import HOW, NOTES, WordPress, start

__all__ = ["own_ferretdb", "started_ferretdb", "started_secantusdb"]

StartWordPress = Callable[..., WordPress]


@pytest.fixture(params=on_servers("sqlite"))
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Yield the address of an archive that does not exist yet, on each backend."""
    if request.param == "sqlite":
        yield tmp_path / "archive.db"
    else:
        with new_database(request) as address:
            yield address


@pytest.fixture(scope="session")
def wordpresses() -> Iterator[StartWordPress]:
    """Yield a function that returns a running site with all switches off.

    The same arguments give the same site: `version`, `plain`, `path`, `posts`, `seed`.
    """
    running: dict[tuple[Any, ...], WordPress] = {}

    def get(
        version: str = "6.8",
        *,
        plain: bool = False,
        path: str = "",
        posts: int = 1000,
        seed: int = 1,
    ) -> WordPress:
        key = (version, plain, path, posts, seed)
        if key not in running:
            running[key] = _started(version, plain=plain, path=path, posts=posts, seed=seed)
        running[key].switch()
        return running[key]

    yield get
    for site in running.values():
        site.down()


@pytest.fixture
def wordpress(wordpresses: StartWordPress) -> Iterator[WordPress]:
    """Yield a WordPress 6.8 with 1,000 posts, which the test must not mutate.

    Its switches are off before and after the test.
    """
    site = wordpresses("6.8")
    yield site
    site.switch()


@pytest.fixture
def fresh_wordpress() -> Iterator[StartWordPress]:
    """Yield a function that starts a new site for each call, to be mutated at will.

    The sites are gone after the test.
    """
    running: list[WordPress] = []

    def get(version: str = "6.8", posts: int = 300, **options: Any) -> WordPress:
        running.append(_started(version, posts=posts, **options))
        return running[-1]

    yield get
    for site in running:
        site.down()


@pytest.fixture
def sample() -> Iterator[Site]:
    """Serve the sample site of `make demo` from this process."""
    with recorded_site("sample") as site:
        yield site


def _started(version: str, **options: Any) -> WordPress:
    if os.environ.get("REQUIRE_WORDPRESS") != "1":
        pytest.skip(f"no real WordPress: run with {HOW}")
    # A test run that is told to end takes its servers down.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return start(version, **options)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say when a WordPress is of another version than the one asked for."""
    for note in sorted(NOTES):
        terminalreporter.write_line(note, yellow=True)
