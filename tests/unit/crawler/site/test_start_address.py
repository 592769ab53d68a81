import pytest

from crawler.errors import BadArguments
from crawler.site.start_address import normalise_address


@pytest.mark.parametrize(
    ("address", "normal"),
    [
        ("example.com", "https://example.com/"),
        (" http://example.com/blog ", "http://example.com/blog"),
        ("example.com:8080/x?y=1#z", "https://example.com:8080/x"),
        ("localhost:8080", "https://localhost:8080/"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("https://Bücher.example./", "https://xn--bcher-kva.example/"),
        ("https://EXAMPLE.com.:443/Blog", "https://example.com/Blog"),
        ("http://example.com:443/", "http://example.com:443/"),
        ("http://127.1:8080/", "http://127.0.0.1:8080/"),
        ("http://[0:0:0:0:0:0:0:1]/", "http://[::1]/"),
        ("http://0.0.0.0:8080/", "http://0.0.0.0:8080/"),
        ("example.com/?next=http://other.org/", "https://example.com/"),
        ("http://h.org/?p=12&token=SECRET", "http://h.org/?p=12"),
        ("http://h.org/?rest_route=/wp/v2/posts", "http://h.org/?rest_route=/wp/v2/posts"),
        ("http://h.org/blog;p=SECRET/;q=SECRET#t=SECRET", "http://h.org/blog/"),
        ("HTTPS://example.com", "https://example.com/"),
    ],
)
def test_addresses(address, normal):
    assert normalise_address(address) == normal


@pytest.mark.parametrize(
    "address",
    [
        "",
        "  ",
        "nonsense",
        "https://",
        "https:///path",
        "ftp://h.org/",
        "file:///etc/passwd",
        "https://h.org:port/",
        "https://[::1",
        "https://a b.c/",
    ],
)
def test_other_addresses_are_refused(address):
    with pytest.raises(BadArguments, match="address"):
        normalise_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://user:SECRET@exa mple.org",
        "https://user:SECRET",
        "user:SECRET",
        "user:SECRET@h.org/",
        "https://user:SECRET@",
        "http://u:SEC/SECRET@[::1",
        "ftp://h.org/?token=SECRET",
        "http:///?token=SECRET",
        "http:///#token=SECRET",
        "http:///;token=SECRET",
    ],
)
def test_what_may_be_a_secret_is_not_repeated(address):
    with pytest.raises(BadArguments) as error:
        normalise_address(address)
    assert "SECRET" not in str(error.value)


@pytest.mark.parametrize("begin", ["http://[user:", "user:", "https://user:", "ftp://[user:"])
@pytest.mark.parametrize("password", ["s3cret", "s3/cret", "s3]cret", "s3,cret", "s3:cret"])
def test_a_malformed_address_shows_no_password(begin, password):
    with pytest.raises(BadArguments) as raised:
        normalise_address(begin + password)
    assert "cret" not in str(raised.value)
