"""Finding duplicates without a database: `python -m benchmarks.duplicates_batch --help`.

Posts are made up on demand, every tenth an edited copy of an earlier one, so that a million need no
disk and no hours. It prints CPU seconds (those for making up the posts apart), pairs, copies and
peak memory.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from benchmarks.duplicates_scale import AT, text_of
from pipelines.fingerprint import content_fingerprint
from wparchive.duplicates import OriginalCandidate, sketch
from wparchive.duplicates.find.find_duplicates import find_duplicates
from wparchive.duplicates.summary import PostContent, PostSummary
from wparchive.model.document_parts import Duplicate


class MadeUp:
    """The used part of a `DuplicateIndex`, over posts that are made when asked for."""

    address = "made up"

    def __init__(self, posts: int, words: int) -> None:
        self._posts = posts
        self._words = words
        self.making_s = 0.0
        """CPU seconds for making posts and their sketches, which a crawl has done before."""
        self.marked = 0
        self.damaged: dict[str, str] = {}

    def summaries(self) -> Iterator[PostSummary]:
        return (self._entry(number) for number in range(self._posts))

    def find(self, keys: Collection[str]) -> dict[str, PostSummary]:
        return {key: self._entry(_number(key), sketched=False) for key in keys}

    def texts(self, keys: Collection[str]) -> dict[str, str]:
        begun = time.process_time()
        found = {key: text_of(_number(key), self._words) for key in keys}
        self.making_s += time.process_time() - begun
        return found

    def contents(self, keys: Collection[str]) -> dict[str, PostContent]:
        return {key: PostContent(text) for key, text in self.texts(keys).items()}

    def outdated(self) -> Iterator[str]:
        return iter(())

    def linked(self, links: Collection[str]) -> dict[str, list[str]]:
        return {}

    def mark(self, marks: Mapping[str, Duplicate | None]) -> int:
        self.marked += len(marks)
        return len(marks)

    def _entry(self, number: int, sketched: bool = True) -> PostSummary:
        begun = time.process_time()
        key = f"made.example/post/{number:09}"
        text = text_of(number, self._words) if sketched else ""
        member = OriginalCandidate(
            key, f"https://{key}", None, AT + timedelta(minutes=number), self._words
        )
        made = PostSummary(
            member,
            "made.example",
            "Story",
            content_fingerprint(text),
            sketch(text) if sketched else [],
            None,
        )
        self.making_s += time.process_time() - begun
        return made


def _number(key: str) -> int:
    return int(key.rpartition("/")[2])


def main() -> None:
    """Print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--words", type=int, default=150)
    options = parser.parse_args()
    index = MadeUp(options.posts, options.words)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        found = find_duplicates(index, Path(folder) / "work", AT + timedelta(days=100_000))  # type: ignore[arg-type]  # what the batch uses of it
        spent = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    copies = sum(found.relations.values())
    print(f"{options.posts:,} posts: {spent - index.making_s:,.0f} CPU s", end=" ")
    print(f"(and {index.making_s:,.0f} s to make the posts up)", end=", ")
    print(
        f"{found.compared:,} pairs, {copies:,} copies in {found.clusters:,} clusters, {peak:,} MB"
    )


if __name__ == "__main__":
    main()
