"""The batch on Spark: the same sketches, comparisons and settlement over a Parquet export, for archives beyond one machine.

    wparchive export -o posts.parquet
    python -m wparchive.duplicates.find.spark posts.parquet marks.parquet

Candidates and comparisons, which are nearly all of the work, run on the cluster. Clusters are made on the driver, from the pairs that
are versions of one text. `docs/duplicates.md` says how to run it on a cluster.
"""

import argparse
from collections.abc import Collection, Iterable, Iterator
from dataclasses import astuple
from datetime import UTC, datetime
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

from wparchive.duplicates.compare.comparison import Prepared
from wparchive.duplicates.compare.sketch import SKETCH_VERSION
from wparchive.duplicates.find.candidate_pairs import BOILERPLATE_KEY, COMMON_KEY, LEAST_SHARED
from wparchive.duplicates.find.decide import Findings, Settlement
from wparchive.duplicates.original import OriginalCandidate, address, declared_links
from wparchive.duplicates.pair import ENTRY_FIELDS, Pair, PostSummary, relate
from wparchive.model.documents import Duplicate

if TYPE_CHECKING:
    from pyspark import RDD
    from pyspark.sql import Row, SparkSession

COLUMNS = ("key", "text", *ENTRY_FIELDS)
MARKS = "key string, of string, kind string, direction string, jaccard double, containment double, reason string"

Post = tuple[PostSummary, str]
"""A post and its text."""
KeyPair = tuple[str, str]


def find(spark: "SparkSession", source: str, now: datetime) -> dict[str, Duplicate]:
    """The marks of all live posts of a Parquet export that repeat another, by key: what `batch.settle` would set."""
    rows = spark.read.parquet(source).where("state = 'live'").select(*COLUMNS).rdd
    posts = rows.map(_post).cache()
    exact = posts.flatMap(_identity).groupByKey().flatMap(_repeating).collect()
    repeats = spark.sparkContext.broadcast({key for _, key in exact})
    firsts = posts.filter(lambda post: post[0].key not in repeats.value)
    pairs = _sharing(firsts).union(_declaring(posts)).distinct()
    relations = [Pair(*fields) for fields in _compared(posts, pairs, now).collect()]
    settlement = Settlement(
        _Collected(posts, exact, relations), Findings(lambda: relations, exact), now
    )
    marks = settlement.looser()
    for each in settlement.clusters:
        marks |= settlement.copies(each)
    return marks


def _post(row: "Row") -> Post:
    published = row.published_at.astimezone(UTC) if row.published_at else None
    member = OriginalCandidate(row.key, row.link, row.canonical_url, published, row.word_count)
    sketch = list(row.sketch) if row.sketch_version == SKETCH_VERSION else []
    return PostSummary(member, row.site, row.title, row.content_fingerprint, sketch, None), row.text


def _identity(post: Post) -> list[KeyPair]:
    identity = post[0].text_identity
    return [(identity, post[0].key)] if identity else []


def _repeating(group: tuple[str, Iterable[str]]) -> list[KeyPair]:
    first, *others = sorted(group[1])
    return [(first, other) for other in others]


def _sharing(posts: "RDD[Post]") -> "RDD[KeyPair]":
    """Pairs that share enough sketch keys."""
    holders = posts.flatMap(
        lambda post: [(part, post[0].key) for part in post[0].sketch]
    ).groupByKey()
    counted = (
        holders.flatMap(_pairs_of_key).map(lambda pair: (pair, 1)).reduceByKey(lambda a, b: a + b)
    )
    return counted.filter(lambda found: found[1] >= LEAST_SHARED).keys()


def _pairs_of_key(group: tuple[int, Iterable[str]]) -> Iterable[KeyPair]:
    keys = sorted(group[1])
    if len(keys) > BOILERPLATE_KEY:
        return ()
    return combinations(keys, 2) if len(keys) <= COMMON_KEY else pairwise(keys)


def _declaring(posts: "RDD[Post]") -> "RDD[KeyPair]":
    """Pairs of which one declares the other's address as canonical."""
    declared = posts.flatMap(
        lambda post: (
            [(address(post[0].member.canonical_url), post[0].key)]
            if declared_links(post[0].member)
            else []
        )
    )
    linked = posts.flatMap(
        lambda post: [(found, post[0].key)] if (found := address(post[0].member.link)) else []
    )
    return (
        declared.join(linked)
        .values()
        .map(lambda pair: (min(pair), max(pair)))
        .filter(lambda pair: pair[0] != pair[1])
    )


def _compared(posts: "RDD[Post]", pairs: "RDD[KeyPair]", now: datetime) -> "RDD[tuple[Any, ...]]":
    """Relations, as tuples."""
    by_key = posts.keyBy(lambda post: post[0].key)
    with_a = pairs.join(by_key).map(lambda found: (found[1][0], found[1][1]))
    with_both = with_a.join(by_key).values()

    def related(found: Iterable[tuple[Post, Post]]) -> Iterator[tuple[Any, ...]]:
        for (a, text_a), (b, text_b) in found:
            relation = relate(a, b, Prepared(text_a), Prepared(text_b), now)
            if relation:
                yield astuple(relation)

    return with_both.mapPartitions(related)


class _Collected:
    """The posts that settling asks for: entries of all that stand in a relation are brought to the driver, texts when asked for."""

    def __init__(
        self, posts: "RDD[Post]", exact: Iterable[KeyPair], relations: Iterable[Pair]
    ) -> None:
        self._posts = posts
        wanted = {key for pair in exact for key in pair} | {
            key for r in relations for key in (r.copy, r.original)
        }
        shared = posts.context.broadcast(wanted)
        chosen = posts.map(lambda post: post[0]).filter(lambda entry: entry.key in shared.value)
        self._entries = {entry.key: entry for entry in chosen.collect()}

    def find(self, keys: Collection[str]) -> dict[str, PostSummary]:
        return {key: self._entries[key] for key in keys if key in self._entries}

    def texts(self, keys: Collection[str]) -> dict[str, str]:
        wanted = frozenset(keys)
        return dict(
            self._posts.filter(lambda post: post[0].key in wanted)
            .map(lambda post: (post[0].key, post[1]))
            .collect()
        )


def main() -> None:
    """Read an export, write the marks as Parquet."""
    from pyspark.sql import SparkSession

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("posts", help="Parquet export: a file, folder or address that Spark reads")
    parser.add_argument("marks", help="where to write the marks; must not exist")
    options = parser.parse_args()
    spark = (
        SparkSession.builder.appName("wparchive duplicates")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    marks = find(spark, options.posts, datetime.now(UTC))
    names = [column.split()[0] for column in MARKS.split(", ")]
    rows = [
        tuple({"key": key, **mark}.get(name) for name in names)
        for key, mark in sorted(marks.items())
    ]
    spark.createDataFrame(rows, MARKS).write.parquet(options.marks)
    print(f"{len(rows)} copies written to {options.marks}")
    spark.stop()


if __name__ == "__main__":
    main()
