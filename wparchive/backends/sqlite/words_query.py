"""A search for words as an expression of SQLite's full text index (FTS5)."""

from wparchive.text.search_query import Choice, Clause, HasName, Part, Query

MATCHING_SQL = "SELECT rowid FROM posts_fts WHERE posts_fts MATCH ?"


def fts_expression(query: Query) -> str:
    """Return a search as an FTS5 expression.

    Tokens are letters, marks and digits, so nothing in them needs escaping.
    """
    wanted = " AND ".join(map(_fts_part, query.required))
    unwanted = " OR ".join(map(_fts_part, query.excluded))
    if unwanted:
        return f"({wanted}) NOT ({unwanted})"
    return wanted


def _fts_part(part: Part) -> str:
    match part:
        case Clause():
            return _phrase(part)
        case Query():
            return f"({fts_expression(part)})"
        case Choice():
            return f"({' OR '.join(map(_fts_part, part.parts))})"
        case HasName():
            raise AssertionError("names are not in the index of words")


def _phrase(clause: Clause) -> str:
    phrase = f'"{" ".join(clause.tokens)}"'
    if clause.field:
        phrase = f"{clause.field} : {phrase}"
    if clause.prefix:
        return phrase + " *"
    return phrase
