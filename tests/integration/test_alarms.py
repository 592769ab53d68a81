"""Alarms of real archives: what a run notes, what `wparchive health` says, what is sent."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from samples.documents import post
from tests.archives import filled, mongodb_server, new_address, new_database
from wparchive import open_archive
from wparchive.alarms.sending import send_alarms
from wparchive.alarms.watching import health_of, watch_run
from wparchive.backends.opening import open_reader, open_store
from wparchive.errors import InvalidURI, OutputFailed

__all__ = ["mongodb_server", "new_address", "new_database"]
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
SITE = "example.com/blog"
ALARM = {
    "kind": "silent",
    "type": "post",
    "saw": "nothing new for 90 days",
    "usual": "a pause of 2 days",
    "look_at": "the site itself",
    "since": NOW.isoformat().replace("+00:00", ".000Z"),
}


def run_at(at, **fields):
    part = {
        **{"type": "post", "kind": "posts", "proof": "proved", "scope": "everything"},
        **{"site_total": 1, "listed": 1, "held": 40, "new": 0, "changed": 0, "refreshed": 0},
        **{"unchanged": 40, "returned": 0, "withdrawn": 0, "deleted": 0, "hidden": 0},
        **{"missing": 0, "reasons": [], "requests": 1},
    }
    return {
        **{"_id": f"{SITE}@{at:%Y-%m-%dT%H:%M}", "site": SITE, "started_at": at},
        **{"finished_at": at + timedelta(minutes=1), "verdict": "complete", "exit_status": 0},
        **{"reason": None, "arguments": {}, "mode": "full", "scope": "everything"},
        **{"types": [part], "skipped": [], "sitemap": None, "boilerplate": None},
        **{"resumed_from": None, "begun_again": [], "failures": 0, "requests": 1},
        **{"retries": 0, "bytes": 1, "seconds": 60.0, "digest": None},
        **fields,
    }


async def silent_site(store):
    """Save a site that wrote every second day, and then nothing for 90 days."""
    posts = [
        post(number, "word " * 50, published_at=NOW - (90 + 2 * number) * DAY)
        for number in range(1, 40)
    ]
    await store.save("posts", posts, NOW - 80 * DAY)
    for day in range(6, 0, -1):
        await store.save_run(run_at(NOW - day * DAY))


@pytest.fixture
def silent(new_address):
    return filled(new_address, silent_site)


def save_run(address, run):
    async def save():
        store = open_store(address)
        await store.open()
        await store.save_run(run)
        await store.close()

    asyncio.run(save())


def health(address, *arguments, **environment):
    command = [sys.executable, "-m", "wparchive", "health", "--archive", address, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}
    )


def test_a_run_notes_what_health_says(silent):
    run = run_at(NOW)
    with closing(open_reader(silent)) as reader:
        profile, alarms = watch_run(reader, run, "sunrise")
        early = watch_run(reader, run_at(NOW - 81 * DAY), None)[0]
    assert profile == {"theme": "sunrise", "types": []}
    assert early["types"][0]["posts"] == 39
    assert early["types"][0]["words"][6] == 39
    [alarm] = alarms
    assert (alarm["kind"], alarm["type"], alarm["since"]) == ("silent", "post", ALARM["since"])
    assert health(silent).returncode == 0
    save_run(silent, {**run, "profile": profile, "alarms": alarms})
    said = health(silent)
    assert said.returncode == 7
    assert "  silent (post), since" in said.stdout
    assert "look at: the site itself" in said.stdout
    told = json.loads(health(silent, "--json").stdout)
    assert (told["site"], told["well"], told["alarms"][0]["kind"]) == (SITE, False, "silent")
    save_run(silent, run_at(NOW + DAY, alarms=[]))
    with open_archive(silent) as archive:
        [ended] = health_of(archive, [SITE], NOW, NOW - DAY)
        [now] = health_of(archive, [], NOW)
    assert [one["kind"] for one in ended.alarms] == ["silent"]
    assert now.alarms == []
    assert now.is_well


def test_a_failed_run_that_found_no_site_counts(silent):
    save_run(silent, run_at(NOW, _id="x", site=f"https://{SITE}/", verdict="failed", types=[]))
    said = health(silent)
    assert (said.returncode, "failed" in said.stdout) == (7, True)


def test_a_failed_run_says_why_and_one_that_was_mistyped_does_not_count(silent):
    why = {"verdict": "failed", "reason": "the site does not answer", "types": []}
    mistyped = run_at(NOW + DAY, **{**why, "exit_status": 2, "reason": "no type 'pots'"})
    save_run(silent, mistyped)
    assert health(silent).returncode == 0
    save_run(silent, run_at(NOW, **why, exit_status=4))
    said = health(silent)
    assert said.returncode == 7
    assert "  the site does not answer\n" in said.stdout
    assert json.loads(health(silent, "--json").stdout)["reason"] == "the site does not answer"


class Hook(BaseHTTPRequestHandler):
    """A webhook that keeps what it is sent, and refuses at /no."""

    got: list = []  # noqa: RUF012 - one for all requests

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(json.loads(body))
        self.send_response(500 if self.path.startswith("/no") else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def hook():
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        Hook.got.clear()
        yield f"json://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_alarms_are_sent_to_a_webhook(hook):
    send_alarms(SITE, [ALARM], [f"{hook}/yes"])
    [got] = Hook.got
    assert got["title"] == f"wparchive: 1 alarm on {SITE}"
    assert "  saw:     nothing new for 90 days\n" in got["message"]
    with pytest.raises(OutputFailed):
        send_alarms(SITE, [ALARM], [f"{hook}/no"])
    with pytest.raises(InvalidURI) as error:
        send_alarms(SITE, [ALARM], ["nothing://secret@host"])
    assert "secret" not in str(error.value)


def test_health_sends_what_it_shows(silent, hook):
    save_run(silent, run_at(NOW, alarms=[ALARM]))
    assert health(silent, "--send").returncode == 2
    assert health(silent, "--send", CRAWL_ALARMS_TO=f"{hook}/yes").returncode == 7
    assert [got["title"] for got in Hook.got] == [f"wparchive: 1 alarm on {SITE}"]


def test_alarms_are_sent_by_mail():
    mails = []

    async def serve(reader, writer):
        writer.write(b"220 ready\r\n")
        while line := await reader.readline():
            answer = b"250 ok\r\n"
            if line.upper().startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                mails.append(await reader.readuntil(b"\r\n.\r\n"))
            if line.upper().startswith(b"QUIT"):
                answer = b"221 bye\r\n"
            writer.write(answer)
            await writer.drain()
        writer.close()

    async def send():
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            address = f"mailto://127.0.0.1:{port}?from=a@example.org&to=b@example.org&mode=insecure"
            await asyncio.to_thread(send_alarms, SITE, [ALARM], [address])

    asyncio.run(send())
    [mail] = mails
    assert b"b@example.org" in mail
