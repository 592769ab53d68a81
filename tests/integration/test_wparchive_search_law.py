"""The law of searching: FTS5 and MongoDB archives find the same posts for any texts and words."""

import re
import sqlite3
from contextlib import closing
from typing import Any

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from wparchive.backends.mongo.mongo_selection import candidates, is_decided, matching
from wparchive.backends.sqlite.words_query import fts_expression
from wparchive.errors import InvalidQuery
from wparchive.reading.snippets import snippet_of
from wparchive.text.search_query import parse_query
from wparchive.text.search_tokens import search_tokens, searchable, tokens

WORDS = st.lists(
    st.sampled_from(
        [
            "new",
            "New",
            "york",
            "YORK",
            "news",
            "café",
            "cafe",
            "東京",
            "京都",
            "東京都",
            "京",
            "กรุงเทพ",
            "it's",
            "x1",
        ]
    ),
    max_size=6,
)
TEXT = WORDS.map(" ".join) | WORDS.map("".join) | st.text(max_size=12)
POST = st.builds(
    lambda title, text, tag: {
        "title": title,
        "text": text,
        "tags": [{"name": tag}],
        "categories": [],
        "terms": [],
    },
    TEXT,
    TEXT,
    TEXT,
)
TERM = st.sampled_from(
    [
        "new",
        "york",
        "ne*",
        '"new york"',
        '"new yo"*',
        "-news",
        '-"york new"',
        "-yo*",
        "CAFÉ",
        "東京",
        "京",
        "都*",
        "กรุง",
        "it's",
        "x",
        "title:new",
        'text:"new york"',
        "-title:ne*",
        "OR",
        "(new OR 東京)",
        "title:(york OR cafe)",
        "-(news york)",
        "NOT",
    ]
)
QUERY = st.lists(TERM | st.text(max_size=4), min_size=1, max_size=5).map(" ".join)


def by_fts(posts: list[dict[str, Any]], expression: str) -> set[int]:
    """Row numbers that FTS5 finds, indexed as an SQLite archive does."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(
            "CREATE VIRTUAL TABLE posts_fts "
            "USING fts5(title, text, terms, content='', tokenize='ascii')"
        )
        rows = [
            (number, *(" ".join(tokens(part)) for part in searchable(post)))
            for number, post in enumerate(posts)
        ]
        database.executemany(
            "INSERT INTO posts_fts(rowid, title, text, terms) VALUES (?, ?, ?, ?)", rows
        )
        return {
            row[0]
            for row in database.execute(
                "SELECT rowid FROM posts_fts WHERE posts_fts MATCH ?", (expression,)
            )
        }


def holds(condition: dict[str, Any], found: list[str]) -> bool:
    """Whether a condition on `search` holds for its tokens, by MongoDB's rules for lists."""
    if "$and" in condition:
        return all(holds(part, found) for part in condition["$and"])
    if "$or" in condition:
        return any(holds(part, found) for part in condition["$or"])
    if "$nor" in condition:
        return not any(holds(part, found) for part in condition["$nor"])
    ((operator, value),) = condition["search"].items()
    if operator == "$all":
        return set(value) <= set(found)
    if operator == "$nin":
        return not set(value) & set(found)
    assert operator == "$regex"
    return any(re.search(value, token) for token in found)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(POST, min_size=1, max_size=6), QUERY)
@example([{"title": "", "text": "北京", "tags": [], "categories": [], "terms": []}], "京")
@example(
    [{"title": "new", "text": "york", "tags": [], "categories": [], "terms": []}], '"new york"'
)
def test_both_ways_find_the_same_posts(posts, expression):
    try:
        query = parse_query(expression)
    except InvalidQuery:
        assume(False)
    found = by_fts(posts, fts_expression(query))
    assert {number for number, post in enumerate(posts) if matching(query, post)} == found
    likely = {
        number for number, post in enumerate(posts) if holds(candidates(query), search_tokens(post))
    }
    assert found <= likely
    assert found == likely or not is_decided(query)


@settings(deadline=None)
@given(TEXT, QUERY)
def test_snippets_mark_places_of_the_text(text, expression):
    try:
        query = parse_query(expression)
    except InvalidQuery:
        assume(False)
    shown = snippet_of(text, query)
    assert all(0 <= start < end <= len(shown.text) for start, end in shown.hits)
    assert all(one[1] <= other[0] for one, other in zip(shown.hits, shown.hits[1:], strict=False))
    assert shown.marked(lambda part: part) == shown.text
