"""`check` asks the provider that is set, and says in words what stands in the way."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, url_for

from accounts.openid.refusals import Silence
from cli.check.openid import BACK, WORDS
from tests.accounts.openid.provider import CLIENT, CLIENT_SECRET, DISCOVERY, FakeProvider, provider
from tests.builders import at
from tests.cli.conftest import Command
from tests.web.conftest import built, clock, pages, settings

__all__ = ["built", "clock", "pages", "settings"]

pytestmark = pytest.mark.one_database


@pytest.fixture
def asked(stopped: Callable[[datetime], None], tmp_path: Path) -> Iterator[FakeProvider]:
    stopped(at("2026-03-03", 9))
    (tmp_path / "var").mkdir(mode=0o700)
    with provider() as found:
        yield found


def checked(in_town: Command, asked: FakeProvider, **more: str) -> Any:
    given = {"OIDC_ISSUER": asked.issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": CLIENT_SECRET}
    return in_town("check", **{**given, **more})


def test_a_provider_that_answers_is_in_order(in_town: Command, asked: FakeProvider) -> None:
    done = checked(in_town, asked, PUBLIC_URL="https://huiyin.example.org")
    assert (
        f"✓ 统一身份认证：{asked.issuer}，在那里登记的回来的地址是 https://huiyin.example.org{BACK}"
        in done.out
    )
    assert CLIENT_SECRET not in done.out + done.err


def test_one_that_cannot_be_asked_is_named_with_the_reason(in_town: Command, asked: FakeProvider) -> None:
    asked.document = {"issuer": "https://other.example"}
    done = checked(in_town, asked)
    assert done.code == 1
    assert f"✗ {asked.issuer}：{WORDS[Silence.ISSUER]}" in done.err
    asked.document, asked.replies[DISCOVERY] = {}, (404, b"{}")
    assert WORDS[Silence.STATUS] in checked(in_town, asked).err


def test_every_reason_has_its_words_and_the_address_is_that_of_the_page(pages: Flask) -> None:
    assert WORDS.keys() == set(Silence)
    with pages.test_request_context():
        assert url_for("openid.answer") == BACK


def test_without_a_provider_nothing_is_said(in_town: Command) -> None:
    assert "统一身份认证：" not in in_town("check").out
