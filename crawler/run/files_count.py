"""Count what a run has done about the files that a site names (`-a media`)."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from wparchive.model.file_records import NO_WEB_ADDRESS, FilesReport, shown_address, without_users

_REASONS_MAX = 50  # a run must fit into one document
_TYPES_MAX = 10
_FIRST = 2
_IN_ORDER = ("restored", "left_out", "no_address", "transformed", "length_not_stated", "gone")


@dataclass
class _TypeLeftOut:
    """The files of one media type that were not wanted."""

    limit: str
    first: str
    """Address of the first one."""
    files: int = 0


@dataclass
class FilesCount:
    """The counts of a run's files; `FilesReport` explains those that are reported."""

    named: int = 0
    held: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    trusted: int = 0
    gone: int = 0
    newly_gone: int = 0
    failed: int = 0
    left_out: int = 0
    no_address: int = 0
    elsewhere: int = 0
    length_not_stated: int = 0
    transformed: int = 0
    restored: int = 0
    bytes: int = 0

    asked: int = 0
    """Files that the run asks for. This and all that follows are not part of the report."""
    done: int = 0
    """Files that were asked for and have an outcome."""
    left_bytes: int = 0
    """Bytes that are expected of the files without an outcome, as far as the site says sizes."""
    left_unknown: int = 0
    """Files without an outcome whose sizes the site does not say."""
    first_failures: list[str] = field(default_factory=list)
    """Why the first files failed that could not be fetched."""
    first_too_large: list[str] = field(default_factory=list)
    """The first files among the failed ones that are above a limit which nobody has set."""
    too_large: int = 0
    """How many of those there are."""
    began_s: float = field(default_factory=time.monotonic)
    _bytes_of_done: int = 0
    """Bytes received when the last file had an outcome."""
    _unwanted: dict[str, _TypeLeftOut] = field(default_factory=dict)
    _reasons: dict[str, list[str]] = field(default_factory=dict)
    """The first reasons, by the name of the count."""

    def _because(self, count: str, url: str, reason: str) -> None:
        reasons = self._reasons.setdefault(count, [])
        if len(reasons) < _REASONS_MAX:
            reasons.append(_line(url, reason))

    def lose(self, url: str, reason: str) -> None:
        """Count a file that is gone."""
        self.gone += 1
        self._because("gone", url, reason)

    def fail(self, url: str, reason: str) -> None:
        """Count a file that could not be fetched."""
        self.failed += 1
        if len(self.first_failures) < _FIRST:
            self.first_failures.append(_line(url, reason))
        self._because("failed", url, reason)

    def fail_too_large(self, url: str, reason: str) -> None:
        """Count a file that is above a limit which nobody has set."""
        self.failed += 1
        self.too_large += 1
        if len(self.first_too_large) < _FIRST:
            self.first_too_large.append(shown_address(url))
        self._because("failed", url, reason)

    def leave_out(self, url: str, reason: str) -> None:
        """Count a file that is above a limit which the operator has set."""
        self.left_out += 1
        self._because("left_out", url, reason)

    def leave_out_type(self, url: str, mime_type: str, limit: str) -> None:
        """Count a file of a media type that the operator did not ask for.

        There may be very many: the reasons have one line for each type.
        """
        self.left_out += 1
        left_out = self._unwanted.setdefault(mime_type, _TypeLeftOut(limit, url))
        left_out.files += 1

    def lack_address(self, key: str) -> None:
        """Count an attachment that names no address of a file."""
        self.no_address += 1
        self._because("no_address", key, NO_WEB_ADDRESS)

    def doubt(self, url: str) -> None:
        """Count a file that is kept, and that nothing shows to be whole."""
        self.length_not_stated += 1
        self._because(
            "length_not_stated", url, "kept; its server states no length, and its format has no end"
        )

    def note_transformed(self, url: str) -> None:
        """Count a file that is kept, and that a proxy has changed on its way."""
        self.transformed += 1
        self._because("transformed", url, "kept as a proxy has transformed it (status 203)")

    def note_restored(self, url: str, loss: str) -> None:
        """Count a file that was fetched again because the archive had lost its bytes."""
        self.restored += 1
        self._because("restored", url, f"{loss}; it was fetched again")

    @property
    def expected_bytes(self) -> int:
        """Estimate the bytes of all files to ask for; an unknown size is taken for the mean."""
        mean = 0.0
        if self.done:
            mean = self._bytes_of_done / self.done
        elif self.asked > self.left_unknown:
            mean = self.left_bytes / (self.asked - self.left_unknown)
        left = self.left_bytes + int(mean * self.left_unknown)
        # What has come of files in flight is a part of what is left.
        return max(self.bytes, self._bytes_of_done + left)

    def ask(self, expected: int | None) -> None:
        """Count a file to ask for, of which so many bytes are expected; None is not known."""
        self.asked += 1
        self._expect(expected, 1)

    def finish(self, expected: int | None) -> None:
        """Count the outcome of a file that was asked for, by the size that was expected."""
        self.done += 1
        self._expect(expected, -1)
        self._bytes_of_done = self.bytes

    def _expect(self, expected: int | None, files: int) -> None:
        if expected is None:
            self.left_unknown += files
        else:
            self.left_bytes += files * expected

    def _type_lines(self) -> Iterator[str]:
        most = sorted(self._unwanted.items(), key=lambda one: -one[1].files)
        for mime_type, left_out in most[:_TYPES_MAX]:
            first = shown_address(left_out.first)[:200]
            yield f"{mime_type}: {left_out.files:,} left out by {left_out.limit}, as {first}"

    def _all_reasons(self) -> Iterator[str]:
        """Yield the reasons, those first by which an operator may do something."""
        yield from self._reasons.get("failed", ())
        # There are few of these.
        yield from self._type_lines()
        for count in _IN_ORDER:
            yield from self._reasons.get(count, ())

    def public(self) -> FilesReport:
        """Return the counts as they are stored and reported."""
        return FilesReport(
            named=self.named,
            held=self.held,
            new=self.new,
            changed=self.changed,
            unchanged=self.unchanged,
            trusted=self.trusted,
            gone=self.gone,
            newly_gone=self.newly_gone,
            failed=self.failed,
            left_out=self.left_out,
            no_address=self.no_address,
            not_reached=max(0, self.asked - self.done),
            elsewhere=self.elsewhere,
            length_not_stated=self.length_not_stated,
            transformed=self.transformed,
            restored=self.restored,
            bytes=self.bytes,
            reasons=list(islice(self._all_reasons(), _REASONS_MAX)),
        )


def _line(url: str, reason: str) -> str:
    return f"{shown_address(url)}: {without_users(reason)[:200]}"
