"""The table in docs/mongodb.md is what the server answers."""

from pathlib import Path

from tests.servers.capabilities import asked, table

DOCS = Path(__file__).parents[2] / "docs" / "mongodb.md"


def test_the_documented_capabilities_are_those_of_ferretdb(own_ferretdb):
    documented = (
        DOCS.read_text()
        .partition("<!-- capabilities:")[2]
        .partition("-->\n")[2]
        .partition("<!-- end -->")[0]
    )
    assert table("FerretDB 1.24.2 (SQLite)", asked(own_ferretdb.uri)) == documented.strip()
