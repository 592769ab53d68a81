"""Mark what needs a real server, and say in the last lines of a test run what was not run."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no failure. Everybody gets the same examples, so that a failure is due to a
# change and not to chance; `RANDOM_EXAMPLES=1` looks for others.
settings.register_profile(
    "any_machine",
    deadline=None,
    derandomize="RANDOM_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any_machine")

FIXTURES_OF_SERVERS: Mapping[str, frozenset[str]] = {
    "wordpress": frozenset({"wordpresses", "wordpress", "fresh_wordpress"}),
    "mongodb": frozenset(
        {"mongodb_server", "new_database", "mongo_uri", "own_ferretdb", "server", "mongo_sample"}
    ),
}
"""By the mark of a server, the fixtures that need it."""
LONG_FILES = frozenset({"test_update_wordpress.py", "test_floor.py", "test_deploy.py"})
"""Files that take minutes: begun first, so that no core waits for them at the end."""
RUN_APART = frozenset({*FIXTURES_OF_SERVERS, "spark", "bench", "deploy", "browser", "replay"})
"""Marks of the tests that CI runs apart, once it has what they need."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that needs a real server; begin with the longest files."""
    items.sort(key=lambda item: item.path.name not in LONG_FILES)
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        for mark, needing in FIXTURES_OF_SERVERS.items():
            if fixtures & needing:
                item.add_marker(mark)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in CI that left out a test which no later step would run.

    `REQUIRE_RUN_APART` names the reasons that are allowed, separated by `;`.
    """
    allowed = os.environ.get("REQUIRE_RUN_APART")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if allowed is None or reporter is None:
        return
    for report in reporter.stats.get("skipped", []):
        reason = str(report.longrepr)
        is_allowed = any(words in reason for words in allowed.split(";"))
        if not is_allowed and not RUN_APART & set(report.keywords):
            reporter.write_line(f"\nnever run: {report.nodeid}: {reason}")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Print each reason once, with the number of tests, after everything else."""
    yield
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr
        if isinstance(reason, tuple):  # path, line, reason
            reason = reason[2]
        reasons[str(reason).removeprefix("Skipped: ")] += 1
    if reasons:
        terminalreporter.section("not run")
        for reason, count in reasons.most_common():
            terminalreporter.write_line(f"{count} tests: {reason}")
