"""Decide when a crawl starts helper processes.

They are worth their cost when the crawl is large, and when only the processor holds it back.
"""

import os
from collections.abc import Callable

from scrapy.settings import BaseSettings

LARGE_SITE = 2000
"""Objects of a site for which `auto` starts helper processes."""


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
