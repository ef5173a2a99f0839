"""What was kept long enough is forgotten: words and persons go, and all else stays provable."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select, text

from accounts.access.actor import SYSTEM, Actor
from cases import attachments
from cases.access.identities import name_of
from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case, Complainant
from cases.models.correspondence import Attachment
from cases.persistence import search_index
from cases.retention.forgetting import Forgotten, count_due, forget
from cases.retention.personal_columns import OF_TWO, PERSONAL, How
from cases.verification.verify import verify
from cases.vocabulary import FORGOTTEN
from core.errors import Invalid
from core.normalization.search_terms import pairs_of
from core.persistence.db import Base, Database
from core.sealing.sealed_columns import SEALED, SealedText
from reports.quotations import list_quotations
from reports.rates import count_rates
from tests.builders import PERSONAL_KEYS, at
from tests.cases.breaking_in import break_in
from tests.migrations.models import import_models

SECRET = "只有他家才说的话"
BEFORE, NOW = date(2026, 6, 1), at("2026-09-01")
#: The mark of what is sealed, as Python writes it.
MARK = ascii(SEALED)[1:-1]
PDF = b"%PDF-1.7\n"
#: Rows of words that seldom come to a case that is closed.
RARE = (
    "INSERT INTO added_words (case_id, complainant_id, text, received_at) VALUES (:id, :who, :said, :at)",
    "INSERT INTO self_ratings (case_id, complainant_id, round, rating, words, received_at)"
    " VALUES (:id, :who, 1, 'fair', :said, :at)",
    "INSERT INTO unreachable_records"
    " (case_id, complainant_id, round, stands_for, attempts, received_at, text)"
    " VALUES (:id, :who, 1, 'visit', '[]', :at, :said)",
)
Act = Callable[..., None]


@pytest.fixture
def upload(town: Database, rules: CountyRules, actor: Callable[[str], Actor]) -> Callable[[bytes], str]:
    """Send a file in and return its id."""

    def do(content: bytes) -> str:
        file = attachments.read_file(BytesIO(content), name=f"{SECRET}.pdf", declared_type=None, scanner=None)
        with town.transaction() as session:
            kept = attachments.store(
                session, actor=actor("zuyuan"), rules=rules, file=file, now=at("2026-03-02")
            )
        place, sent = rules.services.files.path(kept.sha256), at("2026-03-02").timestamp()
        os.utime(place, (sent, sent))
        return str(kept.id)

    return do


@pytest.fixture
def told(a_case: Callable[..., Case], act: Act, town: Database, upload: Callable[[bytes], str]) -> Case:
    """Return a closed case with words everywhere where there can be some, and one that went up in it."""
    person = ComplainantEntry(name=SECRET, phone="13812344321")
    case = a_case(
        complainants=(person,),
        own_words=SECRET,
        answers={"asks_for": SECRET},
        named_users=(SECRET,),
        attachments=(upload(PDF + b"one"),),
    )
    who = first(town, case)
    other = a_case(complainants=(person,), own_words=SECRET)
    act("zuzhang", case.number, "assign", "2026-03-02", unit="committee-SL", named_users=["cunwei-gg"])
    act("zuyuan", case.number, "note", "2026-03-02", text=SECRET)
    act("zuyuan", case.number, "attach", "2026-03-02", attachments=[upload(PDF + b"two")])
    act("zuyuan", case.number, "attempt", "2026-03-02", complainant=who, mode="phone", words=SECRET)
    act("zuzhang", case.number, "relate", "2026-03-02", to=other.number, reason=SECRET)
    act("zuzhang", other.number, "merge", "2026-03-02", into=case.number, reason=SECRET)
    act(
        "cunwei-sl",
        case.number,
        "escalate",
        "2026-03-03",
        unit="township-MA",
        reason=SECRET,
        report={"number": SECRET, "addressee": SECRET, "sent_on": date(2026, 3, 3)},
    )
    people = [who, first(town, other)]
    replies = [{"complainant": one, "channel": "door", "text": SECRET} for one in people]
    act("xiangzhen", case.number, "resolve", "2026-03-04", outcome="solved", replies=replies)
    for one in people:
        said: dict[str, Any] = {"complainant": one, "heard": True, "rating": "satisfied", "words": SECRET}
        act("zuyuan", case.number, "confirm", "2026-03-05", **said)
    return case


def first(db: Database, case: Case) -> int:
    """Return the complainant who began with a case."""
    with db.reading() as session:
        return session.scalars(select(Complainant.id).where(Complainant.origin_case_id == case.id)).one()


def run(db: Database, rules: CountyRules, *, before: date = BEFORE, now: Any = NOW) -> Forgotten:
    return forget(db, rules=rules, before=before, now=now, clear=lambda session, numbers: None)


def everything(db: Database) -> str:
    """Return every row of every table as one text, and the terms of the index."""
    import_models()
    with db.reading() as session:
        rows = [
            repr(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table)).all()
        ]
    return "\n".join(rows)


def sound(db: Database, rules: CountyRules) -> list[Any]:
    with db.reading() as session:
        return list(verify(session, rules=rules, now=NOW))


def rates(db: Database, rules: CountyRules) -> Any:
    with db.reading() as session:
        return count_rates(session, actor=SYSTEM, rules=rules, now=NOW)


def test_no_word_is_left_and_the_records_verify_and_count_as_before(
    town: Database, rules: CountyRules, told: Case
) -> None:
    assert everything(town).count(SECRET) >= 20
    assert MARK in everything(town)
    assert sound(town, rules) == []
    before = rates(town, rules)
    files = {path.name for path in rules.services.files.stored()}
    done = run(town, rules)
    assert (done.cases, done.plain, done.files) == (2, 0, len(files))
    assert done.entries == 8
    assert SECRET not in everything(town)
    assert MARK not in everything(town)
    assert sound(town, rules) == []
    assert rates(town, rules) == before
    assert list(rules.services.files.stored()) == []
    with town.reading() as session:
        found = search_index.load_searched(session.connection(), [told.id])
        assert found == {told.id: {}}
        assert session.scalars(search_index.matching_cases(SECRET)).all() == []
        asked = "search_terms MATCH :term" if town.is_sqlite else "terms @@ CAST(:term AS tsquery)"
        terms = {"term": pairs_of(SECRET)[0]}
        left = session.scalar(text(f"SELECT count(*) FROM search_terms WHERE {asked}"), terms)
        assert left == 0
        last = session.get_one(Entry, (told.id, session.get_one(Case, told.id).last_seq))
        assert last.action == "forget"
        assert last.from_state == last.to_state == "closed"
        assert last.facts == {"before": "2026-06-01", "entries": last.facts["entries"]}


def test_what_was_forgotten_is_passed_over_and_what_came_since_goes_with_the_next(
    town: Database, rules: CountyRules, told: Case, act: Act
) -> None:
    run(town, rules)
    before = everything(town)
    assert count_due(town, rules=rules, before=BEFORE, now=NOW) == 0 == run(town, rules).cases
    assert everything(town) == before
    act("zuyuan", told.number, "note", "2026-09-02", text=SECRET)
    assert sound(town, rules) == []
    later = NOW + timedelta(days=30)
    assert run(town, rules, before=date(2026, 9, 3), now=later).cases == 1
    assert SECRET not in everything(town)
    assert sound(town, rules) == []


@pytest.mark.parametrize(
    ("state", "received", "spared"),
    [
        ("resolved", "2026-03-02", "it is open"),
        ("closed", "2026-05-31", "it may still be reopened on its ninetieth day: see now"),
        ("closed", "2026-07-01", "something came in since"),
    ],
)
def test_a_matter_is_spared(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], state: str, received: str, spared: str
) -> None:
    a_case(state, own_words=SECRET, now=at(received))
    now = at("2026-05-31") + timedelta(days=90) if "ninetieth" in spared else NOW
    assert count_due(town, rules=rules, before=BEFORE, now=now) == 0 == run(town, rules, now=now).cases
    assert SECRET in everything(town)
    over = count_due(town, rules=rules, before=BEFORE, now=now + timedelta(days=1))
    assert over == ("ninetieth" in spared)


def test_a_matter_that_went_up_in_an_open_one_is_spared_with_it(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], act: Act
) -> None:
    case, target = a_case(own_words=SECRET), a_case()
    act("zuzhang", case.number, "merge", "2026-03-02", into=target.number, reason="一件事")
    assert run(town, rules).cases == 0
    assert SECRET in everything(town)


def text_of(row: Base, name: str) -> str:
    """Return what stands in a column of a row, opened where it is sealed."""
    value = getattr(row, name)
    if not isinstance(value, SealedText):
        return str(value)
    assert isinstance(row, Complainant)
    return str(name_of(row, PERSONAL_KEYS))


def test_of_every_kind_of_words_there_is_some_and_none_is_left(
    town: Database, rules: CountyRules, told: Case
) -> None:
    known = {"id": told.id, "who": first(town, told), "said": SECRET, "at": told.received_at.isoformat()}
    break_in(town, *RARE, **known)
    for kind, personal in {**PERSONAL, **OF_TWO}.items():
        marked = [name for name, how in personal.columns.items() if how is How.MARK]
        with town.reading() as session:
            rows = session.scalars(select(kind)).all()
            assert all(any(SECRET in text_of(row, name) for row in rows) for name in marked), kind
    run(town, rules)
    assert SECRET not in everything(town)


def test_nobody_is_quoted_whose_words_were_forgotten(town: Database, rules: CountyRules, told: Case) -> None:
    asked: dict[str, Any] = {"actor": SYSTEM, "village_id": told.village_id, "categories": [told.category]}
    with town.reading() as session:
        assert list_quotations(session, **asked)[told.category][0].words == SECRET
    run(town, rules)
    with town.reading() as session:
        assert list_quotations(session, **asked) == {}


def test_a_code_opens_nothing_any_more(town: Database, rules: CountyRules, told: Case) -> None:
    with town.reading() as session:
        codes = set(session.scalars(select(Complainant.receipt_digest)))
    run(town, rules)
    with town.reading() as session:
        assert codes.isdisjoint(session.scalars(select(Complainant.receipt_digest)))


def test_a_file_that_another_matter_has_as_well_stays(
    town: Database,
    rules: CountyRules,
    told: Case,
    upload: Callable[[bytes], str],
    a_case: Callable[..., Case],
) -> None:
    open_case = a_case(attachments=(upload(PDF + b"one"),))
    assert run(town, rules).files == 1
    with town.reading() as session:
        kept = session.scalars(select(Attachment).where(Attachment.case_id == open_case.id)).one()
        gone = session.scalars(select(func.count()).where(Attachment.name == FORGOTTEN)).one()
    assert rules.services.files.intact(kept.sha256)
    assert gone == 2
    assert sound(town, rules) == []


def test_files_that_a_run_left_behind_are_cleared_away_as_files_without_a_row(
    town: Database, rules: CountyRules, told: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as stopped:
        stopped.setattr(attachments, "remove_forgotten", lambda *_, **__: 0)
        run(town, rules)
    assert len(list(rules.services.files.stored())) == 2
    assert attachments.remove_orphans(town, rules=rules, now=NOW) == 2


def test_a_day_that_has_not_come_is_refused(town: Database, rules: CountyRules) -> None:
    with pytest.raises(Invalid):
        run(town, rules, before=date(2026, 9, 2))
