"""Which addresses nobody else can open."""

import pytest

from core.web_addresses import is_own_machine


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8000", True),
        ("http://localhost:8000", True),
        ("http://0.0.0.0:8000", True),
        ("http://192.168.1.5:8000", False),
        ("https://huiyin.example.cn", False),
        ("", False),
    ],
)
def test_an_address_that_leads_back_to_the_machine_itself_is_known(address: str, own: bool) -> None:
    assert is_own_machine(address) is own
