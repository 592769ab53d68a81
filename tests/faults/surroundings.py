"""What goes wrong around a crawl, and what an owner's own login opens, as kinds of faults."""

import os
import signal
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from demo.responses import Response
from tests.faults.answers import Fault, Moment, html, to_list
from tests.faults.kind import FAILED, PARTIAL, SECRET, FaultKind, Surroundings
from tests.faults.published import Published, link_of
from tests.servers.tls import FLAWS

_LOGIN = f"owner:{SECRET}"
_HEADER = f"Basic {b64encode(_LOGIN.encode()).decode()}"
_INTERRUPTED = 130
_ARCHIVE_LOST = 5
_SOON = 25
"""Requests after which something happens: some lists of posts are read by then, and not all."""
_SLOWLY: dict[str, Any] = {"slow": 0.1}
_LISTS_OF_20 = {"CRAWL_PER_PAGE": 20, "ARCHIVE_PATIENCE_S": 1}


def _behind_a_password(moment: Moment) -> Response:
    """Answer only those who have the login of the owner, robots.txt included."""
    if moment.request.headers.get("authorization") != _HEADER:
        return html(401, "Staging", WWW_Authenticate='Basic realm="x"')
    return moment.answer()


def _proxy(moment: Moment) -> Response:
    """Ask for a password where a whole address is asked for, as only a proxy is."""
    if moment.request.target.startswith("http://"):
        return html(407, "Proxy", Proxy_Authenticate='Basic realm="proxy"')
    return moment.answer()


def _without_content(moment: Moment, records: list[Any], response: Response) -> list[Any]:
    """Leave out the content of every tenth post, as a page builder does that the API bypasses."""
    for record in records:
        if "link" in record:
            record["link"] = link_of(moment.memory["site"], record)
        if "content" in record and record["id"] % 10 == 0:
            record["content"] = {"rendered": "", "protected": False}
    return records


_pages = Published()
_empty_lists = to_list(_without_content)


def _contents_on_pages_alone(moment: Moment) -> Response:
    return _empty_lists(replace(moment, answer=lambda: _pages(moment)))


def _interrupt(number: signal.Signals) -> FaultKind:
    """Return the kind of a crawl that gets a signal on its way."""
    return FaultKind(
        f"{number.name} in the middle",
        verdicts=PARTIAL,
        may_lose=True,
        posts=600,
        switches=_SLOWLY,
        settings=_LISTS_OF_20,
        around=Surroundings(
            after=_SOON,
            happens=lambda pid, archive: os.kill(pid, number),
            exit_status=_INTERRUPTED,
        ),
    )


def _remove(pid: int, archive: Path) -> None:
    archive.unlink()


def _move(pid: int, archive: Path) -> None:
    archive.rename(archive.with_suffix(".moved"))


def _lost(name: str, happens: Callable[[int, Path], None]) -> FaultKind:
    """Return the kind of a crawl whose archive is taken away on its way."""
    return FaultKind(
        name,
        verdicts=PARTIAL | FAILED,
        may_lose=True,
        posts=600,
        switches=_SLOWLY,
        settings=_LISTS_OF_20,
        around=Surroundings(after=_SOON, happens=happens, exit_status=_ARCHIVE_LOST),
    )


def _stop_and_go_on(pid: int, archive: Path) -> None:
    """Stop the crawl and all its processes, as Ctrl-Z does, and let them go on."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    processes = [pid, *map(int, children)]
    for number in (signal.SIGSTOP, signal.SIGCONT) * 20:
        for each in processes:
            with suppress(ProcessLookupError):  # one that has ended meanwhile
                os.kill(each, number)
        time.sleep(0.02)


def _by_proxy(name: str, address: str, fault: Fault) -> FaultKind:
    """Return the kind of a site that is reached by a proxy alone, which makes no connections."""
    environment = {"http_proxy": address, "no_proxy": "", "NO_PROXY": ""}
    return FaultKind(
        name, fault, FAILED, may_lose=True, around=Surroundings(environment=environment)
    )


_LOGGED_IN = Surroundings(environment={"CRAWL_CREDENTIALS": "{home} " + _LOGIN})

SURROUNDINGS_KINDS: tuple[FaultKind, ...] = (
    FaultKind("https, and an authority that the operator trusts", around=Surroundings(https="")),
    *(
        FaultKind(
            f"https, and what is wrong with it: {flaw}",
            verdicts=FAILED,
            may_lose=True,
            requests_max=0,
            around=Surroundings(https=flaw),
        )
        for flaw in FLAWS
    ),
    _by_proxy("a proxy that nobody runs", "http://127.0.0.1:9", lambda moment: moment.answer()),
    _by_proxy("a proxy that asks for a password", "{home}", _proxy),
    *(_interrupt(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)),
    FaultKind(
        "a crawl that is stopped and goes on, twenty times",
        posts=600,
        switches=_SLOWLY,
        settings={"CRAWL_PER_PAGE": 20, "ARCHIVE_PROCESS": 1, "CLEAN_PROCESSES": 1},
        around=Surroundings(
            environment={"PYTHONUNBUFFERED": "1"}, after=_SOON, happens=_stop_and_go_on
        ),
    ),
    _lost("the archive is removed in mid-crawl", _remove),
    _lost("the archive is moved in mid-crawl", _move),
    FaultKind("a site behind a password, with its login", _behind_a_password, around=_LOGGED_IN),
    FaultKind(
        "a site behind a password, without a login", _behind_a_password, FAILED, may_lose=True
    ),
    FaultKind(
        "the address of the login page, with a secret in it",
        around=Surroundings(address=f"{{home}}/wp-login.php?token={SECRET}"),
    ),
    FaultKind(
        "a secret in the address of a site that is closed",
        verdicts=FAILED,
        may_lose=True,
        switches={"rest_blocked": 1},
        around=Surroundings(address=f"{{home}}/?token={SECRET}"),
    ),
    FaultKind(
        "contents that the API leaves out, and pages show",
        _contents_on_pages_alone,
        posts=60,
        arguments={"render": "1"},
        has_texts=True,
    ),
)
"""Kinds for `kinds.py`."""
