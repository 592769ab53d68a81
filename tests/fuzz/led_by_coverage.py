"""The fuzzer that changes inputs as their way through the code suggests (atheris, libFuzzer).

A defect, or an input that takes longer than `-timeout` says, ends it; the input is kept in a file.
"""

import sys

import atheris

with atheris.instrument_imports(include=["crawler", "pipelines", "wparchive", "protego", "w3lib"]):
    from tests.fuzz.readers import read_by_number


if __name__ == "__main__":
    atheris.Setup(sys.argv, read_by_number)
    atheris.Fuzz()
