"""How likely it is that what was seen is chance. Pure functions of numbers."""

from math import comb

LIKELY = 1e-6
"""What is less likely than this is no chance: a site is asked some thousand times a year."""


def share_has_grown(seen: int, of: int, usual: int, of_usual: int) -> bool:
    """Tell whether something is in more of `of` posts than chance explains.

    Posts come in series that are alike, so that the odds are taken for twice the usual ones.
    """
    if seen == 0:
        return False
    share = (usual + 1) / (of_usual + 2)
    odds = 2 * share / (1 - share) + 0.02
    return _at_least(seen, of, odds / (1 + odds)) < LIKELY


def _at_least(seen: int, of: int, share: float) -> float:
    """Return how likely it is that at least `seen` of `of` have something that a share has."""
    return sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(seen, of + 1))
