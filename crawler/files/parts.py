"""Parts of large files: the bytes that have arrived, and what tells whether they are still good.

Beside the bytes of a part stand the version that they are of (`.json`), and the digests of its
pieces (`.sums`), each written once its piece is whole. A power cut or a bad block changes bytes
that were written: such a part is not gone on with.
"""

import json
import re
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

PARTS_FOLDER = ".parts"
"""The folder of unfinished downloads, below that of the files."""
RESUMED_FROM_BYTES = 1_000_000
"""Smaller files are fetched anew: they cost less than the bookkeeping."""
PIECE_BYTES = 1 << 18
"""Each piece of a part has a digest. What is behind the last whole piece is fetched again."""
_DIGEST_BYTES = 32
_SURE_AFTER = timedelta(seconds=60)
"""A date of change names a version only where it is so much older than the answer (RFC 9110)."""
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")


@dataclass(frozen=True, slots=True)
class FileVersion:
    """The version of a file as the server named it when its download began."""

    url: str
    total: int
    """Its length in bytes."""
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""

    @property
    def validator(self) -> str:
        """Return what `If-Range` asks for."""
        return self.etag or self.last_modified

    def is_rest(self, headers: Mapping[str, str], start: int) -> bool:
        """Tell whether an answer is the rest of this version, from a first byte on."""
        given = _RANGE.fullmatch(headers.get("content-range", ""))
        if given is None or headers.get("content-encoding", "identity") != "identity":
            return False
        if [int(number) for number in given.groups()] != [start, self.total - 1, self.total]:
            return False
        length = headers.get("content-length", "")
        if length and length != str(self.total - start):
            return False
        # An answer that does not name the version may be of another one.
        name = "etag" if self.etag else "last-modified"
        return headers.get(name) == self.validator


def version_begun(headers: Mapping[str, str], url: str) -> FileVersion | None:
    """Return the version that a whole answer begins; None where it could not be resumed."""
    length = headers.get("content-length", "")
    if not length.isdecimal() or int(length) < RESUMED_FROM_BYTES:
        return None
    if headers.get("content-encoding", "identity") != "identity" or "content-range" in headers:
        return None
    if headers.get("accept-ranges", "").lower() == "none":
        return None
    etag = headers.get("etag", "")
    version = FileVersion(
        url=url,
        total=int(length),
        # A weak ETag promises no equal bytes (RFC 9110, 8.8.1).
        etag="" if etag.startswith("W/") else etag,
        last_modified=_sure_date(headers),
        content_type=headers.get("content-type", ""),
    )
    return version if version.validator else None


def _sure_date(headers: Mapping[str, str]) -> str:
    """Return the date of change where it names one version only, else nothing."""
    changed = headers.get("last-modified", "")
    try:
        age = parsedate_to_datetime(headers.get("date", "")) - parsedate_to_datetime(changed)
    except (TypeError, ValueError):
        return ""
    return changed if age >= _SURE_AFTER else ""


class _Sums:
    """The digests of the pieces of a part, written as the pieces get whole."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._begin()

    def _begin(self) -> None:
        self._hash = sha256()
        self._left = PIECE_BYTES

    def add(self, data: bytes) -> None:
        """Take the next bytes of the part. Raises OSError."""
        while data:
            taken = data[: self._left]
            self._hash.update(taken)
            self._left -= len(taken)
            data = data[len(taken) :]
            if not self._left:
                self._out.write(self._hash.digest())
                self._begin()


class FilePart:
    """The bytes of one file that have arrived, and beside them the version that they are of."""

    def __init__(self, folder: Path, key: str) -> None:
        name = sha256(key.encode()).hexdigest()
        self.path = folder / f"{name}.part"
        self._about = folder / f"{name}.json"
        self._sums = folder / f"{name}.sums"

    def version(self) -> FileVersion | None:
        """Return the version that the held bytes are of; None where none are held."""
        try:
            return FileVersion(**json.loads(self._about.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def good_size(self) -> int:
        """Return the size of all whole pieces; 0 where some are not as they were written."""
        try:
            with self.path.open("rb") as held:
                return self._size_of_pieces(held)
        except OSError:
            return 0

    def _size_of_pieces(self, held: BinaryIO) -> int:
        """Compare bytes with the digests of their pieces; return the size of all of these.

        Returns 0 where they differ, or are too few. Raises OSError.
        """
        sums = self._sums.read_bytes()
        size = 0
        # The last digest may have been cut off.
        for at in range(0, len(sums) - _DIGEST_BYTES + 1, _DIGEST_BYTES):
            piece = held.read(PIECE_BYTES)
            if sha256(piece).digest() != sums[at : at + _DIGEST_BYTES]:
                return 0
            size += len(piece)
        return size

    def whole(self, version: FileVersion) -> bytes:
        """Return the bytes of a finished file; none where they are not those that came."""
        try:
            body = self.path.read_bytes()
            size = self._size_of_pieces(BytesIO(body))
        except OSError:
            return b""
        # What is behind the last piece has just come.
        is_good = len(body) == version.total and size == len(body) // PIECE_BYTES * PIECE_BYTES
        return body if is_good else b""

    def begin(self, version: FileVersion) -> "Arriving":
        """Return the open part for a new version. Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.drop()
        with ExitStack() as opened:
            out = opened.enter_context(self.path.open("wb", buffering=0))
            sums = opened.enter_context(self._sums.open("wb", buffering=0))
            # Last: bytes without a version beside them are never used.
            self._about.write_text(json.dumps(asdict(version)))
            opened.pop_all()
        return Arriving(out, sums)

    def go_on(self, start: int, size: int) -> "Arriving":
        """Return the open part, to which bytes come from `start` on. Raises OSError.

        Of what it holds, the first `size` bytes are used: whole pieces.
        """
        with ExitStack() as opened:
            out = opened.enter_context(self.path.open("r+b", buffering=0))
            sums = opened.enter_context(self._sums.open("r+b", buffering=0))
            out.truncate(size)
            sums.truncate(size // PIECE_BYTES * _DIGEST_BYTES)
            sums.seek(0, 2)
            out.seek(start)
            expected = out.read()
            opened.pop_all()
        return Arriving(out, sums, expected)

    def drop(self) -> None:
        """Forget what is held."""
        for path in (self._about, self._sums, self.path):
            with suppress(OSError):
                path.unlink(missing_ok=True)


class Arriving:
    """One answer on its way, and the part into which it is written."""

    def __init__(self, out: BinaryIO, sums: BinaryIO, expected: bytes | None = None) -> None:
        """Take what is held already of the bytes that come; None where a whole file begins."""
        self._out = out
        self._sums_out = sums
        self._sums = _Sums(sums)
        self.is_rest = expected is not None
        self._expected = expected or b""
        self.is_good = True

    def add(self, data: bytes) -> None:
        """Write what has come; bytes that are held already are compared only."""
        if not self.is_good:
            return
        known = len(self._expected)
        if data[:known] != self._expected[: len(data)]:
            self.is_good = False
            return
        self._expected = self._expected[len(data) :]
        new = data[known:]
        try:
            # A disk that is nearly full may take a part of them.
            self.is_good = self._out.write(new) == len(new)
            self._sums.add(new)
        except OSError:  # the disk is full: the answer itself is in memory
            self.is_good = False

    def close(self) -> bool:
        """Close the part; tell whether it has all that came."""
        self._out.close()
        self._sums_out.close()
        return self.is_good and not self._expected
