"""CSV (RFC 4180, UTF-8) and XLSX: the fields that fit a cell.

Names in one cell are separated by `; `.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO, NamedTuple

from wparchive.errors import InvalidQuery
from wparchive.export.arrow import optional_package
from wparchive.export.columns import ExportTable, cell_value, field_value, spreadsheet_text
from wparchive.model.documents import PostDocument
from wparchive.reading.views import iso_time, ref_name, term_names, translation_names

ROWS_OF_A_SHEET = 1_048_576
"""The most that a sheet of XLSX takes, the line of headings included."""
_COLUMNS_OF_A_SHEET = 16_384
_CHARACTERS_OF_A_CELL = 32_767
_CUT = " [...]"
_IN_NO_CELL = frozenset({"html", "blocks", "sketch", "extra", "version_hash", "refresh_hash"})
"""Fields that stand in a table only where they are asked for."""


def _author(post: PostDocument) -> str:
    if post["author"] is None:
        return ""
    return ref_name(post["author"])


def _terms(post: PostDocument) -> str:
    # Not `ref_name`: an id stands here without its `#`, as it always did.
    return "; ".join(
        f"{term['taxonomy']}: {term['name'] or term['slug'] or term['id']}"
        for term in post["terms"]
    )


def _featured_media(post: PostDocument) -> str | None:
    if post["featured_media"] is None:
        return ""
    return post["featured_media"].get("url")


def _duplicate_of(post: PostDocument) -> str:
    if post["duplicate"] is None:
        return ""
    return post["duplicate"]["of"]


def _duplicate_kind(post: PostDocument) -> str:
    if post["duplicate"] is None:
        return ""
    return post["duplicate"]["kind"]


CSV_COLUMNS: dict[str, Callable[[PostDocument], Any]] = {
    "key": lambda post: post["_id"],
    "site": lambda post: post["site"],
    "type": lambda post: post["type"],
    "id": lambda post: post["id"],
    "state": lambda post: post["state"],
    "status": lambda post: post["status"],
    "protected": lambda post: int(post["protected"]),
    "published_at": lambda post: iso_time(post["published_at"]),
    "modified_at": lambda post: iso_time(post["modified_at"]),
    "title": lambda post: post["title"],
    "author": _author,
    "authors": lambda post: "; ".join(term_names(post.get("authors") or ())),
    "categories": lambda post: "; ".join(term_names(post["categories"])),
    "tags": lambda post: "; ".join(term_names(post["tags"])),
    "terms": _terms,
    "language": lambda post: post["language"],
    "translations": lambda post: "; ".join(translation_names(post)),
    "word_count": lambda post: post["word_count"],
    "link": lambda post: post["link"],
    "slug": lambda post: post["slug"],
    "featured_media": _featured_media,
    "duplicate_of": _duplicate_of,
    "duplicate_kind": _duplicate_kind,
    "revision": lambda post: post["revision"],
    "first_seen_at": lambda post: iso_time(post["first_seen_at"]),
    "last_seen_at": lambda post: iso_time(post["last_seen_at"]),
    "changed_at": lambda post: iso_time(post["changed_at"]),
    "content_fingerprint": lambda post: post["content_fingerprint"],
    "excerpt": lambda post: post["excerpt"],
    "text": lambda post: post["text"],
}
"""Each column and where its value comes from; None makes an empty cell."""


class SheetColumn(NamedTuple):
    """A column of a table for spreadsheets."""

    value: Callable[[Any], Any]
    """Return the value of a document."""
    is_time: bool = False


def sheet_columns(table: ExportTable) -> dict[str, SheetColumn]:
    """Return the columns of a table in their order."""
    if table.kind == "posts" and not table.fields:
        return {name: _column(table, name) for name in CSV_COLUMNS}
    names = table.annotations()
    if not table.fields:
        return {name: _column(table, name) for name in names if name not in _IN_NO_CELL}
    return {name: _column(table, name) for name in names}


def _column(table: ExportTable, name: str) -> SheetColumn:
    is_time = name.endswith("_at") or name == "at"
    if table.kind == "posts" and name in CSV_COLUMNS:
        return SheetColumn(CSV_COLUMNS[name], is_time)
    return SheetColumn(partial(_cell, name=name), is_time)


def _cell(document: Mapping[str, Any], name: str) -> Any:
    return cell_value(field_value(document, name))


def write_csv(documents: Iterable[Mapping[str, Any]], out: BinaryIO, table: ExportTable) -> None:
    """Write a header, then one record a document; line breaks in a text are kept, in quotes."""
    columns = sheet_columns(table)
    # The wrapper must not close `out`, which belongs to the caller: it is detached at the end.
    # `newline=""`, because `csv` ends its lines itself: Windows would make `\r\r\n` of that.
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    rows = csv.writer(text)
    # The names of plugin fields come from the site, too.
    rows.writerow(map(spreadsheet_text, columns))
    rows.writerows(
        [spreadsheet_text(column.value(document)) for column in columns.values()]
        for document in documents
    )
    text.flush()
    text.detach()


def write_xlsx(documents: Iterable[Mapping[str, Any]], out: BinaryIO, table: ExportTable) -> None:
    """Write one sheet, its first line the headings; times are times, texts never formulas.

    A text that is too long for a cell is cut, and ends with `[...]`. Raises ExtraMissing, and
    InvalidQuery where there are more rows or columns than a sheet takes.
    """
    columns = sheet_columns(table)
    if len(columns) > _COLUMNS_OF_A_SHEET:
        raise InvalidQuery(f"a sheet takes {_COLUMNS_OF_A_SHEET:,} columns: choose by --fields")
    # Rows go to a temporary file as they come, so that memory stays flat.
    workbook = optional_package("xlsxwriter").Workbook(out, {"constant_memory": True})
    sheet = workbook.add_worksheet(table.kind)
    sheet.freeze_panes(1, 0)
    times = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for place, name in enumerate(columns):
        # Not `write`, which makes formulas and links of texts that look like them.
        sheet.write_string(0, place, name)
    for row, document in enumerate(documents, 1):
        if row >= ROWS_OF_A_SHEET:
            raise InvalidQuery(f"a sheet takes {ROWS_OF_A_SHEET:,} rows: use filters, or csv")
        for place, column in enumerate(columns.values()):
            _write_cell(sheet, row, place, column, column.value(document), times)
    workbook.close()


def _write_cell(
    sheet: Any, row: int, place: int, column: SheetColumn, value: Any, times: Any
) -> None:
    """Write a value with its own type: nothing is guessed from how a text looks."""
    if value is None:
        return
    # A spreadsheet counts days from 1900 on. An earlier time has no number.
    if column.is_time and value and (at := datetime.fromisoformat(value)).year >= 1900:
        # A spreadsheet knows no zones.
        sheet.write_datetime(row, place, at.astimezone(UTC).replace(tzinfo=None), times)
    elif isinstance(value, (int, float)) and abs(value) < 2**53:
        sheet.write_number(row, place, value)
    else:
        sheet.write_string(row, place, _fitting(str(value)))


def _fitting(text: str) -> str:
    if len(text) <= _CHARACTERS_OF_A_CELL:
        return text
    return text[: _CHARACTERS_OF_A_CELL - len(_CUT)] + _CUT
