"""What a pipeline stage raises when it cannot finish an item:

StageFailed    one stage failed on one item; carries the stage, the item and the cause

A failed item is not dropped: who catches this keeps the raw record and the cause as a failure document.
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
