"""`-a media=files` on a real WordPress with uploads."""

from hashlib import sha256

from crawler.files.limits import FILE_MAX_BYTES
from tests.integration.crawling import crawl, documents

LARGE = 3_000_000
UPLOAD = """
function put($name, $type, $data) {
    $folder = wp_upload_dir();
    wp_mkdir_p($folder['path']);
    $path = $folder['path'] . '/' . $name;
    file_put_contents($path, $data);
    $url = $folder['url'] . '/' . $name;
    return wp_insert_attachment(['post_mime_type' => $type, 'post_title' => $name,
        'post_status' => 'inherit', 'guid' => $url], $path);
}
"""
FILES = """
put('photo.png', 'image/png', base64_decode('%s'));
put('paper.pdf', 'application/pdf', '%%PDF-1.4 a paper');
put('drawing.svg', 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>');
put('empty.txt', 'text/plain', '');
put('large.zip', 'application/zip', "PK\\x03\\x04" . str_repeat('z', %d));
put('Übersicht 表 1.png', 'image/png', "\\x89PNG not much of a picture");
put('login.jpg', 'image/jpeg', '<!DOCTYPE html><html><body>Log in first</body></html>');
put('huge.zip', 'application/zip', '');
ftruncate(fopen(wp_upload_dir()['path'] . '/huge.zip', 'r+'), %d);
put('replaced.txt', 'text/plain', 'before');
put('removed.txt', 'text/plain', 'here');
"""
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42m"
    "NkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
NAMES = {"photo.png", "paper.pdf", "drawing.svg", "empty.txt", "large.zip"}


def test_uploads_of_a_real_wordpress(fresh_wordpress, tmp_path):
    site = fresh_wordpress("6.8", posts=20)
    site.php(UPLOAD + FILES % (PIXEL, LARGE, FILE_MAX_BYTES + 1))
    archive = tmp_path / "archive.db"
    first = crawl(site.url, archive, media="files")
    files = first.report["files"]
    # Its other attachments have records and no files; one is a page under the type of a picture,
    # and one is larger than the limit that nobody has set.
    assert first.exit_status == 3, first.output
    assert files["held"] == 8, first.output
    assert (files["failed"], files["gone"]) == (2, files["named"] - 10)
    assert "1 above the default of CRAWL_FILE_MAX_BYTES" in first.report["reason"]
    assert "login.jpg: answers with a page in place of the file" in first.output
    held = {row["url"].rpartition("/")[2]: row for row in documents(archive, "files")}
    assert held.keys() >= NAMES
    assert held["large.zip"]["sha256"] == sha256(b"PK\x03\x04" + b"z" * LARGE).hexdigest()
    assert held["empty.txt"]["size_bytes"] == 0
    stored = tmp_path / "archive.files"
    assert all((stored / row["path"]).is_file() for row in held.values() if row["path"])

    site.php(
        "$folder = wp_upload_dir()['path'];"
        "file_put_contents($folder . '/replaced.txt', 'after, and longer');"
        "unlink($folder . '/removed.txt');"
    )
    again = crawl(site.url, archive, media="files")
    files = again.report["files"]
    assert (files["changed"], files["held"], files["new"]) == (1, 8, 0), again.output
    held = {row["url"].rpartition("/")[2]: row for row in documents(archive, "files")}
    assert held["removed.txt"]["problem"] == "http_404"
    (before,) = held["replaced.txt"]["earlier"]
    assert before["sha256"] == sha256(b"before").hexdigest()
    update = crawl(site.url, archive, media="files", mode="update")
    assert update.report["files"]["trusted"] == 7, update.output
