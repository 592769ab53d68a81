"""The records that the archive keeps of a site between runs: API, memory, leases, checkpoints.

A field's docstring gives its meaning, as in `documents.py`.
"""

from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict

from wparchive.model.documents import Kind


class Brake(TypedDict):
    """Withdrawals of one type that a run held back, because they were too many at once."""

    kind: NotRequired[Kind]
    """The collection; not there in archives of early versions."""
    type: str
    """The type."""
    count: int
    """How many objects were no longer listed."""
    sample: NotRequired[list[int]]
    """Their ids, at most a thousand at even distances; not there in archives of early versions."""
    run: str
    """Start of the run that held them back."""
    at: datetime
    """When it did."""


class Watermark(TypedDict):
    """Up to where a type is known to be archived: what changed later is news to the next run."""

    kind: Kind
    """The collection."""
    type: str
    """The type."""
    date: str
    """Latest site-local date of publication of what is held, not after the start of the run."""
    modified: str
    """Latest site-local date of change of what is held, not after the start of the run."""
    hidden: int
    """Rows that the site counted and did not show; 1 where their number is not known."""
    cache_age_s: float
    """Age of the oldest answer that the run got from a cache."""
    timezone: str
    """The site's time zone at that time."""
    at: str
    """Start of the run that moved it, ISO 8601, UTC; only a run that proved the type complete
    does."""
    read_at: str
    """Start of the last such run that read the whole list."""
    milestone_id: NotRequired[int]
    """A row of the list that keeps its rank as long as nothing before it vanishes; only for kinds
    of which the site may count rows that it does not show."""
    milestone_rank: NotRequired[int]
    """How many rows are before it in the order of ids."""
    turn: NotRequired[int]
    """Pages of a long list that are before the one whose turn is next."""
    view: NotRequired[str | None]
    """Which posts the run asked for, and in which form, where that was not what visitors see:
    `draft,publish`, `publish edit`; empty or None otherwise."""
    languages: NotRequired[str]
    """The languages whose lists a run has compared with the one by default: `de,en`; empty for
    none."""
    by_language: NotRequired[bool]
    """Lists by language have objects that the one by default lacks; they are read in full."""


class Site(TypedDict):
    """A site and how its API is reached."""

    _id: str
    """The site key: host and path of its home."""
    home: str
    """Address of the front page."""
    api_root: str
    """Address of the API's root."""
    found_by: str
    """How the root was found (`link header`, `probe /wp-json/`, ...)."""
    name: str
    """The site's name, plain text."""
    description: str
    """Its tag line, plain text."""
    timezone: str
    """IANA name, or empty."""
    gmt_offset: float | None
    """Hours; None when not said."""
    public_settings: NotRequired[dict[str, str | int] | None]
    """What else the index says of the site's settings, under WordPress's names: `site_icon`,
    `site_logo` (ids of media), `site_icon_url`, `show_on_front`, `page_on_front`, `page_for_posts`.
    It has only settings that are set. Absent or None in sites that no run has seen since this field
    was added."""
    namespaces: list[str]
    """API namespaces."""
    language: str | None
    """Language that the front page declares."""
    theme: NotRequired[str | None]
    """The theme that the front page loads its styles from; None if the page does not say it."""
    theme_seen_at: NotRequired[datetime | None]
    """When a run last looked for the theme in the front page."""
    capabilities: list[dict[str, Any]]
    """`{route, kind, type, parameters, per_page_maximum, orderby, in_index, languages}` for each
    collection; `in_index`: the site's index names the route; `languages`: it has lists by these."""
    brakes: list[Brake]
    """Withdrawals that a run held back and a second run must confirm."""
    watermarks: list[Watermark]
    """The dates up to which each type is known to be archived; None in archives of early
    versions."""
    first_seen_at: datetime
    """UTC."""
    last_seen_at: datetime
    """UTC."""


class TypePosts(TypedDict):
    """A number of posts of one type."""

    type: str
    """The post type."""
    posts: int
    """How many."""


RecurringReason = Literal[
    "recurs",
    "rare",
    "heading",
    "code",
    "no prose",
    "short",
    "address",
    "amid the text",
    "body",
    "facts",
    "question",
    "label",
    "sentence",
    "asked",
]


class RecurringBlock(TypedDict):
    """A block that stands in many posts of a site, and what was decided about it."""

    _id: str
    """`site#hash`."""
    site: str
    """The site."""
    hash: str
    """16 hexadecimal digits. They are equal for blocks that say the same, apart from numbers."""
    text: str
    """The block's text as one post has it, cut at 500 characters."""
    block_kind: str
    """The kind of block that it mostly is."""
    posts: int
    """Live posts that it stands in, at the last exact count."""
    free: int
    """Live posts among these in which no guard keeps it."""
    types: list[TypePosts]
    """The same posts by type."""
    example: str
    """Key of a post that it stands in."""
    removed: bool
    """True if the block is left out of the texts of the site's posts."""
    reason: RecurringReason
    """Why it is removed or kept: it recurs; it stands in too few posts; a guard keeps it in most of
    its posts; its numbers, or what follows it, differ from post to post; it is a sentence of the
    author's; or somebody asked for it."""
    overruled: Literal["keep", "drop"] | None
    """What somebody asked for with `wparchive boilerplate`. It holds for good."""


class SiteMemory(TypedDict):
    """The state of the count of blocks in a site's posts."""

    _id: str
    """The site key."""
    complete: bool
    """False while a run counts. It stays False if that run was killed."""
    counted_at: datetime
    """When all posts were counted exactly."""
    types: list[TypePosts]
    """Live posts by type: those at that count, and those that came since."""
    cleaner_version: int
    """Version of the cleaner that made the counted blocks. If there are several, it is the oldest
    one."""
    applied: str
    """A mark for the set of blocks that was left out of all texts of the site."""
    keys: list[int]
    """Hashes of frequent blocks, as signed integers of 64 bits; 20,000 at most."""
    counts: list[int]
    """The number of posts in which each of these was seen. It may be too low, by `shortfall` at
    most."""
    shortfall: int
    """How much `counts` may be too low. Blocks that are not listed were seen no more often than
    this."""


class Lease(TypedDict):
    """The right of one run to write the documents of a site."""

    _id: str
    """The site key."""
    holder: str
    """A text that no other holder has."""
    run: str
    """`_id` of the run."""
    host: str
    """Name of its machine."""
    pid: int
    """Number of its process there."""
    process: str
    """A text that no other process of its machine has; empty if the system does not tell."""
    since: datetime
    """UTC. When the run got the lease."""
    beat: int
    """A number that the run counts up as long as it goes on. So nobody compares clocks."""
    beat_at: datetime
    """UTC by the run's own clock: for people, and for `wparchive runs`."""


class WalkCheckpoint(TypedDict):
    """The progress of the walk over one collection; there until a run ends complete."""

    _id: str
    """`site/kind/type`."""
    site: str
    """The site key."""
    kind: Kind
    """The collection."""
    type: str
    """The type."""
    run: str
    """`_id` of the run that wrote it."""
    began_at: datetime
    """UTC. Start of the first of the runs that went on from each other."""
    saved_at: datetime
    """UTC."""
    up_to_id: int
    """Every object up to this id that the site showed was written to the archive."""
    proved: bool
    """True if the walk has come to its end, and has proved it."""
    conditions: dict[str, str]
    """What must be the same for a run that goes on from here: the route, the arguments, the
    version."""
