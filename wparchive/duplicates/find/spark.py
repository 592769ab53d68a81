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

from wparchive.duplicates.compare.standing import STANDS_IN, line_hashes, title_hash
from wparchive.duplicates.evidence import ComparablePost, equal_posts, text_decides
from wparchive.duplicates.find.cluster import components
from wparchive.duplicates.find.decide import Findings, MarkDecider
from wparchive.duplicates.original import declared_links, page_address
from wparchive.duplicates.pair import Pair, compare_posts
from wparchive.duplicates.pairing import LEAST_SHARED, pairs_of_key
from wparchive.duplicates.summary import (
    COMPARED_FIELDS,
    SUMMARY_FIELDS,
    PostContent,
    PostSummary,
    post_content,
    post_summary,
)
from wparchive.model.document_parts import Duplicate

if TYPE_CHECKING:
    from pyspark import RDD
    from pyspark.sql import Row, SparkSession

_EXPORTED = ("key", *COMPARED_FIELDS, *SUMMARY_FIELDS)
_MARK_COLUMNS = {
    "key": "string",
    "of": "string",
    "kind": "string",
    "direction": "string",
    "jaccard": "double",
    "containment": "double",
    "own_words": "int",
    "shared_words": "int",
    "reason": "string",
}

PostWithContent = tuple[PostSummary, PostContent]
KeyPair = tuple[str, str]


def find_on_spark(spark: "SparkSession", source: str, now: datetime) -> dict[str, Duplicate]:
    """Return the marks of all live posts of a Parquet export that repeat another, by key.

    They are the marks that `find_duplicates` would set.
    """
    frame = spark.read.parquet(source).where("state = 'live'")
    # Exports of earlier versions have no translations.
    late = [name for name in frame.columns if name == "translations"]
    rows = frame.select(*_EXPORTED, *late).rdd
    posts = rows.map(_post).cache()
    of_one_text = _of_one_text(posts)
    exact = of_one_text.flatMap(_exact).collect()
    later = of_one_text.flatMap(_later_keys).collect()
    repeats = spark.sparkContext.broadcast(set(later))
    firsts = posts.filter(lambda post: post[0].key not in repeats.value)
    candidates = _sharing(firsts).union(_declaring(posts)).distinct().cache()
    standing = spark.sparkContext.broadcast(set(_standing(posts, candidates).collect()))
    comparable = posts.map(lambda post: ComparablePost(post[0], post[1], standing.value))
    pairs = [Pair(*fields) for fields in _compared(comparable, candidates, now).collect()]
    lookup = _CollectedPosts(comparable, exact, pairs)
    decider = MarkDecider(lookup, Findings(lambda: pairs, exact), now)
    marks = decider.looser_marks()
    for cluster in decider.clusters:
        marks |= decider.marks_of_copies(cluster)
    return marks


def _post(row: "Row") -> PostWithContent:
    fields = row.asDict(recursive=True)
    if row.published_at:
        fields["published_at"] = row.published_at.astimezone(UTC)
    return post_summary(row.key, fields, None), post_content(fields)


def _of_one_text(posts: "RDD[PostWithContent]") -> "RDD[list[PostWithContent]]":
    """Return the groups of posts with equal texts, each in ascending order of their keys."""
    with_text = posts.filter(lambda post: post[0].has_text)
    groups = with_text.keyBy(lambda post: post[0].fingerprint).groupByKey().values()
    ordered = groups.map(lambda group: sorted(group, key=lambda post: post[0].key))
    return ordered.filter(lambda group: len(group) > 1)


def _later_keys(group: list[PostWithContent]) -> list[str]:
    return [post.key for post, _ in group[1:]]


def _exact(group: list[PostWithContent]) -> list[KeyPair]:
    """Return each exact copy in a group, after the first post that it is a copy of."""
    copies = [[post.key for post, _ in group]]
    if not text_decides(group[0][0]):
        copies = components(equal_posts([ComparablePost(post, content) for post, content in group]))
    return [(keys[0], key) for keys in copies for key in keys[1:]]


def _standing(posts: "RDD[PostWithContent]", candidates: "RDD[KeyPair]") -> "RDD[int]":
    """Return the standing lines among the posts of candidate pairs."""
    paired = candidates.flatMap(lambda pair: pair).distinct().map(lambda key: (key, None))
    there = posts.keyBy(lambda post: post[0].key).join(paired).map(lambda found: found[1][0])
    lines = there.flatMap(_titled_lines).distinct()
    counted = lines.map(lambda found: (found[0], 1)).reduceByKey(lambda a, b: a + b)
    return counted.filter(lambda found: found[1] >= STANDS_IN).keys()


def _titled_lines(post: PostWithContent) -> list[tuple[int, int]]:
    summary, content = post
    title = title_hash(summary.title, summary.key)
    return [(line, title) for line in line_hashes(summary.site, content.text)]


def _sharing(posts: "RDD[PostWithContent]") -> "RDD[KeyPair]":
    """Return the pairs that share enough sketch keys."""
    holders = posts.flatMap(
        lambda post: [(part, post[0].key) for part in post[0].sketch]
    ).groupByKey()
    pairs = holders.flatMap(lambda group: pairs_of_key(sorted(group[1])))
    counted = pairs.map(lambda pair: (pair, 1)).reduceByKey(lambda a, b: a + b)
    return counted.filter(lambda found: found[1] >= LEAST_SHARED).keys()


def _declared_address(post: PostWithContent) -> list[tuple[str | None, str]]:
    if not declared_links(post[0].candidate):
        return []
    return [(page_address(post[0].candidate.canonical_url), post[0].key)]


def _own_address(post: PostWithContent) -> list[tuple[str | None, str]]:
    found = page_address(post[0].candidate.link)
    if not found:
        return []
    return [(found, post[0].key)]


def _declaring(posts: "RDD[PostWithContent]") -> "RDD[KeyPair]":
    """Return the pairs in which one post declares the other's address as canonical."""
    pairs = posts.flatMap(_declared_address).join(posts.flatMap(_own_address)).values()
    different = pairs.filter(lambda pair: pair[0] != pair[1])
    return different.map(lambda pair: (min(pair), max(pair)))


def _compared(
    posts: "RDD[ComparablePost]", candidates: "RDD[KeyPair]", now: datetime
) -> "RDD[tuple[Any, ...]]":
    """Return the pairs in which one post repeats the other, as tuples."""
    by_key = posts.keyBy(lambda post: post.summary.key)
    with_a = candidates.join(by_key).map(lambda found: (found[1][0], found[1][1]))
    with_both = with_a.join(by_key).values()

    def compare_all(found: Iterable[tuple[ComparablePost, ComparablePost]]) -> Iterator[Any]:
        for a, b in found:
            pair = compare_posts(a, b, now)
            if pair is not None:
                yield astuple(pair)

    return with_both.mapPartitions(compare_all)


class _CollectedPosts:
    """The posts that deciding asks for.

    The summaries of all posts in a pair are brought to the driver, texts when they are asked for.
    """

    def __init__(
        self, posts: "RDD[ComparablePost]", exact: Iterable[KeyPair], pairs: Iterable[Pair]
    ) -> None:
        self._posts = posts
        wanted = {key for both in exact for key in both}
        wanted |= {key for pair in pairs for key in (pair.copy, pair.original)}
        shared = posts.context.broadcast(wanted)
        summaries = posts.map(lambda post: post.summary)
        chosen = summaries.filter(lambda post: post.key in shared.value)
        self._summaries = {post.key: post for post in chosen.collect()}

    def find(self, keys: Collection[str]) -> dict[str, PostSummary]:
        return {key: self._summaries[key] for key in keys if key in self._summaries}

    def comparable(self, keys: Collection[str]) -> dict[str, ComparablePost]:
        wanted = frozenset(keys)
        chosen = self._posts.filter(lambda post: post.summary.key in wanted)
        return {post.summary.key: post for post in chosen.collect()}


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
