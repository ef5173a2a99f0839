"""Pictures are written anew: what is seen stays, and everything beside it is gone."""

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from core.files import pictures
from core.files.pictures import DamagedPicture, NoTurn, TooManyPixels, TooMuchWork, reencode
from tests.pictures import from_a_phone, picture
from tests.rules.sources import ROOT

SMALL = "MOST_BYTES_OF_MEMORY = 150 << 20"


def opened(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as found:
        found.load()
        return found


def test_place_camera_and_comment_of_a_photo_are_gone() -> None:
    sent = from_a_phone()
    assert b"Secret Camera" in sent
    assert dict(opened(sent).getexif())
    kept = reencode(sent, "jpeg")
    assert [mark for mark in (b"Exif", b"Secret Camera", b"secret comment", b"GPS") if mark in kept] == []
    assert dict(opened(kept).getexif()) == {}


def test_a_photo_that_lies_on_its_side_is_turned_upright() -> None:
    kept = opened(reencode(from_a_phone((80, 40)), "jpeg"))
    assert kept.size == (40, 80)
    corner, middle = kept.getpixel((38, 2)), kept.getpixel((20, 60))
    assert isinstance(corner, tuple)
    assert isinstance(middle, tuple)
    assert min(corner) > 230  # white was at the upper left before the turn, and is at the upper right
    assert max(middle) < 130


@pytest.mark.parametrize(
    ("kind", "tail"), [("JPEG", b"<script>alert(1)</script>"), ("PNG", b"PK\x03\x04zip")]
)
def test_what_hangs_behind_the_end_is_cut_off(kind: str, tail: bytes) -> None:
    kept = reencode(picture(kind) + tail, kind.lower())
    assert tail not in kept
    assert opened(kept).size == (8, 6)


def chunk_of(content: bytes) -> bytes:
    """Return a piece of a PNG from its type and what it holds."""
    return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))


def test_texts_inside_a_png_are_gone() -> None:
    text, plain = chunk_of(b"tEXt" + b"Author\x00Secret Name"), picture("PNG")
    assert b"Secret Name" not in reencode(plain[:33] + text + plain[33:], "png")


def test_of_moving_pictures_the_first_stays() -> None:
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    assert b"acTL" in out.getvalue()
    assert b"acTL" not in reencode(out.getvalue(), "png")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_sort_of_png_can_be_kept(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (8, 6)).save(out, "PNG")
    assert opened(reencode(out.getvalue(), "png")).size == (8, 6)


def test_a_jpeg_of_printers_becomes_one_of_screens() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (8, 6)).save(out, "JPEG")
    assert opened(reencode(out.getvalue(), "jpeg")).mode == "RGB"


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert reencode(from_a_phone(), "jpeg") == reencode(from_a_phone(), "jpeg")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (from_a_phone()[:-200], "jpeg"),
        (b"\xff\xd8\xff\xe0" + b"0" * 20, "jpeg"),
        (picture("PNG")[:50], "png"),
        (picture("PNG"), "jpeg"),
        (b"", "jpeg"),
    ],
)
def test_a_picture_that_cannot_be_read_to_its_end_is_damaged(content: bytes, kind: str) -> None:
    with pytest.raises(DamagedPicture):
        reencode(content, kind)


def header_of_a_png(width: int, height: int) -> bytes:
    """Return a small file that says it is a very large picture, as a bomb does."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\x00" * 1000)
    chunks = [
        struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in (head, body)
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("size", [(8000, 5001), (100_000, 100_000)])
def test_a_picture_of_more_than_forty_megapixels_is_not_opened(size: tuple[int, int]) -> None:
    with pytest.raises(TooManyPixels):
        reencode(header_of_a_png(*size), "png")


def test_a_picture_that_takes_too_long_is_given_up_and_not_called_damaged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "MOST_SECONDS", 0.001)
    with pytest.raises(TooMuchWork):
        reencode(from_a_phone(), "jpeg")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_picture_that_uses_up_its_time_is_not_called_damaged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    endless = tmp_path / "endless.py"
    limits = "resource.setrlimit(resource.RLIMIT_CPU, (1, 2))"
    endless.write_text(f"import resource\n{limits}\nwhile True:\n    pass\n", "utf-8")
    monkeypatch.setattr(pictures, "PROGRAM", endless)
    with pytest.raises(TooMuchWork):
        reencode(b"", "png")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_picture_for_which_the_memory_is_too_small_is_not_called_damaged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    small = tmp_path / "small.py"
    written = pictures.PROGRAM.read_text("utf-8").replace("MOST_BYTES_OF_MEMORY = 2 << 30", SMALL)
    assert SMALL in written
    small.write_text(written, "utf-8")
    monkeypatch.setattr(pictures, "PROGRAM", small)
    with pytest.raises(TooMuchWork):
        reencode(picture("png", size=(7000, 5000)), "png")


def test_whoever_waits_too_long_for_the_pictures_of_others_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "MOST_WAITING", 0.05)
    with pictures.PROCESS_SLOTS, pictures.PROCESS_SLOTS, pytest.raises(NoTurn):
        reencode(from_a_phone(), "jpeg")
    assert opened(reencode(from_a_phone((80, 40)), "jpeg")).size == (40, 80)


def test_the_process_that_opens_a_picture_sees_no_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spy = tmp_path / "spy.py"
    spy.write_text("import os, sys\nsys.stdout.write(','.join(os.environ))\n", "utf-8")
    monkeypatch.setenv("HUIYIN_SECRET_KEY", "k" * 40)
    monkeypatch.setattr(pictures, "PROGRAM", spy)
    seen = reencode(b"", "png").decode().split(",")
    assert "PATH" in seen
    assert "HUIYIN_SECRET_KEY" not in seen


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_stricter_limit_of_the_machine_makes_no_picture_damaged() -> None:
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (3 << 29, 3 << 29));"
        "from core.files.pictures import reencode; from tests.pictures import picture;"
        "sys.stdout.write(str(len(reencode(picture('png'), 'png')) > 0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("True", "")
