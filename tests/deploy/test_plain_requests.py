"""Over plain HTTP the proxies send people to HTTPS, and refuse programs, whose token has just been sent."""

import re
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.deploy.proxies import HOST, PROXIES, free_port, proxy
from tests.patience import PATIENCE

#: Where each proxy listens without TLS, in the configuration that the test wrote.
PLAIN = {
    "nginx": re.compile(r"^\s*listen 127\.0\.0\.1:(\d+) default_server;", re.MULTILINE),
    "haproxy": re.compile(r"^\s*bind 127\.0\.0\.1:(\d+)$", re.MULTILINE),
}


def asked(port: int, path: str) -> tuple[int, str | None]:
    """Ask in plain; give the status and where the answer leads."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", path, headers={"Host": HOST, "Authorization": "Bearer of-nobody"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers["Location"]


@pytest.mark.parametrize("name", PROXIES)
def test_people_are_sent_on_and_programs_are_told(tmp_path: Path, name: str) -> None:
    with proxy(name, tmp_path, free_port()):
        (written,) = tmp_path.glob(f"{name}.c*")
        port = int(PLAIN[name].findall(written.read_text(encoding="utf-8"))[0])
        assert asked(port, "/sign-in?next=/todo") == (301, f"https://{HOST}/sign-in?next=/todo")
        assert asked(port, "/api/v1/cases") == (403, None)
