"""A question to the provider ends in its time and stays with whom it was put to."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator

import pytest

from accounts.openid.exchange import QUESTIONS_AT_ONCE, ProviderExchange
from accounts.openid.refusals import ProviderSilent, Silence
from tests.accounts.openid.provider import DISCOVERY, KEYS, FakeProvider

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.fixture
def trickling() -> Iterator[str]:
    """Answer byte by byte, without an end."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def trickle() -> None:
            connection, _ = listener.accept()
            with connection:
                while not over.is_set():
                    try:
                        connection.sendall(HEAD[:1])
                    except OSError:
                        return
                    time.sleep(0.02)

        threading.Thread(target=trickle, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        over.set()


def reason_of(exchange: ProviderExchange, address: str) -> Silence:
    with pytest.raises(ProviderSilent) as silent:
        exchange.get(address)
    return silent.value.reason


def test_a_head_that_comes_byte_by_byte_has_no_more_time(trickling: str) -> None:
    assert reason_of(ProviderExchange(seconds=0.2), trickling) is Silence.UNREACHABLE


def test_where_nobody_listens_nobody_answers() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/"
        assert reason_of(ProviderExchange(seconds=1.0), address) is Silence.UNREACHABLE
        assert (
            reason_of(ProviderExchange(seconds=1.0), address.replace("http", "https")) is Silence.UNREACHABLE
        )


def test_a_certificate_that_the_system_does_not_know_is_none(asked_provider: FakeProvider) -> None:
    address = asked_provider.issuer.replace("http", "https")
    assert reason_of(ProviderExchange(seconds=2.0), address) is Silence.UNREACHABLE
    trusted = ProviderExchange()._trusted
    assert (trusted.verify_mode, trusted.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_redirect_is_not_followed(asked_provider: FakeProvider) -> None:
    asked_provider.replies[KEYS] = (302, b"{}")
    assert reason_of(ProviderExchange(), asked_provider.issuer + KEYS) is Silence.STATUS
    assert asked_provider.asked == [KEYS]


@pytest.mark.parametrize("address", ["http://id.example.org/", "file:///etc/passwd", "https://a/\r\nb", ""])
def test_nothing_is_asked_where_others_read_along(address: str) -> None:
    assert reason_of(ProviderExchange(seconds=0.1), address) is Silence.ADDRESSES


def test_no_proxy_of_the_surroundings_is_asked(
    asked_provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ProviderExchange().get(asked_provider.issuer + DISCOVERY)["issuer"] == asked_provider.issuer


def test_a_provider_that_hangs_is_waited_for_in_a_few_places_alone(asked_provider: FakeProvider) -> None:
    asked_provider.hung.add(KEYS)
    exchange, found = ProviderExchange(seconds=30.0, waiting=0.05), []

    def wait() -> None:
        try:
            exchange.get(asked_provider.issuer + KEYS)
        except ProviderSilent as silent:
            found.append(silent.reason)

    waiting = [threading.Thread(target=wait, daemon=True) for _ in range(QUESTIONS_AT_ONCE)]
    for one in waiting:
        one.start()
    while asked_provider.asked.count(KEYS) < QUESTIONS_AT_ONCE:
        time.sleep(0.01)
    assert reason_of(exchange, asked_provider.issuer + KEYS) is Silence.BUSY
    asked_provider.over.set()
    for one in waiting:
        one.join()
    assert found == []
