"""What `scrapy doctor` makes of sites with faults: one process looks at all of them.

python -m tests.faults.looks [--only WORDS] [--quick] [--lines]
"""

import argparse
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

from crawler.commands.doctor import DoctorSpider, set_for_a_look
from crawler.doctor.diagnosis import REQUESTS_MAX, Diagnosis, diagnosis_lines
from demo.responses import Response
from demo.server import serve
from tests.faults.answers import Fault, Moment, always, document, html
from tests.faults.faulty_site import FaultySite, faulty_site
from tests.faults.kind import Surroundings
from tests.faults.kinds import KINDS

_QUICK = {
    "DOWNLOAD_DELAY": 0.0,
    "DOWNLOAD_TIMEOUT": 3,
    "CRAWL_BACKOFF_S": 0.05,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_ENABLED": False,
}
POSTS = 30
AT_ONCE = 12
"""Looks at the same time. With all of them, answers of a busy machine come after the time limit."""


@dataclass(frozen=True)
class LookKind:
    """A fault of the whole site, and the states that a look may find."""

    name: str
    fault: Fault
    states: frozenset[str]


@dataclass(frozen=True)
class Looked:
    """What a look at a site came to."""

    name: str
    requests: int
    early: int
    diagnosis: Diagnosis | None
    error: str
    states: frozenset[str]

    def broken_laws(self) -> list[str]:
        """Return the laws that the look broke, in words."""
        broken = []
        if self.requests > REQUESTS_MAX:
            broken.append(f"{self.requests} requests")
        if self.early:
            broken.append("requests before the end of a pause")
        if self.diagnosis is None:
            return [*broken, f"no diagnosis: {self.error}"]
        # On a busy machine a request can run out of time before the site has taken it.
        if self.diagnosis.requests < self.requests:
            broken.append(f"{self.diagnosis.requests} requests are named")
        if self.diagnosis.state not in self.states:
            broken.append(f"the state is {self.diagnosis.state}")
        if self.diagnosis.exit_status and not self.diagnosis.problems:
            broken.append("no problem is named")
        if not all(problem.what and problem.todo for problem in self.diagnosis.problems):
            broken.append("a problem without what to do")
        if len(list(diagnosis_lines(self.diagnosis))) > 150:
            broken.append("hundreds of lines")
        json.dumps(asdict(self.diagnosis))
        return broken


def everywhere(answer: Fault, *, but: str = "") -> Fault:
    """Return a fault of all addresses, except those that begin as `but` says."""

    def fault(moment: Moment) -> Response:
        if but and moment.path.startswith(but):
            return moment.answer()
        return answer(moment)

    return fault


def _round_and_round(moment: Moment) -> Response:
    path, _, query = moment.request.target.partition("?")
    to = f"{path.rstrip('/')}{'' if path.endswith('/') else '/'}?{query}"
    return Response(302, {"Location": to}, b"")


def _further(moment: Moment) -> Response:
    return Response(302, {"Location": f"{moment.path.rstrip('/')}/x/"}, b"")


def _challenge(moment: Moment) -> Response:
    return html(403, "Just a moment...", cf_mitigated="challenge")


def _busy(pause: str, status: int = 429) -> Fault:
    return lambda moment: html(status, "Slow down", Retry_After=pause)


def _never(moment: Moment) -> Response:
    response = moment.answer()
    response.delay_s = 10.0
    return response


def _crawl_delay(moment: Moment) -> Response:
    if moment.path == "/robots.txt":
        body = b"User-agent: *\nCrawl-delay: 0.2\n"
        return Response(200, {"Content-Type": "text/plain"}, body)
    return moment.answer()


def _lists_only(answer: Fault) -> Fault:
    """Return a fault of all lists, while the index and the listings of types answer."""
    listings = ("types", "taxonomies")

    def fault(moment: Moment) -> Response:
        name = moment.path.rstrip("/").partition("/wp/v2/")[2]
        if moment.is_api and name and name not in listings:
            return answer(moment)
        return moment.answer()

    return fault


def _after(number: int, answer: Fault) -> Fault:
    """Return a fault of every request after so many."""

    def fault(moment: Moment) -> Response:
        moment.memory["all"] = moment.memory.get("all", 0) + 1
        if moment.memory["all"] > number:
            return answer(moment)
        return moment.answer()

    return fault


def _many_routes(moment: Moment) -> Response:
    response = moment.answer()
    if moment.path.rstrip("/") == "/wp-json":
        index = json.loads(response.body)
        for n in range(5_000):
            name = f"plugin{n}/v1"
            index["namespaces"].append(name)
            index["routes"][f"/{name}/items"] = {"namespace": name, "endpoints": []}
        return document(index)
    return response


_CLOSED = frozenset({"closed"})
_SILENT = frozenset({"unreachable"})
_BUSY = frozenset({"busy"})
_UNKNOWN = frozenset({"unknown"})
_OPEN = frozenset({"open"})
_NONE = frozenset({"no WordPress"})
LOOK_KINDS: tuple[LookKind, ...] = (
    LookKind("redirects round and round", everywhere(_round_and_round), _SILENT),
    LookKind("redirects to ever longer addresses", everywhere(_further), _SILENT),
    LookKind("503 everywhere", everywhere(always(503, "Down")), _BUSY),
    LookKind("503 but for robots.txt", everywhere(always(503), but="/robots.txt"), _BUSY),
    LookKind("429 everywhere", everywhere(always(429), but="/robots.txt"), _BUSY),
    LookKind(
        "429 and an hour's pause",
        everywhere(_busy("3600"), but="/robots.txt"),
        _BUSY,
    ),
    LookKind("403 and a second's pause", everywhere(_busy("1", 403), but="/robots.txt"), _BUSY),
    LookKind("403 and a pause, for lists", _lists_only(_busy("1", 403)), _UNKNOWN),
    LookKind("a pause of a month, in the middle", _after(5, _busy("2500000")), _OPEN),
    LookKind("a pause of a month, for lists", _lists_only(_busy("2500000", 503)), _OPEN),
    LookKind("429 in the middle", _after(6, always(429)), _OPEN),
    LookKind("no answer in time", everywhere(_never), _SILENT),
    LookKind("no answer of lists in time", _lists_only(_never), _UNKNOWN),
    LookKind("challenges everywhere", everywhere(_challenge), _CLOSED),
    LookKind("challenges for lists", _lists_only(_challenge), _UNKNOWN),
    LookKind("pages everywhere", everywhere(always(200, "Welcome")), _NONE),
    LookKind("pages in place of lists", _lists_only(always(200, "Welcome")), _UNKNOWN),
    LookKind("403 everywhere", everywhere(always(403)), _CLOSED),
    LookKind("404 everywhere", everywhere(always(404)), _NONE),
    LookKind("nothing everywhere", everywhere(lambda moment: Response(200, {}, b"")), _NONE),
    LookKind("a crawl-delay", _crawl_delay, _OPEN),
    LookKind("10,000 routes", _many_routes, _OPEN),
)
"""Sites that no crawl of the bench would come far with."""
_NOT_OPEN = {
    # A doctor with a dozen requests does not wait for an index that refuses, or is away for a
    # moment; a crawl does.
    "a 403 of the index with Retry-After": _BUSY,
    "403 with Retry-After for everything": _BUSY,
    "200 whose JSON says 503 for the index, twice": _BUSY,
    "a short page for no search engine, of the index": _BUSY,
    "a page that loads itself again, of the index": _BUSY,
    "a check by a cookie for everything": _CLOSED,
    "301 to the front page": _CLOSED,
    "a challenge page": _CLOSED,
    "a site behind a password, without a login": _CLOSED,
    "robots.txt forbids": frozenset({"forbidden"}),
}
"""What a look may find at kinds of the bench that are not open."""


def _sites(
    words: str, quick: bool, stack: ExitStack
) -> Iterator[tuple[str, FaultySite, frozenset[str]]]:
    """Yield the sites with these words in their name; with `quick`, none of the crawls' bench."""
    for look in LOOK_KINDS:
        if words in look.name:
            yield look.name, _served(stack, look.fault), look.states
    for kind in () if quick else KINDS:
        # What is wrong around a crawl is nothing that the site answers.
        if words in kind.name and kind.around == Surroundings():
            site = _served(stack, kind.fault)
            states = _NOT_OPEN.get(kind.name, _OPEN)
            if kind.switches:
                site.switch(**kind.switches)
            if kind.switches.get("rest_blocked"):
                states = _CLOSED
            yield kind.name, site, states


def _served(stack: ExitStack, fault: Fault) -> FaultySite:
    site = stack.enter_context(serve(faulty_site(fault, POSTS)))
    assert isinstance(site, FaultySite)
    return site


def looks(words: str = "", *, quick: bool = False) -> list[Looked]:
    """Look at a site of each kind with these words in its name."""
    settings = get_project_settings()
    settings.setdict(_QUICK, priority="cmdline")
    set_for_a_look(settings)
    process = AsyncCrawlerProcess(settings)
    logging.getLogger().setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        sites = list(_sites(words, quick, stack))
        crawlers = [process.create_crawler(DoctorSpider) for _ in sites]
        waiting = [
            (crawler, site.home) for crawler, (_, site, _) in zip(crawlers, sites, strict=True)
        ]

        def begin_next(_: object = None) -> None:
            if waiting:
                crawler, home = waiting.pop(0)
                process.crawl(crawler, site=home).add_done_callback(begin_next)

        for _ in range(AT_ONCE):
            begin_next()
        process.start()
        return [
            Looked(
                name,
                len(site.targets),
                site.early,
                getattr(crawler.spider, "diagnosis", None),
                str(getattr(crawler.spider, "error", "")),
                states,
            )
            for (name, site, states), crawler in zip(sites, crawlers, strict=True)
        ]


def main() -> int:
    """Print a line for each look; return 1 where a law is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.looks", description=__doc__)
    parser.add_argument("--only", default="", metavar="WORDS", help="kinds with these words")
    parser.add_argument("--lines", action="store_true", help="print what the doctor says, too")
    parser.add_argument("--quick", action="store_true", help="not the kinds of the crawls' bench")
    options = parser.parse_args()
    broken = 0
    for looked in looks(options.only, quick=options.quick):
        laws = looked.broken_laws()
        broken += bool(laws)
        state = looked.diagnosis.state if looked.diagnosis else "-"
        status = looked.diagnosis.exit_status if looked.diagnosis else 1
        print(f"{looked.name:<58}{looked.requests:>4}  {state:<14}{status}", *laws)
        if options.lines and looked.diagnosis:
            print("\n".join(diagnosis_lines(looked.diagnosis)))
    print(f"{broken} with a broken law")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
