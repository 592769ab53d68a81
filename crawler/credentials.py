"""User and password of a site's owner: where they come from, and where they may go. Pure but for
the reading of one file.

    https://example.com/blog  editor:abcd EFGH 1234 ijkl MNOP 5678

Each line names the address of a site, so that no site gets the password of another one. What is
read here never becomes a setting, an argument or a part of a message.
"""

import html
import json
import os
import re
import stat
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, quote, quote_plus, urlsplit

from scrapy.http import Headers
from w3lib.http import basic_auth_header

from crawler.errors import BadArguments
from crawler.site.host_names import usual_host

FILE_SETTING = "CRAWL_CREDENTIALS_FILE"
"""The setting that names a file of such lines."""
LINES_VARIABLE = FILE_SETTING.removesuffix("_FILE")
"""The variable of the environment that holds such lines; there is no setting of this name."""
HIDDEN_SECRET = "[credentials]"
_FORM = "https://example.com/blog USER:PASSWORD"
_LONG_ENOUGH = 8
"""Shorter passwords are words that stand in answers by chance."""
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Credentials:
    """User and password for one site. Neither is shown by `repr`."""

    address: str
    """Where they go: requests of the same scheme, host and port get them, and no others."""
    user: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def header(self) -> bytes:
        """Return the value of the header Authorization (RFC 7617, in UTF-8)."""
        return basic_auth_header(self.user, self.password, encoding="utf-8")

    def go_to(self, url: str) -> bool:
        """Tell whether a request for this address carries them."""
        return _origin(url) == _origin(self.address)

    def hidden_in(self, text: bytes) -> bytes:
        """Return a text of a site without them, should it repeat what it was sent."""
        for secret in _spellings(self._secrets()):
            text = text.replace(secret, HIDDEN_SECRET.encode())
        return text

    def hidden_in_headers(self, headers: Headers) -> Headers:
        """Return the headers of an answer without them."""
        return Headers(
            {name: [self.hidden_in(value) for value in values] for name, values in headers.items()}
        )

    def stand_in(self, url: str) -> bool:
        """Tell whether an address has them in it, as a site may write into a redirect."""
        pair = f"{self.user}:{self.password}"
        address = url.encode()
        return any(secret in address for secret in _spellings([pair, _in_base64(pair)]))

    def _secrets(self) -> Iterable[str]:
        pair = f"{self.user}:{self.password}"
        yield pair
        yield _in_base64(pair)
        yield _in_base64(pair).rstrip("=")
        if len(self.password) >= _LONG_ENOUGH:
            yield self.password
            yield self.password.replace(" ", "")


def _in_base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _spellings(secrets: Iterable[str]) -> list[bytes]:
    """Return secrets as text, JSON, HTML and addresses write them, the longest first."""
    found = set()
    for secret in secrets:
        for in_ascii in (True, False):
            in_json = json.dumps(secret, ensure_ascii=in_ascii)[1:-1]
            found |= {in_json, in_json.replace("/", r"\/")}
        in_html = html.escape(secret)
        found |= {secret, in_html, in_html.replace("&#x27;", "&#039;"), html.escape(secret, False)}
        for safe in ("", "/", ":/"):
            found |= {quote(secret, safe), quote_plus(secret, safe)}
    return sorted((text.encode() for text in found), key=len, reverse=True)


def credentials_for(
    address: str, setting: object, environment: Mapping[str, str]
) -> Credentials | None:
    """Return the credentials for the site at an address; None where there are none.

    `setting` is the value of CRAWL_CREDENTIALS_FILE. Of several lines for a host, the one with the
    longest path above the address counts. Raises BadArguments, whatever site a bad line is for.
    """
    found = [*_from_environment(environment), *_from_file(str(setting or ""))]
    fitting = [one for one in found if _is_above(urlsplit(one.address), urlsplit(address))]
    return max(fitting, key=lambda one: len(urlsplit(one.address).path.rstrip("/")), default=None)


def _from_environment(environment: Mapping[str, str]) -> list[Credentials]:
    return _read_lines(environment.get(LINES_VARIABLE, ""), LINES_VARIABLE)


def _from_file(path: str) -> list[Credentials]:
    if not path:
        return []
    try:
        with Path(path).open("rb") as file:
            # Ask the open file and not the path, which might lead elsewhere a moment later.
            _require_private(os.fstat(file.fileno()), path)
            text = file.read().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise BadArguments(f"{FILE_SETTING} cannot be read: {reason}") from None
    return _read_lines(text, path)


def _require_private(status: os.stat_result, path: str) -> None:
    """Raise BadArguments for a file that other users of the machine may read or change."""
    if not stat.S_ISREG(status.st_mode):
        raise BadArguments(f"{FILE_SETTING} must name a plain file, not {path}")
    if os.name == "posix" and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        mode = stat.S_IMODE(status.st_mode)
        raise BadArguments(
            f"{path} holds passwords and is open to other users of this machine "
            f"(mode {mode:04o}): run chmod 600 {path}"
        )


def _read_lines(text: str, source: str) -> list[Credentials]:
    """Return the credentials in some lines; `#` begins a comment. Messages repeat no line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if words and not words.startswith("#"):
            found.append(_read_line(words, f"{source}, line {number}"))
    return found


def _read_line(words: str, place: str) -> Credentials:
    address, _, pair = words.partition(" ")
    user, colon, password = pair.strip().partition(":")
    if not colon or not user or not password or re.search(r"[\x00-\x1f\x7f]", pair):
        raise BadArguments(f"{place} is not of the form: {_FORM}")
    try:
        parts = urlsplit(address)
        is_address = bool(_origin(address)) and "@" not in parts.netloc
    except ValueError:
        is_address = False
    if not is_address:
        raise BadArguments(f"{place} does not begin with the address of a site: {_FORM}")
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise BadArguments(
            f"{place}: a password is sent over https only; write https:// (http:// may be "
            "written for a site on this machine)"
        )
    return Credentials(address, user, password)


def is_loopback(host: str) -> bool:
    """Return True for a host that is this machine."""
    name = usual_host(host)
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _origin(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an address; None for what is no web address."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.scheme, usual_host(parts.hostname), _port(parts)


def _port(parts: SplitResult) -> int:
    """Return the port of an address of the web, be it named or not."""
    return parts.port or _PORTS.get(parts.scheme, 0)


def _is_above(given: SplitResult, address: SplitResult) -> bool:
    """Tell whether an address is that of a site or of a page of it, whatever the scheme."""
    if usual_host(given.hostname or "") != usual_host(address.hostname or ""):
        return False
    if given.scheme == address.scheme and _port(given) != _port(address):
        return False
    folder = given.path.rstrip("/") + "/"
    return (address.path.rstrip("/") + "/").startswith(folder)
