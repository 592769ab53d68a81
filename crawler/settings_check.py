"""The settings of a crawl in one table: the unit of each, and what it may be.

A value that would stop a crawl with a traceback, or hang it, is refused before the crawl begins.
`settings/base.py` gives the defaults with their reasons, and `docs/settings.md` explains each to
operators; a test holds both against this table.
"""

import os
import re
import ssl
from collections.abc import Container, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from logging import getLevelNamesMapping
from typing import Protocol

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, default_settings

from crawler.errors import BadArguments

PREFIXES = ("ARCHIVE_", "CRAWL_", "CLEAN_")
"""Beginnings of the names that are this project's own; the others are Scrapy's."""
ON = frozenset({"1", "true", "yes", "on"})
OFF = frozenset({"0", "false", "no", "off"})
AUTO = frozenset({"auto"})
_MEDIA_TYPES = re.compile(
    r"(?:application|audio|font|image|message|model|multipart|text|video)(?:/(?:[a-z0-9.+-]*\*?))?"
)


class Accepted(Protocol):
    """The values that a setting may have."""

    def fits(self, value: object) -> bool:
        """Tell whether a value, of the settings module or of a command line, can be used."""

    def __str__(self) -> str:
        """Return what is accepted, as it stands in the message: `a number of 0 or more`."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""

    least: int = 0

    def fits(self, value: object) -> bool:
        try:
            return int(str(value)) >= self.least
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"a whole number of {self.least} or more"


@dataclass(frozen=True, slots=True)
class Real:
    """A number of 0 or more, with or without a fraction."""

    def fits(self, value: object) -> bool:
        try:
            return float(str(value)) >= 0  # false for "nan", too
        except ValueError:
            return False

    def __str__(self) -> str:
        return "a number of 0 or more"


@dataclass(frozen=True, slots=True)
class YesOrNo:
    """Yes or no, in the words that Scrapy's `getbool` understands."""

    def fits(self, value: object) -> bool:
        return str(value) in ("True", "true", "False", "false") or Whole().fits(value)

    def __str__(self) -> str:
        return "1 or 0"


@dataclass(frozen=True, slots=True)
class WholeOrAuto:
    """A whole number, or the word `auto`."""

    def fits(self, value: object) -> bool:
        return str(value) == "auto" or Whole().fits(value)

    def __str__(self) -> str:
        return "a whole number or auto"


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words, in any case."""

    words: frozenset[str]
    shown: str
    """The words as the message names them; those that mean the same are named once."""

    def fits(self, value: object) -> bool:
        return str(value).lower() in self.words

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True, slots=True)
class CertificateFile:
    """A file with certificates of authorities; empty for none."""

    def fits(self, value: object) -> bool:
        if not value:
            return True
        try:
            ssl.create_default_context(cafile=str(value))
        except (OSError, ValueError):
            return False
        return True

    def __str__(self) -> str:
        return "a readable PEM file with at least one certificate"


@dataclass(frozen=True, slots=True)
class MediaTypes:
    """Beginnings of media types, separated by commas; empty for all types."""

    def fits(self, value: object) -> bool:
        parts = str(value).replace(" ", "").lower().split(",")
        return not value or all(_MEDIA_TYPES.fullmatch(part) for part in parts)

    def __str__(self) -> str:
        return "beginnings of media types, as image/ or image/,application/pdf"


@dataclass(frozen=True, slots=True)
class Anything:
    """A value that is not checked here: a text, or a part of Scrapy's own machinery."""

    def fits(self, value: object) -> bool:
        return True

    def __str__(self) -> str:
        return "anything"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting."""

    name: str
    unit: str
    """As `docs/settings.md` names it; the comment in `settings/base.py` names the measures too."""
    accepts: Accepted = Anything()


SETTINGS: tuple[Setting, ...] = (
    # Where results land
    Setting("ARCHIVE_URI", "address"),  # `parse_uri` checks it, with better words
    Setting("ARCHIVE_BATCH_SIZE", "documents", Whole(1)),
    Setting("ARCHIVE_BATCH_WAIT_S", "seconds", Real()),
    Setting("ARCHIVE_PROCESS", "switch or auto", WholeOrAuto()),
    Setting("ARCHIVE_MARK_DUPLICATES", "yes or no", YesOrNo()),
    Setting("ARCHIVE_SITE_MEMORY", "yes or no", YesOrNo()),
    Setting("ARCHIVE_PATIENCE_S", "seconds", Real()),
    Setting("ARCHIVE_LEASE_S", "seconds", Whole(1)),
    Setting("ARCHIVE_FILES", "address"),
    # Courtesy
    Setting("CRAWL_CREDENTIALS_FILE", "path"),  # `credentials_for` checks it, with better words
    Setting("CRAWL_CONTACT", "address"),
    Setting("USER_AGENT", "text"),
    Setting("ROBOTSTXT_OBEY", "yes or no", YesOrNo()),
    Setting("ROBOTSTXT_USER_AGENT", "text"),
    Setting("CRAWL_DELAY_MAX_S", "seconds", Real()),
    Setting("DOWNLOAD_DELAY", "seconds", Real()),
    Setting("DOWNLOAD_DELAY_JITTER", "share"),
    Setting("CRAWL_PACE_MAX_S", "seconds", Real()),
    Setting("CRAWL_ANSWER_MAX_S", "seconds", Real()),
    Setting("CONCURRENT_REQUESTS_PER_DOMAIN", "requests", Whole(1)),
    Setting("CONCURRENT_REQUESTS", "requests", Whole(1)),
    Setting("COOKIES_ENABLED", "yes or no", YesOrNo()),
    # Patience
    Setting("DOWNLOAD_TIMEOUT", "seconds", Real()),
    Setting("RETRY_TIMES", "times", Whole()),
    Setting("CRAWL_BACKOFF_S", "seconds", Real()),
    Setting("CRAWL_THROTTLED_S", "seconds", Real()),
    Setting("CRAWL_LOCKOUT_S", "seconds", Real()),
    Setting("CRAWL_RETRY_AFTER_MAX_S", "seconds", Real()),
    Setting("CRAWL_BREAKER_AFTER", "failures", Whole()),
    Setting("CRAWL_BREAKER_PAUSE_S", "seconds", Real()),
    Setting("CRAWL_WAIT_TOTAL_MAX_S", "seconds", Real()),
    # Limits
    Setting("DOWNLOAD_MAXSIZE", "bytes", Whole()),
    Setting("DOWNLOAD_WARNSIZE", "bytes", Whole()),
    Setting("REDIRECT_MAX_TIMES", "times", Whole()),
    Setting("CRAWL_PER_PAGE", "rows", Whole(1)),
    Setting("CRAWL_PROBE_MAX", "requests", Whole()),
    Setting("CRAWL_SITEMAP_REQUESTS_MAX", "requests", Whole()),
    Setting("CRAWL_FALLBACK_REQUESTS_MAX", "requests", Whole()),
    Setting("CRAWL_RECONCILE_DAYS", "days", Real()),
    Setting("CRAWL_FILE_MAX_BYTES", "bytes", Whole()),
    Setting("CRAWL_FILES_TOTAL_MAX_BYTES", "bytes", Whole()),
    Setting("CRAWL_FILES_TYPES", "types", MediaTypes()),
    Setting("CRAWL_WARC_MAX_BYTES", "bytes", Whole(1)),
    Setting("DOWNLOAD_VERIFY_CERTIFICATES", "yes or no", YesOrNo()),
    Setting("CRAWL_CA_FILE", "path", CertificateFile()),
    Setting("CRAWL_RESUME_WITHIN_S", "seconds", Real()),
    Setting("CRAWL_PRIVATE_ADDRESSES", "auto, 1, 0", OneOf(AUTO | ON | OFF, "auto, 1 or 0")),
    Setting("CRAWL_WORDPRESS_COM", "address"),
    Setting("CLEAN_PROCESSES", "processes", WholeOrAuto()),
    Setting("CLEAN_MAX_BYTES", "bytes", Whole(1)),
    # What is seen while it runs
    Setting("CRAWL_PROGRESS", "auto, off", OneOf(AUTO | ON | OFF, "auto or off")),
    Setting("CRAWL_PROGRESS_EVERY_S", "seconds", Real()),
    Setting("LOG_LEVEL", "level"),  # Scrapy reads it earlier: `known_log_level` checks it
    Setting("TELNETCONSOLE_ENABLED", "yes or no", YesOrNo()),
    Setting("REMOTE_CONTROL_ENABLED", "yes or no", YesOrNo()),
    Setting("LOGSTATS_INTERVAL", "seconds", Real()),
    # How the parts are put together
    Setting("BOT_NAME", "text"),
    Setting("SPIDER_MODULES", "modules"),
    Setting("COMMANDS_MODULE", "module"),
    Setting("LOG_FORMATTER", "class"),
    Setting("TWISTED_DNS_RESOLVER", "class"),
    Setting("CONCURRENT_ITEMS", "items", Whole(1)),
    Setting("DEFAULT_REQUEST_HEADERS", "headers"),
    Setting("EXTENSIONS_BASE", "order"),
    Setting("EXTENSIONS", "order"),
    Setting("DOWNLOAD_HANDLERS", "classes"),
    Setting("DOWNLOADER_MIDDLEWARES", "order"),
    Setting("SPIDER_MIDDLEWARES", "order"),
    Setting("ITEM_PIPELINES", "order"),
)
"""Every setting that is ours, or that differs from Scrapy's own value; grouped as in the docs."""


def set_for_sites(settings: BaseSettings) -> None:
    """Set what every request to a site needs: the authorities to trust, and whom its owner can ask.

    OpenSSL finds the authorities (`CRAWL_CA_FILE`) by the environment. `CRAWL_CONTACT` is added to
    the User-Agent.
    """
    authorities = str(settings["CRAWL_CA_FILE"] or "")
    if authorities:
        os.environ["SSL_CERT_FILE"] = authorities
    contact = str(settings["CRAWL_CONTACT"]).strip()
    if contact:
        settings.set("USER_AGENT", f"{settings['USER_AGENT']} (+{contact})", priority="spider")


def check_settings(settings: BaseSettings, known: Container[str]) -> None:
    """Raise BadArguments, which names every setting that cannot be used and what it may be.

    `known` holds the names of all settings that there are.
    """
    wrong = [*_unknown(settings, known), *_unfit(settings)]
    if wrong:
        raise BadArguments("; ".join(wrong))


def known_log_level(level: object) -> str:
    """Return a level of the log as Scrapy takes it, in capitals. Raises BadArguments."""
    name = str(level).upper()
    levels = getLevelNamesMapping()
    if name not in levels:
        raise BadArguments(f"LOG_LEVEL is one of {', '.join(levels)}, not {level!r}")
    return name


def _unknown(settings: BaseSettings, known: Container[str]) -> Iterator[str]:
    """Yield a complaint for each name that nothing reads: ours, or one that is nearly Scrapy's."""
    for name in map(str, settings):
        if name in known:
            continue
        if name.startswith(PREFIXES):
            yield f"there is no setting {name}; docs/settings.md lists them"
        elif meant := _meant_setting(settings, name):
            yield f"there is no setting {name}; is {meant} meant?"


def _meant_setting(settings: BaseSettings, name: str) -> str | None:
    """Return the setting whose name is nearly one of the command line; None for no such one.

    A pause or a limit under a misspelt name would change nothing, without a word.
    """
    given = (settings.getpriority(name) or 0) >= SETTINGS_PRIORITIES["cmdline"]
    theirs = vars(default_settings)
    if not given or name in theirs:
        return None
    names = [*(setting.name for setting in SETTINGS), *filter(str.isupper, theirs)]
    # Ratio 0.9: one letter in ten may be wrong, so that a plugin's own names pass.
    return next(iter(get_close_matches(name.upper(), names, n=1, cutoff=0.9)), None)


def _unfit(settings: BaseSettings) -> Iterator[str]:
    """Yield a complaint for each value that cannot be used."""
    for setting in SETTINGS:
        value = settings[setting.name]
        if not setting.accepts.fits(value):
            yield f"{setting.name} is {setting.accepts}, not {value!r}"
