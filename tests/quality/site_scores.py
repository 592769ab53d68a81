"""What `wparchive duplicates find` and two methods in wide use make of posts of real forms."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from pipelines.fingerprint import content_fingerprint
from samples import documents
from wparchive.backends.opening import open_index, open_store
from wparchive.duplicates import sketch
from wparchive.duplicates.find.find_duplicates import find_duplicates
from wparchive.text.normalise import normalise
from wparchive.text.words import words

from .methods import minhash_lsh, simhash
from .site_posts import FIRST, FRAMES, RERUNS, LabelledPost

NOW = FIRST + timedelta(days=3000)
AT_ONCE = 100
HIDING = frozenset({"canonical", "exact", "near"})
"""The kinds that `--unique` leaves out."""

Marks = dict[tuple[int, int], str]
"""Copy and original, as numbers of posts, with the kind of the mark."""


def marks_of_find(posts: Sequence[LabelledPost]) -> Marks:
    """Return the marks that the command sets, in a new archive."""
    with tempfile.TemporaryDirectory() as folder:
        uri = f"sqlite:///{folder}/archive.db"
        asyncio.run(_save(uri, posts))
        with closing(open_index(uri)) as index:
            find_duplicates(index, Path(folder) / "work", NOW)
            return {
                (_number(post.key), _number(post.duplicate["of"])): post.duplicate["kind"]
                for post in index.marked()
                if post.duplicate
            }


async def _save(uri: str, posts: Sequence[LabelledPost]) -> None:
    store = open_store(uri)
    await store.open()
    for start in range(0, len(posts), AT_ONCE):
        batch = [
            _document(number, post)
            for number, post in enumerate(posts[start : start + AT_ONCE], start)
        ]
        await store.save("posts", batch, NOW)
    await store.close()


def _document(number: int, post: LabelledPost) -> dict[str, Any]:
    return documents.post(
        number,
        post.text,
        post.site,
        title=post.title,
        published_at=post.published_at,
        word_count=len(words(normalise(post.text))),
        content_fingerprint=content_fingerprint(post.text),
        sketch=sketch(post.text),
        embeds=[{"kind": "iframe", "url": url, "title": ""} for url in post.embeds],
        images=[{"url": url, "alt": ""} for url in post.images],
    )


def _number(key: str) -> int:
    return int(key.rpartition("/")[2])


def marks_of_minhash(posts: Sequence[LabelledPost]) -> Marks:
    """Return the pairs that MinHash-LSH finds in the texts."""
    return dict(minhash_lsh([post.text for post in posts]))


def marks_of_simhash(posts: Sequence[LabelledPost]) -> Marks:
    """Return the pairs that SimHash finds in the texts."""
    return dict(simhash([post.text for post in posts]))


METHODS: dict[str, Callable[[Sequence[LabelledPost]], Marks]] = {
    "this project": marks_of_find,
    "MinHash-LSH": marks_of_minhash,
    "SimHash": marks_of_simhash,
}


def figures_of(posts: Sequence[LabelledPost], marks: Marks) -> dict[str, float]:
    """Return shares, 0..1, and how many posts are hidden that repeat nothing."""
    right: Counter[str] = Counter()
    given: Counter[str] = Counter()
    hidden: set[int] = set()
    blamed: set[int] = set()
    repeated: set[int] = set()
    for (copy, original), kind in marks.items():
        is_right = posts[copy].group == posts[original].group
        given[kind] += 1
        right[kind] += is_right
        if is_right:
            repeated |= {copy, original}
            continue
        blamed |= {copy, original}
        if kind in HIDING:
            hidden.add(copy)
    figures = {f"right, {kind}": right[kind] / given[kind] for kind in sorted(given)}
    for kind in RERUNS:
        found = [number in repeated for number, post in enumerate(posts) if post.kind == kind]
        figures[f"found, {kind}"] = sum(found) / len(found)
    for language in sorted({post.language for post in posts}):
        found = [
            number in repeated
            for number, post in enumerate(posts)
            if post.kind in RERUNS and post.language == language
        ]
        figures[f"found, {language}"] = sum(found) / len(found)
    for kind in FRAMES:
        alone = [number not in blamed for number, post in enumerate(posts) if post.kind == kind]
        figures[f"left alone, {kind}"] = sum(alone) / len(alone)
    figures["hidden"] = len(hidden)
    return {name: round(value, 4) for name, value in figures.items()}
