"""Say what is wrong with the TLS of a site, each flaw in words of its own.

OpenSSL says "certificate verify failed" for all flaws of a certificate. Its callback knows more.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from OpenSSL import SSL
from twisted.python.failure import Failure

_OWNER = "its owner has to renew it"
_TRUST = "CRAWL_CA_FILE names an authority of your own to trust"
_FLAWS = {
    7: f"is signed with another key than that of its authority; {_TRUST}",
    9: "is not valid yet; is the clock of this machine right?",
    10: f"has expired; {_OWNER}",
    18: f"is self-signed: no authority vouches for it; {_TRUST}",
    19: f"is from an authority that this machine does not know; {_TRUST}",
    20: f"is from an authority that this machine does not know, or comes without a link of its "
    f"chain; {_TRUST}",
    21: f"comes without its chain, so that no authority vouches for it; {_TRUST}",
    23: f"was revoked; {_OWNER}",
    66: f"has a key that is too short; {_OWNER}",
    67: f"is from an authority whose key is too short; {_OWNER}",
    68: f"is signed with a weak hash; {_OWNER}",
}
"""What is wrong with a certificate, by the number of OpenSSL (`X509_V_ERR_...`)."""
_PROTOCOLS = {
    "protocol version": "the server speaks only protocols that are too old (TLS 1.0, 1.1)",
    "unsupported protocol": "the server speaks only protocols that are too old (TLS 1.0, 1.1)",
    "version too low": "the server speaks only protocols that are too old (TLS 1.0, 1.1)",
    "wrong version number": "the port does not speak https",
    "http request": "the port does not speak https",
    "too small": "the keys of the server are too short",
    "handshake failure": "the server and this machine have no cipher in common",
    "no shared cipher": "the server and this machine have no cipher in common",
    "unrecognized name": "the server knows no site of this name",
}
"""What is wrong with a connection, by a part of OpenSSL's words."""


class CertificateRefused(Exception):
    """A certificate that is not accepted; the message says why, and what to do."""


def name_flaws(policy: Any) -> None:
    """Have a policy of Twisted for https say what is wrong with a certificate; it still decides."""
    make_creator = policy.creatorForNetloc

    def naming(hostname: bytes, port: int) -> Any:
        creator = make_creator(hostname, port)
        # No version of Twisted shows it openly. Without it, all flaws have the same words.
        make_connection = getattr(creator, "_createConnection", None)
        if make_connection is not None:
            creator._createConnection = partial(_naming_connection, make_connection)
        return creator

    policy.creatorForNetloc = naming


def _naming_connection(make_connection: Callable[[Any], Any], protocol: Any) -> Any:
    """Return a connection whose protocol is told why a certificate is not accepted."""
    connection = make_connection(protocol)
    set_verify = connection.set_verify

    def set_naming(mode: int, decide: Callable[..., bool]) -> None:
        def verify(of: Any, certificate: Any, code: int, depth: int, ok: int) -> bool:
            if not ok:
                words = _FLAWS.get(code, f"is not accepted (X509 error {code})")
                refusal = Failure(CertificateRefused(words))  # type: ignore[no-untyped-call]
                protocol.failVerification(refusal)
                return False
            return decide(of, certificate, code, depth, ok)

        set_verify(mode, verify)

    connection.set_verify = set_naming
    return connection


def tls_words(error: BaseException) -> str | None:
    """Return what is wrong with the TLS of a site that could not be asked; None for other errors.

    `error` is what the download raised.
    """
    for reason in _reasons(error):
        if isinstance(reason, CertificateRefused):
            return f"its certificate {reason}"
        # By its name: the package is one of Twisted's own choice.
        if type(reason).__name__ in ("VerificationError", "CertificateError"):
            return (
                "its certificate is for another host: is the address spelt as in a browser "
                "(with or without www.)? If so, its owner has to mend it"
            )
        if isinstance(reason, SSL.Error):
            return _protocol_words(reason)
    return None


def _protocol_words(error: SSL.Error) -> str:
    said = " ".join(_texts(error.args))
    for part, words in _PROTOCOLS.items():
        if part in said:
            return f"{words} ({said[:120]})"
    return said[:120] or "the server broke it off"


def _texts(value: Any) -> Iterator[str]:
    """Yield OpenSSL's last word of each of its errors."""
    for errors in value:
        for *_, words in errors if isinstance(errors, list) else ():
            yield str(words)


def _reasons(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those behind it; Twisted keeps them in a list."""
    while error is not None:
        yield error
        for failure in getattr(error, "reasons", ()):
            yield failure.value
        error = error.__cause__ or error.__context__
