"""The walk over one collection: it is fed pages, and says what to request next. It does no I/O.

`choice.py` chooses the walk. It is not imported here: a process that finishes pages knows what
routes can do, and walks none.
"""

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
]
