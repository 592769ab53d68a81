"""Conditions on the rows of a table, as SQL with parameters."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on rows, with its parameters."""

    sql: str
    parameters: tuple[object, ...] = ()


ALWAYS = Condition("1")


def all_of(conditions: Iterable[Condition | None]) -> Condition:
    """Return the condition that all of these hold; None asks for nothing."""
    chosen = [condition for condition in conditions if condition is not None]
    if not chosen:
        return ALWAYS
    parameters = tuple(value for condition in chosen for value in condition.parameters)
    return Condition(" AND ".join(condition.sql for condition in chosen), parameters)


def among(column: str, values: Iterable[object]) -> Condition | None:
    """Return the condition that a column has one of the values; None when there are no values."""
    chosen = tuple(values)
    if not chosen:
        return None
    return Condition(f"{column} IN ({placeholders(chosen)})", chosen)


def placeholders(values: Iterable[object]) -> str:
    """Return a question mark for each value."""
    return ", ".join("?" for _ in values)
