"""What tunes a process."""

import platform
import subprocess
import sys

import pytest

HOLDS_AND_FREES = """
import os
from wparchive.tuning import tune_process

def size():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

def block():
    return bytes([1]) * (8 << 20)

{tuned}
block()  # glibc learns from the first large block to keep the next ones
before = size()
large = [block() for _ in range(4)]
small = bytes([2]) * 100_000  # it lies behind them in the heap
del large
print(size() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is tuned")
@pytest.mark.parametrize(("tuned", "gives_back"), [("tune_process()", True), ("", False)])
def test_a_tuned_process_gives_large_blocks_back_at_once(tuned, gives_back):
    code = HOLDS_AND_FREES.format(tuned=tuned)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (int(done.stdout) < 1 << 20) is gives_back
