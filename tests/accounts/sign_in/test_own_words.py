"""The register's own words stand in nobody's password."""

import pytest

from accounts.access.actor import SYSTEM
from accounts.registers.users import set_password
from accounts.sign_in.own_words import own_words
from core.errors import Invalid
from core.persistence.db import Database
from tests.accounts.register_entries import CHAIN, NOW


def test_areas_units_and_people_are_there_in_characters_and_in_pinyin(town: Database) -> None:
    with town.reading() as session:
        found = own_words(session, ["李小明"])
    assert {"马鞍", "maan", "杉岭", "shanling", "监督员", "jianduyuan", "lixiaoming"} <= found


@pytest.mark.parametrize("password", ["ShanLing-2026-03", "jianduyuan20260303", "监督员监督员20260303"])
def test_nobody_takes_a_name_of_the_register_for_a_password(town: Database, password: str) -> None:
    with town.transaction() as session, pytest.raises(Invalid) as refusal:
        set_password(session, actor=SYSTEM, chain=CHAIN, username="zuyuan", password=password, now=NOW)
    assert refusal.value.errors == {"password": ["too_common"]}
