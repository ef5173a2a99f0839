"""Test how names and telephones of complainants are kept and corrected."""

from collections.abc import Callable

import pytest

from cases.access.identities import name_of, phone_of
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case, Complainant
from cases.queries.case_history import history_view
from cases.verification.verify import verify
from core.errors import Forbidden, Invalid
from core.persistence.db import Database
from tests.builders import PERSONAL_KEYS, actor_named

ACase = Callable[..., Case]
Act = Callable[..., None]
TWO = (ComplainantEntry(name="田某", phone="13800002046"), ComplainantEntry(name="向某"))


def person(town: Database, case: Case, place: int = 0) -> Complainant:
    with town.reading() as session:
        return session.query(Complainant).filter_by(case_id=case.id).order_by(Complainant.id)[place]


def last_facts(town: Database, case: Case, who: str) -> dict[str, object]:
    with town.reading() as session:
        facts = history_view(
            session, keys=PERSONAL_KEYS, actor=actor_named(session, who), number=case.number
        )[-1]["facts"]
        return dict(facts)


@pytest.mark.parametrize("written", ["138-0000 2046", "+86 13800002046", "１３８００００２０４６"])
def test_a_telephone_is_kept_in_one_form(a_case: ACase, town: Database, written: str) -> None:
    case = a_case(complainants=(ComplainantEntry(name="田某", phone=written),))
    assert phone_of(person(town, case), PERSONAL_KEYS) == "13800002046"


def test_what_cannot_be_dialled_is_kept_only_when_somebody_stands_by_it(
    a_case: ACase, town: Database
) -> None:
    with pytest.raises(Invalid) as refused:
        a_case(complainants=(ComplainantEntry(name="田某", phone="1380000204"),))
    assert refused.value.errors == {"complainants.0.phone": ["not_a_phone"]}
    entry = ComplainantEntry(name="田某", phone="1380000204", phone_as_written=True)
    assert phone_of(person(town, a_case(complainants=(entry,))), PERSONAL_KEYS) == "1380000204"


def test_a_number_that_is_written_otherwise_is_another_submission_as_before(
    a_case: ACase, town: Database
) -> None:
    for asked in (False, True):  # the same phone sends the same, whether it was asked or not
        entry = ComplainantEntry(name="田某", phone="138 00002046", phone_as_written=asked)
        again = a_case(complainants=(entry,), client_ref="phone-1")
    assert again.body_digest == a_case(complainants=(entry,), client_ref="phone-1").body_digest


@pytest.mark.parametrize(
    ("field", "value", "kept", "told"),
    [
        ("name", " 田大山 ", "田大山", ("田某", "田大山")),
        ("phone", "139 0000 1234", "13900001234", ("138****2046", "139****1234")),
    ],
)
def test_a_name_and_a_telephone_can_be_amended(
    a_case: ACase,
    town: Database,
    rules: CountyRules,
    act: Act,
    field: str,
    value: str,
    kept: str,
    told: tuple[str, str],
) -> None:
    case = a_case()
    act("zuzhang", case.number, "amend", "2026-03-03", field=field, value=value, reason="记错了")
    facts = last_facts(town, case, "zuzhang")
    read = {"name": name_of, "phone": phone_of}[field]
    assert read(person(town, case), PERSONAL_KEYS) == kept
    assert (facts["before"], facts["after"]) == told
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []


@pytest.mark.parametrize("who", ["lingdao", "cunwei-sl", "xiangzhen"])
def test_who_may_not_know_the_complainant_reads_neither_the_name_nor_the_reason(
    a_case: ACase, town: Database, act: Act, who: str
) -> None:
    case = a_case(complainants=(ComplainantEntry(name="田某", confidential=True),))
    reason = "登记时写成了田某，应是田大山"
    act("zuzhang", case.number, "amend", "2026-03-03", field="name", value="田大山", reason=reason)
    facts = last_facts(town, case, who)
    assert facts["field"] == "name"
    assert not {"before", "after", "reason"} & facts.keys()
    for knows in ("jiandu", "zuyuan"):
        assert (last_facts(town, case, knows)["after"], last_facts(town, case, knows)["reason"]) == (
            "田大山",
            reason,
        )


@pytest.mark.parametrize("field", ["household", "name", "phone"])
def test_who_recorded_one_does_not_correct_who_another_hidden_complainant_is(
    a_case: ACase, town: Database, act: Act, field: str
) -> None:
    case = a_case()
    joining = {"name": "覃某", "confidential": True}
    act("zuzhang", case.number, "join", "2026-03-02", complainant=joining, own_words="我也一样。")
    values = {"household": "SL-01-001", "name": "田某", "phone": "13812345678"}
    given = {"field": field, "value": values[field], "complainant": person(town, case, 1).id}
    with pytest.raises(Forbidden) as refused:
        act("zuyuan", case.number, "amend", "2026-03-02", reason="记错了", **given)
    assert refused.value.facts["reasons"] == ["confidential"]


def test_of_several_complainants_it_must_be_said_who_is_meant(
    a_case: ACase, town: Database, act: Act
) -> None:
    case = a_case(complainants=TWO)
    values = {"field": "phone", "value": "0834-1234567转8", "reason": "补上"}
    with pytest.raises(Invalid) as refused:
        act("zuzhang", case.number, "amend", "2026-03-03", **values)
    assert refused.value.errors == {"field": ["more_than_one_complainant"]}
    second = person(town, case, 1).id
    act("zuzhang", case.number, "amend", "2026-03-03", **values, complainant=second)
    assert [phone_of(person(town, case, place), PERSONAL_KEYS) for place in (0, 1)] == [
        "13800002046",
        "08341234567转8",
    ]


def test_an_anonymous_complainant_who_gives_a_number_is_not_anonymous_any_more(
    a_case: ACase, town: Database, act: Act
) -> None:
    case = a_case(complainants=(ComplainantEntry(),))
    act("zuzhang", case.number, "amend", "2026-03-03", field="phone", value="13900001234", reason="他说了")
    found = person(town, case)
    assert (found.anonymous, phone_of(found, PERSONAL_KEYS)) == (False, "13900001234")


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("phone", "无", "not_a_phone"),
        ("name", "\u3164", "required"),
        ("name", "田\n某", "more_than_one_line"),
    ],
)
def test_a_wrong_value_is_refused(a_case: ACase, act: Act, field: str, value: str, problem: str) -> None:
    with pytest.raises(Invalid) as refused:
        act("zuzhang", a_case().number, "amend", "2026-03-03", field=field, value=value, reason="更正")
    assert refused.value.errors == {"value": [problem]}


def test_a_confidential_one_is_corrected_only_by_those_who_may_know_them(
    a_case: ACase, town: Database, act: Act
) -> None:
    case = a_case(recorded_by="cunwei-sl")
    who = {"name": "覃某", "confidential": True}
    act("zuyuan", case.number, "join", "2026-03-02", complainant=who, own_words="路灯也坏了")
    with pytest.raises(Forbidden):
        act(
            *("cunwei-sl", case.number, "amend", "2026-03-02"),
            **{"field": "name", "value": "覃二", "reason": "听错了", "complainant": person(town, case, 1).id},
        )


@pytest.mark.parametrize(
    "again",
    [
        {"name": "田某", "phone": "138 0000 2046"},
        {"name": "田　某", "phone": "+86 138 0000 2046"},
        {"household": "SL-02-005"},
    ],
)
def test_somebody_who_is_a_complainant_already_does_not_join(
    town: Database, a_case: ACase, act: Act, again: dict[str, str]
) -> None:
    case = a_case(
        complainants=(
            ComplainantEntry(name="田某", phone="13800002046"),
            ComplainantEntry(household="SL-02-005"),
        )
    )
    with pytest.raises(Invalid) as refused:
        act("zuyuan", case.number, "join", "2026-03-03", complainant=again, own_words="还有我")
    assert refused.value.errors == {"complainant": ["already_complainant"]}
    another = {"name": "田某", "phone": "13900001234"}
    act("zuyuan", case.number, "join", "2026-03-03", complainant=another, own_words="还有我")


def test_a_join_does_not_tell_who_a_confidential_voice_is(town: Database, a_case: ACase, act: Act) -> None:
    hidden = ComplainantEntry(name="田某", phone="13800002046", confidential=True)
    case = a_case(complainants=(hidden,))
    again = {"name": "田某", "phone": "13800002046"}
    act("cunwei-sl", case.number, "join", "2026-03-03", complainant=again, own_words="还有我")
