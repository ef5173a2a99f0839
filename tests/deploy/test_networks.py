"""The proxies count newer addresses by their /64 and /48 networks, with the numbers of the program."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.deploy import proxies
from tests.deploy.proxies import DEPLOY, HOST, PROXIES, Settle, proxy
from tests.deploy.test_slow_senders import trusting
from tests.patience import PATIENCE
from wsgi.addresses import NETWORK, WIDE_NETWORK
from wsgi.rate_limits import WIDER

#: What the first requests of a network may be at once, by proxy; of a wide one WIDER times as many.
AT_ONCE = {"nginx": 61, "haproxy": 260}
#: How a proxy is told in a header where a request comes from, which a test has no other way to choose.
TOLD = {
    "nginx": (r"^server \{", "set_real_ip_from 127.0.0.1;\nreal_ip_header X-Comes-From;\n\nserver {"),
    "haproxy": (
        r"^    stick-table type ipv6 size 100k expire 1m store",
        "    http-request set-src req.hdr(X-Comes-From)\n    stick-table type ipv6 size 100k expire 1m store",
    ),
}


def test_both_proxies_know_the_networks_of_the_program() -> None:
    nginx, haproxy = ((DEPLOY / name).read_text(encoding="utf-8") for name in ("nginx.conf", "haproxy.cfg"))
    for length in (NETWORK, WIDE_NETWORK):
        rest = 128 - length
        assert f'"~(?s)^(?<huiyin_{length}>.{{{length // 8}}}).{{{rest // 8}}}$"' in nginx
        assert f"src,ipmask(32,{length})" in haproxy
    rates = [int(rate) for rate in re.findall(r"rate=(\d+)r/s", nginx)]
    bursts = [int(burst) for burst in re.findall(r"burst=(\d+)", nginx)]
    held = [int(most) for most in re.findall(r"^\s*limit_conn huiyin\w+\s+(\d+);", nginx, re.MULTILINE)]
    asked = [int(most) for most in re.findall(r"http_req_rate\(\d\) gt (\d+)", haproxy)]
    open_ = [int(most) for most in re.findall(r"conn_cur\(\d\) gt (\d+)", haproxy)]
    for tight, wide in (rates, bursts, held, asked, open_):
        assert wide == tight * WIDER


class Answering(BaseHTTPRequestHandler):
    """Stand in for the program behind a proxy: every request is answered at once."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with nothing."""
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_said: object) -> None:
        """Keep quiet."""


@pytest.fixture
def behind() -> Iterator[int]:
    """Run what stands behind the proxy; give its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join(PATIENCE)


def told_by_header(name: str, settle: Settle) -> Settle:
    """Let a proxy believe a header about where a request comes from."""

    def settled(folder: Path, port: int, program: int) -> list[str]:
        command = settle(folder, port, program)
        place = next(folder.glob(f"{name}.c*"))
        how, instead = TOLD[name]
        text = re.sub(how, instead, place.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
        place.write_text(text, encoding="utf-8")
        return command

    return settled


@pytest.fixture
def ask(
    behind: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> Iterator[Callable[..., int]]:
    """Return what asks through the proxy as if from an address, and gives the status."""
    monkeypatch.setitem(proxies.PROXIES, name, told_by_header(name, PROXIES[name]))
    with proxy(name, tmp_path, behind) as port:
        asked = HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=trusting())

        def once(address: str) -> int:
            asked.request("GET", "/healthz", headers={"Host": HOST, "X-Comes-From": address})
            answer = asked.getresponse()
            answer.read()
            if answer.getheader("Connection") == "close":
                asked.close()
            return answer.status

        with closing(asked):
            yield once


@pytest.mark.proof
@pytest.mark.parametrize("name", PROXIES)
def test_a_customer_with_a_network_has_the_tries_of_one_address(name: str, ask: Callable[..., int]) -> None:
    most = AT_ONCE[name]
    statuses = [ask(f"2001:db8:1:1::{number:x}") for number in range(1, most * 2)]
    assert statuses[: most // 2] == [200] * (most // 2)
    assert 429 in statuses
    # The network beside it has its own, as an address of the older kind beside it has.
    assert ask("2001:db8:1:2::1") == 200
    assert {ask("192.0.2.7") for _ in range(most * 2)} == {200, 429}
    assert ask("192.0.2.8") == 200


@pytest.mark.proof
@pytest.mark.parametrize("name", PROXIES)
def test_a_customer_with_a_wide_network_has_four_times_as_many(name: str, ask: Callable[..., int]) -> None:
    most = AT_ONCE[name] * WIDER
    statuses = [ask(f"2001:db8:1:{number:x}::1") for number in range(1, most * 2)]
    assert statuses[: most // 2] == [200] * (most // 2)
    assert 429 in statuses
    assert ask("2001:db8:2:1::1") == 200
