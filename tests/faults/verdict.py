"""The laws that every crawl keeps, whatever the site does."""

from tests.faults.kind import FaultKind
from tests.faults.measure import HANGS, Measured

MEGABYTES_MAX = 300
_STATUSES = {"complete": 0, "partial": 3, "failed": 4}


def broken_laws(kind: FaultKind, measured: Measured) -> list[str]:
    """Return the laws that a crawl broke, in words; empty where all hold."""
    broken = []
    if measured.exit_status == HANGS:
        broken.append("it hangs")
    if "Traceback" in measured.output:
        broken.append("a traceback")
    if measured.ghosts and not kind.may_lose:
        broken.append("posts that the site does not have")
    if measured.lost and not kind.may_lose:
        broken.append("lost posts")
    if measured.lost and measured.verdict == "complete":
        broken.append("a false proof")
    if measured.verdict not in kind.verdicts:
        broken.append(f"the verdict should be {' or '.join(sorted(kind.verdicts))}")
    if measured.exit_status != _right_status(kind, measured):
        broken.append("the exit status is not that of the verdict")
    if measured.tells:
        broken.append("a secret is told")
    if kind.has_texts and measured.empty:
        broken.append(f"{measured.empty} posts without a text")
    if kind.lacking is not None and measured.lacking != kind.lacking:
        broken.append(f"the sitemap is said to have more: {', '.join(sorted(measured.lacking))}")
    if measured.early:
        broken.append("requests before the end of a pause")
    if measured.requests > kind.requests_max:
        broken.append(f"more than {kind.requests_max} requests")
    if measured.megabytes > MEGABYTES_MAX:
        broken.append(f"more than {MEGABYTES_MAX} MB")
    return broken


def _right_status(kind: FaultKind, measured: Measured) -> int | None:
    if kind.around.exit_status is not None:
        return kind.around.exit_status
    return _STATUSES.get(measured.verdict)


def is_news(kind: FaultKind, laws: list[str]) -> bool:
    """Tell whether a law is broken that held before, or one holds that was known to be broken."""
    return bool(laws) != kind.known
