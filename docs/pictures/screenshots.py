"""Take the pictures of the web pages: `make demo`, then `python docs/pictures/screenshots.py`.

It serves the archive of the demo and needs Debian's `chromium` and `fonts-noto-cjk`, and the extra
`browser`.
"""

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
ARCHIVE = "sqlite:///archive-data/demo.db"
VIEWS = {"search": "/?q=写真", "site": "/sites"}
"""Pictures by name, and the page that each begins at."""
SIZE = {"width": 1100, "height": 720}


def main() -> None:
    """Write one PNG for each view."""
    command = [sys.executable, "-m", "wparchive", "--archive", ARCHIVE, "serve", "--port", "0"]
    with (
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server,
        sync_playwright() as playwright,
    ):
        assert server.stderr is not None
        found = re.search(r"http://\S+", server.stderr.readline())
        assert found, "the archive of the demo is not there: run `make demo` first"
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_page(viewport=SIZE)
        for name, view in VIEWS.items():
            page.goto(found[0].rstrip("/") + view)
            if name == "site":
                page.locator("main td a").first.click()
            page.screenshot(path=HERE / f"web-{name}.png")
        browser.close()
        server.terminate()


if __name__ == "__main__":
    main()
