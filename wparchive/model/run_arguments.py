"""The arguments of a run that say what it is to read. Pure."""

from collections.abc import Mapping

LISTS_ASKED_FOR = ("none", "known", "all")
"""Values of the argument `routes`; each one asks for all that those before it ask for."""
YES = frozenset({"1", "true", "yes"})
"""Values of an argument that is switched on."""


def names_in(value: str) -> list[str]:
    """Return the names in an argument that lists some, separated by commas."""
    return [name.strip() for name in value.split(",") if name.strip()]


def types_of(arguments: Mapping[str, str]) -> list[str]:
    """Return the types that a run was asked for, as they were typed; empty for everything."""
    return names_in(arguments.get("types", ""))


def routes_of(arguments: Mapping[str, str]) -> str:
    """Return which lists of plugins are to be read: `known`, `all` or `none`."""
    return arguments.get("routes", "known")


def wants_comments(arguments: Mapping[str, str]) -> bool:
    """Tell whether comments are to be archived."""
    return arguments.get("comments", "0").lower() in YES


def asks_for_no_more(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether a run with some arguments asks for nothing that the other leaves out."""
    return _rank(one) <= _rank(other) and wants_comments(one) <= wants_comments(other)


def _rank(arguments: Mapping[str, str]) -> int:
    """Return how much of a site's lists is asked for; a word that is none asks for all."""
    routes = routes_of(arguments)
    return LISTS_ASKED_FOR.index(routes) if routes in LISTS_ASKED_FOR else len(LISTS_ASKED_FOR)
