"""Digests of runs: made as documented, and whatever was changed later is named by its key."""

import hashlib
import json
import zlib
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from samples.documents import SITE, author, comment, media, post, ref, term
from tests.contract.test_life import run
from wparchive import open_archive
from wparchive.backends.opening import open_reader
from wparchive.errors import ArchiveError
from wparchive.reading.checking import check_ended_run

T1 = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = f"{SITE}/post/1"


async def filled(store):
    """Save posts of two chunks, two versions of one, a refresh of another; end two runs."""
    await store.save("posts", [post(1, "One."), post(2), post(5000), post(3, type_="page")], T1)
    await store.save("terms", [term(1, "Energy")], T1)
    await store.save("authors", [author(1, "Ada")], T1)
    await store.save("media", [media(1)], T1)
    await store.save("comments", [comment(1, 1)], T1)
    await store.save("posts", [post(1, site="example.org")], T1)
    first = await ended(store, T1)
    await store.save("posts", [post(1, "Two.")], T1 + DAY)
    tagged = post(2, tags=[ref(1, "Energy")], raw=zlib.compress(b'{"id": 2, "tags": [1]}'))
    tagged["version_hash"] = post(2)["version_hash"]
    await store.save("posts", [tagged], T1 + DAY)
    await store.set_state("posts", SITE, "page", [3], "deleted", T1 + DAY)
    return first, await ended(store, T1 + DAY)


async def ended(store, at):
    """End a run; returns its report."""
    report = run(at)
    report["digest"] = await store.take_stock(SITE, report["_id"])
    await store.save_run(report)
    return report


def checked(uri, expected=None):
    with open_archive(uri) as archive:
        (check,) = archive.verify(site=SITE, expected=expected)
        return check


def found(uri, expected=None):
    return {(finding.what, finding.key) for finding in checked(uri, expected).findings}


def hashed(text):
    return hashlib.sha256(text.encode()).hexdigest()


def latest_first(item):
    _, revision = item
    return -revision["revision"], -revision["refreshes"]


def digest_as_documented(look):
    """The digest of a site by docs/verify.md alone."""
    chunks = {}
    records = []
    for kind in ("posts", "terms", "authors", "media", "comments"):
        for key, document in look.all(kind).items():
            record = zlib.decompress(document["raw"])
            records.append((kind, document, key, document["state"], record))
    following = {key: record for _, _, key, _, record in records}
    for key, revision in sorted(look.all("revisions").items(), key=latest_first):
        packed = revision["document"].get("raw")
        record = following[revision["key"]]
        if revision["whole"] is not False:
            record = zlib.decompress(packed)
        elif packed is not None:
            record = zlib.decompressobj(zdict=record[-32768:] or b"{}").decompress(packed)
        following[revision["key"]] = record
        records.append((revision["kind"], revision, key, "earlier", record))
    for kind, document, key, state, record in records:
        if document["site"] == SITE:
            name = f"{kind}/{document['type']}/{document['id'] // 4096}"
            line = f"{kind}\t{key}\t{state}\t{hashlib.sha256(record).hexdigest()}\n"
            chunks.setdefault(name, []).append(line)
    hashes = [f"{name} {hashed(''.join(sorted(lines)))}\n" for name, lines in chunks.items()]
    return hashed("".join(sorted(hashes)))


async def test_the_digest_is_that_of_the_documented_algorithm(uri, store, look):
    first, second = await filled(store)
    assert second["digest"]["sha256"] == digest_as_documented(look)
    assert first["digest"]["previous"] is None
    assert second["digest"]["previous"] == first["_id"]
    chain = hashed(f"\n{first['_id']}\n{first['digest']['sha256']}\n")
    assert first["digest"]["chain"] == chain
    digest = second["digest"]["sha256"]
    assert second["digest"]["chain"] == hashed(f"{chain}\n{second['_id']}\n{digest}\n")
    check = checked(uri)
    assert (check.is_intact, check.run, check.digest) == (True, second["_id"], digest)
    assert check.records == second["digest"]["records"] == 10


async def test_each_state_is_unpacked_with_the_one_that_follows(store, look):
    text = "One."
    for number in range(6):
        if number == 3:
            text = "Two."  # a version between refreshes
        raw = zlib.compress(f'{{"id": 2, "seen": {number}, "text": "{text * 400}"}}'.encode())
        seen = post(2, text, tags=[ref(number, "T")], raw=raw)
        seen["version_hash"] = post(2, text)["version_hash"]
        await store.save("posts", [seen], T1)
    states = look.all("revisions").values()
    assert sorted(state["whole"] is not False for state in states) == [False] * 4 + [True]
    report = await ended(store, T1)
    assert report["digest"]["records"] == 6
    assert report["digest"]["sha256"] == digest_as_documented(look)


async def test_a_run_without_changes_writes_no_manifest(store, look):
    _, second = await filled(store)
    before = look.all("manifests")
    third = await ended(store, T1 + 2 * DAY)
    assert look.all("manifests") == before
    assert third["digest"]["sha256"] == second["digest"]["sha256"]
    assert {chunk["run"] for chunk in before.values()} == {run(T1)["_id"], second["_id"]}


def write(look, collection, key, **fields):
    """Write behind the back of everybody."""
    if look.is_mongo:
        with look.client() as client:
            client[look.address.place][collection].update_one({"_id": key}, {"$set": fields})
        return
    column = "revision_key" if collection == "revisions" else "key"
    connection = look.connection()
    for name, value in fields.items():
        sql = f"UPDATE {collection} SET {name} = ? WHERE {column} = ?"
        assert connection.execute(sql, (value, key)).rowcount == 1
    connection.commit()
    connection.close()


def take_out(look, collection, key):
    if look.is_mongo:
        with look.client() as client:
            client[look.address.place][collection].delete_one({"_id": key})
        return
    column = "revision_key" if collection == "revisions" else "key"
    connection = look.connection()
    assert connection.execute(f"DELETE FROM {collection} WHERE {column} = ?", (key,)).rowcount == 1
    connection.commit()
    connection.close()


async def test_what_was_changed_later_is_named(uri, store, look):
    await filled(store)
    forged = '{"id": 2, "forged": true}'
    other = zlib.compress(forged.encode())
    write(look, "posts", f"{SITE}/post/5000", raw=other)
    write(look, "posts", f"{SITE}/page/3", state="live")
    write(
        look,
        "media",
        f"{SITE}/attachment/1",
        raw=other,
        raw_sha256=hashed(forged),
    )
    take_out(look, "comments", f"{SITE}/comment/1")
    take_out(look, "revisions", f"{KEY}#1")
    await store.save("posts", [post(77)], T1 + 3 * DAY)
    assert found(uri) == {
        ("damaged", f"{SITE}/post/5000"),
        ("changed", f"{SITE}/page/3"),
        ("changed", f"{SITE}/attachment/1"),
        ("lost", f"{SITE}/comment/1"),
        ("lost", f"{KEY}#1"),
        ("added", f"{SITE}/post/77"),
    }


async def test_records_that_became_text_are_damaged(uri, store, look):
    await filled(store)
    write(look, "posts", f"{SITE}/post/5000", raw="text in place of bytes")
    expected = {("damaged", f"{SITE}/post/5000")}
    if not look.is_mongo:
        connection = look.connection()
        connection.execute("UPDATE media SET raw = CAST(raw AS TEXT)")
        connection.commit()
        connection.close()
        expected.add(("damaged", f"{SITE}/attachment/1"))
    assert found(uri) == expected


async def test_damaged_earlier_states_are_named(uri, store, look):
    await filled(store)
    if look.is_mongo:
        write(look, "revisions", f"{KEY}#1", **{"document.raw": zlib.compress(b"{}")})
    else:
        kept = json.dumps({"raw": "eJyrrgUAAXUA+Q=="})  # zlib of {}
        connection = look.connection()
        sql = "UPDATE revisions SET document = json_patch(document, ?) WHERE revision_key = ?"
        connection.execute(sql, (kept, f"{KEY}#1"))
        connection.commit()
        connection.close()
    assert found(uri) == {("damaged", f"{KEY}#1")}


async def test_damage_to_what_was_written_down_is_named(uri, store, look):
    await filled(store)
    chunk = f"{SITE}#posts/post/0"
    lines = look.all("manifests")[chunk]["lines"]
    write(look, "manifests", chunk, lines=lines[:20])
    assert found(uri) == {("manifest", "posts/post/0")}
    write(look, "manifests", chunk, lines=zlib.compress(b"posts"))
    await store.save("posts", [post(1, "Three.")], T1 + 2 * DAY)
    assert found(uri) == {("manifest", "posts/post/0")}


async def test_a_manifest_that_is_gone_is_said_to_be_gone(uri, store, look):
    _, second = await filled(store)
    first_chunk, *others = look.all("manifests")
    take_out(look, "manifests", first_chunk)
    assert found(uri) == {("manifest", first_chunk.partition("#")[2])}
    for chunk in others:
        take_out(look, "manifests", chunk)
    assert {what for what, _ in found(uri)} == {"manifest"}
    assert len(found(uri)) == len(others) + 1
    await store.save("posts", [post(77)], T1 + 3 * DAY)
    assert found(uri) == {("manifest", second["_id"])}


async def test_the_chain_of_runs_is_checked(uri, store, look):
    first, second = await filled(store)
    assert found(uri, first["digest"]["chain"]) == set()
    assert found(uri, second["digest"]["chain"]) == set()
    assert found(uri, "0" * 64) == {("expected", "0" * 64)}
    take_out(look, "runs", first["_id"])
    assert found(uri) == {("chain", second["_id"])}


async def test_a_clock_that_was_set_back_breaks_no_chain(uri, store, look):
    _, second = await filled(store)
    third = await ended(store, T1 + DAY / 2)
    fourth = await ended(store, T1 + DAY / 4)
    assert third["digest"]["previous"] == second["_id"]
    assert fourth["digest"]["previous"] == third["_id"]
    check = checked(uri, second["digest"]["chain"])
    assert (check.findings, check.run) == ([], fourth["_id"])
    take_out(look, "runs", third["_id"])
    assert found(uri) == {("chain", fourth["_id"])}


async def test_a_clock_that_was_ahead_makes_no_last_run_for_good(uri, store):
    await filled(store)
    ahead = await ended(store, datetime(2190, 1, 1, tzinfo=UTC))
    assert last_run(uri) == ahead["_id"]
    after = await ended(store, T1 + 2 * DAY)
    assert after["digest"]["previous"] == ahead["_id"]
    assert last_run(uri) == after["_id"]


def last_run(uri):
    with open_archive(uri) as archive:
        return next(found.last_run["_id"] for found in archive.sites() if found.key == SITE)


async def test_two_runs_that_follow_the_same_one_are_named(uri, store):
    first, second = await filled(store)
    other = run(T1 + 2 * DAY)
    digest = second["digest"]["sha256"]
    chain = hashed(f"{first['digest']['chain']}\n{other['_id']}\n{digest}\n")
    other["digest"] = {**second["digest"], "chain": chain}
    await store.save_run(other)
    assert found(uri) == {("chain", second["_id"])}


async def test_an_archive_without_a_digest_says_so(uri, store):
    await store.save("posts", [post(1)], T1)
    check = checked(uri)
    assert (check.is_intact, check.run, check.findings) == (False, None, [])


async def test_records_of_version_1_get_their_hash_at_the_end_of_a_run(uri, store, look):
    await filled(store)
    for collection in ("posts", "terms", "revisions"):
        for key in look.all(collection):
            write(look, collection, key, raw_sha256=None)
    assert look.all("posts")[KEY]["raw_sha256"] is None
    take_out(look, "revisions", f"{SITE}/post/2#1.0")  # version 1 kept no refreshes
    third = await ended(store, T1 + 2 * DAY)
    assert third["digest"]["sha256"] == digest_as_documented(look)
    assert checked(uri).is_intact


def drop_all(look, uri):
    """Take the archive away: drop the database, or put an empty file in the place of it."""
    if look.is_mongo:
        with look.client() as client:
            client.drop_database(look.address.place)
        return
    path = Path(look.address.place)
    path.unlink()
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def refusal(uri, report):
    """What a reader with new eyes says of a run that has ended; "" when all is there."""
    try:
        with closing(open_reader(uri)) as reader:
            check_ended_run(reader, report)
    except ArchiveError as error:
        return str(error)
    return ""


async def test_a_run_that_ended_is_looked_for_with_new_eyes(uri, store, look):
    first, second = await filled(store)
    assert refusal(uri, second) == ""
    assert "does not hold this run" in refusal(uri, second | {"_id": "another"})
    assert "does not hold what this run has left" in refusal(uri, first)
    take_out(look, "posts", KEY)
    assert "does not hold what this run has left" in refusal(uri, second)
    drop_all(look, uri)
    assert refusal(uri, second)


def write_zeros(path):
    """Write zeros over some pages in the middle of a file."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // 4096 * 4096)
        file.write(bytes(8 * 4096))


async def test_a_file_that_was_written_over_is_damaged(uri, store, look):
    _, second = await filled(store)
    if look.is_mongo:
        return  # a server sees to its files itself
    await store.close()
    write_zeros(Path(look.address.place))
    assert refusal(uri, second)
