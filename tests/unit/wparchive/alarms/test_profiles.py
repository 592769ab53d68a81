import json
import zlib
from datetime import UTC, datetime

from samples.documents import post, ref
from wparchive.alarms.profiles import builders_of, content_alarms, profile_of, word_bin


def whole(number, content="", **fields):
    raw = zlib.compress(json.dumps({"content": {"rendered": content}}).encode())
    return post(number, **{"raw": raw, **fields})


def test_posts_are_counted_by_type():
    unknown = {"id": 7, "name": None, "slug": None, "unresolved": "403"}
    profile = profile_of(
        "sunrise",
        [
            whole(1, '<p class="wp-block-x">', tags=[ref(1, "a")], word_count=0),
            whole(2, tags=[unknown], word_count=1000, extra=[{"k": "acf.a", "v": 1}]),
            whole(3, type_="page"),
            whole(4, protected=True),
        ],
    )
    assert profile["theme"] == "sunrise"
    page, posts = profile["types"]
    assert (page["type"], page["posts"], posts["posts"]) == ("page", 1, 2)
    assert posts["unresolved"] == 1
    assert (posts["words"][0], posts["words"][10]) == (1, 1)
    assert {"name": "tags", "posts": 2} in posts["fields"]
    assert {"name": "extra.acf.a", "posts": 1} in posts["fields"]
    assert posts["builders"] == [{"name": "WordPress blocks", "posts": 1}]


def test_a_record_that_cannot_be_read_has_no_builder():
    for raw in (b"", zlib.compress(b"{"), zlib.compress(b"[]"), zlib.compress(b'{"content": 1}')):
        assert profile_of(None, [whole(1, raw=raw)])["types"][0]["builders"] == []


def test_builders_are_known_by_their_marks():
    assert builders_of('<div class="et_pb_row">') == {"Divi"}
    assert builders_of('<div class="elementor-element">') == {"Elementor"}
    assert builders_of("<p>a fusion of words</p>") == set()


def test_words_are_counted_by_powers_of_two():
    assert [word_bin(words) for words in (0, 1, 2, 3, 4, 10**9)] == [0, 1, 2, 2, 3, 19]


def run_of(mode, numbers, **fields):
    profile = profile_of(None, [whole(number, **fields) for number in numbers])
    return {
        "mode": mode,
        "site": "h.org",
        "started_at": datetime(2026, 3, 10, tzinfo=UTC),
        "profile": profile,
    }


def test_posts_of_feeds_and_of_the_api_are_not_compared():
    names = [{"k": "author_name", "v": "Ada"}]
    of_feeds = run_of("fallback", range(1, 61), extra=names)
    of_api = run_of("full", range(1, 61))
    assert list(content_alarms(of_api, [of_feeds])) == []
    assert list(content_alarms(of_feeds, [of_api])) == []
    # Among runs of one kind, a field that most posts have lost is an alarm.
    before = run_of("full", range(1, 61), extra=names)
    kinds = [alarm["kind"] for alarm in content_alarms(of_api, [of_feeds, before])]
    assert kinds == ["fields"]
