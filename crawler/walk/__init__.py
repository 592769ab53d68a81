"""The walk over one collection: fed pages, says what to ask next. Pure, no I/O."""

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
