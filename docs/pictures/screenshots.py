"""Take the pictures of the web pages: `make demo`, then `python docs/pictures/screenshots.py`.

It serves the archive of the demo and needs Debian's `chromium` and `fonts-noto-cjk`, and the extra
`browser`.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
ARCHIVE = "sqlite:///archive-data/demo.db"
VIEWS = {"search": "/?q=写真", "site": "/sites", "versions": "/events"}
"""Pictures by name, and the page that each begins at."""
SIZE = {"width": 1100, "height": 720}


@contextmanager
def ended(server: "subprocess.Popen[str]") -> Iterator[None]:
    """End a server also where a picture fails."""
    try:
        yield
    finally:
        server.terminate()


def main() -> None:
    """Write one PNG for each view."""
    command = [sys.executable, "-m", "wparchive", "--archive", ARCHIVE, "serve", "--port", "0"]
    with (
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server,
        ended(server),
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
            elif name == "versions":
                post = page.locator("main a[href$='/page/1']").first.get_attribute("href")
                page.goto(found[0].rstrip("/") + str(post).replace("/post/", "/versions/", 1))
            page.screenshot(path=HERE / f"web-{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
