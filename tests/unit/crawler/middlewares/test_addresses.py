import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import Request
from twisted.internet.error import DNSLookupError

from crawler.errors import AddressForbidden
from crawler.middlewares.addresses import PrivateAddressMiddleware, PublicAddressResolver
from crawler.site.private_hosts import is_local, is_private, private_allowed

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "[::1]",
    "fe80::1%eth0",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "ff02::1",
    "64:ff9b::7f00:1",  # by a translator (NAT64)
    "64:ff9b::169.254.169.254",
    "2002:7f00:1::",  # 6to4
    "2002:a01:203::1",
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
LOCAL = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "intranet",
    "blog.localhost",
    "nas.local",
    "metadata.google.internal",
    "site.test",
    "",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address):
    assert is_private(address)
    assert is_local(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address):
    assert not is_private(address)
    assert not is_local(address)


@pytest.mark.parametrize("name", LOCAL)
def test_names_that_only_a_private_network_has(name):
    assert is_local(name)


@pytest.mark.parametrize(
    "name", ["example.com", "localhost.example.com", "internal.org", "xn--bcher-kva.example"]
)
def test_public_names(name):
    assert not is_local(name)


@given(st.text())
def test_any_host_is_one_or_the_other(host):
    assert is_local(host) or not is_private(host)


@pytest.mark.parametrize(
    ("setting", "host", "allowed"),
    [
        ("auto", "example.com", False),
        ("auto", "2606:2800:220:1::1", False),
        ("auto", "127.0.0.1", True),
        ("auto", "localhost", True),
        ("1", "example.com", True),
        (True, "example.com", True),
        ("0", "127.0.0.1", False),
        (False, "127.0.0.1", False),
        ("nonsense", "127.0.0.1", False),
    ],
)
def test_what_the_setting_means(setting, host, allowed):
    assert private_allowed(setting, host) is allowed


@pytest.mark.parametrize(
    "host",
    [
        *(
            f"[{part}]" if ":" in part and "[" not in part else part
            for part in PRIVATE
            if "%" not in part
        ),
        *LOCAL[:-1],
    ],
)
def test_a_public_site_cannot_lead_into_a_private_network(host):
    with pytest.raises(AddressForbidden, match="CRAWL_PRIVATE_ADDRESSES"):
        PrivateAddressMiddleware(allow_private=False).process_request(
            Request(f"http://{host}/latest/meta-data")
        )
    assert (
        PrivateAddressMiddleware(allow_private=True).process_request(Request(f"http://{host}/"))
        is None
    )


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "s3://bucket/x"]
)
def test_only_http_is_asked(url):
    for allowed in (True, False):
        with pytest.raises(AddressForbidden, match="not an http address"):
            PrivateAddressMiddleware(allow_private=allowed).process_request(Request(url))


@pytest.mark.parametrize("url", ["https://example.com/", "http://8.8.8.8/", "data:,"])
def test_the_rest_passes(url):
    assert PrivateAddressMiddleware(allow_private=False).process_request(Request(url)) is None


def test_a_name_that_leads_to_a_private_address_is_refused_and_explained(monkeypatch):
    monkeypatch.setattr(PublicAddressResolver, "refused", {})
    resolver = PublicAddressResolver.__new__(PublicAddressResolver)
    assert resolver._check("93.184.216.34", "example.com") == "93.184.216.34"
    with pytest.raises(DNSLookupError):
        resolver._check("10.0.0.1", "rebound.example.com")
    with pytest.raises(
        AddressForbidden, match=r"rebound\.example\.com resolves to the private address 10\.0\.0\.1"
    ):
        PrivateAddressMiddleware(allow_private=False).process_request(
            Request("http://rebound.example.com/")
        )


def test_the_operator_s_own_name_may_be_private():
    resolver = PublicAddressResolver.__new__(PublicAddressResolver)
    assert resolver._check("127.0.0.1", "localhost") == "127.0.0.1"


def test_an_address_of_ipv6_needs_no_lookup_and_is_looked_at_like_any_other(monkeypatch):
    monkeypatch.setattr(PublicAddressResolver, "refused", {})
    resolver = PublicAddressResolver.__new__(PublicAddressResolver)
    found = []
    resolver.getHostByName("2606:4700::1111").addCallback(found.append)
    resolver.getHostByName("::1").addCallback(found.append)  # the operator gave it
    assert found == ["2606:4700::1111", "::1"]
    for private in ("fd00::1", "::ffff:10.0.0.1"):
        with pytest.raises(DNSLookupError):
            resolver._check(private, "rebound.example.com")
