"""A helper process answers whole messages, or none."""

import os
import pickle
import signal
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from wparchive.backends import helper_process
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
os.write(1, struct.pack("!4sQ", b"WPA1", 100) + pickle.dumps([1])[:7])
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


@pytest.mark.parametrize(
    "sent",
    [
        b"Fatal error in a library\n",
        struct.pack("!4sQ", b"WPA1", 1 << 60),
        struct.pack("!4sQ", b"WPA1", 9) + b"no pickle",
        struct.pack("!4sQ", b"WPA1", 19) + b"cnowhere\nnothing\n..",
    ],
    ids=["another text", "too long", "no pickle", "a name that is not there"],
)
def test_what_is_no_answer_is_trouble(sent: bytes) -> None:
    odd = helper(f"import os, time; os.write(1, {sent!r}); os.read(0, 9); time.sleep(0.1)")
    with pytest.raises(PROCESS_TROUBLE):
        odd.ask(1)
    assert odd.pid is None


ASKER = """
import os, random, sys
from wparchive.backends.helper_process import HelperProcess
helper = HelperProcess("nothing")
helper._command = [sys.executable, "-c", sys.argv[1]]
asked = 0
while not os.path.exists(sys.argv[2]):
    question = os.urandom(random.randint(1, 1_000_000))
    assert helper.ask(question) == question * 2
    asked += 1
helper.close()
print(asked)
"""


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_hundreds_of_stops_of_either_process_cost_nothing(unbuffered: str, tmp_path: Path) -> None:
    flag = tmp_path / "enough"
    asker = subprocess.Popen(
        [sys.executable, "-c", ASKER, ECHO, str(flag)],
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    random = Random(unbuffered)
    children = Path(f"/proc/{asker.pid}/task/{asker.pid}/children")
    until = time.monotonic() + 30
    while not (found := children.read_text().split()):
        assert time.monotonic() < until
        time.sleep(0.01)
    for _ in range(400):
        pid = random.choice([asker.pid, int(found[0])])
        os.kill(pid, signal.SIGSTOP)
        time.sleep(random.uniform(0, 0.003))
        os.kill(pid, signal.SIGCONT)
        time.sleep(random.uniform(0, 0.003))
    flag.touch()
    output, _ = asker.communicate(timeout=60)
    assert asker.returncode == 0
    assert int(output) > 5


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


def test_several_threads_get_their_own_answers() -> None:
    echo = helper(ECHO)
    questions = [bytes([number]) * (1 + 40_000 * number) for number in range(60)]
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(echo.ask, questions))
    echo.close()
    assert answers == [question * 2 for question in questions]


def test_the_next_question_is_there_while_the_process_works() -> None:
    # It answers a question only when the next one has come.
    late = helper("""
from wparchive.backends import helper_process as h
asked = [h._loaded(h._read(0)) for _ in range(2)]
for question in asked:
    h._write(1, h.pickle.dumps(question * 2))
""")
    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(late.ask, [1, 2])) == [2, 4]
    late.close()


def test_a_question_is_worked_on_while_nobody_reads_the_long_answer_before(tmp_path: Path) -> None:
    noting = helper(f"""
import pathlib
from wparchive.backends.helper_process import serve
def answer(question):
    pathlib.Path({str(tmp_path)!r}, question).touch()
    return question * 3_000_000
serve(answer)
""")
    assert len(noting.ask("a")) == 3_000_000
    process = noting._running()
    assert process.stdin is not None
    for question in "bc":
        helper_process._write(process.stdin.fileno(), pickle.dumps(question))
    until = time.monotonic() + 30
    while not (tmp_path / "c").exists():
        assert time.monotonic() < until
        time.sleep(0.01)
    noting.close()


def test_a_kill_is_trouble_for_all_who_ask_and_mixes_no_answers() -> None:
    echo = helper(ECHO)
    random = Random(9)

    def ask(number: int) -> int:
        question = bytes([number % 251]) * random.randint(1, 1_500_000)
        try:
            assert echo.ask(question) == question * 2
        except PROCESS_TROUBLE:
            return 0
        pid = echo.pid
        if pid and number % 7 == 0:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return 1

    with ThreadPoolExecutor(3) as threads:
        answered = sum(threads.map(ask, range(60)))
    assert 20 < answered < 60
    assert echo.ask(1) == 2
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
    process.stdin.write(struct.pack("!4sQ", b"WPA1", len(message)) + message)
    process.stdin.close()
    assert process.wait(30) == 0
    assert process.stderr.read() == b"a library says hello\n"
    process.stderr.close()


PREPARER = """
import os, sys
from pathlib import Path
from wparchive.backends.helper_process import HelperProcess, WRITER_PROCESS, prepare_helper_process
from wparchive.backends.sqlite.sqlite_writer import SQLiteWriter, WriterCall

for _ in range(3):
    prepare_helper_process(WRITER_PROCESS)
prepared = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
os.kill(int(prepared[0]), 9)
os.waitid(os.P_PID, int(prepared[0]), os.WEXITED | os.WNOWAIT)
helper = HelperProcess(WRITER_PROCESS)
call = WriterCall(SQLiteWriter.held_types, ("posts", "a.example", ""))
assert helper.ask((Path(sys.argv[1]), 1.0, call)) == (None, [])
print(*prepared, helper.pid)
helper.close()
"""


def test_a_process_that_was_prepared_is_taken_over_and_the_others_end(tmp_path: Path) -> None:
    line = [sys.executable, "-W", "error::ResourceWarning", "-c", PREPARER, str(tmp_path / "a.db")]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    killed, second, third, asked = done.stdout.split()
    assert asked == second
    assert not any(Path(f"/proc/{pid}").exists() for pid in (killed, second, third))
