"""The doctor at sites that are broken: a dozen requests at most, an end, and what to do."""

import subprocess
import sys

from tests.faults.looks import LOOK_KINDS
from tests.integration.crawling import ROOT, environment


def test_the_doctor_asks_a_dozen_times_at_most_and_ends_whatever_a_site_does():
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.looks", "--quick"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == len(LOOK_KINDS) + 1
