from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from accounts.access.actor import Actor
from cases.access.identities import name_of
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.history.entries import Entry
from cases.importing import import_cases
from cases.importing.column_map import ImportMap
from cases.importing.report import CasesImport
from cases.lifecycle import take_step
from cases.models.case import Case, Clock, Complainant, Round
from cases.models.correspondence import Reply
from cases.verification.verify import verify
from cases.vocabulary import FORGOTTEN
from core.errors import Invalid
from core.persistence.db import Database
from notifications.models import Notice
from tests.builders import PERSONAL_KEYS
from tests.cases.breaking_in import break_in
from tests.cases.importing import message_sheet
from tests.cases.importing.message_sheet import MAP, NOW, PLAIN, READABLE, TRAPS, ZONE

Take = Callable[..., CasesImport]


def only_case(town: Database) -> Case:
    with town.reading() as session:
        return session.scalars(select(Case)).one()


def counted(town: Database, table: Any) -> int:
    with town.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_row_becomes_a_case_that_was_answered_in_its_day(town: Database, take: Take) -> None:
    take([PLAIN])
    case = only_case(town)
    assert (case.state, case.imported, case.number, case.profile) == (
        "resolved",
        True,
        "YY-2019-0001",
        "village",
    )
    assert case.received_at == datetime(2019, 4, 25, 9, 32, 9, tzinfo=ZONE)
    assert case.answered_at == datetime(2019, 5, 10, 14, 56, 53, tzinfo=ZONE)


def test_a_row_whose_case_was_forgotten_since_is_known_all_the_same(town: Database, take: Take) -> None:
    take([PLAIN])
    break_in(town, f"UPDATE cases SET own_words = '{FORGOTTEN}', body_digest = ''")
    assert take([PLAIN]).unchanged == 1
    assert counted(town, Case) == 1


def test_subject_and_text_are_the_own_words(town: Database, take: Take) -> None:
    take([PLAIN])
    assert only_case(town).own_words == "水渠塌了\n\n枫树垭的水渠塌了一段，下田浇不上水。"


def test_each_step_stands_in_the_history_at_its_own_time(town: Database, take: Take) -> None:
    take([PLAIN])
    with town.reading() as session:
        rows = session.execute(
            select(Entry.action, Entry.received_at, Entry.stored_at).order_by(Entry.seq)
        ).all()
    received = datetime(2019, 4, 25, 9, 32, 9, tzinfo=ZONE)
    replied = datetime(2019, 5, 10, 14, 56, 53, tzinfo=ZONE)
    assert [tuple(row) for row in rows] == [
        ("register", received, NOW),
        ("assign", received, NOW),
        ("resolve", replied, NOW),
    ]


def test_the_reply_is_told_to_the_one_who_wrote(town: Database, take: Take) -> None:
    take([PLAIN])
    with town.reading() as session:
        row = session.execute(
            select(Complainant, Reply.text, Reply.final).join(Reply, Reply.complainant_id == Complainant.id)
        ).one()
    person, *reply = row
    assert (name_of(person, PERSONAL_KEYS), *reply) == ("U001", "已经修好，放过水了。", True)


def test_every_trap_of_a_real_sheet_goes_in(town: Database, take: Take) -> None:
    report = take(TRAPS)
    assert (report.created, report.answered, report.problems) == (READABLE, READABLE - 1, [])


def test_what_was_left_out_of_a_cell_is_noted(take: Take) -> None:
    report = take(TRAPS)
    assert [(note.row, note.column, note.code) for note in report.notes] == [
        (7, "留言详情", "line_end_restored"),
        (7, "留言详情", "invisible_removed"),
        (13, "留言详情", "control_removed"),
    ]


@pytest.mark.parametrize("words", [message_sheet.LONG, message_sheet.BEYOND_BMP])
def test_long_and_rare_words_stay_whole(town: Database, take: Take, words: str) -> None:
    take([{**PLAIN, "留言主题": None, "留言详情": words}])
    assert only_case(town).own_words == words


def test_the_same_text_under_two_ids_is_two_cases(town: Database, take: Take) -> None:
    assert take([PLAIN, {**PLAIN, "留言编号": 2002}]).created == 2


def test_an_imported_case_verifies(town: Database, rules: CountyRules, take: Take) -> None:
    take(TRAPS)
    with town.reading() as session:
        found = [finding for finding in verify(session, rules=rules) if finding.rule != "registers"]
    assert found == []


def test_nobody_is_told_of_imported_history(town: Database, take: Take) -> None:
    take(TRAPS)
    assert counted(town, Notice) == 0


def test_a_second_import_makes_nothing_new(town: Database, take: Take) -> None:
    take(TRAPS)
    again = take(TRAPS)
    assert (again.created, again.known, again.problems, counted(town, Case)) == (0, READABLE, [], READABLE)


def test_an_import_that_was_cut_off_goes_on_where_it_stopped(
    town: Database, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_cases, "CHUNK", 2)

    def cut(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(TRAPS, progress=cut)
    assert counted(town, Case) == 2
    again = take(TRAPS)
    assert (again.created, again.known) == (READABLE - 2, 2)


def test_progress_is_told_after_each_transaction(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_cases, "CHUNK", 2)
    told: list[tuple[int, int]] = []
    take([PLAIN, {**PLAIN, "留言编号": 2}, {**PLAIN, "留言编号": 3}], progress=lambda *at: told.append(at))
    assert told == [(2, 3), (3, 3)]


@pytest.mark.parametrize(("replied", "late"), [("2019/5/17 18:00:00", False), ("2019/5/18 9:00:00", True)])
def test_an_answer_is_late_after_fifteen_working_days(
    town: Database, take: Take, replied: str, late: bool
) -> None:
    # After 25 April 2019, with 1 to 4 May off and 28 April and 5 May at work, the fifteenth is 17 May.
    take([{**PLAIN, "答复时间": replied}])
    with town.reading() as session:
        assert session.scalars(select(Round.late)).one() is late


def test_a_row_without_a_reply_stays_open_and_is_not_swept(
    town: Database, rules: CountyRules, take: Take
) -> None:
    take([{**PLAIN, "答复意见": None, "答复时间": None}])
    result = sweep.sweep(town, rules=rules, now=NOW)
    assert (only_case(town).state, result.flagged, result.fired, result.raised) == ("assigned", [], [], [])


def test_an_open_row_is_swept_once_somebody_acts(
    town: Database, rules: CountyRules, take: Take, actor: Callable[[str], Actor]
) -> None:
    take([{**PLAIN, "答复意见": None, "答复时间": None}])
    with town.transaction() as session:
        take_step.take_step(
            session, actor=actor("cunwei-yy"), rules=rules, number="YY-2019-0001", action="accept", now=NOW
        )
    with town.reading() as session:
        looks = session.scalars(select(Clock.next_check_on).where(Clock.clock == "handling")).one()
    assert looks is not None


def test_a_column_takes_the_place_of_a_default(town: Database, take: Take) -> None:
    form = ImportMap(
        MAP.source,
        {**MAP.columns, "unit": "留言用户"},
        MAP.words,
        MAP.defaults,
        {"unit": {"水利": "county-water"}},
    )
    take([{**PLAIN, "留言用户": "水利"}], form=form)
    with town.reading() as session:
        facts = session.scalars(select(Entry.facts).where(Entry.action == "assign")).one()
    assert facts["unit"] == "county-water"


def test_a_default_that_does_not_exist_refuses_the_whole_sheet(take: Take) -> None:
    with pytest.raises(Invalid) as refusal:
        take([PLAIN], form=MAP.with_defaults(village="XX", unit="nobody"))
    assert refusal.value.errors == {
        "defaults.village": ["unknown_village"],
        "defaults.unit": ["unknown_unit"],
    }


def test_midnight_counts_as_the_day_it_begins(town: Database, take: Take) -> None:
    take([{**PLAIN, "留言时间": "2019/4/25 0:00:00"}])
    case = only_case(town)
    assert (case.received_at, case.received_on) == (datetime(2019, 4, 24, 16, tzinfo=UTC), date(2019, 4, 25))
