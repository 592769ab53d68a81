"""A helper process answers whole messages, or none."""

import os
import pickle
import signal
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from wparchive.backends.helper_process import PROCESS_TROUBLE, HelperProcess

ECHO = """
import sys
from wparchive.backends.helper_process import serve
def answer(question):
    print("a library says hello", flush=True)
    return question * 2
serve(answer)
"""
TORN = """
import os, pickle, struct
os.write(1, struct.pack("!Q", 100) + pickle.dumps([1])[:7])
"""


def helper(code: str) -> HelperProcess:
    """A helper process that runs this code."""
    process = HelperProcess("nothing")
    process._command = [sys.executable, "-c", code]
    return process


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_long_messages_come_whole_whatever_is_printed(
    unbuffered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    echo = helper(ECHO)
    long = os.urandom(3_000_001)
    assert echo.ask(long) == long * 2
    assert echo.ask("again") == "againagain"
    echo.close()
    echo.close()
    assert echo.pid is None


def test_half_an_answer_is_trouble() -> None:
    torn = helper(TORN)
    with pytest.raises(EOFError, match="after 7 of 100 bytes"):
        torn.ask(1)
    assert torn.pid is None


def test_a_killed_process_is_trouble_and_started_again() -> None:
    echo = helper(ECHO)
    assert echo.ask(1) == 2
    first = echo.pid
    assert first
    os.kill(first, signal.SIGKILL)
    with pytest.raises(PROCESS_TROUBLE):
        echo.ask(2)
    assert echo.ask(3) == 6
    assert echo.pid not in (None, first)
    echo.close()


def test_a_question_that_cannot_be_pickled_costs_no_process() -> None:
    echo = helper(ECHO)
    assert echo.ask(1) == 2
    before = echo.pid
    with pytest.raises(AttributeError):
        echo.ask(lambda: None)
    assert (echo.pid, echo.ask(2)) == (before, 4)
    echo.close()


def test_it_outlives_the_signals_of_a_terminal_and_not_its_input() -> None:
    echo = helper(ECHO)
    assert echo.ask(1) == 2
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(echo.pid or 0, number)
    assert echo.ask(2) == 4
    pid = echo.pid
    echo.close()
    assert not Path(f"/proc/{pid}").exists()


def test_a_helper_whose_asker_was_killed_ends_without_a_word() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", ECHO],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    message = pickle.dumps("nobody reads the answer")
    process.stdin.write(struct.pack("!Q", len(message)) + message)
    process.stdin.close()
    assert process.wait(30) == 0
    assert process.stderr.read() == b"a library says hello\n"
    process.stderr.close()
