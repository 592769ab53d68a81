"""The walk over one collection: it is fed pages, and says what to request next. It does no I/O."""

from crawler.walk.protocol import (
    Capabilities,
    Certificate,
    Page,
    PageRequest,
    Problem,
    ProblemKind,
    Purpose,
    Unreadable,
    Walk,
)
from crawler.walk.strategies import choose_walk

__all__ = [
    "Capabilities",
    "Certificate",
    "Page",
    "PageRequest",
    "Problem",
    "ProblemKind",
    "Purpose",
    "Unreadable",
    "Walk",
    "choose_walk",
]
