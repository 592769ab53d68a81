"""Tell which hosts belong to a private network. Pure."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from crawler.site.host_names import usual_host

_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".test")
"""Top-level names that the public DNS does not have (RFC 6761, RFC 6762, ICANN for .internal)."""

_TRANSLATED = IPv6Network("64:ff9b::/96")
"""The addresses by which a translator (NAT64, RFC 6052) leads to those of IPv4."""


def is_private(address: str) -> bool:
    """Return True for an IP address outside of the public internet; False for a name.

    These are the special addresses of RFC 6890: private, loopback, link-local, shared, multicast.
    """
    try:
        ip = ip_address(usual_host(address).partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        ip = _embedded(ip) or ip
    return not ip.is_global or ip.is_multicast


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to, as `::ffff:127.0.0.1` does."""
    if ip in _TRANSLATED:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def is_local(host: str) -> bool:
    """Return True for a host of a private network, by its address or its name."""
    name = usual_host(host)
    if is_private(name) or name.endswith(_PRIVATE_SUFFIXES):
        return True
    return "." not in name and ":" not in name  # `intranet`; a colon: IPv6


def private_allowed(setting: object, host: str) -> bool:
    """Return True if CRAWL_PRIVATE_ADDRESSES allows private addresses for a site.

    `auto` allows them when the address that the operator gave is one itself.
    """
    choice = str(setting).lower()
    if choice == "auto":
        return is_local(host)
    return choice in ("1", "true", "yes", "on")
