"""Draw the pictures of the docs: `python docs/pictures/make.py` writes one SVG for each .dot file.

It needs Graphviz (`dot`). Each SVG carries the hash of its source, so that a test can see
whether it is the picture of what the source says now.
"""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
STAMP = "<!-- source: {} -->\n"


def stamp(source: Path) -> str:
    """Return the line that ends the SVG of a source."""
    return STAMP.format(sha256(source.read_bytes()).hexdigest())


def main() -> int:
    """Draw every source; return the exit status."""
    for source in sorted(HERE.glob("*.dot")):
        target = source.with_suffix(".svg")
        try:
            drawn = subprocess.run(
                ["dot", "-Tsvg", str(source)], capture_output=True, text=True, check=True
            )
        except FileNotFoundError:
            print("Graphviz is needed: apt-get install graphviz", file=sys.stderr)
            return 1
        except subprocess.CalledProcessError as error:
            print(f"{source}: {error.stderr}", file=sys.stderr)
            return 1
        target.write_text(drawn.stdout + stamp(source), encoding="utf-8")
        print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
