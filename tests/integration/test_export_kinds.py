"""Exports of everything that an archive holds, in the formats of tables."""

import csv
import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from io import BytesIO, StringIO
from xml.etree import ElementTree

import duckdb
import pytest

from samples.documents import post
from tests.archives import filled, mongodb_server, new_address, new_database, sample_address
from wparchive import documents_of, export_documents, export_posts, open_archive
from wparchive.errors import InvalidQuery
from wparchive.export.columns import ExportTable, cell_value, table_of, with_fields_checked
from wparchive.export.csv import write_csv, write_xlsx
from wparchive.export.jsonl import write_jsonl

__all__ = ["mongodb_server", "new_address", "new_database", "sample_address"]
COUNTS = {"terms": 3, "authors": 2, "media": 2, "comments": 2, "revisions": 1, "events": 22}
ENERGY = "clean-energy"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def export(address, *arguments):
    command = [sys.executable, "-m", "wparchive", "export", "--archive", address, *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def cells(content: bytes) -> list[list[str | None]]:
    """Return the rows of the first sheet of an XLSX file, as text."""
    with zipfile.ZipFile(BytesIO(content)) as file:
        sheet = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))
    assert not list(sheet.iter(f"{SHEET}f")), "there is a formula"
    return [
        ["".join(cell.itertext()) for cell in row.findall(f"{SHEET}c")]
        for row in sheet.iter(f"{SHEET}row")
    ]


def test_every_kind_is_written_in_every_format_of_tables(sample_address, tmp_path):
    with open_archive(sample_address) as archive:
        for kind, count in COUNTS.items():
            documents = documents_of(archive, kind)
            for form in ("jsonl", "csv", "xlsx", "parquet", "partitions"):
                target = tmp_path / f"{kind}.{form}"
                assert export_documents(documents, kind, target, form) == count, (kind, form)
            lines = (tmp_path / f"{kind}.jsonl").read_text().splitlines()
            assert len([json.loads(line) for line in lines]) == count
            with (tmp_path / f"{kind}.csv").open(newline="") as file:
                assert len(list(csv.DictReader(file))) == count
            assert len(cells((tmp_path / f"{kind}.xlsx").read_bytes())) == count + 1
            for files in (f"{kind}.parquet", f"{kind}.partitions/**/*.parquet"):
                [(found,)] = duckdb.sql(f"SELECT count(*) FROM '{tmp_path / files}'").fetchall()
                assert found == count, files
    revision = json.loads((tmp_path / "revisions.jsonl").read_text())
    assert revision["document"]["title"] == "Heat pumps"
    assert "raw" not in revision["document"]


def test_partitions_are_named_by_site_and_month(sample_address, tmp_path):
    with open_archive(sample_address) as archive:
        export_posts(archive, archive.posts(order="key"), tmp_path / "lake", "partitions")
    sql = (
        "SELECT site, month, count(*), min(title) "
        f"FROM read_parquet('{tmp_path}/lake/**/*.parquet', hive_partitioning = true) "
        "GROUP BY ALL ORDER BY ALL"
    )
    found = duckdb.sql(sql).fetchall()
    assert ("other.org", "2024-05", 1, "Post 8") in found
    assert ("example.com/blog", None, 1, "Énergie") in found
    assert sum(count for _, _, count, _ in found) == 8


def test_the_command_writes_named_things_and_chosen_columns(sample_address):
    named = export(sample_address, "example.com/blog/post/1", "-o", "-", "--format", "jsonl")
    assert [json.loads(line)["id"] for line in named.stdout.splitlines()] == [1]
    assert named.stderr == "1 post written to standard output\n"
    term = export(
        sample_address,
        *("example.com/blog/category/9", "-o", "-", "--format", "csv", "--fields", "key,name"),
    )
    assert term.stdout.splitlines() == ["key,name", "example.com/blog/category/9,News"]
    chosen = export(
        sample_address,
        *("--matching", "hidden", "--state", "any", "-o", "-", "--format", "csv"),
        *("--fields", "title,extra.*"),
    )
    assert chosen.stdout.splitlines() == [
        "title,extra.acf.rating,extra.big",
        f"Post 10,5,{2**60}",
    ]


def test_the_command_writes_chosen_events_and_each_column_once(sample_address):
    events = export(
        sample_address,
        *("-o", "-", "--format", "csv", "--kind", "events", "--fields", "what,key,what"),
        *("--deleted", "--edited"),
    )
    heads, *rows = events.stdout.splitlines()
    assert heads == "what,key"
    assert sorted(rows) == ["deleted,other.org/post/9", "edited,example.com/blog/post/1"]
    assert "note: --fields has what several times; it is one column" in events.stderr
    one = ("other.org/post/9", "-o", "-", "--format", "csv", "--kind", "events", "--fields", "what")
    assert export(sample_address, *one, "--deleted").stdout.splitlines() == ["what", "deleted"]
    assert len(export(sample_address, *one).stdout.splitlines()) > 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "a.csv", "--fields", "titel"], "did you mean 'title'?"),
        (["-o", "a.csv", "--fields", "title,URL"], "did you mean 'link'?"),
        (["-o", "a.csv", "--fields", "date"], "did you mean 'published_at'?"),
        (["-o", "a.csv", "--kind", "events", "--fields", "date"], "did you mean 'at'?"),
        (["-o", "a.csv", "--fields", ""], "has an empty name"),
        (["-o", "a.csv", "--deleted"], "add --kind events"),
        (["-o", "a.csv", "--kind", "events", "--state", "deleted"], "their kinds (--deleted,"),
        (
            ["-o", "a.csv", "--state", "any", "--fields", "title,extra.acf.ratng"],
            "did you mean 'extra.acf.rating'?",
        ),
        (["-o", "a.parquet", "--fields", "extra.nosuch"], "plugin field 'extra.nosuch'"),
        (["-o", "a.xlsx", "--fields", "extra.nosuch"], "plugin field 'extra.nosuch'"),
        (
            ["-o", "a.csv", "--kind", "terms", "--tag", ENERGY],
            "terms are chosen by --site, --type",
        ),
        (["-o", "a.xml", "--kind", "terms"], "wxr has no place for terms"),
        (["-o", "a.xml", "--fields", "title"], "wxr has no columns"),
        (
            ["-o", "a.csv", "example.com/blog/post/1", "--tag", ENERGY],
            "leave the filters out",
        ),
        (["-o", "a.csv", "example.com/blog/post/1", "--kind", "terms"], "is one of the posts"),
    ],
)
def test_what_cannot_be_is_said(sample_address, tmp_path, arguments, words):
    target = [str(tmp_path / part) if part.startswith("a.") else part for part in arguments]
    done = export(sample_address, *target)
    assert (done.returncode, words in done.stderr) == (2, True), done.stderr
    assert not list(tmp_path.glob("a.*"))


def test_no_program_cuts_a_line_of_json():
    out = BytesIO()
    title = "a\u0085b\u2028c\u2029d\x0be\x1cf"
    write_jsonl([post(1, title=title)], out, ExportTable())
    write_jsonl([post(1, title=title)], out, ExportTable(fields=("title",)))
    first, second = out.getvalue().decode().splitlines()
    assert json.loads(first)["title"] == json.loads(second)["title"] == title


def test_sheets_have_times_and_no_formulas():
    at = datetime(2024, 5, 17, 8, 30, tzinfo=UTC)
    documents = [
        post(1, "x" * 40_000, title="=1+1", published_at=at),
        post(2, title="https://a.org/ 007", published_at=datetime(1500, 1, 1, tzinfo=UTC)),
    ]
    out = BytesIO()
    write_xlsx(documents, out, ExportTable(fields=("title", "published_at", "text", "protected")))
    head, first, second = cells(out.getvalue())
    assert head == ["title", "published_at", "text", "protected"]
    assert first[:2] == ["=1+1", "45429.35416666666"]
    assert len(first[2]) == 32_767
    assert first[2].endswith(" [...]")
    assert second[:2] == ["https://a.org/ 007", "1500-01-01T00:00:00Z"]


def test_cells_are_names_or_json():
    assert cell_value(
        [{"id": 1, "name": "a", "slug": "b"}, {"id": 2, "name": None, "slug": "c"}]
    ) == ("a; c")
    refs = [{"id": 1, "name": "a", "slug": "b"}, {"id": 2, "name": None, "slug": "c"}]
    assert cell_value(refs) == "a; c"
    assert cell_value([{"url": "x"}]) == '[{"url": "x"}]'
    assert cell_value(["a", "b"]) == "a; b"
    assert cell_value([]) == ""
    assert cell_value(True) == 1


def test_unknown_fields_are_named():
    with pytest.raises(InvalidQuery, match="terms have no field 'x'"):
        table_of("terms", ["x"], [])
    with pytest.raises(InvalidQuery, match="events have no field"):
        table_of("events", ["extra.a"], [])
    documents = [{"extra": [{"k": "acf.b", "v": 1}, {"k": "acf.a", "v": 1}, {"k": "c", "v": 1}]}]
    assert table_of("posts", ["extra.acf.*", "title", "extra.c"], documents).fields == (
        *("extra.acf.a", "extra.acf.b", "title", "extra.c"),
    )


def test_unknown_plugin_fields_are_named_at_the_end():
    documents = [{"extra": [{"k": "acf.rating", "v": 1}]}, {}, {"extra": [{"k": "c", "v": 1}]}]
    for name, words in [
        ("extra.acf.ratng", "has the plugin field 'extra.acf.ratng': did you mean 'extra.acf.rati"),
        ("extra.nosuch.and.long", r"they have extra.acf.rating, extra.c \(extra.\*"),
        ("extra.acf.ratng*", "did you mean 'extra.acf.rating'"),
    ]:
        with pytest.raises(InvalidQuery, match=words):
            list(with_fields_checked(documents, table_of("posts", [name], documents)))
    for names in (["extra.c", "extra.acf.rating"], ["title"], ["title", "extra.*"]):
        table = table_of("posts", names, documents)
        assert list(with_fields_checked(documents, table)) == documents
    assert list(with_fields_checked([], table_of("posts", ["extra.x"], []))) == []
    with pytest.raises(InvalidQuery, match="nor any other one"):
        list(with_fields_checked([{}], table_of("posts", ["extra.x"], [])))


def test_a_heading_that_a_site_named_controls_nothing():
    documents = [post(1, title="T", extra=[{"k": "a\x1b[31m\u202eb", "v": 5}])]
    out = BytesIO()
    table = table_of("posts", ["title", "extra.*"], documents)
    write_csv(documents, out, table)
    assert out.getvalue().decode().splitlines() == ["title,extra.a[31mb", "T,5"]


@pytest.mark.mongodb
def test_both_backends_write_the_same(new_database, tmp_path):
    other = filled(new_database)
    own = filled(f"sqlite:///{tmp_path / 'own.db'}")
    for kind in COUNTS:
        texts = []
        for address in (own, other):
            out = BytesIO()
            with open_archive(address) as archive:
                export_documents(documents_of(archive, kind), kind, out, "csv")
            texts.append(list(csv.reader(StringIO(out.getvalue().decode(), newline=""))))
        assert texts[0] == texts[1], kind
