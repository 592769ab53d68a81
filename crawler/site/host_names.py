"""The spellings of a host: one host has many, and is one site. Pure.

| spelling | usual one |
|---|---|
| `EXAMPLE.com`, `example.com.` | `example.com` |
| `exämple.com` | `xn--exmple-cua.com` |
| `127.1`, `0x7f.0.0.1`, `2130706433`, `[::ffff:127.0.0.1]` | `127.0.0.1` |
| `[0:0:0:0:0:0:0:1]` | `::1` |
"""

import re
import socket
from contextlib import suppress
from ipaddress import IPv6Address, ip_address

_DEFAULT_PORTS = {"http": 80, "https": 443}
# What the C library reads as an IPv4 address: one to four numbers, some of them hexadecimal.
_NUMBERS = re.compile(r"(?:0x[0-9a-f]{1,8}|[0-9]{1,12})(?:\.(?:0x[0-9a-f]{1,8}|[0-9]{1,12})){0,3}")


def usual_host(host: str) -> str:
    """Return the usual spelling of a host, without brackets."""
    name = host.strip("[]").rstrip(".").lower()
    if ":" in name:
        return _usual_ipv6(name)
    if not name.isascii():
        with suppress(UnicodeError):  # names that IDNA does not take stay as they are
            name = name.encode("idna").decode().lower()
    if _NUMBERS.fullmatch(name):
        with suppress(OSError):
            return socket.inet_ntoa(socket.inet_aton(name))
    return name


def usual_netloc(scheme: str, host: str, port: int | None) -> str:
    """Return host and port as an address has them; the default port is left out."""
    name = usual_host(host)
    if ":" in name:
        name = f"[{name}]"
    if port is None or port == _DEFAULT_PORTS.get(scheme):
        return name
    return f"{name}:{port}"


def _usual_ipv6(name: str) -> str:
    try:
        ip = ip_address(name)
    except ValueError:
        return name
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ip)
