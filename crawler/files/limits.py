"""The limits to the files that a run keeps, and who has set them."""

from collections.abc import Mapping
from dataclasses import dataclass

from scrapy.exceptions import StopDownload
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings

from crawler.run.run_state import RunState

FILE_MAX_BYTES = 100 * 1024 * 1024
"""CRAWL_FILE_MAX_BYTES where nobody has set it."""


@dataclass(frozen=True, slots=True)
class FileLimits:
    """The limits to the files that a run fetches."""

    images_only: bool = False
    types: tuple[str, ...] = ()
    """Beginnings of the media types that are fetched; empty for all."""
    file_bytes: int = 0
    """The most bytes of one file; 0 for no limit."""
    is_file_bytes_chosen: bool = True
    """False where nobody has set that limit: then it leaves out what was asked for."""
    total_bytes: int = 0
    """The most bytes of all files that one run fetches; 0 for no limit."""
    at_once: int = 2
    """The number of files in flight."""

    def against(self, mime_type: str) -> str:
        """Return the limit that leaves files of a media type out; empty where none does.

        Files of unknown type are fetched.
        """
        if not mime_type:
            return ""
        if self.images_only and not mime_type.startswith("image/"):
            return "-a media=images"
        if self.types and not mime_type.startswith(self.types):
            return "CRAWL_FILES_TYPES"
        return ""

    def is_too_large(self, size_bytes: int | None) -> bool:
        """Tell whether a size is above the limit of one file."""
        return bool(self.file_bytes) and (size_bytes or 0) > self.file_bytes


def file_limits(arguments: Mapping[str, str], settings: BaseSettings) -> FileLimits:
    """Return the limits that the arguments and the settings of a crawl set."""
    wanted = settings["CRAWL_FILES_TYPES"].replace(" ", "").lower()
    file_bytes = settings.getint("CRAWL_FILE_MAX_BYTES")
    given = settings.getpriority("CRAWL_FILE_MAX_BYTES") or 0
    return FileLimits(
        images_only=arguments.get("media") == "images",
        # `image/*` is how browsers name all pictures.
        types=tuple(part.removesuffix("*") for part in wanted.split(",") if part),
        file_bytes=file_bytes,
        # A module of settings that somebody wrote has the priority of the project's own.
        is_file_bytes_chosen=given > SETTINGS_PRIORITIES["project"] or file_bytes != FILE_MAX_BYTES,
        total_bytes=settings.getint("CRAWL_FILES_TOTAL_MAX_BYTES"),
        at_once=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") + 1,
    )


class BytesBudget:
    """The bytes of files that a run may receive, kept or not."""

    def __init__(self, run: RunState, settings: BaseSettings) -> None:
        self._run = run
        self._most = settings.getint("CRAWL_FILES_TOTAL_MAX_BYTES")

    def take(self, size: int) -> None:
        """Count bytes that have come. Raises StopDownload once they are too many."""
        count = self._run.report.files
        if count is None:
            return
        count.bytes += size
        if self._most and count.bytes > self._most:
            raise StopDownload
