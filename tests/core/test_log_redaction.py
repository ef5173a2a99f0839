"""What is taken out of a text before it may stand in a log, and what is left in."""

import pytest

from core.log_redaction import redact


@pytest.mark.parametrize(
    "private",
    [
        "13800002046",
        "+86 138 0000 2046",
        "86-138-0000-2046",
        "431202199001011234",
        "43120219900101123X",
        "hy_" + "A" * 43,
        "K7M2P-9XQ4D",
        "k7m2p-9xq4d",
        "qin@example.org",
    ],
)
def test_what_is_private_is_taken_out(private: str) -> None:
    assert redact(f"could not tell {private}, tried twice") == "could not tell [...], tried twice"


def test_user_and_password_of_an_address_are_taken_out() -> None:
    assert "pass" not in redact("postgresql://huiyin:pass@db/huiyin")


@pytest.mark.parametrize(
    "harmless",
    [
        "SL-2026-0066",
        "0e4c5d3f13800002046aa11b22c33d44",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "1767225600000",
        "2026-03-03T01:00:00.000+00:00",
        "api/framework/request_handling.py:60 entered",
    ],
)
def test_what_is_not_private_stays(harmless: str) -> None:
    assert redact(harmless) == harmless
