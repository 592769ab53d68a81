"""The compared ways of finding duplicates: this project's, and two in wide use."""

import tempfile
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

from wparchive.duplicates import Edge, Prepared, compare_prepared, find_clusters, sketch_normalised
from wparchive.duplicates.compare.shingles import hash_words
from wparchive.duplicates.find.cluster import components
from wparchive.duplicates.find.scan import CandidatePairs
from wparchive.text.normalise import normalise

Found = dict[tuple[int, int], str]
"""Pairs of text numbers, the smaller first, with the kind that the method gives them."""


def sampled_shingles(texts: list[str]) -> Found:
    """Run this project's method: equal texts, then candidates from sketches, compared in full."""
    prepared = [Prepared(text) for text in texts]
    found: Found = {}
    first: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        candidates = CandidatePairs(Path(folder))
        for number, text in enumerate(prepared):
            original = first.setdefault(text.normalised, number)
            if original != number:
                found[original, number] = "exact"
                continue
            candidates.add(number, sketch_normalised(text.normalised))
        for pair in candidates.pairs():
            kind = compare_prepared(prepared[pair[0]], prepared[pair[1]]).kind
            if kind:
                found[pair] = kind
    return found


def clusters_of_versions(texts: list[str], found: Found) -> list[list[int]]:
    """This project's clusters: over equal and near texts only, without chains."""
    prepared = [Prepared(text) for text in texts]
    keys = [f"{number:06}" for number in range(len(texts))]
    edges = [
        Edge(keys[a], keys[b], 1.0) for (a, b), kind in found.items() if kind in ("exact", "near")
    ]

    def is_copy(key: str, original: str) -> bool:
        return compare_prepared(prepared[int(key)], prepared[int(original)]).kind in (
            "exact",
            "near",
        )

    groups = find_clusters(edges, lambda members: (members[0], "smallest key"), is_copy)
    return [[int(group.original), *map(int, group.copies)] for group in groups]


def minhash_lsh(texts: list[str]) -> Found:
    """Run datasketch: 128 permutations of the same shingles, LSH at a Jaccard similarity of 0.5."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.5, num_perm=128)
    found: Found = {}
    for number, text in enumerate(texts):
        signature = MinHash(num_perm=128)
        signature.update_batch([shingle.to_bytes(8, "little") for shingle in set(_shingles(text))])
        found |= {(other, number): "near" for other in index.query(signature)}
        index.insert(number, signature)
    return found


def simhash(texts: list[str]) -> Found:
    """Run 64-bit SimHash of the same shingles, 3 bits apart (Manku, Jain, Das Sarma 2007)."""
    import numpy

    hashes = []
    for text in texts:
        shingles = numpy.array(
            [_mixed(shingle) for shingle in _shingles(text)] or [0], dtype=numpy.uint64
        )
        bits = (shingles[:, None] >> numpy.arange(64, dtype=numpy.uint64)) & numpy.uint64(1)
        hashes.append(sum(1 << bit for bit in range(64) if bits[:, bit].sum() * 2 > len(shingles)))
    blocks: dict[tuple[int, int], list[int]] = {}
    for number, value in enumerate(hashes):
        for block in range(4):
            blocks.setdefault((block, value >> (16 * block) & 0xFFFF), []).append(number)
    near = {pair for sharing in blocks.values() for pair in combinations(sharing, 2)}
    return {(a, b): "near" for a, b in near if (hashes[a] ^ hashes[b]).bit_count() <= 3}


def clusters_of_pairs(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Connected components, which is what tools built on the two peers make of their pairs."""
    return [
        [int(key) for key in group]
        for group in components((f"{a:06}", f"{b:06}") for a, b in pairs)
    ]


def _shingles(text: str) -> list[int]:
    """Return the hashes of the 3-word shingles, unsigned."""
    return [number % 2**64 for number in hash_words(normalise(text)).shingles(3)]


def _mixed(value: int) -> int:
    value = (value ^ value >> 31) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    return value ^ value >> 29
