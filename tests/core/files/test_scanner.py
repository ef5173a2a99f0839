"""A file is clean when the scanner says so clearly and in time, and never otherwise."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.files import scanner
from core.files.scanner import Infected, Scanner, ScannerSilent
from core.files.store import BLOCK
from tests.core.files.clamd import CLEAN, SIGNATURE, clamd
from tests.patience import PATIENCE

PDF = b"%PDF-1.7\n and so on"
CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin")


def test_a_clean_file_passes_whole_and_one_with_a_virus_does_not(tmp_path: Path) -> None:
    large = PDF.ljust(3 * BLOCK + 1, b"x")
    with clamd(tmp_path) as fake:
        asked = Scanner(fake.address)
        assert asked.answers()
        asked.check(large)
        asked.check(b"")
        with pytest.raises(Infected):
            asked.check(PDF + SIGNATURE)
    assert fake.scanned == [large, b"", PDF + SIGNATURE]


@pytest.mark.parametrize(
    "answer",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: Can't allocate memory ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"stream: OK and more\0",
        b"OK\0",
        b"\0",
        b"x" * 10_000,
    ],
)
def test_whatever_is_not_clearly_clean_is_no_answer(tmp_path: Path, answer: bytes) -> None:
    with clamd(tmp_path, lambda content: answer) as fake, pytest.raises(ScannerSilent):
        Scanner(fake.address).check(PDF)


def test_a_scanner_that_hangs_has_its_time_and_no_more(tmp_path: Path) -> None:
    with clamd(tmp_path, lambda content: None) as fake:
        with pytest.raises(ScannerSilent):
            Scanner(fake.address, seconds=0.05).check(PDF)
        assert fake.scanned == [PDF]


def test_a_scanner_that_answers_byte_by_byte_has_no_more_time_either(tmp_path: Path) -> None:
    place = tmp_path / "clamd.ctl"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen()

        def trickle() -> None:
            connection, _ = listener.accept()
            with connection:
                for byte in b"stream: "[:8] * 10:
                    try:
                        connection.sendall(bytes([byte]))
                    except OSError:
                        return
                    time.sleep(0.02)

        threading.Thread(target=trickle, daemon=True).start()
        with pytest.raises(ScannerSilent):
            Scanner(f"unix://{place}", seconds=0.1).check(PDF)


@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_a_scanner_that_is_not_there_is_silent(tmp_path: Path, kind: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"unix://{tmp_path}/none" if kind == "unix" else f"tcp://127.0.0.1:{free.getsockname()[1]}"
        asked = Scanner(address, seconds=0.2)
        assert not asked.answers()
        with pytest.raises(ScannerSilent):
            asked.check(PDF)


def test_no_more_than_two_wait_for_a_scanner_that_hangs(tmp_path: Path) -> None:
    released = threading.Event()

    def late(content: bytes) -> bytes:
        released.wait(PATIENCE)
        return CLEAN

    with clamd(tmp_path, late) as fake:
        asked = Scanner(fake.address, seconds=PATIENCE, waiting=0.01)
        waiting = [threading.Thread(target=asked.check, args=(PDF,)) for _ in range(scanner.PLACES)]
        for one in waiting:
            one.start()
        while len(fake.scanned) < scanner.PLACES:
            time.sleep(0.01)
        with pytest.raises(ScannerSilent):
            asked.check(PDF)
        released.set()
        for one in waiting:
            one.join(PATIENCE)
        asked.check(PDF)
    assert len(fake.scanned) == scanner.PLACES + 1


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Scanner]:
    """Run Debian's own clamd with one signature, made by hand."""
    if CLAMD is None:
        pytest.skip("clamd was not found (Debian: clamav-daemon)")
    signatures = tmp_path / "signatures"
    signatures.mkdir()
    (signatures / "own.ndb").write_text(f"Huiyin.Test:0:*:{SIGNATURE.hex()}\n", encoding="ascii")
    place, told = tmp_path / "clamd.ctl", tmp_path / "clamd.conf"
    told.write_text(
        f"Foreground yes\nLocalSocket {place}\nDatabaseDirectory {signatures}\n", encoding="ascii"
    )
    process = subprocess.Popen(
        [CLAMD, f"--config-file={told}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={}
    )
    try:
        asked = Scanner(f"unix://{place}")
        until = time.monotonic() + PATIENCE
        while not asked.answers() and time.monotonic() < until and process.poll() is None:
            time.sleep(0.05)
        yield asked
    finally:
        process.kill()
        process.wait()


def test_the_real_clamd_is_understood(real: Scanner) -> None:
    real.check(PDF.ljust(1_000_000, b"x"))
    with pytest.raises(Infected):
        real.check(PDF + SIGNATURE)
