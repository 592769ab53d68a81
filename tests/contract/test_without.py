"""Posts that lack something are selected as they are counted: by `(none)`."""

from datetime import UTC, datetime
from itertools import product

import pytest

from samples.documents import post, ref
from wparchive import InvalidQuery, open_archive
from wparchive.backends.questions import ALL_LACKED

T1 = datetime(2026, 1, 1, tzinfo=UTC)
ADA = ref(1, "Ada")


def every_kind_of_post():
    """Yield posts with and without each of these, in all combinations."""
    genre = {**ref(3, "Jazz"), "taxonomy": "genre"}
    parts = {
        "tags": ([], [ref(1, "Oil"), ref(2, "Gas")]),
        "categories": ([], [ref(1, "News")]),
        "terms": ([], [genre]),
        "author": (None, ADA),
        "authors": ([], [ADA], [ref(2, "A guest")]),
        "language": (None, "en"),
    }
    for number, values in enumerate(product(*parts.values()), 1):
        fields = dict(zip(parts, values, strict=True))
        if fields["author"] and not fields["authors"]:
            fields["authors"] = [ADA]  # the author is always one of the authors
        yield post(number, f"Text {number}.", **fields)


def lacks(document, what):
    fields = {"tag": "tags", "category": "categories", "term": "terms", "author": "authors"}
    return not document[fields.get(what, what)]


async def test_posts_that_lack_something_are_selected_alone_and_together(store, uri):
    documents = list(every_kind_of_post())
    await store.save("posts", documents, T1)
    with open_archive(uri) as archive:
        for some in [(), *((one,) for one in ALL_LACKED), ("tag", "author"), ALL_LACKED]:
            expected = {d["_id"] for d in documents if all(lacks(d, one) for one in some)}
            found = archive.posts(without=some)
            assert expected
            assert {chosen["_id"] for chosen in found} == expected
            assert found.count() == len(expected)
        assert archive.posts(without="tag", tag="Oil").count() == 0
        assert archive.posts(without="author", tag="Oil").by("tag")["Gas"] > 0
        for what in ALL_LACKED:
            assert archive.posts(without=what).count() == archive.posts().by(what)[None]
        found = archive.posts(without="tag").search("text")
        assert found
        assert all(lacks(hit.post, "tag") for hit in found)
        with pytest.raises(InvalidQuery, match="without"):
            archive.posts(without="charm")
