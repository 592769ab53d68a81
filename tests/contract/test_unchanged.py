"""What did not change is not written, and readers still know when it was last seen."""

from datetime import UTC, datetime, timedelta

from pymongo import monitoring

from samples.documents import SITE, author, comment, media, post, term
from tests.contract.test_life import run
from wparchive import open_archive
from wparchive.model.outcome import Outcome

T1 = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
EXAMPLES = {
    "posts": [post(i) for i in range(1, 61)],
    "terms": [term(1, "Energy")],
    "authors": [author(1, "Ada")],
    "media": [media(1)],
    "comments": [comment(1, 2)],
}
WRITES = {"insert", "update", "delete", "findAndModify"}


class Commands(monitoring.CommandListener):
    """Notes the names of the commands that writing clients send."""

    def __init__(self):
        self.names = []

    def started(self, event):
        self.names.append(event.command_name)

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


async def test_saving_the_same_again_writes_no_row(store, look):
    if look.is_mongo:
        commands = Commands()
        monitoring.register(commands)
        await store.close()
        await store.open()
    for kind, documents in EXAMPLES.items():
        await store.save(kind, documents, T1)
    before = {kind: look.all(kind) for kind in EXAMPLES}
    if look.is_mongo:
        assert WRITES & set(commands.names)
        commands.names.clear()
    else:
        connection = look.connection()
        version = connection.execute("PRAGMA data_version").fetchone()[0]
    for kind, documents in EXAMPLES.items():
        written = await store.save(kind, documents, T1 + DAY)
        assert {one.outcome for one in written} == {Outcome.UNCHANGED}
    if look.is_mongo:
        assert commands.names
        assert not WRITES & set(commands.names)
    else:
        # It moves with any commit of another connection that changed a page of the file.
        assert connection.execute("PRAGMA data_version").fetchone()[0] == version
        connection.close()
    assert {kind: look.all(kind) for kind in EXAMPLES} == before


def part(type_, kind="posts", proof="proved", scope="everything"):
    return {"type": type_, "kind": kind, "proof": proof, "scope": scope}


async def test_what_a_run_proved_was_seen_then(uri, store):
    posts = [post(1), post(2), post(3, type_="page"), post(4, site="example.org")]
    await store.save("posts", posts, T1)
    await store.save("terms", [term(1, "Energy"), term(2, "Page", taxonomy="page")], T1)
    await store.set_state("posts", SITE, "post", [2], "deleted", T1 + DAY)
    first = [part("post"), part("page"), part("post_tag", "terms"), part("page (terms)", "terms")]
    lesser = [part("post"), part("page", proof="unproven: x", scope=None)]
    await store.save_run(run(T1 + DAY, types=first))
    await store.save_run(run(T1 + 2 * DAY, types=lesser))
    await store.save_run(run(T1 + 3 * DAY, types=[part("post", scope="ids up to 9")]))
    await store.save_run(run(T1 + 4 * DAY, "running", finished_at=None, types=[]))
    with open_archive(uri) as archive:
        seen = {found["_id"]: found["last_seen_at"] for found in archive.posts(state="any")}
        assert seen == {
            f"{SITE}/post/1": T1 + 2 * DAY,
            f"{SITE}/post/2": T1,
            f"{SITE}/page/3": T1 + DAY,
            "example.org/post/4": T1,
        }
        assert archive.get(f"{SITE}/post/1")["last_seen_at"] == T1 + 2 * DAY
        (hit,) = archive.search("words", site=SITE, type="post")
        assert hit.post["last_seen_at"] == T1 + 2 * DAY
        assert {found["last_seen_at"] for found in archive.terms()} == {T1 + DAY}
