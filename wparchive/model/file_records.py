"""The record of a file that a site publishes, and how its address leads to it. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NotRequired, TypedDict
from urllib.parse import urlsplit, urlunsplit

_SIZED = re.compile(r"-\d{1,5}x\d{1,5}(?=\.[A-Za-z0-9]{1,5}$)")
"""The end of the name of a picture that WordPress made smaller: `photo-300x200.jpg`."""
# The end of a name: WordPress puts `-scaled` and `-300x200` before it.
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")
SHOWN_MAX = 300
"""The most characters of an address in a message."""
_USER = re.compile(
    r"(://|hostname: |netloc ')"  # Scrapy and Python name a host so
    # A password may have any sign in it: it is one where no port stands behind the colon.
    r"(?:[^/?#\s]*@|(?!\[)[^/?#\s@:]*:(?!\d{0,5}(?:[/?#\s]|$))[^\s@]*@)"
)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PHOTON = re.compile(r"i\d\.wp\.com")
"""Hosts of Jetpack's image service, which have the picture's own address as their path."""


class EarlierFile(TypedDict):
    """The file that an address had before it changed; its bytes are kept as well."""

    sha256: str
    """SHA-256 of its bytes."""
    size_bytes: int
    """Its length."""
    mime_type: str
    """As the server said."""
    fetched_at: str
    """When it was fetched, ISO 8601, UTC."""
    until_at: str
    """When another file was found in its place."""


class FileRecord(TypedDict):
    """A file that a site publishes, as it was fetched from one address (`-a media`)."""

    _id: str
    """`site/file/hash of the address`."""
    site: str
    """The site."""
    url: str
    """The address that the site names."""
    named_by: str
    """Key of the attachment, or else of the first post that names it."""
    sha256: str | None
    """SHA-256 of its bytes, in hexadecimal digits; None where it was gone from the first."""
    path: str | None
    """Where its bytes are, below the folder or bucket of files. Equal files have the same path.
    This field, the next one and `fetched_at` are None where `sha256` is None."""
    size_bytes: int | None
    """Its length."""
    mime_type: str
    """As the server said (`image/jpeg`), else as the site did; may be empty."""
    fetched_at: datetime | None
    """When these bytes were fetched."""
    checked_at: datetime
    """When the server last said that these bytes are still the file, or that there is no such
    file."""
    etag: str | None
    """The server's name of this version; None if it gave none."""
    last_modified: str | None
    """When the server last changed it, as the server says; None if it does not say it."""
    problem: NotRequired[str | None]
    """Why the last try to fetch it failed (`http_404`); None if it did not fail."""
    earlier: list[dict[str, Any]]
    """The files that were at this address before, oldest first: `{sha256, size_bytes, mime_type,
    fetched_at, until_at}`."""


class FilesReport(TypedDict):
    """The counts of a run for the files that a site names."""

    named: int
    """Addresses of files that attachments and posts name."""
    held: int
    """Those of them that the archive has a file of, after the run."""
    new: int
    """Fetched for the first time."""
    changed: int
    """Fetched again, and other bytes than before; the old ones are kept."""
    unchanged: int
    """Asked for, and still the same."""
    trusted: int
    """Not asked for: held, and nothing says that they changed."""
    gone: int
    """The server says that there is no such file (404, 410)."""
    newly_gone: NotRequired[int]
    """Those of them that are held, and that were there when they were last asked for."""
    failed: int
    """Refused, broken, without an answer, or above the limit of size that holds where nobody has
    set one; the reasons are in `reasons` and in `failures`."""
    left_out: int
    """Above a limit of size or total that the operator has set, or of a type that was not asked
    for."""
    no_address: NotRequired[int]
    """Attachments for which the site names no address of a file."""
    not_reached: NotRequired[int]
    """To be asked for, and without an outcome when the run ended."""
    elsewhere: int
    """On hosts that are not the site's: pictures of others, which are not fetched."""
    length_not_stated: NotRequired[int]
    """Fetched and kept, and nothing shows that they are whole: the server stated no length, and
    their format has no end of its own."""
    transformed: NotRequired[int]
    """Fetched and kept as a proxy has transformed them on their way (status 203)."""
    restored: NotRequired[int]
    """Fetched again because their bytes were no longer where the archive keeps files, or not all.
    They are `unchanged` or `changed` as well."""
    bytes: int
    """Bytes received, of files that are kept and of all others."""
    reasons: list[str]
    """One line for each file that is gone, failed, was left out, is of no stated length, was
    transformed or restored, and one for each media type that was not asked for; at most 50."""


NO_WEB_ADDRESS = "the site names no web address of its file"
GONE_CAUSES = frozenset({"http_404", "http_410"})
"""Values of `problem` by which the server says that there is no such file."""


def file_key(site: str, url: str) -> str:
    """Return the `_id` of the record of the file at an address."""
    return f"{site}/file/{sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def is_digest(value: object) -> bool:
    """Tell whether a value is a SHA-256 in hexadecimal digits.

    A record may come from somebody else's archive, and name a path that leads to other files.
    """
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def stored_path(digest: str) -> str:
    """Return where the bytes with a SHA-256 are, below the folder of files.

    There is no suffix: equal files are one file, whatever they are called, and none can be run.
    """
    return f"{digest[:2]}/{digest}"


def shown_address(url: str) -> str:
    """Return an address for a message: without a user and a password, and not endlessly long."""
    return without_users(url)[:SHOWN_MAX]


def without_users(text: str) -> str:
    """Return a text without the users and the passwords in its addresses."""
    # An `@` behind the host is part of a name: `photo@2x.jpg`.
    return _USER.sub(r"\1***@", text)


def original_addresses(url: str) -> Iterator[str]:
    """Yield the addresses under which the file behind a picture's address may be held.

    The first one is the address itself. A picture in a post is mostly one of the smaller copies
    that WordPress makes of an upload, and the upload is what is kept.
    """
    yield url
    try:
        parts = urlsplit(url)
        sent = urlunsplit(parts._replace(fragment=""))
        bare = urlunsplit(parts._replace(query="", fragment=""))
    except ValueError:
        return
    if sent not in (url, bare):
        yield sent
    if _PHOTON.fullmatch(parts.hostname or ""):
        # `https://i0.wp.com/example.com/a.jpg`: host and path of the picture are the path.
        bare = f"https:/{parts.path}"
        yield bare
    elif bare != url:
        yield bare
    whole = _SIZED.sub("", bare)
    if whole != bare:
        yield whole
        for form in ("-scaled", "-rotated"):  # of pictures that WordPress found too large
            yield _SUFFIX.sub(rf"{form}\g<0>", whole)


def superseded(record: Mapping[str, Any], until: datetime) -> list[dict[str, Any]]:
    """Return `earlier` of a record whose file was replaced."""
    before = EarlierFile(
        sha256=record["sha256"],
        size_bytes=record["size_bytes"],
        mime_type=record["mime_type"],
        fetched_at=record["fetched_at"].isoformat(timespec="milliseconds"),
        until_at=until.isoformat(timespec="milliseconds"),
    )
    return [*record["earlier"], dict(before)]
