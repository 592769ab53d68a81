"""A bundle holds everything, and an archive made from it is the same, on every backend."""

import json
import os
import shutil
from zipfile import ZipFile

import bagit
import pytest

from samples.documents import SITE
from tests.archives import file_record
from tests.contract.bundles import DATA, WARC, filled_with_files, made_bag, run
from tests.contract.test_copy import held, in_thread
from tests.contract.test_verify import DAY, T1, checked
from tests.contract.test_verify import run as a_run
from wparchive import open_archive
from wparchive.backends.opening import files_place, open_store
from wparchive.commands import INCOMPLETE, NOT_AS_IT_WAS
from wparchive.export.zipped import zip_folder
from wparchive.model.file_records import stored_path


@pytest.fixture(scope="module")
def whole_bag(tmp_path_factory):
    """The folder of a bundle, and the hash of the file in it."""
    return made_bag(tmp_path_factory.mktemp("whole"))


async def test_a_damaged_file_is_left_out_and_the_bundle_is_good(tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "files"))
    source = f"sqlite:///{tmp_path}/source.db"
    digest = await filled_with_files(source, tmp_path)
    path = stored_path(digest)
    store = open_store(source)
    await store.open()
    await store.save_files([{**file_record(8, SITE), "sha256": digest, "path": path}])
    await store.close()
    (tmp_path / "files" / path).write_bytes(DATA[:-1])
    bag = ("-o", f"{tmp_path}/bag", "--format", "bundle", "--archive", source)
    result = await in_thread(run, "export", *bag)
    assert result.return_value == NOT_AS_IT_WAS
    lines = result.output.splitlines()
    assert f"damaged, and left out: files/{path}" in lines
    assert "missing, although records name it: warc/lost.warc.gz" in lines
    assert result.output.count(path) == 1, "two records name it"
    readme = (tmp_path / "bag" / "data" / "README.txt").read_text()
    assert f"Damaged, and left out: files/{path}\n" in readme
    assert not list((tmp_path / "bag" / "data").glob("files/*/*"))
    goal = f"sqlite:///{tmp_path}/again.db"
    result = await in_thread(run, "import", f"{tmp_path}/bag", "--archive", goal)
    assert not result.return_value, result.output
    assert "the same" in result.output
    assert f"was damaged already when the bundle was made: files/{path}" in result.output
    assert held(goal) == held(source)


async def test_a_record_that_names_a_path_leads_to_no_other_file(tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "files"))
    source = f"sqlite:///{tmp_path}/source.db"
    await filled_with_files(source, tmp_path)
    hostile = "./secret"  # a file that is there, and is no kept one
    store = open_store(source)
    await store.open()
    record = {**file_record(8, SITE), "sha256": hostile, "path": stored_path(hostile)}
    await store.save_files([record])
    await store.close()
    (tmp_path / "files" / stored_path(hostile)).parent.mkdir(exist_ok=True)
    (tmp_path / "files" / stored_path(hostile)).write_bytes(DATA)
    with open_archive(source) as archive:
        assert archive.files.where(record) is None
        with archive.files.open(hostile) as held:
            assert held is None
        assert archive.files.of(SITE, [record["url"]]) == {}
        findings = archive.files.check(SITE)[1]
    assert [finding.detail for finding in findings] == ["its record names no file"]
    result = await in_thread(
        run, "export", "-o", f"{tmp_path}/bag", "--format", "bundle", "--archive", source
    )
    assert f"files/{hostile}" in result.output
    result = await in_thread(run, "copy", source, f"sqlite:///{tmp_path}/copy.db")
    assert "1 file that FROM names cannot be found whole" in result.output


async def test_out_and_in_again_everything_is_the_same(uri, tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "files"))
    source = f"sqlite:///{tmp_path}/source.db"
    digest = await filled_with_files(source, tmp_path)
    bag = tmp_path / "bag"
    packed = tmp_path / "again.zip"

    result = await in_thread(
        run, "export", "-o", str(bag), "--format", "bundle", "--archive", source
    )
    assert result.exception is None, result.output
    assert "all that is held of the sites (posts: " in result.output
    assert ", files: 1, WARC files: 1) written to" in result.output
    assert "missing, although records name it: warc/lost.warc.gz\n" in result.output
    assert result.return_value == NOT_AS_IT_WAS
    again = await in_thread(
        run, "export", "-o", str(bag), "--format", "bundle", "--archive", source
    )
    assert "a bundle replaces nothing" in str(again.exception)
    assert (bag / "data" / "files" / stored_path(digest)).read_bytes() == DATA
    assert [path.name for path in (bag / "data" / "warc").iterdir()] == ["one.warc.gz"]
    assert "warc/lost.warc.gz" in (bag / "data" / "README.txt").read_text()
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "other"))
    warc = ("--warc", str(tmp_path / "other.warc"))
    result = await in_thread(run, "import", str(bag), "--archive", uri, *warc)
    assert result.exception is None, result.output
    assert "the same" in result.output
    assert held(uri, SITE) == held(source, SITE)
    assert checked(uri).is_intact
    assert (tmp_path / "other" / stored_path(digest)).read_bytes() == DATA
    assert (tmp_path / "other.warc" / "one.warc.gz").read_bytes() == WARC
    assert files_place(uri, os.environ["ARCHIVE_FILES"]) == str(tmp_path / "other")

    # On from there as a ZIP file, into another archive.
    (tmp_path / "warcs" / "one.warc.gz").unlink()
    result = await in_thread(run, "export", "-o", str(packed), "--archive", uri, *warc)
    assert result.exception is None, result.output
    with ZipFile(packed) as archive:
        archive.extractall(tmp_path / "unpacked")
    bagit.Bag(str(tmp_path / "unpacked" / "again")).validate()
    again = tmp_path / "unpacked" / "again" / "data" / "records"
    first = bag / "data" / "records"
    lines = {path.relative_to(first): path.read_bytes() for path in first.rglob("*.jsonl")}
    assert len(lines) > 12
    for path, content in lines.items():
        assert (again / path).read_bytes() == content, path
    last = f"sqlite:///{tmp_path}/last.db"
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "last.files"))
    result = await in_thread(run, "import", str(packed), "--archive", last)
    assert result.exception is None, result.output
    assert held(last) == held(source)
    assert checked(last).is_intact
    assert (tmp_path / "last.files" / stored_path(digest)).read_bytes() == DATA
    assert (tmp_path / "last.warc" / "one.warc.gz").read_bytes() == WARC
    result = await in_thread(
        run, "export", "-o", f"{tmp_path}/bare.zip", "--archive", last, "--without-warc"
    )
    assert result.exception is None, result.output
    with ZipFile(tmp_path / "bare.zip") as archive:
        assert not [name for name in archive.namelist() if "/warc/" in name]


async def test_a_run_that_names_other_files_than_its_own_leads_to_none(tmp_path):
    source = f"sqlite:///{tmp_path}/source.db"
    await filled_with_files(source, tmp_path)
    (tmp_path / "secret.warc.gz").write_bytes(WARC)
    names = {"warc": ["one.warc.gz", "../secret.warc.gz", "a\n.warc.gz"]}
    store = open_store(source)
    await store.open()
    run_ = {**a_run(T1 + DAY), "digest": None, "arguments": {"warc": str(tmp_path / "warcs")}}
    await store.save_run({**run_, **names})
    await store.close()
    bag = ("-o", f"{tmp_path}/bag", "--format", "bundle", "--archive", source)
    result = await in_thread(run, "export", *bag)
    assert result.exception is None, result.output
    found = [path.name for path in (tmp_path / "bag" / "data" / "warc").iterdir()]
    assert found == ["one.warc.gz"]
    result = await in_thread(
        run, "import", f"{tmp_path}/bag", "--archive", f"sqlite:///{tmp_path}/a.db"
    )
    assert result.return_value == INCOMPLETE, result.output
    assert f"refused runs: {run_['_id']}: it names no WARC file of a run" in result.output


def other_bytes(bag, digest):
    """Put other bytes under the name of a hash, with hashes of the bundle that fit."""
    (bag / "data" / "files" / stored_path(digest)).write_bytes(b"something else")
    bagit.Bag(str(bag)).save(manifests=True)


def test_a_damaged_warc_file_is_set_aside_and_named(whole_bag, tmp_path, monkeypatch):
    """Its hash in the bundle fits: somebody made the bundle of it."""
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "files"))
    whole, _ = whole_bag
    shutil.copytree(whole, tmp_path / "bag")
    spoilt = bytearray(WARC)
    spoilt[len(WARC) // 2] ^= 0xFF
    (tmp_path / "bag" / "data" / "warc" / "two.warc.gz").write_bytes(spoilt)
    (tmp_path / "bag" / "data" / "warc" / "three.warc").write_bytes(b"<html>no WARC</html>")
    (tmp_path / "bag" / "data" / "warc" / "killed.warc.gz").write_bytes(WARC[:-20])
    bagit.Bag(str(tmp_path / "bag")).save(manifests=True)
    result = run("import", f"{tmp_path}/bag", "--archive", f"sqlite:///{tmp_path}/a.db")
    assert result.return_value == INCOMPLETE, result.output
    assert "refused warc/two.warc.gz: " in result.output
    assert "refused warc/three.warc: " in result.output
    assert {path.name for path in (tmp_path / "a.warc").iterdir()} == {
        "one.warc.gz",
        "killed.warc.gz",
    }


def no_record(bag, digest):
    """Put a line that is no record at the end of the last collection, with hashes that fit."""
    (runs,) = (bag / "data" / "records").glob("example.com*/runs.jsonl")
    with runs.open("ab") as out:
        out.write(b'{"_id": 7}\n')
    bagit.Bag(str(bag)).save(manifests=True)


def other_site(bag, digest):
    """Put a record of one site among those of another one."""
    [one, other] = sorted((bag / "data" / "records").iterdir())
    with (other / "posts.jsonl").open("ab") as out:
        out.write((one / "posts.jsonl").read_bytes())
    posts = (other / "posts.jsonl").read_bytes().splitlines(keepends=True)
    (other / "posts.jsonl").write_bytes(b"".join(sorted(posts)))
    bagit.Bag(str(bag)).save(manifests=True)


def other_folder(bag, digest):
    """Write the name of a site's folder otherwise."""
    [folder] = (bag / "data" / "records").glob("*=2F*")
    folder.rename(folder.with_name(folder.name.replace("=2F", "=2f")))
    bagit.Bag(str(bag)).save(manifests=True)


def other_text(bag, digest):
    """Change a file, and not the hashes."""
    (bag / "data" / "README.txt").write_text("changed")


def no_records(bag, digest):
    """Take all records away, with hashes that fit."""
    shutil.rmtree(bag / "data" / "records")
    bagit.Bag(str(bag)).save(manifests=True)


def two_folders(bag, digest):
    """Give a site a second folder, of the first form."""
    [folder] = (bag / "data" / "records").glob("*=2F*")
    shutil.copytree(folder, folder.with_name(folder.name.replace("=2F", "%2F")))
    bagit.Bag(str(bag)).save(manifests=True)


def other_contents(bag, digest):
    """Write what nobody can read into the place of what the bundle holds."""
    (bag / "data" / "contents.json").write_text("[]")
    bagit.Bag(str(bag)).save(manifests=True)


def other_version(bag, digest):
    """Say that another version made the bundle."""
    about = bagit.Bag(str(bag))
    about.info["Bundle-Version"] = "2"
    about.save()


def in_encoding(name):
    """Return what says of a bundle that its lists are in an encoding."""

    def damage(bag, digest):
        for path in bag.glob("tagmanifest-*"):
            path.unlink()
        text = f"BagIt-Version: 0.97\nTag-File-Character-Encoding: {name}\n"
        (bag / "bagit.txt").write_text(text)

    return damage


def half_a_line_to_fetch(bag, digest):
    """Name a file that is to be fetched, without its size and its place."""
    (bag / "fetch.txt").write_text("http://127.0.0.1/file\n")
    bagit.Bag(str(bag)).save(manifests=True)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (in_encoding("utf-16"), "is not a whole bundle"),
        (in_encoding("base64"), "is not a whole bundle"),
        (in_encoding("rot13"), "is not a whole bundle"),
        (in_encoding("none-such"), "is not a whole bundle"),
        (half_a_line_to_fetch, "is not a whole bundle"),
        (other_bytes, "is not the file that its name says"),
        (other_site, "stands among the records of"),
        (other_folder, "is named after no site"),
        (two_folders, "has two folders with records of"),
        (other_contents, "does not say what it holds"),
        (no_record, "is no record"),
        (no_records, "holds no records"),
        (other_text, "is not a whole bundle"),
        (other_version, "no bundle of version 1"),
    ],
)
def test_what_is_no_good_bundle_changes_nothing(whole_bag, damage, message, tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "files"))
    whole, digest = whole_bag
    bag = tmp_path / "bag"
    shutil.copytree(whole, bag)
    damage(bag, digest)
    with (tmp_path / "bag.zip").open("wb") as out:
        zip_folder(bag, out, "bag")
    before = sorted(tmp_path.iterdir())
    for name in ("bag", "bag.zip"):
        result = run("import", f"{tmp_path}/{name}", "--archive", f"sqlite:///{tmp_path}/a.db")
        assert message in str(result.exception), result.output
        assert str(result.exception).count(str(tmp_path)) <= 1
    nothing = run("import", f"{tmp_path}/nothing", "--archive", f"sqlite:///{tmp_path}/a.db")
    assert "there is no bundle" in str(nothing.exception)
    assert sorted(tmp_path.iterdir()) == before


def changed_lines(bag, collection, changes):
    """Change the first records of a site's collection, and return how an answer names them."""
    path = bag / "data" / "records" / "example.com=2Fblog" / f"{collection}.jsonl"
    records = [json.loads(line) for line in path.read_text().splitlines()]
    keys = []
    for record, change in zip(records, changes, strict=False):
        record.update(change)
        keys.append(f"{collection}: {record['_id']}")
    assert len(keys) == len(changes)
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return keys


HOSTILE = '<p onclick="alert(1)">text</p>'
WRONG = {
    "sites": [{"home": 5}],
    "posts": [
        {"title": 5},
        {"tags": "x"},
        {"tags": [7]},
        {"published_at": {}},
        {"published_at": "yesterday"},
        {"published_at": "2026-01-01T00:00:00"},
        {"title": None},
        {"state": "burnt"},
        {"id": 2**70},
        {"id": 99_999},
        {"word_count": 2**63},
        {"slug": "a\0b"},
        {"raw": "no base64"},
        {"raw": "bm8gemxpYg=="},
        {"$where": "1"},
        {"extra": [{"k": 1, "v": 2}]},
        {"html": HOSTILE},
        {"html": "<script>alert(1)</script>"},
        {"html": '<a href="java&#x09;script:alert(1)">text</a>'},
        {"link": "javascript:alert(1)"},
        {"images": [{"url": "javascript:alert(1)", "alt": ""}]},
        {"slug": "../../secret"},
        {"warc": "../../secret.warc.gz#1"},
        {"warc": "secret#1"},
    ],
    "comments": [{"html": HOSTILE}],
    "files": [{"sha256": "../../secret"}, {"path": "ab/secret"}],
    "events": [{"event": "exploded"}],
    "runs": [{"types": [{"type": "post", "listed": "many"}]}, {"verdict": 7}],
    "removed": [{"removed_at": 5}],
}


def broken_copy(whole, bag):
    """Copy a bundle and break records of all its collections; return how the answer names them."""
    shutil.copytree(whole, bag)
    named = [key for name, changes in WRONG.items() for key in changed_lines(bag, name, changes)]
    revisions = bag / "data" / "records" / "example.com=2Fblog" / "revisions.jsonl"
    first = json.loads(revisions.read_text().splitlines()[0])
    first["document"]["html"] = HOSTILE
    named += changed_lines(bag, "revisions", [first])
    bagit.Bag(str(bag)).save(manifests=True)
    return sorted(named)


def test_a_record_that_is_none_is_set_aside_and_named(uri, whole_bag, tmp_path, monkeypatch):
    """What the archive held of it before stays as it was."""
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "files"))
    whole, _ = whole_bag
    named = broken_copy(whole, tmp_path / "bag")
    empty = f"sqlite:///{tmp_path}/empty.db"

    run("import", str(whole), "--archive", uri)
    before = held(uri)
    for goal in (empty, uri):
        result = run("import", f"{tmp_path}/bag", "--archive", goal, "--json")
        assert result.return_value == INCOMPLETE, result.output
        (blog, other) = map(json.loads, result.stdout.splitlines())
        assert sorted(blog["failures"]) == named
        assert blog["same"]
        assert other["failures"] == {}
    assert held(uri) == before
    found = held(empty)
    missing = {f"{name}: {key}" for name in before for key in before[name].keys() - found[name]}
    assert sorted(missing) == named
    assert "alert" not in str(found)
