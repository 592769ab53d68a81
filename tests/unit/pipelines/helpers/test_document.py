from dataclasses import replace
from datetime import UTC, datetime
from typing import get_type_hints
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Author, Comment, Media, Post, Term
from pipelines.helpers.document import _steady, document_of
from wparchive.model.lifecycle import LIFE_CYCLE_FIELDS
from wparchive.model.record_types import DOCUMENT_TYPES
from wparchive.model.storable import decompress

NOON = datetime(2024, 5, 17, 12, tzinfo=UTC)
COMMON = {
    "site": "h.org",
    "id": 7,
    "link": "https://h.org/seven",
    "slug": "seven",
    "raw": b'{"id":7}',
}
POST = Post(
    type="post",
    **COMMON,
    title="Seven",
    text="Some words.",
    html="<p>Some words.</p>",
    excerpt="Some",
    content_fingerprint="f" * 32,
    published_at=NOON,
    modified_at=NOON,
    author_id=1,
    term_ids={"category": [3, 5], "post_tag": [8, 9, 2]},
    tags=[{"id": 8, "name": "Eight", "slug": "eight"}],
    images=[{"url": "https://h.org/a.jpg?w=100", "alt": ""}],
    links=[{"url": "https://h.org/b", "text": "b"}],
)
ITEMS = {
    "posts": POST,
    "terms": Term(type="post_tag", **COMMON, name="Seven"),
    "authors": Author(type="user", **COMMON, name="Ada"),
    "media": Media(type="attachment", **COMMON, title="Picture", url="https://h.org/a.jpg"),
    "comments": Comment(type="comment", **COMMON, text="Well said.", post=5),
}


def hashes(item=POST, **changes):
    document = document_of(replace(item, **changes))
    return document["version_hash"], document["refresh_hash"]


@pytest.mark.parametrize("kind", ITEMS)
def test_documents_have_the_shape_of_the_schema(kind):
    document = document_of(ITEMS[kind])
    assert set(document) == set(get_type_hints(DOCUMENT_TYPES[kind])) - {
        *LIFE_CYCLE_FIELDS,
        "duplicate",
    }
    assert document["_id"] == f"h.org/{ITEMS[kind].type}/7"
    assert decompress(document["raw"]) == b'{"id":7}'


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Eight"},
        {"content_fingerprint": "e" * 32},
        {"excerpt": "words"},
        {"slug": "eight"},
        {"protected": True},
        {"published_at": None},
        {"author_id": 2},
        {"parent": 4},
        {"format": "video"},
        {"featured_media_id": 9},
        {"term_ids": {"category": [3, 5], "post_tag": [8, 9]}},
        {"term_ids": {"category": [3, 5], "post_tag": [8, 9, 4]}},
        {"term_ids": {"category": [8, 9, 2], "post_tag": [3, 5]}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_makes_a_version(changes):
    assert hashes(**changes)[0] != hashes()[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"modified_at": None},
        {"link": "https://h.org/8"},
        {"sticky": True},
        {"tags": [{"id": 8, "name": "Renamed", "slug": "eight"}]},
        {"author": {"id": 1, "name": "Ada", "slug": "ada"}},
        {"featured_media": {"id": 9, "name": "x", "slug": "x"}},
        {"declared_language": "en"},
        {"canonical_url": "https://a.org/"},
        {"images": [{"url": "https://h.org/other.jpg", "alt": ""}]},
        {"embeds": [{"kind": "video", "url": "https://v.org/1", "title": ""}]},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_is_refreshed_without_making_a_version(changes):
    before, after = hashes(), hashes(**changes)
    assert after[0] == before[0]
    assert after[1] != before[1]


@pytest.mark.parametrize(
    "changes",
    [
        {"term_ids": {"post_tag": [2, 8, 9], "category": [5, 3]}},
        {"images": [{"url": "https://h.org/a.jpg?w=200&v=3", "alt": "other"}]},
        {"images": [{"url": "http://h.org/a.jpg", "alt": ""}]},
        {"html": "<p id='random-1'>Some words.</p>"},
        {"raw": b'{"id":7,"_nonce":"x"}'},
        {"class_list": ["post-7"]},
        {"flags": ["repaired"]},
        {"extra": [{"k": "views", "v": 9}]},
    ],
    ids=[
        "order-of-terms",
        "query-of-images",
        "scheme-of-images",
        "html",
        "raw",
        "class_list",
        "flags",
        "extra",
    ],
)
def test_what_changes_nothing(changes):
    assert hashes(**changes) == hashes()


@given(st.permutations([8, 9, 2]), st.permutations(["category", "post_tag"]))
def test_the_order_of_terms_is_no_version(tags, taxonomies):
    ids = {"category": [3, 5], "post_tag": tags}
    assert hashes(term_ids={name: ids[name] for name in taxonomies}) == hashes()


@pytest.mark.parametrize(
    ("kind", "version", "refresh"),
    [
        ("terms", {"name": "Eight"}, {"count": 9}),
        ("authors", {"description": "x"}, {"link": None}),
        ("media", {"alt": "x"}, {"width": 9}),
        ("comments", {"author_name": "x"}, {"link": None}),
    ],
)
def test_versions_of_other_kinds(kind, version, refresh):
    before = hashes(ITEMS[kind])
    assert hashes(ITEMS[kind], **version)[0] != before[0]
    assert hashes(ITEMS[kind], **refresh)[0] == before[0]
    assert hashes(ITEMS[kind], **refresh)[1] != before[1]


@pytest.mark.parametrize(
    ("kind", "version", "refresh"),
    [
        ("posts", "ffaa07607a553d4d5ee200ca19a298d9", "938e8f404736a4a832c4e4073ec62ee8"),
        ("terms", "d7fa49eea78c0087d0938bc7fc5b1353", "33f8e1a3eac3190bad1b78b5324a991e"),
        ("authors", "195c30bf2a0c8f08134754eb1e75de8f", "bd15e27cce76e709445a37ca87f847a2"),
        ("media", "c5ec8b2593e106d228b5f1de2903ecaf", "fa62d6d9a1caa801b22e05ebe533c11a"),
        ("comments", "5f94a473954fe348796684bff60d37ff", "bd15e27cce76e709445a37ca87f847a2"),
    ],
)
def test_hashes_stay_as_they_are_in_archives(kind, version, refresh):
    assert hashes(ITEMS[kind]) == (version, refresh)


ADDRESSES = st.text(st.characters(exclude_categories=())) | st.lists(
    st.sampled_from(
        [
            "http",
            "https",
            "HTTP",
            ":",
            "/",
            "//",
            "://",
            "a.org",
            "u@",
            ":8",
            "?",
            "#",
            ";",
            "[",
            "]",
            "\\",
            "\t",
            "\n",
            " ",
            "\0",
            "é",
            "℀",
        ]
    )
).map("".join)


@given(ADDRESSES | ADDRESSES.map("https://a.org".__add__))
def test_only_host_and_path_of_an_address_are_steady(url):
    try:
        parts = urlsplit(url)
        expected = parts.netloc + parts.path
    except ValueError:
        expected = url
    assert _steady(url) == expected


@pytest.mark.parametrize(
    "url", ["http://[", "data:image/png;base64,AAAA", "", "https://h.org/\ufffd"]
)
def test_odd_addresses_have_hashes_too(url):
    assert hashes(images=[{"url": url, "alt": ""}]) == hashes(images=[{"url": url, "alt": ""}])
