"""From the address of a picture to the file that is kept."""

import pytest

from wparchive.model.file_records import (
    file_key,
    original_addresses,
    stored_path,
    without_users,
)

BASE = "https://example.com/wp-content/uploads/2024"


@pytest.mark.parametrize(
    ("url", "original"),
    [
        (f"{BASE}/a.jpg", f"{BASE}/a.jpg"),
        (f"{BASE}/a-300x200.jpg", f"{BASE}/a.jpg"),
        (f"{BASE}/a-300x200.jpg", f"{BASE}/a-scaled.jpg"),
        (f"{BASE}/a-300x200.jpg?ssl=1", f"{BASE}/a.jpg"),
        (f"{BASE}/a.jpg?w=300", f"{BASE}/a.jpg"),
        ("https://i0.wp.com/example.com/wp-content/uploads/2024/a-9x9.jpg?fit=9", f"{BASE}/a.jpg"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_the_upload_behind_a_picture(url, original):
    assert original in original_addresses(url)


def test_a_picture_that_is_no_smaller_copy_has_one_address():
    assert list(original_addresses(f"{BASE}/2x4.jpg")) == [f"{BASE}/2x4.jpg"]


def test_keys_and_paths():
    assert file_key("a.org", "https://a.org/x\ud800") != file_key("b.org", "https://a.org/x\ud800")
    assert file_key("a.org/blog", "u").startswith("a.org/blog/file/")
    assert stored_path("ab" * 32) == f"ab/{'ab' * 32}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see http://ann:s3cret@example.com/x.jpg", "see http://***@example.com/x.jpg"),
        ("http://ann:s3c/ret@example.com/x.jpg", "http://***@example.com/x.jpg"),
        ("http://ann:80@example.com/x.jpg", "http://***@example.com/x.jpg"),
        ("netloc 'ann:s3cret@x' contains", "netloc '***@x' contains"),
        ("http://example.com:8080/one@2x.jpg", "http://example.com:8080/one@2x.jpg"),
        ("http://[::1]:80/one@2x.jpg", "http://[::1]:80/one@2x.jpg"),
        ("http://example.com/a:b@c.jpg", "http://example.com/a:b@c.jpg"),
    ],
)
def test_users_are_taken_out_of_addresses_and_names_stay(text: str, shown: str) -> None:
    assert without_users(text) == shown
