"""The settings of a provider are refused where they would let somebody read along, or say too little."""

import pytest

from config.openid import OpenIdSettings, is_issuer, is_protected
from config.setting_problems import BadSettings
from config.settings import load

GIVEN = {
    "HUIYIN_OIDC_ISSUER": "https://id.example.org/realms/office",
    "HUIYIN_OIDC_CLIENT_ID": "huiyin",
    "HUIYIN_OIDC_CLIENT_SECRET": "a secret of the client",
}


def test_what_is_set_is_read_and_the_rest_has_its_default() -> None:
    found = load({**GIVEN, "HUIYIN_OIDC_NAME": " 县统一门户 ", "HUIYIN_OIDC_STRONG": "mfa, hwk"}).openid
    issuer, secret = GIVEN["HUIYIN_OIDC_ISSUER"], GIVEN["HUIYIN_OIDC_CLIENT_SECRET"]
    expected = OpenIdSettings(issuer, "huiyin", secret, "preferred_username", "县统一门户", ("mfa", "hwk"))
    assert found == expected
    assert secret not in repr(found)
    assert load({}).openid is None


@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"HUIYIN_OIDC_ISSUER": "http://id.example.org"}, "HUIYIN_OIDC_ISSUER"),
        ({"HUIYIN_OIDC_CLIENT_ID": ""}, "HUIYIN_OIDC_CLIENT_ID"),
        ({"HUIYIN_OIDC_CLIENT_SECRET": ""}, "HUIYIN_OIDC_CLIENT_SECRET"),
        ({"HUIYIN_OIDC_CLAIM": "the user name"}, "HUIYIN_OIDC_CLAIM"),
        ({"HUIYIN_OIDC_NAME": "名" * 41}, "HUIYIN_OIDC_NAME"),
        ({"HUIYIN_OIDC_NAME": "a\nb"}, "HUIYIN_OIDC_NAME"),
    ],
    ids=str,
)
def test_what_cannot_be_gone_by_is_named(changes: dict[str, str], about: str) -> None:
    with pytest.raises(BadSettings) as bad:
        load({**GIVEN, **changes})
    assert [str(problem).partition("：")[0] for problem in bad.value.problems] == [about]


@pytest.mark.parametrize(
    ("address", "protected", "issuer"),
    [
        ("https://id.example.org", True, True),
        ("https://10.1.2.3:8443/realms/office", True, True),  # it is the office's own affair where it stands
        ("http://localhost:8080", True, True),
        ("http://127.0.0.1:8080/a", True, True),
        ("http://[::1]:8080", True, True),
        ("https://id.example.org/a?b=c", True, False),
        ("https://id.example.org/#a", True, False),
        ("https://name@id.example.org", True, False),
        ("http://id.example.org", False, False),
        ("http://localhost.example.org", False, False),
        ("ftp://localhost", False, False),
        ("https://", False, False),
        ("https://[::1", False, False),
        ("https://id.example.org:port", False, False),
        ("https://id.example.org/a b", False, False),
        ("https://id.example.org/\r\nX: y", False, False),
        ("https://门户.example.org", False, False),
        ("id.example.org", False, False),
    ],
)
def test_an_address_is_over_tls_or_on_this_machine(address: str, *, protected: bool, issuer: bool) -> None:
    assert (is_protected(address), is_issuer(address)) == (protected, issuer)
