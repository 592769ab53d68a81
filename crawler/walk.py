"""The walk over one collection: fed pages, says what to ask next. Pure, no I/O."""

from crawler.walks.base import Ask, Capabilities, Certificate, Page, Poisoned, Purpose, Trouble, TroubleKind, Walk
from crawler.walks.choice import choose_walk

__all__ = ["Ask", "Capabilities", "Certificate", "Page", "Poisoned", "Purpose", "Trouble", "TroubleKind", "Walk", "choose_walk"]
