"""The same search on Spark, over a Parquet export, for archives beyond one machine.

    wparchive export -o posts.parquet
    python -m wparchive.duplicates.find.spark posts.parquet marks.parquet

Pairing and comparing, which are nearly all of the work, run on the cluster of machines. The driver
puts posts together that are versions of one text. `docs/duplicates.md` says how to run it.
"""

import argparse
from collections.abc import Collection, Iterable, Iterator
from dataclasses import astuple
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from wparchive.duplicates.compare.comparison import Prepared
from wparchive.duplicates.compare.sketch import SKETCH_VERSION
from wparchive.duplicates.find.decide import Findings, MarkDecider
from wparchive.duplicates.original import OriginalCandidate, declared_links, page_address
from wparchive.duplicates.pair import SUMMARY_FIELDS, Pair, PostSummary, compare_posts
from wparchive.duplicates.pairing import LEAST_SHARED, pairs_of_key
from wparchive.model.documents import Duplicate

if TYPE_CHECKING:
    from pyspark import RDD
    from pyspark.sql import Row, SparkSession

_EXPORTED = ("key", "text", *SUMMARY_FIELDS)
_MARK_COLUMNS = {
    "key": "string",
    "of": "string",
    "kind": "string",
    "direction": "string",
    "jaccard": "double",
    "containment": "double",
    "reason": "string",
}

PostWithText = tuple[PostSummary, str]
KeyPair = tuple[str, str]


def find_on_spark(spark: "SparkSession", source: str, now: datetime) -> dict[str, Duplicate]:
    """Return the marks of all live posts of a Parquet export that repeat another, by key.

    They are the marks that `find_duplicates` would set.
    """
    rows = spark.read.parquet(source).where("state = 'live'").select(*_EXPORTED).rdd
    posts = rows.map(_post).cache()
    exact = posts.flatMap(_text_identity).groupByKey().flatMap(_first_with_others).collect()
    repeats = spark.sparkContext.broadcast({key for _, key in exact})
    firsts = posts.filter(lambda post: post[0].key not in repeats.value)
    candidates = _sharing(firsts).union(_declaring(posts)).distinct()
    pairs = [Pair(*fields) for fields in _compared(posts, candidates, now).collect()]
    lookup = _CollectedPosts(posts, exact, pairs)
    decider = MarkDecider(lookup, Findings(lambda: pairs, exact), now)
    marks = decider.looser_marks()
    for cluster in decider.clusters:
        marks |= decider.marks_of_copies(cluster)
    return marks


def _post(row: "Row") -> PostWithText:
    published = None
    if row.published_at:
        published = row.published_at.astimezone(UTC)
    candidate = OriginalCandidate(row.key, row.link, row.canonical_url, published, row.word_count)
    sketch: list[int] = []
    if row.sketch_version == SKETCH_VERSION:
        sketch = list(row.sketch)
    post = PostSummary(candidate, row.site, row.title, row.content_fingerprint, sketch, None)
    return post, row.text


def _text_identity(post: PostWithText) -> list[KeyPair]:
    identity = post[0].text_identity
    if not identity:
        return []
    return [(identity, post[0].key)]


def _first_with_others(group: tuple[str, Iterable[str]]) -> list[KeyPair]:
    first, *others = sorted(group[1])
    return [(first, other) for other in others]


def _sharing(posts: "RDD[PostWithText]") -> "RDD[KeyPair]":
    """Return the pairs that share enough sketch keys."""
    holders = posts.flatMap(
        lambda post: [(part, post[0].key) for part in post[0].sketch]
    ).groupByKey()
    pairs = holders.flatMap(lambda group: pairs_of_key(sorted(group[1])))
    counted = pairs.map(lambda pair: (pair, 1)).reduceByKey(lambda a, b: a + b)
    return counted.filter(lambda found: found[1] >= LEAST_SHARED).keys()


def _declared_address(post: PostWithText) -> list[tuple[str | None, str]]:
    if not declared_links(post[0].candidate):
        return []
    return [(page_address(post[0].candidate.canonical_url), post[0].key)]


def _own_address(post: PostWithText) -> list[tuple[str | None, str]]:
    found = page_address(post[0].candidate.link)
    if not found:
        return []
    return [(found, post[0].key)]


def _declaring(posts: "RDD[PostWithText]") -> "RDD[KeyPair]":
    """Return the pairs of which one declares the other's address as canonical."""
    pairs = posts.flatMap(_declared_address).join(posts.flatMap(_own_address)).values()
    different = pairs.filter(lambda pair: pair[0] != pair[1])
    return different.map(lambda pair: (min(pair), max(pair)))


def _compared(
    posts: "RDD[PostWithText]", candidates: "RDD[KeyPair]", now: datetime
) -> "RDD[tuple[Any, ...]]":
    """Return the pairs of which one repeats the other, as tuples."""
    by_key = posts.keyBy(lambda post: post[0].key)
    with_a = candidates.join(by_key).map(lambda found: (found[1][0], found[1][1]))
    with_both = with_a.join(by_key).values()

    def compare_all(found: Iterable[tuple[PostWithText, PostWithText]]) -> Iterator[Any]:
        for (a, text_a), (b, text_b) in found:
            pair = compare_posts(a, b, Prepared(text_a), Prepared(text_b), now)
            if pair is not None:
                yield astuple(pair)

    return with_both.mapPartitions(compare_all)


class _CollectedPosts:
    """The posts that deciding asks for.

    The summaries of all posts in a pair are brought to the driver, texts when they are asked for.
    """

    def __init__(
        self, posts: "RDD[PostWithText]", exact: Iterable[KeyPair], pairs: Iterable[Pair]
    ) -> None:
        self._posts = posts
        wanted = {key for both in exact for key in both}
        wanted |= {key for pair in pairs for key in (pair.copy, pair.original)}
        shared = posts.context.broadcast(wanted)
        chosen = posts.map(lambda post: post[0]).filter(lambda post: post.key in shared.value)
        self._summaries = {post.key: post for post in chosen.collect()}

    def find(self, keys: Collection[str]) -> dict[str, PostSummary]:
        return {key: self._summaries[key] for key in keys if key in self._summaries}

    def texts(self, keys: Collection[str]) -> dict[str, str]:
        wanted = frozenset(keys)
        chosen = self._posts.filter(lambda post: post[0].key in wanted)
        return dict(chosen.map(lambda post: (post[0].key, post[1])).collect())


def write_marks() -> None:
    """Read an export and write the marks as Parquet, as the command line says."""
    from pyspark.sql import SparkSession

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("posts", help="Parquet export: a file, folder or address that Spark reads")
    parser.add_argument("marks", help="where to write the marks; must not exist")
    options = parser.parse_args()
    builder = SparkSession.builder.appName("wparchive duplicates")
    spark = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    marks = find_on_spark(spark, options.posts, datetime.now(UTC))
    rows = [
        tuple({"key": key, **mark}.get(name) for name in _MARK_COLUMNS)
        for key, mark in sorted(marks.items())
    ]
    schema = ", ".join(f"{name} {type_}" for name, type_ in _MARK_COLUMNS.items())
    spark.createDataFrame(rows, schema).write.parquet(options.marks)
    print(f"{len(rows)} copies written to {options.marks}")
    spark.stop()


if __name__ == "__main__":
    write_marks()
