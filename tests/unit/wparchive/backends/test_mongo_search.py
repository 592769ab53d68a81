from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wparchive.backends.mongo.mongo_search import Likelihood, pools_after, ranked_pool

AT = datetime(2024, 5, 1, tzinfo=UTC)
POOL_SIZE = 4
POSTS = st.dictionaries(
    st.integers(0, 60).map(lambda number: f"a.org/post/{number}"),
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 3)),
    max_size=30,
)
"""First score, day of publication and score of the whole text of each post: many are equal."""


def page(posts, after, size):
    """A page of a ranking, as the reader makes it."""
    likelihoods = [
        Likelihood(float(first), AT + timedelta(days=day), key)
        for key, (first, day, _) in posts.items()
    ]
    found = []
    for pool in pools_after(likelihoods, after, size, POOL_SIZE):
        scores = {one.key: float(posts[one.key][2]) for one in pool.members}
        found += ranked_pool(pool, scores, after)
    return found[:size]


def by_definition(posts):
    """Keys in pools of the likeliest, each by score."""
    likely = sorted(posts, key=lambda key: (*posts[key][:2], key), reverse=True)
    pools = [likely[at : at + POOL_SIZE] for at in range(0, len(likely), POOL_SIZE)]
    return [key for pool in pools for key in sorted(pool, key=lambda key: (-posts[key][2], key))]


@given(POSTS, st.integers(1, 11))
def test_all_pages_are_the_ranking(posts, size):
    shown = []
    after = None
    while some := page(posts, after, size):
        shown += [position.key for position in some]
        after = some[-1]
    assert shown == by_definition(posts)


@given(POSTS, POSTS, st.integers(1, 11), st.data())
def test_posts_that_come_between_pages_repeat_and_hide_none_that_were_there(
    posts, others, size, data
):
    new = {key: value for key, value in others.items() if key not in posts}
    now = dict(posts)
    shown = []
    after = None
    while some := page(now, after, size):
        shown += [position.key for position in some]
        after = some[-1]
        if new:
            for key in data.draw(st.sets(st.sampled_from(sorted(new)))):
                now[key] = new.pop(key)
    assert len(shown) == len(set(shown))
    old = [key for key in shown if key in posts]
    assert sorted(old) == sorted(posts)
    if len(posts) <= POOL_SIZE:
        # Pools that no page has reached yet are made of what is there then.
        assert old == by_definition(posts)
