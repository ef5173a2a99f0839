"""What is kept to tell a submission again tells nothing of it to whoever has the database alone."""

from collections.abc import Callable

from cases.configuration.case_rules import CountyRules
from cases.intake.submission import Intake
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from core.persistence.db import Database
from tests.cases.breaking_in import break_in

ACase = Callable[..., Case]
SENT = Intake(
    village="SL",
    category="irrigation",
    kind="problem",
    own_words="水渠塌了一段。",
    client_ref="phone-7",
    complainants=(ComplainantEntry(phone="13800002046"),),
)


def test_a_digest_that_is_kept_cannot_be_made_without_the_key(a_case: ACase, rules: CountyRules) -> None:
    case = a_case(own_words=SENT.own_words, client_ref=SENT.client_ref, complainants=SENT.complainants)
    assert SENT.digests(rules.services.receipt_keys)[0] == case.body_digest != SENT.digest()


def test_a_submission_is_known_again_also_by_the_digest_of_an_earlier_key_or_version(
    a_case: ACase, town: Database, rules: CountyRules
) -> None:
    given = {"own_words": SENT.own_words, "client_ref": SENT.client_ref, "complainants": SENT.complainants}
    first = a_case(**given)
    for digest in SENT.digests(rules.services.receipt_keys):
        break_in(town, f"UPDATE cases SET body_digest = '{digest}'")
        assert a_case(**given).id == first.id
