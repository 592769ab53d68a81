"""Near-duplicate posts: sketching, comparing and clustering are pure; the index lives in the backends."""

from archive.duplicates.canonical import Member, choose_canonical
from archive.duplicates.cluster import Cluster, Edge, cluster
from archive.duplicates.compare import Comparison, Prepared, classify, compare, compare_prepared
from archive.duplicates.sketch import SKETCH_VERSION, sketch, sketch_normalised

__all__ = [
    "SKETCH_VERSION",
    "Cluster",
    "Comparison",
    "Edge",
    "Member",
    "Prepared",
    "choose_canonical",
    "classify",
    "cluster",
    "compare",
    "compare_prepared",
    "sketch",
    "sketch_normalised",
]
