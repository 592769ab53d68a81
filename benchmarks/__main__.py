"""Run a benchmark: `python -m benchmarks [NAME [OPTIONS]]`.

Without a name it prints what there is and runs the benchmark of the whole job.
"""

import ast
import runpy
import sys
from pathlib import Path

WHOLE_JOB = "end_to_end"


def names() -> dict[str, str]:
    """Return the name of each benchmark and the first line of its docstring.

    Nothing is imported for that: a benchmark may need packages that are not installed.
    """
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        source = path.read_text(encoding="utf-8")
        if 'if __name__ == "__main__":' in source and path.name != "__main__.py":
            found[path.stem] = (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]
    return found


def main(arguments: list[str]) -> int:
    """Run what the arguments name; return the exit status, 2 for a name that is none."""
    there = names()
    if not arguments or arguments[0].startswith("-"):
        listed = [f"  {name}: {what}" for name, what in there.items()]
        print("Benchmarks (python -m benchmarks NAME --help):", *listed, "", sep="\n", flush=True)
        if arguments:
            return 0 if arguments[0] in ("-h", "--help", "--list") else 2
    name, *options = arguments or [WHOLE_JOB]
    if name not in there:
        print(f"no benchmark {name!r}; there are: {', '.join(there)}", file=sys.stderr)
        return 2
    sys.argv = [f"python -m benchmarks.{name}", *options]
    runpy.run_module(f"benchmarks.{name}", run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
