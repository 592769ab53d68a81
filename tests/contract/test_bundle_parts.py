"""What was taken out of a bundle is named, and a bundle says what it holds."""

import json
import shutil

import bagit
import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.archives import warc_bytes
from tests.contract.bundles import made_bag, run
from wparchive.commands import NOT_AS_IT_WAS
from wparchive.errors import OutputFailed
from wparchive.model.file_records import stored_path


@pytest.fixture(scope="module")
def whole_bag(tmp_path_factory):
    """The folder of a bundle, and the hash of the file in it."""
    return made_bag(tmp_path_factory.mktemp("whole"))


def without_posts(bag, digest):
    """Take the posts of a site away."""
    (bag / "data" / "records" / "example.com=2Fblog" / "posts.jsonl").unlink()
    return ["records/example.com=2Fblog/posts.jsonl"]


def without_a_post(bag, digest):
    """Take one post away."""
    path = bag / "data" / "records" / "example.com=2Fblog" / "posts.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    return [f"1 of {len(lines)} records of records/example.com=2Fblog/posts.jsonl"]


def without_a_site(bag, digest):
    """Take a whole site away."""
    shutil.rmtree(bag / "data" / "records" / "example.com=2Fblog")
    return ["all records of example.com/blog"]


def without_a_file(bag, digest):
    """Take a file away that a record names."""
    (bag / "data" / "files" / stored_path(digest)).unlink()
    return [f"files/{stored_path(digest)}"]


def with_folders_for_files(bag, digest):
    """Put folders of the same names in the place of a file and of a WARC file."""
    paths = [bag / "data" / "files" / stored_path(digest), bag / "data" / "warc" / "one.warc.gz"]
    for path in paths:
        path.unlink()
        path.mkdir()
        (path / "inside").write_bytes(b"something else")
    return [f"files/{stored_path(digest)}", "warc/one.warc.gz"]


def without_warc_files(bag, digest):
    """Take the WARC files away."""
    shutil.rmtree(bag / "data" / "warc")
    return ["warc/one.warc.gz"]


def named_last_record(bag):
    """Let a post name the last record of the WARC file; return the path of the file."""
    warc = bag / "data" / "warc" / "one.warc.gz"
    with warc.open("rb") as file:
        ids = [one.rec_headers.get_header("WARC-Record-ID") for one in ArchiveIterator(file)]
    posts = bag / "data" / "records" / "example.com=2Fblog" / "posts.jsonl"
    first, *others = posts.read_bytes().splitlines(keepends=True)
    named = json.dumps(json.loads(first) | {"warc": f"{warc.name}#{ids[-1].strip('<>')}"})
    posts.write_bytes(named.encode() + b"\n" + b"".join(others))
    return warc


def with_a_cut_warc_file(bag, digest):
    """Cut the WARC file behind its first records."""
    warc = named_last_record(bag)
    warc.write_bytes(warc.read_bytes()[: warc.stat().st_size // 2])
    return ["1 record of warc/one.warc.gz that documents name"]


def with_another_warc_file(bag, digest):
    """Put another WARC file in the place of one."""
    named_last_record(bag).write_bytes(warc_bytes())
    return ["1 record of warc/one.warc.gz that documents name"]


@pytest.mark.parametrize(
    "damage",
    [
        without_posts,
        without_a_post,
        without_a_site,
        without_a_file,
        with_folders_for_files,
        without_warc_files,
        with_a_cut_warc_file,
        with_another_warc_file,
    ],
)
def test_what_somebody_took_out_of_a_bundle_is_named(whole_bag, damage, tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "files"))
    whole, digest = whole_bag
    bag = tmp_path / "bag"
    shutil.copytree(whole, bag)
    named = damage(bag, digest)
    bagit.Bag(str(bag)).save(manifests=True)
    result = run("import", str(bag), "--archive", f"sqlite:///{tmp_path}/a.db")
    assert result.return_value == NOT_AS_IT_WAS, result.output
    lines = result.output.splitlines()
    told = [line.partition(": ")[2] for line in lines if line.startswith("is no longer in")]
    assert told == named
    assert "was missing already when the bundle was made: warc/lost.warc.gz" in lines


def test_a_record_that_a_document_names_is_found_in_its_file(whole_bag, tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "files"))
    shutil.copytree(whole_bag[0], tmp_path / "bag")
    named_last_record(tmp_path / "bag")
    bagit.Bag(str(tmp_path / "bag")).save(manifests=True)
    result = run("import", str(tmp_path / "bag"), "--archive", f"sqlite:///{tmp_path}/a.db")
    assert not result.return_value, result.output
    assert "no longer" not in result.output


@pytest.mark.parametrize(
    "changed",
    [
        {"records": None},
        {"records": {}},
        {"records": {"example.com/blog": {"posts": -5}}},
        {"records": {"example.com/blog": {"posts": 1.5}}},
        {"has_warc": False},
        {"missing": None},
    ],
)
def test_contents_that_no_export_writes_are_refused(whole_bag, changed, tmp_path):
    bag = tmp_path / "bag"
    shutil.copytree(whole_bag[0], bag)
    path = bag / "data" / "contents.json"
    told = {**json.loads(path.read_text()), **changed}
    path.write_text(json.dumps({name: one for name, one in told.items() if one is not None}))
    bagit.Bag(str(bag)).save(manifests=True)
    result = run("import", str(bag), "--archive", f"sqlite:///{tmp_path}/a.db")
    assert isinstance(result.exception, OutputFailed), result.output
    assert not (tmp_path / "a.db").exists()


@pytest.mark.parametrize("name", ["data/contents.json", "data/records", "data/warc"])
def test_a_folder_with_a_symbolic_link_is_refused(whole_bag, name, tmp_path):
    bag = tmp_path / "bag"
    shutil.copytree(whole_bag[0], bag)
    outside = tmp_path / "outside"
    (bag / name).rename(outside)
    (bag / name).symlink_to(outside)
    result = run("import", str(bag), "--archive", f"sqlite:///{tmp_path}/a.db")
    assert isinstance(result.exception, OutputFailed), result.output
    assert f"symbolic link, {name}" in str(result.exception)


def test_a_bundle_without_its_contents_is_not_as_it_was(whole_bag, tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "files"))
    bag = tmp_path / "bag"
    shutil.copytree(whole_bag[0], bag)
    (bag / "data" / "contents.json").unlink()
    bagit.Bag(str(bag)).save(manifests=True)
    result = run("import", str(bag), "--archive", f"sqlite:///{tmp_path}/a.db")
    assert result.return_value == NOT_AS_IT_WAS, result.output
    assert "is no longer in the bundle: contents.json" in result.output


LIES = {
    "warc/one.warc.gz": {"has_warc": False},
    "files/": {"missing": ["warc/lost.warc.gz", "files/"]},
    "warc/lost.warc.gz": {"damaged": ["files/"]},
}
"""What a bundle says of itself that hides a loss, by a part that is named nevertheless."""


@pytest.mark.parametrize("part", LIES)
def test_a_bundle_that_was_made_to_say_less_is_not_believed(whole_bag, part, tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "files"))
    whole, digest = whole_bag
    bag = tmp_path / "bag"
    shutil.copytree(whole, bag)
    shutil.rmtree(bag / "data" / "warc")
    (bag / "data" / "files" / stored_path(digest)).unlink()
    path = bag / "data" / "contents.json"
    named = f"files/{stored_path(digest)}"
    lie = json.dumps(LIES[part]).replace("files/", named)
    path.write_text(json.dumps({**json.loads(path.read_text()), **json.loads(lie)}))
    bagit.Bag(str(bag)).save(manifests=True)
    result = run("import", str(bag), "--archive", f"sqlite:///{tmp_path}/a.db")
    assert result.return_value == NOT_AS_IT_WAS, result.output
    assert "is not in the bundle: contents.json as the export wrote it" in result.output
    assert f"is not in the bundle: {part.replace('files/', named)}" in result.output


def test_a_bundle_of_the_form_without_a_hash_is_read(whole_bag, tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "files"))
    bag = tmp_path / "bag"
    shutil.copytree(whole_bag[0], bag)
    info = bag / "bag-info.txt"
    lines = info.read_text().splitlines(keepends=True)
    info.write_text("".join(line for line in lines if not line.startswith("Contents-SHA256")))
    bagit.Bag(str(bag)).save(manifests=True)
    result = run("import", str(bag), "--archive", f"sqlite:///{tmp_path}/a.db")
    assert result.return_value == NOT_AS_IT_WAS, "it says of itself that it had one"
    path = bag / "data" / "contents.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps({name: one for name, one in told.items() if name != "damaged"}))
    bagit.Bag(str(bag)).save(manifests=True)
    result = run("import", str(bag), "--archive", f"sqlite:///{tmp_path}/b.db")
    assert not result.return_value, result.output
    assert "was missing already when the bundle was made: warc/lost.warc.gz" in result.output


def test_a_bundle_of_the_first_form_is_read(whole_bag, tmp_path, monkeypatch):
    """The name of a site's folder had a `%`, and the README alone said what was missing."""
    monkeypatch.setenv("ARCHIVE_FILES", str(tmp_path / "files"))
    whole, digest = whole_bag
    bag = tmp_path / "bag"
    shutil.copytree(whole, bag)
    (bag / "data" / "contents.json").unlink()
    info = bag / "bag-info.txt"
    lines = info.read_text().splitlines(keepends=True)
    info.write_text("".join(line for line in lines if not line.startswith("Contents-SHA256")))
    (bag / "data" / "schema" / "removed.json").unlink()
    folder = bag / "data" / "records" / "example.com=2Fblog"
    folder.rename(folder.with_name("example.com%2Fblog"))
    bagit.Bag(str(bag)).save(manifests=True)
    result = run("import", str(bag), "--archive", f"sqlite:///{tmp_path}/a.db")
    assert result.exception is None, result.output
    assert result.output.count("the same") == 2
    assert "is no longer" not in result.output
    (bag / "data" / "files" / stored_path(digest)).unlink()
    bagit.Bag(str(bag)).save(manifests=True)
    result = run("import", str(bag), "--archive", f"sqlite:///{tmp_path}/b.db")
    assert result.return_value == NOT_AS_IT_WAS, result.output
    assert f"is no longer in the bundle: files/{stored_path(digest)}" in result.output


def test_names_are_those_of_bagit_and_each_collection_has_a_schema(whole_bag):
    bag, _ = whole_bag
    lines = (bag / "manifest-sha256.txt").read_text().splitlines()
    names = [line.partition("  ")[2] for line in lines]
    assert not [name for name in names if "%" in name], "RFC 8493 would read it as another name"
    collections = {path.stem for path in bag.glob("data/records/*/*.jsonl")}
    assert collections == {path.stem for path in bag.glob("data/schema/*.json")}
    schema = json.loads((bag / "data" / "schema" / "removed.json").read_text())
    [described] = [one for name, one in schema["$defs"].items() if name == "RemovedPost"]
    assert {"removed_at", "text", "raw"} <= described["properties"].keys()
