"""Near-duplicate posts: sketching, comparing and clustering are pure; the index lives in the backends."""

from wparchive.duplicates.compare.comparison import (
    Comparison,
    Prepared,
    classify,
    compare,
    compare_prepared,
)
from wparchive.duplicates.compare.sketch import SKETCH_VERSION, sketch, sketch_normalised
from wparchive.duplicates.find.cluster import Cluster, Edge, cluster
from wparchive.duplicates.original import OriginalCandidate, choose_canonical

__all__ = [
    "SKETCH_VERSION",
    "Cluster",
    "Comparison",
    "Edge",
    "OriginalCandidate",
    "Prepared",
    "choose_canonical",
    "classify",
    "cluster",
    "compare",
    "compare_prepared",
    "sketch",
    "sketch_normalised",
]
