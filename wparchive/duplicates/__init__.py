"""Duplicates: posts that repeat other posts, how they are found and which of them is the original.

`compare/` compares two texts, `find/` goes over a whole archive, `mark_new.py` looks at the posts
that a crawl has just written. All of it is pure but for `index.py`, the Protocol that a backend
implements.
"""

from wparchive.duplicates.compare.comparison import (
    Comparison,
    Prepared,
    classify,
    compare,
    compare_prepared,
)
from wparchive.duplicates.compare.sketch import SKETCH_VERSION, sketch, sketch_normalised
from wparchive.duplicates.find.cluster import Cluster, Edge, find_clusters
from wparchive.duplicates.original import OriginalCandidate, choose_original

__all__ = [
    "SKETCH_VERSION",
    "Cluster",
    "Comparison",
    "Edge",
    "OriginalCandidate",
    "Prepared",
    "choose_original",
    "classify",
    "compare",
    "compare_prepared",
    "find_clusters",
    "sketch",
    "sketch_normalised",
]
