"""Whoever follows the address beside a figure finds exactly what was counted, over HTTP as programs do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import app
from accounts.access.actor import SYSTEM
from accounts.registers import users
from accounts.sign_in import tokens
from api.application import create
from cases.configuration.case_rules import CountyRules
from core.persistence.db import Database
from tests.builders import PERSONAL_KEY
from tests.reports.ledger import NOW

READERS = ("zuyuan", "zuzhang", "cunwei-sl", "cunwei-gg", "xiangzhen", "lingdao", "jiandu")


@pytest.fixture
def client(told: Database, rules: CountyRules, tmp_path: Path) -> FlaskClient:
    settings = app.assemble(
        {"HUIYIN_DATA_DIR": str(tmp_path), "HUIYIN_SECRET_KEY": "k" * 40, "HUIYIN_PERSONAL_KEY": PERSONAL_KEY}
    ).settings
    return create(db=told, rules=rules, settings=settings, now=lambda: NOW).test_client()


def figures(rates: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for rate in rates.values():
        yield rate
        yield from rate.get("parts", {}).values()


@pytest.mark.parametrize("who", READERS)
def test_every_address_gives_what_was_counted(
    told: Database, rules: CountyRules, client: FlaskClient, who: str
) -> None:
    with told.transaction() as session:
        user = users.by_username(session, who)
        assert user is not None
        token = tokens.issue(
            session, actor=SYSTEM, user=user, label="test", now=NOW, chain=rules.services.chain
        )

    def get(address: str) -> Any:
        answer = client.get(address, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, (address, answer.text)
        return answer.get_json()

    found = get("/api/v1/rates?from=2026-03-01&to=2026-04-30")
    assert len(found["rates"]) == 9
    for figure in figures(found["rates"]):
        for part in ("numerator", "denominator"):
            listed = get(figure[f"{part}_list"] + "&limit=200")
            assert (len(listed["items"]), listed["next"]) == (figure[part], None)
    for apart in found["uncounted"].values():
        assert len(get(apart["list"])["items"]) == apart["count"]
