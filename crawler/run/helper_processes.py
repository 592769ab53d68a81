"""Decide when a crawl starts helper processes.

They are worth their cost when the crawl is large, and when only the processor holds it back. How
large it is, it knows only after seconds. Where cores are spare, the processes begin to load before
that: a site that turns out to be small leaves them without work.
"""

import argparse
import os
from collections.abc import Callable, Sequence

from scrapy.settings import BaseSettings
from scrapy.utils.project import get_project_settings

from wparchive.backends.address import default_uri
from wparchive.backends.helper_process import WRITER_PROCESS, prepare_helper_process
from wparchive.backends.opening import parse_uri
from wparchive.errors import InvalidURI

LARGE_SITE = 2000
"""Objects of a site for which `auto` gives work to helper processes."""
FINISHING_PROCESS = "pipelines.helpers.finishing_process"
MOST_FINISHING_PROCESSES = 3  # as many as one crawling process can keep busy


def load_ahead(arguments: Sequence[str]) -> None:
    """Start the helper processes that a crawl may want; it loads its own modules meanwhile.

    `arguments` are those of `scrapy crawl`.
    """
    for module in modules_to_prepare(arguments):
        prepare_helper_process(module)


def modules_to_prepare(arguments: Sequence[str]) -> list[str]:
    """Return what each of these processes runs; nothing for settings that make no sense.

    The command says what is wrong with those, once it has read them.
    """
    settings = get_project_settings()
    settings.setdict(_given_settings(arguments), priority="cmdline")
    try:
        modules = [FINISHING_PROCESS] * wanted_finishing_processes(settings)
        uri = settings["ARCHIVE_URI"] or default_uri()
        writing = HelperProcessChoice.from_settings(settings, "ARCHIVE_PROCESS", lambda: LARGE_SITE)
        # A server is a process of its own.
        if parse_uri(uri).file and writing.should_start():
            modules.append(WRITER_PROCESS)
    except (ValueError, InvalidURI):
        return []
    return modules


def _given_settings(arguments: Sequence[str]) -> dict[str, str]:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("-s", "--set", action="append", default=[])
    try:
        given, _ = parser.parse_known_args(arguments)
    except argparse.ArgumentError:
        return {}
    return dict(pair.split("=", 1) for pair in given.set if "=" in pair)


def wanted_finishing_processes(settings: BaseSettings) -> int:
    """Return how many processes a large crawl may use to finish pages."""
    if settings.get("CLEAN_PROCESSES", "auto") != "auto":
        return settings.getint("CLEAN_PROCESSES")
    # One for each core would keep all cores busy to the end, for 50 MiB more: with two cores, a
    # large crawl would take more than 300 MiB.
    return min(spare_cores(settings), MOST_FINISHING_PROCESSES)


def spare_cores(settings: BaseSettings) -> int:
    """Return how many cores a crawl may use besides its own.

    There are none with a `DOWNLOAD_DELAY`: such a crawl waits for the site, not for the processor.
    """
    if settings.getfloat("DOWNLOAD_DELAY"):
        return 0
    return _usable_cores() - 1


def _usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # Linux; it knows the limits of a container
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class HelperProcessChoice:
    """The decision whether to start a helper process now.

    `setting` is the value of `ARCHIVE_PROCESS` or `CLEAN_PROCESSES`. A number decides at once.
    With `auto` it depends on spare cores, and on how many objects the site turned out to have.
    """

    def __init__(self, setting: str, cores: int, expected_objects: Callable[[], int]) -> None:
        self._setting = setting
        self._cores = cores
        self._expected_objects = expected_objects
        self._is_large = False

    @classmethod
    def from_settings(
        cls, settings: BaseSettings, name: str, expected_objects: Callable[[], int]
    ) -> "HelperProcessChoice":
        """Return the choice for the setting of this name."""
        return cls(str(settings.get(name, "auto")), spare_cores(settings), expected_objects)

    def should_start(self) -> bool:
        """Tell whether to start a helper process now; once it is yes, it stays yes."""
        if self._setting != "auto":
            return int(self._setting) > 0
        if self._cores < 1:
            return False
        # The count may sink later. The work must not go back and forth between processes.
        if not self._is_large:
            self._is_large = self._expected_objects() >= LARGE_SITE
        return self._is_large
