"""What happens to a simulated collection between two requests, and what collections there are."""

from random import Random

from hypothesis import strategies as st

from crawler.walk import Capabilities
from tests.simulation.driver import Schedule
from tests.simulation.site import FULL, Site


def mutations(most: int, seen_only: bool = False) -> Schedule:
    """Return a schedule that makes up to `most` changes after each answer.

    Rows are published, published with an earlier id, removed, hidden, or shown again.
    """

    def change(site: Site, random: Random) -> None:
        for _ in range(random.randint(0, most)):
            kind = random.random()
            if kind < 0.3:
                site.publish(random.randint(1, 4))
            elif kind < 0.4:
                site.add(random.randint(1, max([1, *site.ids[-1:]])))
            elif kind < 0.75 and site.ids:
                site.remove(random.choice(site.ids))
            elif kind < 0.9 and site.ids and not seen_only:
                site.hide(random.choice(site.ids))
            elif site.hidden:
                site.show(random.choice(sorted(site.hidden)))

    return change


def burst(every: int, size: int) -> Schedule:
    """Return a schedule that now and then removes `size` rows at the start of the list."""

    def change(site: Site, random: Random) -> None:
        if random.randrange(every) == 0:
            for id in site.ids[:size]:
                site.remove(id)

    return change


@st.composite
def sites(draw: st.DrawFn, most_rows: int = 150, hiding: bool = True) -> Site:
    """Draw collections of any density, with caps, lost totals and runs of unreadable rows."""
    rows = draw(st.integers(0, most_rows))
    random = Random(draw(st.integers(0, 2**32)))
    ids = sorted(random.sample(range(1, rows * draw(st.integers(1, 6)) + 1), rows))
    rate = draw(st.sampled_from([0, 0.1, 0.3, 0.8])) if hiding else 0
    hidden = {id for id in ids if random.random() < rate}
    if hiding and ids and draw(st.booleans()):
        start = random.randrange(len(ids))
        hidden |= set(ids[start : start + draw(st.integers(0, 60))])
    return Site(
        ids,
        hidden,
        silent_cap=draw(st.sampled_from([1000, 1000, 13, 3])),
        cap_counts=draw(st.booleans()),
        maximum=draw(st.sampled_from([100, 100, 20, 4])),
        totals=draw(st.booleans()),
        zero_past_end=draw(st.booleans()),
        stale=draw(st.sampled_from([0.0, 0.0, 0.3])),
    )


@st.composite
def capabilities(draw: st.DrawFn) -> Capabilities:
    """Draw routes that sort by id, with and without `offset` and `include`."""
    lacking = draw(st.sets(st.sampled_from(["offset", "include"])))
    return Capabilities(FULL.parameters - lacking, FULL.orderby)
