"""Sites and real WordPresses for the integration tests; WordPresses are started once per run and kept until its end."""

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from demo.api import Site
from tests.servers.recorded_site import recorded_site
from tests.servers.wordpress import HOW, NOTES, WordPress, start

StartWordPress = Callable[..., WordPress]


@pytest.fixture(scope="session")
def wordpresses() -> Iterator[StartWordPress]:
    """Call it with `version`, and `plain`, `path`, `posts`, `seed`: the same arguments give the same running site, all switches off."""
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
    """A WordPress 6.8 with 1000 posts that the test must not mutate; switches are off before and after."""
    site = wordpresses("6.8")
    yield site
    site.switch()


@pytest.fixture
def fresh_wordpress() -> Iterator[StartWordPress]:
    """As `wordpresses`, with a new site for each call, to be mutated at will and gone after the test."""
    running: list[WordPress] = []

    def get(version: str = "6.8", posts: int = 300, **options: Any) -> WordPress:
        running.append(_started(version, posts=posts, **options))
        return running[-1]

    yield get
    for site in running:
        site.down()


@pytest.fixture
def sample() -> Iterator[Site]:
    """The sample site of `make demo`, in this process."""
    with recorded_site("sample") as site:
        yield site


def _started(version: str, **options: Any) -> WordPress:
    if os.environ.get("REQUIRE_WORDPRESS") != "1":
        pytest.skip(f"no real WordPress: run with {HOW}")
    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # a run that is told to end takes its servers down
    return start(version, **options)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say when a WordPress is another than the one asked for."""
    for note in sorted(NOTES):
        terminalreporter.write_line(note, yellow=True)
