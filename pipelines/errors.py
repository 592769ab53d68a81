"""The exception of a stage that cannot finish an item.

StageFailed    one stage failed on one item; it carries the stage, the item and the cause

A failed item is not dropped: the raw record and the cause are kept as a failure.
"""


class StageFailed(Exception):
    """One stage could not finish one item; the cause is also the exception's `__cause__`."""

    def __init__(self, stage: str, item: object, cause: BaseException) -> None:
        super().__init__(f"{stage} failed: {type(cause).__name__}: {cause}")
        self.stage = stage
        """Name of the stage as in failure documents: `clean`, `resolve`, `fingerprint`, `store`."""
        self.item = item
        """The item as the stage left it; its `raw` is untouched."""
        self.cause = cause
        """What was raised inside the stage."""
