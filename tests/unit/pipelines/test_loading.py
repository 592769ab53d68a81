"""What a process loads before it has work: only what that work needs."""

import subprocess
import sys

import pytest

from settings.base import ITEM_PIPELINES

STAGES = sorted({place.rpartition(".")[0] for place in ITEM_PIPELINES})


@pytest.mark.parametrize(
    ("modules", "loaded", "not_loaded"),
    [
        # A crawl whose helper processes clean does nothing of the kind itself.
        (STAGES, "crawler.run.lifecycle", "pipelines.cleaning.cleaner"),
        (
            ["pipelines.helpers.finishing_process"],
            "pipelines.cleaning.cleaner",
            "crawler.walk.by_id",
        ),
        (["pipelines.helpers.finishing_process"], "pipelines.cleaning.cleaner", "scrapy"),
    ],
)
def test_what_is_loaded(modules: list[str], loaded: str, not_loaded: str) -> None:
    code = f"import sys, {', '.join(modules)}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded in done.stdout.split()
    assert not_loaded not in done.stdout.split()
