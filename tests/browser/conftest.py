"""A real Chromium.

REQUIRE_BROWSER=1 runs these tests. They need Debian's `chromium`, Playwright, and in AXE_SCRIPT the
path of axe-core's `axe.min.js`.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Yield a browser. The test is skipped where none is asked for."""
    if os.environ.get("REQUIRE_BROWSER") != "1":
        pytest.skip("no browser: run with REQUIRE_BROWSER=1 (needs chromium and Playwright)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield browser
        browser.close()
