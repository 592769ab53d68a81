"""Runs and reports as tests need them, without Scrapy and without a database."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from crawler.rest.api import Api
from crawler.rest.client import RestClient
from crawler.run.proof import Proof, Scope
from crawler.run.report import RunReport
from crawler.run.run_state import RunState

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
PROVED = Proof.proved(Scope.everything(9))


def a_report(finished: bool = True, **types: Mapping[str, Any]) -> RunReport:
    """Return the report of a run; each type is given by the fields of its counts.

    A type is proved, and has one object that was listed and is new, unless its fields differ.
    """
    report = RunReport("h.org", NOW, {"site": "h.org"})
    for name, fields in types.items():
        count = report.count("posts", name)
        for field, value in ({"proof": PROVED, "listed": 1, "new": 1} | dict(fields)).items():
            setattr(count, field, value)
    report.finished = finished
    return report


def a_run(
    store: Any,
    client: RestClient | None = None,
    *,
    site: str = "h.org",
    brakes: Iterable[Any] = (),
    **arguments: str,
) -> RunState:
    """Return a run whose site is found. `store` has only the methods that the test needs."""
    run = RunState(store, RunReport(site, NOW, arguments), lambda: NOW)
    run.site = {"_id": site, "home": f"https://{site}/", "brakes": list(brakes)}  # type: ignore[typeddict-item]
    run.api = Api(f"https://{site}/wp-json/")
    run.client = client
    return run
