"""Start the proxies that `deploy/` describes, with ports, certificate and folders of the test put in."""

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.patience import PATIENCE

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
HOST = "huiyin.example.org"
Settle = Callable[[Path, int, int], list[str]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certify(folder: Path) -> None:
    """Write a certificate of our own and its key, apart and together."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    today = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today)
        .not_valid_after(today + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    whole = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "fullchain.pem").write_bytes(whole)
    (folder / "privkey.pem").write_bytes(private)
    (folder / "huiyin.pem").write_bytes(whole + private)


def nginx(folder: Path, port: int, program: int) -> list[str]:
    """Write nginx's configuration; give the command that runs it."""
    given = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    given = re.sub(r"^\s*listen \[::\].*\n", "", given, flags=re.MULTILINE)
    given = given.replace("listen 80 ", f"listen 127.0.0.1:{free_port()} ").replace(
        "listen 443 ", f"listen 127.0.0.1:{port} "
    )
    given = given.replace("127.0.0.1:8000", f"127.0.0.1:{program}").replace("/etc/ssl/huiyin", str(folder))
    given = given.replace("/var/log/nginx", str(folder))
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi")
    )
    temporary += "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("uwsgi", "scgi"))
    place = folder / "nginx.conf"
    place.write_text(
        f"user root;\npid {folder}/pid;\nerror_log {folder}/start.log;\ndaemon off;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{\n{temporary}{given}\n}}\n",
        encoding="utf-8",
    )
    return ["nginx", "-p", str(folder), "-c", str(place)]


def haproxy(folder: Path, port: int, program: int) -> list[str]:
    """Write HAProxy's configuration; give the command that runs it."""
    given = (DEPLOY / "haproxy.cfg").read_text(encoding="utf-8")
    given = re.sub(r"^    (user|group) .*\n", "", given, flags=re.MULTILINE)
    given = given.replace("log /dev/log local0", "log stdout format raw local0")
    given = given.replace("bind :80", f"bind 127.0.0.1:{free_port()}").replace(
        "bind :443", f"bind 127.0.0.1:{port}"
    )
    given = given.replace("127.0.0.1:8000", f"127.0.0.1:{program}").replace("/etc/ssl/huiyin", str(folder))
    place = folder / "haproxy.cfg"
    place.write_text(given, encoding="utf-8")
    return ["haproxy", "-db", "-f", str(place)]


PROXIES: dict[str, Settle] = {"nginx": nginx, "haproxy": haproxy}


@contextmanager
def proxy(name: str, folder: Path, program: int) -> Iterator[int]:
    """Run a proxy in front of the program; give the port on which it speaks TLS."""
    if not sys.platform.startswith("linux") or shutil.which(name) is None:
        pytest.skip(f"{name} is not installed (as root: apt-get install {name})")
    certify(folder)
    port = free_port()
    command = PROXIES[name](folder, port, program)
    with (
        (folder / "said.log").open("w") as said,
        subprocess.Popen(command, stdout=said, stderr=said) as running,
    ):
        try:
            _wait_for(port, running, folder)
            yield port
        finally:
            running.terminate()
            running.wait(timeout=PATIENCE)


def _wait_for(port: int, running: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + PATIENCE
    while running.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError((folder / "said.log").read_text(encoding="utf-8"))
