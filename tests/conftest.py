"""Mark what needs a real server, and say in the last lines of a test run what was not run."""

import os
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.steps import NOT_QUICK, SLOW_FILES, STEPS, steps_of

# A busy machine is no failure. Everybody gets the same examples, so that a failure is due to a
# change and not to chance; `RANDOM_EXAMPLES=1` looks for others.
settings.register_profile(
    "any_machine",
    deadline=None,
    derandomize="RANDOM_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any_machine")

# A shell starts a job in the background with Ctrl-C ignored, and so would be the crawls of tests.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

FIXTURES_OF_SERVERS: Mapping[str, frozenset[str]] = {
    "wordpress": frozenset({"wordpresses", "wordpress", "fresh_wordpress"}),
    "mongodb": frozenset(
        {"mongodb_server", "new_database", "mongo_uri", "own_ferretdb", "server", "mongo_sample"}
    ),
}
"""By the mark of a server, the fixtures that need it."""
LONG_FILES = frozenset({"test_update_wordpress.py", "test_floor.py", "test_resume.py"})
"""Files that take minutes: begun first, so that no core waits for them at the end."""
RUN_APART = frozenset().union(*(step.marks for step in STEPS))
"""Marks of the tests that CI runs in other steps than `make test`."""
LEFT_OUT = "left out of make test; run with: {command}"
CPU = pytest.StashKey[float]()
"""Seconds of processor time that the processes of a run have used."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of `make test`."""
    parser.addoption(
        "--quick",
        action="store_true",
        help="leave out tests that are slow, unless their file or a mark (-m) is named",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test that needs a real server or is slow; begin with the longest files.

    Each test belongs to one step of CI, so that none is run in vain and none is forgotten.
    """
    items.sort(key=lambda item: item.path.name not in LONG_FILES)
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        for mark, needing in FIXTURES_OF_SERVERS.items():
            if fixtures & needing:
                item.add_marker(mark)
        if item.nodeid.partition("::")[0] in SLOW_FILES:
            item.add_marker("slow")
        if len(steps_of({mark.name for mark in item.iter_markers()})) != 1:
            raise pytest.UsageError(f"{item.nodeid} has marks of two steps of CI: tests/steps.py")
    if config.option.quick and not config.option.markexpr:
        _leave_out_slow(config, items)


def _leave_out_slow(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Have the tests that `make test` leaves out skipped, but for those in files that are named."""
    named = {(config.rootpath / argument.partition("::")[0]) for argument in config.args}
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        if marks & NOT_QUICK and item.path not in named:
            command = steps_of(marks)[0].command
            item.add_marker(pytest.mark.skip(reason=LEFT_OUT.format(command=command)))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in CI that left out a test which no later step would run.

    `REQUIRE_RUN_APART` names the reasons that are allowed, separated by `;`.
    """
    workeroutput = getattr(session.config, "workeroutput", None)
    if workeroutput is not None:
        workeroutput["cpu_s"] = sum(os.times()[:4])
    allowed = os.environ.get("REQUIRE_RUN_APART")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if allowed is None or reporter is None:
        return
    elsewhere = RUN_APART - {session.config.option.markexpr}
    for report in reporter.stats.get("skipped", []):
        reason = str(report.longrepr)
        is_allowed = any(words in reason for words in allowed.split(";"))
        if not is_allowed and not elsewhere & set(report.keywords):
            reporter.write_line(f"\nnever run: {report.nodeid}: {reason}")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add what a process of the run has used."""
    output = getattr(node, "workeroutput", None) or {}
    node.config.stash[CPU] = node.config.stash.get(CPU, 0.0) + output.get("cpu_s", 0.0)


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
    used = terminalreporter.config.stash.get(CPU, 0.0)
    if used:
        cores = os.cpu_count() or 1
        terminalreporter.write_line(
            f"{used / 60:.1f} min of processor time: {used / 60 / cores:.1f} min on {cores} cores"
            " that have nothing else to do"
        )
