"""Half-sent requests at the proxy: the program never sees them, and everybody else is answered (T90)."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPMessage, HTTPSConnection
from pathlib import Path

import pytest

from core.persistence import migrations
from core.persistence.db import Database
from tests.builders import PERSONAL_KEY
from tests.deploy.proxies import HOST, PROXIES, proxy
from tests.faults.served import Served
from tests.patience import PATIENCE

pytestmark = pytest.mark.proof
SLOW = 200
ADDRESSES = tuple(f"127.0.0.{last}" for last in range(11, 16))
HEAD = f"POST /api/v1/cases HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer x\r\n"
#: Half of the headers, and all of them with half of a body.
HALVES = {
    "headers": HEAD,
    "body": f'{HEAD}Content-Type: application/json\r\nContent-Length: 900000\r\n\r\n{{"own_words": "',
}


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Served]:
    """Yield the program as it runs behind a proxy; which database it has does not matter to either."""
    url = f"sqlite:///{(tmp_path / 'huiyin.db').as_posix()}"
    database = Database(url, durable=False)
    migrations.upgrade(database)
    database.dispose()
    environ = {
        "HUIYIN_DATABASE_URL": url,
        "HUIYIN_DATA_DIR": str(tmp_path / "var"),
        "HUIYIN_SECRET_KEY": "a secret key for the tests alone, long enough",
        "HUIYIN_PERSONAL_KEY": PERSONAL_KEY,
        "HUIYIN_TRUSTED_HOSTS": f"{HOST},127.0.0.1",
        "HUIYIN_PROXY_HOPS": "1",
    }
    with Served(environ) as served:
        yield served


def trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def begun(port: int, half: str, source: str) -> ssl.SSLSocket:
    """Send half a request and keep the connection."""
    raw = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE, source_address=(source, 0))
    sent = trusting().wrap_socket(raw)
    sent.sendall(half.encode())
    return sent


def health(port: int, **headers: str) -> tuple[int, HTTPMessage, float]:
    """Ask whether the program answers; give status, headers and seconds."""
    began = time.monotonic()
    asked = HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=trusting())
    asked.request("GET", "/healthz", headers={"Host": HOST, **headers})
    answer = asked.getresponse()
    answer.read()
    asked.close()
    return answer.status, answer.headers, time.monotonic() - began


def ended(connection: ssl.SSLSocket) -> bool:
    """Return whether the other side has ended a connection, with an answer that refuses or without."""
    connection.settimeout(0.2)
    try:
        while connection.recv(4096):
            continue
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("name", PROXIES)
def test_two_hundred_half_sent_requests_hold_up_nobody(
    program: Served, tmp_path: Path, name: str, half: str
) -> None:
    with proxy(name, tmp_path, program.port) as port, ExitStack() as held:
        slow = [
            held.enter_context(begun(port, HALVES[half], ADDRESSES[number % len(ADDRESSES)]))
            for number in range(SLOW)
        ]
        answers = [health(port) for _ in range(20)]
        assert {status for status, _, _ in answers} == {200}
        longest = max(seconds for _, _, seconds in answers)
        print(f"{name}, half the {half}: {SLOW} held, /healthz at most {longest * 1000:.0f} ms")
        assert not ended(slow[-1]), "they were answered only when the slow ones had been ended"
        began = time.monotonic()
        while not all(ended(one) for one in slow[:: SLOW // 10]) and time.monotonic() - began < 30:
            assert health(port)[0] == 200
        print(f"  the slow ones were ended after {time.monotonic() - began:.0f} s")
        assert all(ended(one) for one in slow)


@pytest.mark.parametrize("name", PROXIES)
def test_what_a_client_claims_about_itself_is_replaced(program: Served, tmp_path: Path, name: str) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Request-Id": "0123456789ab"}
    with proxy(name, tmp_path, program.port) as port:
        status, headers, _ = health(port, **forged)
        assert status == 200
        assert headers["X-Request-Id"] != forged["X-Request-Id"]
        assert "Strict-Transport-Security" in headers
        assert health(port, Host="evil.example")[0] == 400
