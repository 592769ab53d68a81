"""Fuzz the whole way from the bytes of an answer to every export.

python -m tests.fuzz                      the named inputs
python -m tests.fuzz --only marks         some of them
python -m tests.fuzz --minutes 10         then random ones, half of the time led by coverage
python -m tests.fuzz --only no --coverage-minutes 20     only those that are led by coverage
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.inputs import NAMED, Input, random_inputs
from tests.fuzz.limits import SECONDS_MAX, Ran, run_limited, wall_clock
from tests.fuzz.readers import READERS
from tests.fuzz.way import go

SEED_BYTES = 600
LINE = "{name:40} {seconds:8.1f} s {megabytes:7.0f} MiB  {trouble}"


def main() -> int:
    """Run what the arguments say; return 1 where anything broke the law."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="named inputs with these words")
    parser.add_argument("--minutes", type=float, default=0.0, help="of random inputs")
    parser.add_argument(
        "--coverage-minutes", type=float, default=0.0, help="of inputs led by coverage alone"
    )
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--seconds-max", type=int, default=SECONDS_MAX)
    options = parser.parse_args()
    broken = 0
    for name, make in NAMED.items():
        if options.only in name:
            broken += bool(
                _shown(name, run_limited(lambda make=make: go(make()), options.seconds_max))
            )
    if options.minutes:
        print(f"seed {options.seed}")
        broken += _random(options.seed, options.minutes * 30, options.seconds_max)
    coverage_s = int(options.minutes * 30 + options.coverage_minutes * 60)
    if coverage_s:
        broken += _led_by_coverage(coverage_s)
    return int(broken > 0)


def _shown(name: str, ran: Ran) -> str:
    trouble = ran.trouble.strip().splitlines()
    last = trouble[-1] if trouble else ""
    print(LINE.format(name=name, seconds=ran.seconds, megabytes=ran.megabytes, trouble=last))
    sys.stdout.flush()
    return last


def _random(seed: int, seconds: float, seconds_max: int) -> int:
    clock = wall_clock()
    broken = 0
    for number, one in enumerate(random_inputs(seed)):
        if clock() > seconds:
            break
        ran = run_limited(lambda one=one: go(one), seconds_max)
        if ran.trouble:
            broken += 1
            _shown(f"random {number}: {_middle(one)}", ran)
            print(ran.trouble)
    print(f"{number} random inputs, {broken} broke the law")
    return broken


def _middle(one: Input) -> str:
    middle = len(one.body) // 2
    return ascii(one.body[middle : middle + 30].decode("utf-8", "replace"))


def _led_by_coverage(seconds: int) -> int:
    """Run the fuzzer that looks for new ways through the code; return 1 where it found a defect."""
    try:
        import atheris  # noqa: F401
    except ImportError:
        print("atheris is not installed (pip install atheris): no inputs led by coverage")
        return 0
    with TemporaryDirectory() as place:
        for number, one in enumerate(_seeds()):
            (Path(place) / f"seed{number}").write_bytes(one)
        command = [sys.executable, "-m", "tests.fuzz.led_by_coverage", place]
        command += [f"-max_total_time={seconds}", "-timeout=30", "-rss_limit_mb=1500"]
        command += [
            "-max_len=2000",
            "-artifact_prefix=fuzz-",
            "-print_final_stats=1",
            "-verbosity=0",
        ]
        return int(subprocess.run(command, check=False).returncode != 0)


def _seeds() -> Iterator[bytes]:
    """Yield small forms of the named inputs: for each reader, and half of them repeated."""
    for number, make in enumerate(NAMED.values()):
        body = make().body
        for reader in range(len(READERS)):
            for part in (body[:SEED_BYTES], body[-SEED_BYTES:]):
                yield bytes([reader | (number % 2) << 7]) + part


if __name__ == "__main__":
    sys.exit(main())
