"""The report of a run: the counts of each type, and what is wrong with the run."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from crawler.polls.listing import Milestone
from crawler.run.files_count import FilesCount
from crawler.run.proof import Proof
from crawler.walk.id_set import IdSet
from wparchive.furniture.memory import Learned
from wparchive.model.documents import Kind, Login
from wparchive.model.outcome import Outcome, Written
from wparchive.model.run_arguments import types_of
from wparchive.model.run_records import SitemapReport, TypeReport

REASONS_MAX = 50  # a run must fit into one document

TypeKey = tuple[Kind, str]
"""Kind and name of a type. A taxonomy may have the same name as a post type."""


@dataclass
class TypeCount:
    """The part of one type in a run."""

    kind: Kind
    type: str
    site_total: int | None = None
    listed: int = 0
    held: int | None = None
    new: int = 0
    changed: int = 0
    refreshed: int = 0
    unchanged: int = 0
    returned: int = 0
    withdrawn: int = 0
    deleted: int = 0
    hidden: int = 0
    missing: int = 0
    empty_content: int = 0
    leaked_shortcodes: int = 0
    completed: int = 0
    proof: Proof | None = None
    """None until the strategy is done with the type."""
    reasons: list[str] = field(default_factory=list)
    requests: int = 0

    archived: IdSet = field(default_factory=IdSet)
    """The ids of what this run archived. Not part of the report; nor is all that follows."""
    repeats: int = 0
    """Objects that are counted twice, because they changed between two readings."""
    held_before: int | None = None
    """Live objects in the archive when the run began to read; None where nobody has asked."""
    expected: int | None = None
    """How many objects this run will read, as far as is known."""
    milestone: Milestone | None = None
    """A row with its rank, known before the list was read."""
    turn: int = 0
    """Pages that are before the one whose turn is next."""
    languages: str | None = None
    """The languages whose lists were compared with the one by default; empty where there are no
    such lists, None where nobody has looked."""
    by_language: bool = False
    """A list by language has objects that the one by default lacks."""
    short_page: bool = False
    """A window had fewer rows than the site counts: it hides some."""
    failed: set[int | None] = field(default_factory=set)
    """The ids that are counted as missing."""

    def because(self, reason: str) -> None:
        """Add a reason, once. Beyond `REASONS_MAX` a reason is only counted in `missing`."""
        if reason not in self.reasons and len(self.reasons) < REASONS_MAX:
            self.reasons.append(reason)

    def lose(self, id_: int | None, reason: str) -> None:
        """Count an object that could not be archived. The same id is counted once a run."""
        if id_ is None or id_ not in self.failed:
            self.missing += 1
        self.failed.add(id_)
        self.because(reason)

    def note(self, id_: int, written: Written) -> None:
        """Count what became of one document.

        An object that the site shows twice in a run counts once, unless it changed between.
        """
        if written.outcome is None:
            return
        if id_ in self.archived:
            if written.outcome is Outcome.UNCHANGED:
                return
            self.repeats += 1
        self.archived.add(id_)
        match written.outcome:
            case Outcome.NEW:
                self.new += 1
            case Outcome.CHANGED:
                self.changed += 1
            case Outcome.REFRESHED:
                self.refreshed += 1
            case Outcome.UNCHANGED:
                self.unchanged += 1
        self.returned += written.returned

    @property
    def written(self) -> int:
        """Return how many objects this run archived, or found to be held as they are."""
        return self.new + self.changed + self.refreshed + self.unchanged - self.repeats

    @property
    def lost_again(self) -> int:
        """Return how many objects were held or archived, and are not there at the end."""
        if self.held is None or self.held_before is None:
            return 0
        came = self.new + self.returned - self.withdrawn - self.deleted
        return max(0, self.held_before + came - self.held)

    @property
    def known_unchanged(self) -> int:
        """Return how many objects are as they were: seen again, or proved by the run."""
        scope = self.proof.scope if self.proof else None
        if scope is None or not scope.whole or self.held is None:
            return self.unchanged
        return max(self.unchanged, self.held - self.new - self.changed - self.refreshed)

    @property
    def is_proved(self) -> bool:
        """Tell whether the run has proved something about this type."""
        return self.proof is not None and self.proof.holds

    def public(self) -> TypeReport:
        """Return the counts as they are stored and reported."""
        proof = self.proof
        return TypeReport(
            kind=self.kind,
            site_total=self.site_total,
            listed=self.listed,
            held=self.held,
            new=self.new,
            changed=self.changed,
            refreshed=self.refreshed,
            unchanged=self.known_unchanged,
            returned=self.returned,
            withdrawn=self.withdrawn,
            deleted=self.deleted,
            hidden=self.hidden,
            missing=self.missing,
            empty_content=self.empty_content,
            leaked_shortcodes=self.leaked_shortcodes,
            completed=self.completed,
            proof=str(proof or ""),
            scope=proof.scope.name if proof and proof.scope else None,
            reasons=list(self.reasons),
            requests=self.requests,
        )


@dataclass(frozen=True, slots=True)
class StopReason:
    """The reason why a run ended early."""

    exit_status: int
    reason: str


@dataclass
class RunReport:
    """The counts of a run, type by type."""

    site: str
    """The site key; the address as given until the site is found."""
    started_at: datetime
    arguments: dict[str, str]
    types: dict[TypeKey, TypeCount] = field(default_factory=dict)
    skipped: list[dict[str, str]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    """What keeps the whole run from being complete, besides its types."""
    mode: str = "full"
    """The name of the strategy; decided once the site is known."""
    credentials: Login | None = None
    """As whom the site was asked; None as a visitor."""
    resumed_from: str | None = None
    """`_id` of the run that was not complete, and that this one goes on from."""
    begun_again: list[str] = field(default_factory=list)
    """Why something was read from its beginning although a checkpoint was there."""
    failures: int = 0
    reread: int = 0
    """Posts that were read again at the end, to learn what recurs in them."""
    learned: Learned | None = None
    """What was learned about blocks that recur; None where nothing was to be learned."""
    sources: tuple[str, ...] = ()
    """What a run reads instead of the API: `feed`, `sitemap`, `html`; empty for the API."""
    sitemap: SitemapReport | None = None
    """What the sitemaps list beside the archive; None where they were not looked at."""
    cut: dict[str, None] = field(default_factory=dict)
    """What is longer than its limit, in words and in order: only its beginning was read."""
    files: FilesCount | None = None
    """What was done about the site's files; None where they were not asked for."""
    warc: list[str] = field(default_factory=list)
    """Names of the WARC files that the run writes."""
    stopped: StopReason | None = None
    """What ended the run early; None when nothing did."""
    finished: bool = False
    """The strategy came to the end of every collection."""

    @property
    def run_id(self) -> str:
        """Return the `_id` of the run's document: `example.com@2026-03-10T12:00:00.000Z`."""
        time = self.started_at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        return f"{self.site}@{time}Z"

    @property
    def scope(self) -> str:
        """Return what the run was asked for: `everything`, or the types, separated by commas.

        Of a run that reads something else than the API, it is what that publishes.
        """
        if self.sources:
            return f"published: {', '.join(self.sources)}"
        return ", ".join(types_of(self.arguments)) or "everything"

    def count(self, kind: Kind, type_: str) -> TypeCount:
        """Return the counts of a type; they begin at 0."""
        return self.types.setdefault((kind, type_), TypeCount(kind, type_))

    def named_types(self) -> Iterator[tuple[str, TypeCount]]:
        """Yield each type with its name in the report.

        Of two types with the same name, the second one also says its kind: `genre (terms)`.
        """
        taken = set()
        for count in self.types.values():
            name = count.type
            if name in taken:
                name = f"{name} ({count.kind})"
            taken.add(name)
            yield name, count

    @property
    def expected(self) -> int:
        """Return how many objects the run will read, as far as is known now."""
        counts = list(self.types.values())  # a copy: a thread of the store asks, too
        return sum(max(count.expected or 0, count.listed) for count in counts)

    @property
    def archived_anything(self) -> bool:
        """Tell whether the run put anything into the archive.

        For a run that reads what changed it is enough that a list of the site answered.
        """
        if any(count.written for count in self.types.values()):
            return True
        if self.mode == "full":
            return False
        return any(count.site_total is not None for count in self.types.values())

    def cut_short(self, what: str, *addresses: str) -> None:
        """Note documents of the site that are longer than their limit, each once."""
        self.cut.update(dict.fromkeys(f"{what} {address}" for address in addresses))

    @property
    def doubts_of_cut(self) -> list[str]:
        """Return what documents that were cut do to the proof of a run that reads nothing else."""
        if not self.cut:
            return []
        first = next(iter(self.cut))
        return [f"{len(self.cut):,} read only in part, longer than the limit ({first})"]

    def proof_covers(self, kind: Kind, type_: str, id_: int) -> bool:
        """Tell whether this run has proved that it would have seen the object with this id."""
        count = self.types.get((kind, type_))
        return count is not None and count.proof is not None and count.proof.covers(id_)

    def stop(self, exit_status: int, reason: str) -> None:
        """Note what ended the run early. The first reason counts: the others follow from it."""
        if self.stopped is None:
            self.stopped = StopReason(exit_status, reason)
