"""The fuzzer that changes inputs as their way through the code suggests (atheris, libFuzzer)."""

import sys

import atheris

with atheris.instrument_imports(include=["crawler", "pipelines", "wparchive"]):
    from tests.fuzz.inputs import Input, content
    from tests.fuzz.way import go


def one_input(data: bytes) -> None:
    """Go with an input of libFuzzer: its first byte says what it is."""
    kind = data[0] % 4 if data else 0
    rest = data[1:]
    if kind == 0:
        go(content(rest.decode("utf-8", "replace")))
    elif kind == 1:
        go(Input(rest, is_page=True))
    else:
        go(Input(rest))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
