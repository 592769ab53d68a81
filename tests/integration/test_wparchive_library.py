"""The reading library on real archives: both backends answer the same."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import pytest

from samples.documents import post
from tests.archives import (
    DAY,
    FIRST,
    fill_sample,
    filled,
    mongodb_server,
    new_address,
    new_database,
    new_file,
    sample_address,
    sample_file,
)
from wparchive import open_archive
from wparchive.backends.opening import open_store
from wparchive.backends.questions import GROUPS
from wparchive.errors import (
    ArchiveMissing,
    ArchiveTooNew,
    ArchiveUnreachable,
    InvalidQuery,
    InvalidURI,
    NotFound,
)

__all__ = ["mongodb_server", "new_address", "new_database", "sample_address", "sample_file"]


@pytest.fixture
def archive(sample_address):
    with open_archive(sample_address) as opened:
        yield opened


def ids(posts):
    return [post["id"] for post in posts]


def test_filters(archive):
    def chosen(**filters):
        return ids(archive.posts(order="key", **filters))

    assert chosen() == [7, 1, 2, 3, 4, 5, 6, 8]
    assert chosen(site="https://OTHER.org/") == [8]
    assert chosen(site=["other.org", "example.com/blog"], type="page") == [7]
    assert chosen(state="any", site="other.org") == [8, 9, 10]
    assert chosen(state=["deleted", "withdrawn"]) == [9, 10]
    assert (
        chosen(tag="Clean Energy")
        == chosen(tag="clean-energy")
        == chosen(tag="CLEAN-ENERGY")
        == [1, 5]
    )
    assert chosen(tag=["Clean Energy", "อากาศ"]) == [1, 3, 5]
    assert chosen(tag="Clean Energy", category="news", unique=True) == [1]
    assert chosen(unique=True) == [7, 1, 2, 3, 4, 6, 8]
    assert chosen(author="zoë-ängström") == [2]
    assert chosen(author="Nobody") == []
    assert chosen(since="2024", until="2024-01-01") == [3]
    assert chosen(until="2023") == [7, 2]
    assert chosen(
        since=datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC), until=datetime(2024, 1, 1, tzinfo=UTC)
    ) == [2]
    assert chosen(
        since=datetime(2023, 12, 31, 23, 59, 59, 1000, tzinfo=UTC),
        until=datetime(2024, 1, 1, 0, 0, 0, 1000, tzinfo=UTC),
    ) == [3]


def test_filters_by_content(archive):
    def chosen(**filters):
        return ids(archive.posts(order="key", **filters))

    assert chosen(has="table") == chosen(has="video") == [5]
    assert chosen(has=["table", "image"]) == [5, 6]
    assert chosen(has="table", tag="Clean Energy") == [5]
    assert chosen(has="code") == []
    assert chosen(embeds="youtube") == chosen(embeds="https://youtu.be/y") == [5]
    assert chosen(embeds="YouTube.com", has="embed") == [5]
    assert chosen(embeds=["x", "vimeo"]) == []
    assert chosen(links_to="example.net") == chosen(links_to="https://WWW.example.net/x") == [5]
    assert chosen(links_to="blog.example.net") == [5]
    assert chosen(links_to=["other.org", "example.net"]) == [5, 6]
    for wrong in ("net", "", " ", "not a domain", "https://"):
        with pytest.raises(InvalidQuery):
            archive.posts(links_to=wrong)
    for wrong in ("", "you tube", "."):
        with pytest.raises(InvalidQuery):
            archive.posts(embeds=wrong)
    with pytest.raises(InvalidQuery, match="no such content: 'tables'"):
        archive.posts(has="tables")
    posts = archive.posts(site="example.com/blog")
    assert posts.by("has") == {"table": 1, "video": 1, "embed": 1, "image": 1, None: 5}
    assert posts.by("provider") == {"youtube": 1, None: 6}
    assert posts.by("domain") == {"blog.example.net": 1, "example.net": 1, "other.org": 1, None: 5}
    assert archive.posts(has="image").by("provider") == {None: 1}
    assert [hit.post["id"] for hit in archive.search("heat", has="image")] == [6]


def test_blocks_come_as_they_were_stored(archive):
    paragraph, table, embed = archive.get("example.com/blog/post/5")["blocks"]
    assert paragraph["kind"] == "paragraph"
    assert table["rows"] == [{"cells": ["kW", "year"]}, {"cells": ["5", "2024"]}]
    assert (embed["provider"], embed["text"]) == ("youtube", "")


def test_orders(archive):
    assert ids(archive.posts(site="example.com/blog")) == [6, 5, 1, 3, 2, 7, 4]
    assert ids(archive.posts(site="example.com/blog", order="oldest")) == [7, 2, 3, 1, 5, 6, 4]
    assert ids(archive.posts(limit=2)) == [8, 6]
    assert ids(archive.posts(limit=0)) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("heat", {1, 5, 6, 8}),
        ("HEAT pump", {1, 5}),
        ('"heat pump"', {1}),
        ('"heat pumps"', {1}),
        ("heat -pump", {6, 8}),
        ('heat -"heat pump"', {5, 6, 8}),
        ("heat -pum*", {6, 8}),
        ("pump*", {1, 5, 7}),
        ('"heat pum"*', {1}),
        ("cafe", {4}),
        ("ENERGIE", {4}),
        ('"new york"', {1}),
        ("york new", {1, 4}),
        ("clean", {1, 5}),
        ('"clean energy"', {1, 5}),
        ("天気", {2}),
        ("東京", {2}),
        ("京都の天", {2}),
        ("京", {2}),
        ("天気 -北京", set()),
        ("กรุงเทพ", {3}),
        ("อากาศร้อน", {3}),
        ("nothing-of-the-kind", set()),
        ("quiet very", {1}),
        ('"quiet very"', set()),
    ],
)
def test_the_same_words_find_the_same_posts(sample_file, mongo_sample, words, expected):
    for address in (sample_file, mongo_sample):
        if address:
            with open_archive(address) as archive:
                assert {hit.post["id"] for hit in archive.search(words)} == expected
                assert archive.posts().matches(words) == len(expected)
                chosen = archive.posts(matching=words)
                assert {post["id"] for post in chosen} == expected
                assert chosen.count() == chosen.totals().posts == len(expected)
                assert sum(chosen.by("type").values()) == len(expected)


@pytest.fixture(scope="module")
def mongo_sample(request):
    """Yield the address of the sample archive on the server; None where there is no server.

    Then the SQLite half still runs.
    """
    import os
    from uuid import uuid4

    from pymongo import MongoClient

    if not os.environ.get("MONGODB_TEST_URI"):
        yield None
        return
    server, name = request.getfixturevalue("mongodb_server"), f"wparchive_test_{uuid4().hex[:12]}"
    yield filled(f"{server.rstrip('/')}/{name}")
    with MongoClient(server) as client:
        client.drop_database(name)


def test_search_order_filters_and_snippets(archive):
    posts = archive.posts(state="any")
    assert [hit.post["id"] for hit in posts.search("heat", order="newest")] == [9, 8, 10, 6, 5, 1]
    assert posts.search("pumps")[0].post["id"] == 1, "a hit in the title weighs more"
    assert [
        hit.post["id"] for hit in archive.posts(site="other.org", state="deleted").search("heat")
    ] == [9]
    assert len(posts.search("heat", limit=2)) == 2
    (hit,) = archive.search("京都の天")
    assert hit.snippet.marked(lambda text: f"[{text}]") == "東[京都の天]気は晴れです。北京も晴れ。"
    assert "raw" not in hit.post


@pytest.mark.parametrize("state", ["any", "live", "withdrawn"])
@pytest.mark.parametrize("order", ["relevance", "newest", "oldest"])
def test_search_is_right_where_the_best_matches_do_not_pass_the_filter(tmp_path, state, order):
    address = filled(new_file(tmp_path))
    store = open_store(address)

    async def fill():
        await store.open()
        await store.save(
            "posts",
            [
                post(n, "common word " * (1 + n % 40), published_at=FIRST - n % 7 * DAY)
                for n in range(100, 500)
            ],
            FIRST,
        )
        await store.set_state(
            "posts",
            "example.com/blog",
            "post",
            [n for n in range(100, 500) if n % 40 > 15],
            "withdrawn",
            FIRST,
        )
        await store.close()

    asyncio.run(fill())
    with open_archive(address) as archive:
        chosen = archive.posts(state=state)
        whole = [hit.post["id"] for hit in chosen.search("common", order=order, limit=1000)]
        assert sorted(whole) == [
            n for n in range(100, 500) if state == "any" or (n % 40 > 15) == (state == "withdrawn")
        ]
        assert [hit.post["id"] for hit in chosen.search("common", order=order, limit=30)] == whole[
            :30
        ]
        assert chosen.matches("common") == len(whole)
        scores = [hit.score for hit in chosen.search("common", limit=1000)]
        assert scores == sorted(scores, reverse=True)


def test_counts(archive):
    posts = archive.posts()
    assert posts.count() == 8
    assert posts.words() == sum(post["word_count"] for post in posts)
    totals = posts.totals()
    assert (totals.posts, totals.words, totals.sites) == (8, posts.words(), 2)
    assert totals.types == {"post": 7, "page": 1}
    assert (totals.first_year, totals.last_year) == ("2020", "2024")
    assert archive.posts(since="2500").totals().posts == 0
    assert archive.posts(since="2500").totals().first_year is None
    assert posts.by("type") == {"post": 7, "page": 1}
    assert posts.by("site") == {"example.com/blog": 7, "other.org": 1}
    assert posts.by("month") == {None: 1, "2020-02": 1, "2023-12": 1, "2024-01": 1, "2024-05": 4}
    assert posts.by("year") == {None: 1, "2020": 1, "2023": 1, "2024": 5}
    assert posts.by("tag") == {None: 5, "Clean Energy": 2, "อากาศ": 1}
    assert posts.by("category") == {None: 6, "News": 2}
    assert posts.by("author") == {None: 1, "Ada Lovelace": 6, "Zoë Ängström": 1}
    assert posts.by("language") == {"en": 5, "ja": 1, "th": 1, "fr": 1}
    assert archive.posts(state="any").by("state") == {"live": 8, "deleted": 1, "withdrawn": 1}
    with pytest.raises(InvalidQuery, match="choose one of"):
        posts.by("colour")


@pytest.mark.parametrize(
    ("language", "count"),
    [("en", 5), ("EN", 5), (["ja", "th"], 2), ("fr", 1), ("en-GB", 0), ("e", None), ("e%", None)],
)
def test_posts_in_a_language(archive, language, count):
    if count is None:
        with pytest.raises(InvalidQuery, match="is no language"):
            archive.posts(language=language)
        return
    assert archive.posts(language=language).count() == count
    assert len(list(archive.posts(language=language))) == count


def test_sites(archive):
    first, second = archive.sites()
    assert (first.key, second.key) == ("example.com/blog", "other.org")
    assert first.site is not None
    assert first.site["name"] == "An Example"
    assert first.last_run is not None
    assert first.last_run["verdict"] == "complete"
    held = {(h.kind, h.type): (h.live, h.withdrawn, h.deleted) for h in second.held}
    assert held == {("posts", "post"): (1, 1, 1)}
    assert {h.type for h in first.held} == {
        "page",
        "post",
        "post_tag",
        "category",
        "user",
        "attachment",
        "comment",
    }
    assert second.site is None


@pytest.mark.parametrize(
    "name",
    [
        "other.org/post/8",
        "https://other.org/日本/",
        "http://other.org/%E6%97%A5%E6%9C%AC",
        "other.org/%e6%97%a5%e6%9c%ac/",
        "https://other.org/日本/?utm_source=mail",
        "https://other.org/?p=8",
        "日本",
    ],
)
def test_a_post_by_key_or_address(archive, name):
    assert archive.get(name)["id"] == 8


@pytest.mark.parametrize(
    "name",
    [
        "other.org/post/88",
        "https://other.org/none/",
        "https://other.org/?p=88",
        "",
        "example.com/blog/attachment/50",
    ],
)
def test_other_names_are_not_found(archive, name):
    with pytest.raises(NotFound):
        archive.get(name)


def test_a_slug_of_several_sites_is_not_guessed(new_address):
    async def fill(store):
        await fill_sample(store)
        one = post(20, link="https://example.com/blog/pumps")
        other = post(21, site="other.org", link="https://other.org/pumps/")
        await store.save("posts", [one, other], FIRST)

    with open_archive(filled(new_address, fill)) as archive:
        assert archive.get("post-10")["id"] == 10
        with pytest.raises(InvalidQuery, match=r"blog/post/20 or other.org/post/21; give a key"):
            archive.get("pumps")


def test_the_only_post_with_a_slug_is_found_wherever_its_address_has_it(new_address):
    day = "https://example.com/2024/05"
    posts = [
        post(20, slug="heat-pumps", link=f"{day}/heat-pumps/"),
        post(21, slug="heat-pumps-2", link=f"{day}/heat-pumps-2/"),
        post(22, slug="新聞", link=f"{day}/%e6%96%b0%e8%81%9e/"),
        post(23, slug="twice", link=f"{day}/twice.html"),
        post(24, slug="twice", link=f"{day}/news/twice/"),
    ]

    async def fill(store):
        await store.save("posts", posts, FIRST)

    with open_archive(filled(new_address, fill)) as archive:
        assert archive.get("heat-pumps")["id"] == 20
        assert archive.get("Heat-Pumps")["id"] == 20
        assert archive.get("新聞")["id"] == 22
        with pytest.raises(InvalidQuery, match=r"post/23 or \S+/post/24; give a key"):
            archive.get("twice")
        for name, meant in (("eat-pump", r"post/20 or \S+/post/21"), ("20", "post/20")):
            with pytest.raises(NotFound, match=rf"did you mean \S+/{meant}\?"):
                archive.get(name)
        with pytest.raises(NotFound, match=r"did you mean \S+/post/21\?"):
            archive.get("post/21")
        # A part of a host's name is no part of a slug.
        for name in ("example", "he", "heat%pumps", ".*", "page/20", "a\0b", "(+[*", "x" * 99_999):
            with pytest.raises(NotFound, match="use a key"):
                archive.get(name)


def test_a_document_comes_back_whole(archive):
    post = archive.get("other.org/post/10")
    assert post["sketch"] == [-(2**63), 5, 2**63 - 1]
    assert post["extra"][0] == {"k": "big", "v": 2**60}
    assert type(post["extra"][0]["v"]) is int
    assert post["published_at"] == datetime(2024, 5, 17, 8, 30, tzinfo=UTC)
    assert post["raw"]
    assert "search" not in post


def test_history_and_the_past(archive):
    first, second = archive.history("example.com/blog/post/1")
    assert (first.revision, first.from_at, first.until_at) == (1, FIRST, FIRST + timedelta(days=9))
    assert (second.revision, second.from_at, second.until_at) == (
        2,
        FIRST + timedelta(days=9),
        None,
    )
    assert archive.as_of("example.com/blog/post/1", "2025-01-05").post["title"] == "Heat pumps"
    assert (
        archive.as_of("example.com/blog/post/1", FIRST + timedelta(days=9)).post["title"]
        == "Heat pumps!"
    )
    assert archive.as_of("example.com/blog/post/1", "2025-01-05").post["raw"]
    with pytest.raises(NotFound, match="not archived yet"):
        archive.as_of("example.com/blog/post/1", "2023")


def test_events(archive):
    def told(what, **filters):
        return [(event.key, event.at) for event in archive.events(what, **filters)]

    assert told("edited", since="2025") == [("example.com/blog/post/1", FIRST + timedelta(days=9))]
    assert told("edited", since="2025", until="2025-01-09") == []
    assert told("deleted", since="2025", site="other.org") == [
        ("other.org/post/9", FIRST + timedelta(days=20))
    ]
    assert told("withdrawn", since="2025", site="example.com/blog") == []
    assert len(told("new", since="2025")) == 10
    with pytest.raises(InvalidQuery, match="choose one of"):
        told("moved", since="2025")


def test_failures_and_runs(archive):
    assert [
        failure["cause"] for failure in archive.failures(site="example.com/blog", type="post")
    ] == ["truncated_json"]
    assert list(archive.failures(site="other.org")) == []
    assert [run["verdict"] for run in archive.runs("https://example.com/blog/")] == [
        "complete",
        "partial",
    ]


def test_both_backends_stream_the_same_documents(sample_file, mongo_sample):
    if mongo_sample is None:
        pytest.skip("needs a server of MongoDB's protocol: set MONGODB_TEST_URI")
    with open_archive(sample_file) as one, open_archive(mongo_sample) as other:
        assert list(one.posts(order="key", state="any", raw=True)) == list(
            other.posts(order="key", state="any", raw=True)
        )
        assert list(one.media(site="example.com/blog")) == list(
            other.media(site="example.com/blog")
        )
        assert list(one.comments(post=1)) == list(other.comments(post=1)) != []
        assert one.history("example.com/blog/post/1") == other.history("example.com/blog/post/1")


def test_reading_creates_nothing(new_address, tmp_path):
    with pytest.raises(ArchiveMissing, match="scrapy crawl"):
        open_archive(new_address)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_archive_answers(new_address):
    async def nothing(store):
        pass

    with open_archive(filled(new_address, nothing)) as archive:
        assert archive.sites() == []
        assert list(archive.posts()) == []
        assert archive.search("heat") == []
        assert archive.posts().words() == 0
        assert archive.posts().by("month") == {}


def test_a_file_of_something_else_is_refused(tmp_path):
    (tmp_path / "archive.db").write_text(
        "This is no database, and longer than a header of sixteen bytes."
    )
    with pytest.raises(ArchiveUnreachable, match="is not an SQLite database"):
        open_archive(new_file(tmp_path))


def test_a_newer_archive_is_refused(tmp_path):
    import sqlite3

    address = filled(new_file(tmp_path))
    with sqlite3.connect(tmp_path / "archive.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ArchiveTooNew, match="upgrade"):
        open_archive(address)


def test_an_archive_on_a_read_only_disk_is_read(tmp_path):
    address = filled(new_file(tmp_path))
    for path in (tmp_path / "archive.db", tmp_path):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        with open_archive(address) as archive:
            assert archive.posts().count() == 8
    finally:
        tmp_path.chmod(0o755)


def test_reading_while_a_crawl_writes(tmp_path):
    address = filled(new_file(tmp_path))

    async def write_between():
        store = open_store(address)
        await store.open()
        with open_archive(address) as archive:
            posts = iter(archive.posts(order="key"))
            first = next(posts)
            await store.save("posts", [post(100 + i) for i in range(50)], FIRST)
            rest = list(posts)
        await store.close()
        return [first, *rest]

    assert len(asyncio.run(write_between())) >= 8


@pytest.mark.parametrize("address", ["postgres://x/y", "sqlite://x", ""])
def test_other_addresses_are_refused(address, monkeypatch):
    monkeypatch.setenv("ARCHIVE_URI", address or "nonsense")
    with pytest.raises(InvalidURI, match="an archive is"):
        open_archive(address)


@pytest.mark.parametrize(
    "ask",
    [
        lambda archive: archive.posts(state="gone"),
        lambda archive: archive.posts(order="random"),
        lambda archive: archive.posts(limit=-1),
        lambda archive: archive.posts().search("heat", order="key"),
        lambda archive: archive.search("heat", limit=-1),
        lambda archive: archive.posts().by("weekday"),
        lambda archive: archive.events("moved", since="2024"),
    ],
)
def test_words_that_mean_nothing_are_refused(sample_file, ask):
    with (
        open_archive(sample_file) as archive,
        pytest.raises(InvalidQuery, match=r"choose one of|less than nothing"),
    ):
        ask(archive)


HALF = "\udcff"
"""What Python makes of a broken byte of a command line: it has no UTF-8 form."""
EAST = timezone(timedelta(hours=14))


@pytest.mark.parametrize(
    "ask",
    [
        lambda archive: archive.get(HALF),
        lambda archive: archive.duplicates.group(HALF),
        lambda archive: archive.posts(site=HALF),
        lambda archive: archive.posts(tag=["a", HALF]),
        lambda archive: archive.terms(type=HALF),
        lambda archive: archive.failures(site=HALF),
        lambda archive: archive.posts(limit=2**64),
        lambda archive: archive.search("heat", limit=2**64),
        lambda archive: archive.terms().page(size=2**63 - 1),
        lambda archive: archive.posts().search_page("heat", size=2**63),
        lambda archive: archive.media(post=2**63),
        lambda archive: archive.comments(post=-(2**64)),
        lambda archive: archive.posts(since=datetime.min.replace(tzinfo=EAST)),
        lambda archive: archive.as_of("example.com/blog/post/1", "9999-12-31"),
    ],
)
def test_what_no_database_can_look_for_is_refused(sample_file, ask):
    with open_archive(sample_file) as archive, pytest.raises(InvalidQuery):
        ask(archive)


def test_the_widest_questions_are_answered(archive):
    posts = archive.posts(since=datetime.min, until=datetime.max, limit=2**62)
    assert len(list(posts)) == len(posts.page(size=2**62).items) == posts.count() == 7
    assert len(posts.search("heat", limit=2**62)) == posts.matches("heat")
    assert archive.posts(since=datetime.max).count() == 0
    assert list(archive.media(post=2**63 - 1)) == []


def test_no_server_is_said_without_the_password():
    with pytest.raises(ArchiveUnreachable, match="no server answers") as raised:
        open_archive("mongodb://user:secret@127.0.0.1:9/db?serverSelectionTimeoutMS=200")
    assert "secret" not in str(raised.value)


def test_an_index_of_another_analyser_is_said(tmp_path, caplog):
    import sqlite3

    address = filled(new_file(tmp_path))
    connection = sqlite3.connect(tmp_path / "archive.db")
    with connection:
        connection.execute("UPDATE marks SET value = '0/1.1' WHERE name = 'analyser'")
    connection.close()
    with open_archive(address) as archive:
        assert archive.search("heat")
    assert "made by another version" in caplog.text


def test_searches_with_or_parentheses_and_fields(archive):
    for words, numbers in {
        "drama OR 天気": {2},
        "てんき OR ﾃﾝｷ": set(),
        "quiet OR New": {1, 4, 6},
        "heat (quiet OR pump)": {1, 5, 6},
        "heat -(quiet OR elsewhere)": {5},
        "title:heat": {1},
        "heat -title:heat": {5, 6, 8},
        "title:(long OR teaser)": {5, 6},
        "text:heat": {1, 5, 6, 8},
        'tag:"clean nothing"': set(),
        'tag:"Clean Energy"': {1, 5},
        'heat -tag:"Clean Energy"': {6, 8},
        'type:page OR author:"Zoë Ängström"': {2, 7},
        "pump* OR type:page": {1, 5, 7},
        'heat -(type:page OR category:"News")': {6, 8},
        'cafe -author:"Zoë Ängström"': {4},
    }.items():
        found = archive.search(words)
        assert {hit.post["id"] for hit in found} == numbers, words
        assert archive.posts().matches(words) == len(numbers)
        assert archive.posts().matching(words).count() == len(numbers)
        newest = archive.posts().search(words, order="newest")
        assert {hit.post["id"] for hit in newest} == numbers


def test_what_is_nowhere_is_met_with_what_is_like_it(archive):
    (tag,) = archive.posts(tag="Clean Enrgy").unknown()
    assert (tag.what, tag.near) == ("tag", ["Clean Energy"])
    assert tag.text() == "no post has the tag 'Clean Enrgy': did you mean 'Clean Energy'?"
    assert archive.posts(tag="clean-energy", author="Zoë Ängström").unknown("heat") == []
    (word, author) = archive.posts().unknown("quiett OR author:Zoe")[::-1]
    assert (word.what, word.near) == ("word", ["quiet"])
    assert author.what == "author"
    filters = {
        "type": "pages",
        "term": "genre=Forcast",
        "language": "en-GB",
        "embeds": "youtub",
        "links_to": "exmple.net",
    }
    for name, near in zip(filters, ("page", "genre=Forecast", "", "youtube", ""), strict=True):
        posts = archive.posts(**{name: filters[name]})
        (unknown,) = posts.unknown()
        assert near in unknown.near or not near
        assert filters[name] in unknown.text()
    assert archive.posts().unknown("type:pages")[0].near == ["page"]
    assert archive.posts(links_to="exmple.net").unknown()[0].text().startswith("no post links to")


def test_counts_by_two_groups_and_terms_of_other_taxonomies(archive):
    posts = archive.posts()
    assert posts.by("term") == {"genre=Forecast": 1, None: 7}
    assert ids(archive.posts(term="genre=forecast")) == ids(archive.posts(term="genre=Forecast"))
    assert ids(archive.posts(term=["genre=Forecast", "mood=Forecast"])) == [3]
    assert ids(archive.posts(term="mood=Forecast")) == []
    with pytest.raises(InvalidQuery, match="taxonomy=name"):
        archive.posts(term="Forecast")
    for first in GROUPS:
        for second in ("tag", "year", "language", "term"):
            if first == second:
                continue
            pairs = posts.by_both(first, second)
            sums = Counter()
            for (one, _), count in pairs.items():
                sums[one] += count
            whole = posts.by(first)
            assert sums.keys() == whole.keys(), (first, second)
            # Each post has at least one pair; several where it has several values of the second.
            assert all(sums[name] >= count for name, count in whole.items())
    assert posts.by_both("author", "language")["Zoë Ängström", "ja"] == 1
    with pytest.raises(InvalidQuery, match="two groups"):
        posts.by_both("tag", "tag")


@pytest.mark.parametrize("words", [None, "heat", "tag:nothing"])
def test_all_groups_at_once_are_counted_as_one_by_one(archive, words):
    posts = archive.posts(state="any").matching(words)
    one_by_one = {
        group: {name: count for name, count in posts.by(group).items() if name is not None}
        for group in GROUPS
    }
    assert posts.by_each(GROUPS) == one_by_one
