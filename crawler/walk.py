"""The walk over one collection: fed pages, says what to ask next. Pure, no I/O."""

from crawler.walks.base import Ask, Capabilities, Certificate, Page, Poisoned, Purpose, Trouble, TroubleKind, Walk

__all__ = ["Ask", "Capabilities", "Certificate", "Page", "Poisoned", "Purpose", "Trouble", "TroubleKind", "Walk"]
