"""A file that stops before the end that its format has is seen, wherever it was cut."""

import io
import struct
import zipfile
import zlib
from random import Random

import pytest

from crawler.files.ends import End, look_for_end

NOISE = Random(3).randbytes(700).replace(b"\xff", b"\xfe")


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg() -> bytes:
    """A JPEG with a whole picture inside it, stuffed bytes, restarts and two scans."""
    small = b"\xff\xd8" + segment(0xDA, b"\x01") + b"small" + b"\xff\xd9"
    scan = segment(0xDA, b"\x01\x01\x00") + NOISE + b"\xff\x00\xff\xd0" + NOISE
    return b"\xff\xd8" + segment(0xE1, b"Exif" + small) + b"\xff" + scan + scan + b"\xff\xd9"


def png() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + crc

    data = chunk(b"IHDR", b"\0" * 13) + chunk(b"IDAT", NOISE) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


def gif() -> bytes:
    blocks = bytes([200]) + NOISE[:199] + b";" + bytes([50]) + NOISE[:50] + b"\0"
    image = b"\x2c" + b"\0" * 8 + b"\x80" + b";" * 6 + b"\x02" + blocks
    return b"GIF89a" + b"\1\0\1\0\x81\0\0" + b";" * 12 + b"\x21\xfe" + blocks + image + b";"


def packed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", NOISE)
        archive.comment = b"a comment"
    return out.getvalue()


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + kind + data


def large_box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 1) + kind + struct.pack(">Q", len(data) + 16) + data


WHOLE = {
    "jpeg": jpeg(),
    "png": png(),
    "gif": gif(),
    "pdf": b"%PDF-1.4\n" + NOISE + b"\nstartxref\n9\n%%EOF\n",
    "pdf behind junk": b"\n" * 900 + b"%PDF-1.4\n" + NOISE + b"%%EOF" + b" " * 200,
    "zip": packed(),
    "webp": b"RIFF" + struct.pack("<I", 4 + len(NOISE)) + b"WEBP" + NOISE,
    "mp4": box(b"ftyp", b"isom") + box(b"moov", NOISE) + box(b"mdat", NOISE),
    "mp4, its data first": box(b"ftyp", b"isom") + large_box(b"mdat", NOISE) + box(b"moov", NOISE),
    "avif": box(b"ftyp", b"avif") + box(b"meta", NOISE) + box(b"mdat", NOISE),
    "svg": b'<?xml version="1.0"?>\n<!-- x --><svg xmlns="x"><path/></svg>\n',
}
PADDING = {"pdf": 1, "pdf behind junk": 200, "svg": 4}
"""So many last bytes, and the file has ended before them."""
UNKNOWN = {
    "noise": NOISE,
    "nothing": b"",
    "mp3": b"ID3\x03" + NOISE,
    "text": b"one, two\n",
    "streamed wav": b"RIFF\xff\xff\xff\xffWAVE" + NOISE,
    "mp4 up to its end": box(b"ftyp", b"isom") + b"\0\0\0\0mdat" + NOISE,
    "old word": b"\xd0\xcf\x11\xe0" + NOISE,
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_has_its_end_and_a_cut_one_has_not(name: str) -> None:
    body = WHOLE[name]
    assert look_for_end(body) is End.REACHED
    assert look_for_end(body + b"\0" * 30) is End.REACHED, "more behind it is no harm"
    first = body.index(b"%PDF-") + 5 if "pdf" in name else 40
    for cut in range(first, len(body) - PADDING.get(name, 0), 7):
        assert look_for_end(body[:cut]) is End.MISSING, cut


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_has_no_end_is_not_judged(name: str) -> None:
    assert look_for_end(UNKNOWN[name]) is End.UNKNOWN


def test_no_bytes_of_strangers_break_the_look() -> None:
    random = Random(4)
    for body in WHOLE.values():
        for _ in range(300):
            spoilt = bytearray(body)
            for _ in range(random.randrange(1, 9)):
                spoilt[random.randrange(len(spoilt))] = random.randrange(256)
            assert look_for_end(bytes(spoilt)) in End
