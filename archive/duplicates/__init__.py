"""Near-duplicate posts: sketch, compare and cluster are pure; the index lives in the backends."""

from archive.duplicates.sketch import SKETCH_VERSION, sketch, sketch_normalised

__all__ = ["SKETCH_VERSION", "sketch", "sketch_normalised"]
