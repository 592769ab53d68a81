import json
import math
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Author, Comment, Media, Post, Term
from crawler.parsing import parse_record
from crawler.rest.collections import Collection
from crawler.rest.record_fields import MOST_TERMS, parse_time

RECORDED = Path(__file__).parents[3] / "samples"
POSTS = Collection("posts", "post", "/wp/v2/posts", {"category": "categories", "post_tag": "tags"})
TERMS = Collection("terms", "post_tag", "/wp/v2/tags")
USERS = Collection("authors", "user", "/wp/v2/users")
MEDIA = Collection("media", "attachment", "/wp/v2/media")
COMMENTS = Collection("comments", "comment", "/wp/v2/comments")
COLLECTIONS = [POSTS, TERMS, USERS, MEDIA, COMMENTS]

FIELDS = " ".join(
    (
        "title content excerpt status date date_gmt modified modified_gmt parent sticky format",
        "author featured_media class_list yoast_head yoast_head_json categories tags link slug",
        "lang canonical_url _embedded name description count media_details",
        "filesize source_url alt_text mime_type caption post author_name author_url meta acf x",
    )
).split()
INNER = [
    "rendered",
    "protected",
    "author",
    "wp:term",
    "wp:featuredmedia",
    "id",
    "name",
    "taxonomy",
    "canonical",
    "og_locale",
    "0",
    "a.b",
    "$c",
    "",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        [
            "2024-01-01T00:00:00",
            "0001-01-01T00:00:00",
            "9999-12-31T23:59:59",
            "2024-01-01T00:00:00+14:00",
            "http://[",
            "12",
            "-1",
            "1e3",
        ]
    )
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(INNER) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def parse(record, collection=POSTS):
    return parse_record(
        json.dumps({"id": 1} | record).encode(), collection, "h.org", "https://h.org/"
    )


def numbers(value):
    if isinstance(value, dict):
        for key, part in value.items():
            yield from numbers(key)
            yield from numbers(part)
    elif isinstance(value, list):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, int | float):
        yield value


@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda part: part.type)
@given(st.dictionaries(st.sampled_from(FIELDS), VALUES))
def test_any_object_with_an_id_becomes_an_item_that_databases_take(collection, record):
    item = parse(record, collection)
    assert (item.id, item.type, item.site) == (1, collection.type, "h.org")
    for name in item.__dataclass_fields__:
        value = getattr(item, name)
        assert all(
            math.isfinite(part) if isinstance(part, float) else -(2**63) <= part < 2**63
            for part in numbers(value)
        ), name
        assert not isinstance(value, datetime) or value.tzinfo == UTC
    assert all(
        part["v"] is None or isinstance(part["v"], str | int | float | bool) for part in item.extra
    )


@given(st.binary())
def test_other_bytes_raise_valueerror(raw):
    try:
        item = parse_record(raw, POSTS, "h.org", "https://h.org/")
    except ValueError:
        return
    assert item.id >= 0


@pytest.mark.parametrize(
    "record",
    [
        b"7",
        b"[]",
        b"null",
        b"{}",
        b'{"id":null}',
        b'{"id":"x"}',
        b'{"id":-1}',
        b'{"id":true}',
        b'{"id":1e30}',
        b'{"id":[1]}',
    ],
)
def test_without_an_id_there_is_no_item(record):
    with pytest.raises(ValueError, match=r"id|object"):
        parse_record(record, POSTS, "h.org", "https://h.org/")


def test_the_recorded_post_of_a_multisite():
    raw = (RECORDED / "seed-post.json").read_bytes()
    post = parse_record(
        raw, POSTS, "www.businessupturn.com/usa", "https://www.businessupturn.com/usa/"
    )
    record = json.loads(raw)
    assert isinstance(post, Post)
    assert post.raw == raw
    assert post.term_ids == {"category": record["categories"], "post_tag": record["tags"]}
    assert post.title_rendered == record["title"]["rendered"]
    assert post.content_rendered == record["content"]["rendered"]
    assert post.published_local == record["date"]
    assert post.published_at == datetime.fromisoformat(record["date_gmt"]).replace(tzinfo=UTC)
    assert post.class_list
    assert "meta" in {part["k"] for part in post.extra}
    assert not {"title", "tags", "_links"} & {part["k"] for part in post.extra}


@pytest.mark.parametrize(
    "path", sorted(RECORDED.glob("*.*/*.json")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_recorded_records_become_items(path):
    collection = POSTS if path.stem == "posts" else TERMS
    for record in json.loads(path.read_bytes()):
        item = parse(record, collection)
        assert item.id == record["id"]
        assert item.link == record["link"]
        assert "%" not in item.slug


def test_percent_encoded_slugs_are_decoded_and_cut_ones_lose_their_broken_end():
    assert parse({"slug": "%e6%97%a5%e6%9c%ac"}).slug == "日本"
    assert parse({"slug": "%e6%97%a5%e6%9c"}).slug == "日"
    assert parse({"slug": "100%-sure"}).slug == "100%-sure"
    assert parse({"slug": None}).slug == ""


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2024-05-17T10:30:00", datetime(2024, 5, 17, 10, 30, tzinfo=UTC)),
        ("2024-05-17 10:30:00", datetime(2024, 5, 17, 10, 30, tzinfo=UTC)),
        ("2024-05-17T10:30:00Z", datetime(2024, 5, 17, 10, 30, tzinfo=UTC)),
        ("2024-05-17T10:30:00+02:00", datetime(2024, 5, 17, 8, 30, tzinfo=UTC)),
        ("1899-12-31T00:00:00", datetime(1899, 12, 31, tzinfo=UTC)),
        ("-0001-11-30T00:00:00", None),
        ("0000-00-00 00:00:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("2024-13-01T00:00:00", None),
        ("next week", None),
        ("", None),
        (None, None),
        (1715941800, None),
        ({"date": "2024-05-17"}, None),
    ],
)
def test_times(value, time):
    assert parse_time(value) == time


def times(**record):
    post = parse(record)
    return post.published_at, post.modified_at


def test_a_missing_gmt_field_follows_from_the_other_pair():
    published, modified = times(
        date="2024-05-17T10:30:00", date_gmt="2024-05-17T08:30:00", modified="2024-05-18T10:30:00"
    )
    assert published == datetime(2024, 5, 17, 8, 30, tzinfo=UTC)
    assert modified == datetime(2024, 5, 18, 8, 30, tzinfo=UTC)


def test_the_time_of_publication_follows_from_the_other_pair_too():
    published, modified = times(
        date="2024-05-17T10:30:00",
        modified="2024-05-18T10:30:00",
        modified_gmt="2024-05-18T08:30:00",
    )
    assert published == datetime(2024, 5, 17, 8, 30, tzinfo=UTC)
    assert modified == datetime(2024, 5, 18, 8, 30, tzinfo=UTC)


def test_a_pair_that_no_time_zone_explains_says_nothing_of_the_other():
    assert times(
        date="2024-05-17T10:30:00", date_gmt="1970-01-01T00:00:00", modified="2024-05-18T10:30:00"
    )[1] == datetime(2024, 5, 18, 10, 30, tzinfo=UTC)


def test_the_ends_of_the_calendar():
    assert (
        times(
            date="2024-01-01T02:00:00",
            date_gmt="2024-01-01T00:00:00",
            modified="0001-01-01T00:00:00",
        )[1]
        is None
    )


def test_modified_may_be_earlier_than_published():
    published, modified = times(date_gmt="2024-05-17T00:09:56", modified_gmt="2024-05-17T00:08:05")
    assert modified < published


@pytest.mark.parametrize(
    ("ids", "read"),
    [
        ([3, 1, 2], [3, 1, 2]),
        ({"0": 3, "2": 1}, [3, 1]),
        (["3", "1"], [3, 1]),
        ([3.0, 3, "3"], [3]),
        ([3, 1, 3, 1], [3, 1]),
        ([3, True], [3]),
        ([{"id": 3, "name": "x"}, {"term_id": 4}], [3, 4]),
        ([None, "x", True, [], {}], []),
        ([], []),
        (None, []),
        (False, []),
        ("", []),
    ],
)
def test_ids_of_terms_in_every_form(ids, read):
    assert parse({"tags": ids}).term_ids == {"post_tag": read}


def test_a_post_keeps_so_many_terms_of_all_taxonomies_together():
    post = parse({"categories": [1, 2, 3], "tags": list(range(1, 100_001))})
    assert sum(map(len, post.term_ids.values())) == MOST_TERMS
    assert post.term_ids["category"] == [1, 2, 3]
    assert post.flags == ["too_many_terms"]
    assert parse({"tags": list(range(1, MOST_TERMS + 1))}).flags == []


def test_absent_terms_are_unknown_not_none():
    assert parse({}).term_ids == {}


@pytest.mark.parametrize(
    ("classes", "read"),
    [
        (["post-1", "tag-x"], ["post-1", "tag-x"]),
        ({"0": "post-1", "2": "tag-x"}, ["post-1", "tag-x"]),
        ([], []),
        (None, []),
    ],
)
def test_class_lists(classes, read):
    assert parse({"class_list": classes}).class_list == read
    assert parse({}).class_list is None


@pytest.mark.parametrize("flat", [{"rendered": "A &amp; B"}, "A &amp; B"])
def test_rendered_fields_may_be_flattened(flat):
    assert parse({"title": flat, "content": flat, "excerpt": flat}).content_rendered == "A &amp; B"


@pytest.mark.parametrize("odd", [None, [], False, {}, {"rendered": None}, {"rendered": ["x"]}])
def test_rendered_fields_may_be_nothing(odd):
    assert parse({"title": odd}).title_rendered == ""


def test_a_password_hides_the_content():
    assert parse({"content": {"rendered": "", "protected": True}}).protected
    assert not parse({"content": {"rendered": "", "protected": False}}).protected
    assert not parse({"content": "x"}).protected


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        ("5", 5),
        (5.0, 5),
        ("-5", -5),
        (True, None),
        ("5.5", None),
        ("", None),
        (1e30, None),
        (2**70, None),
        ([5], None),
    ],
)
def test_integers_in_every_form(value, number):
    assert parse({"parent": value}).parent == number


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("meta", [], "[]"),
        ("meta", {"footnotes": ""}, '{"footnotes": ""}'),
        ("acf", False, False),
        ("acf", {"0.0.10": {"": None}, "$x": 1}, '{"0.0.10": {"": null}, "$x": 1}'),
        ("jetpack_featured_media_url", "", ""),
        ("requires_plugins", None, None),
        ("a.b", 1, 1),
        ("$set", "x", "x"),
        ("", 1, 1),
        ("views", 2**70, str(2**70)),
    ],
)
def test_fields_of_plugins_are_kept_by_name_and_value(field, value, stored):
    assert parse({field: value}).extra[0] == {"k": field, "v": stored}


@pytest.mark.parametrize(
    ("link", "absolute"),
    [
        ("/?p=138", "https://h.org/?p=138"),
        ("//cdn.org/x", "https://cdn.org/x"),
        ("", None),
        (None, None),
        ("http://[", None),
    ],
)
def test_links(link, absolute):
    assert parse({"link": link}).link == absolute


@given(
    st.lists(
        st.sampled_from(
            [
                "http",
                "https",
                ":",
                "/",
                "//",
                "h.org",
                "..",
                "?",
                "#",
                ";x",
                "%2f",
                "\n",
                " ",
                "é",
                "[",
                "@",
            ]
        )
    ).map("".join)
)
def test_links_are_joined_to_the_home_by_the_rules(link):
    try:
        joined = urljoin("https://h.org/", link) if link else None
    except ValueError:
        joined = None
    assert parse({"link": link}).link == joined


@pytest.mark.parametrize(
    ("record", "language"),
    [
        ({"lang": "fr"}, "fr"),
        ({"lang": ["fr"], "wpml_current_locale": "pt_BR"}, "pt-BR"),
        ({"yoast_head_json": {"og_locale": "en_GB"}}, "en-GB"),
        ({"yoast_head_json": None}, None),
        ({"yoast_head_json": []}, None),
        ({"lang": "<script>"}, None),
        ({"lang": {"slug": "nl", "name": "Nederlands"}}, "nl"),
        ({"locale": "de_AT"}, "de-AT"),
        ({"language": ["en"]}, None),
        ({"lang": ""}, None),
    ],
)
def test_language(record, language):
    assert parse(record).declared_language == language


@pytest.mark.parametrize(
    ("record", "address"),
    [
        ({"yoast_head_json": {"canonical": "https://a.org/x"}}, "https://a.org/x"),
        (
            {"yoast_head": '<link rel="canonical" href="https://a.org/?a=1&amp;b=2" />'},
            "https://a.org/?a=1&b=2",
        ),
        ({"yoast_head_json": {"canonical": "javascript:x"}, "yoast_head": None}, None),
        ({"aioseo_head_json": {"canonical_url": "https://b.org/x/"}}, "https://b.org/x/"),
        ({"meta": {"_seopress_robots_canonical": "https://b.org/y/"}}, "https://b.org/y/"),
        ({"meta": {"rank_math_canonical_url": "https://b.org/z/"}}, "https://b.org/z/"),
        (
            {"meta": [], "aioseo_head": "<link rel='canonical' href='https://b.org/h/' />"},
            "https://b.org/h/",
        ),
        ({"yoast_head_json": None}, None),
        (
            {"rank_math_head": "<title>x</title><link rel='canonical' href='https://b.org/r/'>"},
            "https://b.org/r/",
        ),
        (
            {
                "rank_math_head": {
                    "success": True,
                    "head": "<LINK href=https://b.org/s rel=canonical>",
                }
            },
            "https://b.org/s",
        ),
        (
            {"rank_math": {"head": '<link href="https://b.org/s" data-x="" rel="canonical"/>'}},
            "https://b.org/s",
        ),
        ({"rankMath": {"canonicalUrl": "https://b.org/t"}}, "https://b.org/t"),
        ({"seopress": {"canonical": "https://b.org/u", "robots": {}}}, "https://b.org/u"),
        ({"seopress_head": '<link rel="canonical" href="https://b.org/v">'}, "https://b.org/v"),
        ({"tsf": {"canonical": "https://b.org/w"}}, "https://b.org/w"),
        ({"tsf_head": '<link rel="canonical" href="https://b.org/x">'}, "https://b.org/x"),
        ({"the_seo_framework": {"canonical_url": "https://b.org/y"}}, "https://b.org/y"),
        ({"meta": {"_genesis_canonical_uri": "https://b.org/z"}}, "https://b.org/z"),
        ({"slim_seo": {"canonical": "https://b.org/1"}}, "https://b.org/1"),
        ({"seopress": {"canonical": ["x"]}, "tsf": 7, "rank_math_head": []}, None),
        ({"rank_math_head": '<meta rel="canonical" href="javascript:alert(1)">'}, None),
        (  # an own address of the post, which the plugins leave empty, is none
            {"meta": {"rank_math_canonical_url": "", "_genesis_canonical_uri": ""}},
            None,
        ),
    ],
)
def test_canonical_address(record, address):
    assert parse(record).canonical_url == address


def test_embedded_names_without_embedded_errors():
    post = parse(
        {
            "author": 5,
            "_embedded": {
                "author": [
                    {
                        "code": "rest_user_invalid_id",
                        "message": "Invalid user ID.",
                        "data": {"status": 404},
                    }
                ],
                "wp:featuredmedia": {
                    "0": {
                        "id": 9,
                        "title": {"rendered": "A &#8211; B"},
                        "slug": "a-b",
                        "source_url": "https://h.org/a.jpg",
                    }
                },
                "wp:term": [
                    [
                        {
                            "id": 3,
                            "taxonomy": "category",
                            "name": "News &amp; Events",
                            "slug": "news",
                        }
                    ],
                    [],
                    None,
                    [None, 7],
                ],
            },
            "yoast_head_json": {"author": "Ada &amp; Co"},
        }
    )
    assert post.embedded == {
        "attachment": {
            9: {"id": 9, "name": "A – B", "slug": "a-b", "url": "https://h.org/a.jpg", "alt": ""}
        },
        "category": {3: {"id": 3, "name": "News & Events", "slug": "news"}},
        "user": {5: {"id": 5, "name": "Ada & Co", "slug": None, "hint": "seo"}},
    }


def test_a_type_without_title_and_content():
    plugin = parse(
        {
            "slug": "x",
            "tags": {"0.0.10": {}},
            "upgrade_notice": {"": "now"},
            "ratings": {"1": 0, "5": 7},
            "author": 23_000_001,
        }
    )
    assert (plugin.title_rendered, plugin.content_rendered, plugin.term_ids) == (
        "",
        "",
        {"post_tag": []},
    )
    assert {"k": "upgrade_notice", "v": '{"": "now"}'} in plugin.extra
    assert plugin.author_id == 23_000_001


def test_terms_and_authors():
    term = parse(
        {
            "name": "News &amp; Events",
            "description": "<b>x</b>",
            "slug": "%d0%bd",
            "parent": 0,
            "count": "7",
            "taxonomy": "post_tag",
        },
        TERMS,
    )
    assert isinstance(term, Term)
    assert (term.name_rendered, term.slug, term.parent, term.count, term.extra) == (
        "News &amp; Events",
        "н",
        0,
        7,
        [],
    )
    author = parse(
        {"name": "Ada", "avatar_urls": {"24": "https://gravatar.example/hash"}, "url": ""}, USERS
    )
    assert isinstance(author, Author)
    assert "hash" not in str(author.extra)


@pytest.mark.parametrize("details", [[], None, False, {}, {"sizes": []}])
def test_media_without_details(details):
    media = parse(
        {"media_details": details, "post": None, "source_url": "https://h.org/a.pdf"}, MEDIA
    )
    assert isinstance(media, Media)
    assert (media.width, media.height, media.size_bytes, media.post) == (None, None, None, None)


def test_media_with_numbers_as_text():
    media = parse(
        {
            "media_details": {"width": "800", "height": 600, "filesize": "12345"},
            "post": 0,
            "alt_text": "x",
        },
        MEDIA,
    )
    assert (media.width, media.height, media.size_bytes, media.post, media.alt) == (
        800,
        600,
        12345,
        None,
        "x",
    )


def test_comments():
    comment = parse(
        {
            "post": 5,
            "parent": 0,
            "author": 0,
            "author_name": "A &amp; B",
            "date_gmt": "-0001-11-30T00:00:00",
        },
        COMMENTS,
    )
    assert isinstance(comment, Comment)
    assert (comment.post, comment.author_name, comment.published_at) == (5, "A & B", None)


def test_what_was_done_to_a_record_is_flagged():
    item = parse_record(b'{"id":1,"title":"\\ud800","x":NaN}', POSTS, "h.org", "https://h.org/")
    assert item.flags == ["not_finite", "surrogates"]
    assert item.raw == b'{"id":1,"title":"\\ud800","x":NaN}'


@pytest.mark.parametrize(
    "author", [7, "7", 7.0, {"id": 7, "name": "Ann Kern"}, {"ID": "7"}, {"user_id": 7}]
)
def test_the_author_is_known_in_any_form(author):
    assert parse({"author": author, "featured_media": {"id": 9}}).author_id == 7


def test_the_name_of_an_author_object_is_known():
    found = parse({"author": {"id": 7, "name": "Ann &amp; Kern", "slug": "ann"}})
    assert found.embedded["user"][7]["name"] == "Ann & Kern"


@pytest.mark.parametrize("author", [{}, {"name": "Ann"}, [], True, "ann", {"id": {"id": 7}}])
def test_an_author_without_an_id_is_unknown(author):
    assert parse({"author": author}).author_id is None


def test_custom_fields_can_be_asked_for_by_value():
    acf = {"rating": 5, "address": {"city": "Bern"}, "tags": ["a", "b"], "none": []}
    extra = parse({"id": 1, "acf": acf, "meta": {"_x": True}}).extra
    pairs = [(field["k"], field["v"]) for field in extra]
    assert pairs[2:] == [
        ("acf.rating", 5),
        ("acf.address.city", "Bern"),
        ("acf.tags", "a"),
        ("acf.tags", "b"),
        ("meta._x", True),
    ]
    assert json.loads(pairs[0][1]) == acf
    many = {str(number): number for number in range(5000)}
    assert len(parse({"id": 1, "acf": many}).extra) == 201
