"""A form that came too late is shown only to whoever has come all the way in."""

from collections.abc import Callable
from typing import Any

import pyotp
from sqlalchemy import select

from accounts.models import User
from accounts.sign_in import second_factors
from accounts.sign_in.second_factors import SecondFactor
from cases.configuration.case_rules import CountyRules
from core.encryption import Encryptor
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.web.account.test_kept_form import WORDS, kept_in, lapsed, read_in
from tests.web.conftest import Browser

Open = Callable[..., Browser]


def test_the_second_factor_is_waited_for_before_anything_is_shown(
    browser: Open, clock: Clock, town: Database, rules: CountyRules
) -> None:
    factors = Encryptor(rules.services.receipt_keys, "second factors")
    left = lapsed(browser, clock, "zuyuan")
    with town.transaction() as session:
        user_id = session.scalars(select(User.id).where(User.username == "zuyuan")).one()
        given: dict[str, Any] = {"sign_in_id": 0, "seal": factors, "now": clock.moment}
        totp = pyotp.TOTP(second_factors.propose(session, user_id=user_id, **given))
        session.get_one(SecondFactor, user_id).since = clock.moment
    half = left.sign_in("zuyuan", kept=kept_in(left.post("/register", own_words=WORDS)))
    assert not read_in(half)
    assert WORDS in left.post("/sign-in/code", code=totp.at(clock.moment), kept=kept_in(half)).text
