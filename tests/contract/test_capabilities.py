"""The table in docs/mongodb.md is what the servers answer."""

from pathlib import Path

import pytest

from tests.contract.conftest import SERVERS
from tests.servers.capabilities import FERRETDB, SECANTUSDB, asked, rows

DOCS = Path(__file__).parents[2] / "docs" / "mongodb.md"


def documented(server: str) -> list[list[str]]:
    """Return the documented cells: the name of a capability, its use, and what a server can."""
    text = DOCS.read_text().partition("<!-- capabilities:")[2].partition("-->\n")[2]
    lines = text.partition("<!-- end -->")[0].strip().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    column = cells[0].index(server)
    return [[*row[:2], row[column]] for row in cells]


def test_the_documented_capabilities_are_those_of_ferretdb(own_ferretdb):
    assert documented(FERRETDB) == rows({FERRETDB: asked(own_ferretdb.uri)})


@pytest.mark.mongodb
@pytest.mark.skipif("secantusdb" not in SERVERS, reason="run with MONGODB_TEST_URI=secantusdb")
def test_the_documented_capabilities_are_those_of_secantusdb(request):
    uri = request.getfixturevalue("started_secantusdb")
    assert documented(SECANTUSDB) == rows({SECANTUSDB: asked(uri)})
