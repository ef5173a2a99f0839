"""Another key: everything is sealed with it afterwards and says what it said, however often it is killed."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from cases.access import identities, sealed_words
from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from cases.models.case import Case, Complainant
from cases.sealing import keys_in_use, resealing, rotation
from cases.verification.verify import verify
from core.errors import Conflict, Unavailable
from core.persistence.db import Database
from core.sealing import key_file
from core.sealing.personal_keys import PersonalKeys
from tests import builders
from tests.builders import PERSONAL_KEY, PERSONAL_KEYS, at
from tests.cases.breaking_in import break_in

NOW = at("2026-03-10")
COMING = "the key that comes after that of the tests"
ACase = Callable[..., Case]


class Killed(Exception):
    """Stands for the end of a process."""


@pytest.fixture
def kept(tmp_path: Path) -> PersonalKeys:
    """Return the keys of an installation that keeps them in a file, which begins with that of the tests."""
    place = tmp_path / "personal.key"
    place.write_text(f"{PERSONAL_KEY}\n", encoding="ascii")
    return PersonalKeys(place=place)


@pytest.fixture
def used(town: Database, a_case: ACase, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Return a township with matters in several states, which takes several batches."""
    for state in ("received", "assigned", "escalated", "closed", "rejected"):
        a_case(state)
    monkeypatch.setattr(resealing, "BATCH", 3)
    for rows in resealing.ROWS:
        monkeypatch.setattr(type(rows), "read", rows.read.limit(3))
    return town


def told(db: Database, keys: PersonalKeys) -> list[Any]:
    """Return who everybody is and what stands beside every entry, opened."""
    with db.reading() as session:
        people = session.scalars(select(Complainant).order_by(Complainant.id)).all()
        entries = session.scalars(select(Entry).order_by(Entry.case_id, Entry.seq)).all()
        return [
            *(identity_of(one, keys) for one in people),
            *(sealed_words.open_words(one, keys).personal for one in entries),
        ]


def identity_of(person: Complainant, keys: PersonalKeys) -> tuple[str | None, ...]:
    """Return name and telephone, also where they stand in the clear and are shown to nobody."""
    stored = {column: getattr(person, column) for column in identities.COLUMNS}
    return tuple(
        None if value is None else keys.open(value, identities.place_of(column, person.id))
        for column, value in stored.items()
    )


def is_sound(db: Database, rules: CountyRules, keys: PersonalKeys) -> bool:
    with db.reading() as session:
        found = identities.with_phone(PersonalKeys([key_of(keys)]), ["13800002046"])
        by_phone = set(session.scalars(select(Complainant.id).where(found)))
        people = set(session.scalars(select(Complainant.id)))
        findings = list(verify(session, rules=rules.with_services(personal_keys=keys)))
        return by_phone == people and findings == [] and resealing.count_other(session, keys) == 0


def key_of(keys: PersonalKeys) -> str:
    """Return the key that seals, itself."""
    assert keys.place is not None
    return key_file.read(keys.place)[0]


def test_with_a_new_key_everything_says_what_it_said_and_the_former_may_go(
    used: Database, rules: CountyRules, kept: PersonalKeys
) -> None:
    before, former = told(used, kept), kept.present.id
    done = rotation.rotate(used, kept, now=NOW)
    assert (done.replaced, done.waits, kept.present.id) == ([former], False, done.key_id)
    assert done.rows == 14  # complainants, and entries with words beside them
    alone = PersonalKeys([key_of(kept)])
    assert told(used, alone) == before
    assert is_sound(used, rules, kept)
    keys_in_use.require_keys(used, alone)


def test_no_rotation_goes_back_to_a_key_that_was_used_before(
    used: Database, rules: CountyRules, kept: PersonalKeys
) -> None:
    first = kept.present.id
    made = [rotation.rotate(used, kept, now=NOW + timedelta(days=day)).key_id for day in range(5)]
    assert len({first, *made}) == 6
    assert len(kept.ids) == 6  # each rotation made one, and left none over
    with used.reading() as session:
        in_use = [key.id for key in keys_in_use.load_keys(session) if key.replaced_at is None]
    assert in_use == made[-1:]
    assert is_sound(used, rules, kept)


def moments(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Yield ways of ending a rotation early, at everything that it writes."""
    for module, name in (
        (key_file, "add"),
        (keys_in_use, "adopt"),
        (key_file, "put_first"),
        (resealing, "reseal"),
        (rotation, "_finish"),
    ):
        for late in (False, True):

            def end(module: Any = module, name: str = name, late: bool = late) -> None:
                whole = getattr(module, name)

                def killed(*given: Any, **named: Any) -> None:
                    if late:
                        whole(*given, **named)
                    raise Killed

                monkeypatch.setattr(module, name, killed)

            yield end


def test_a_rotation_that_is_killed_anywhere_is_finished_by_the_next(
    used: Database, rules: CountyRules, kept: PersonalKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, known = told(used, kept), 1
    for day, end in enumerate(moments(monkeypatch)):
        with monkeypatch.context():
            end()
            with pytest.raises(Killed):
                rotation.rotate(used, kept, now=NOW + timedelta(days=day))
        monkeypatch.undo()
        assert told(used, kept) == before  # what was sealed so far opens, and so does the rest
        keys_in_use.require_keys(used, kept)
        rotation.rotate(used, kept, now=NOW + timedelta(days=day, hours=1))
        assert is_sound(used, rules, kept)
        known += 1
        assert len(kept.ids) == known  # no run that was cut short has left a key of its own


def test_a_rotation_that_is_killed_after_any_batch_is_finished_by_the_next(
    used: Database, rules: CountyRules, kept: PersonalKeys
) -> None:
    before = told(used, kept)

    def killed(rows: int) -> None:
        raise Killed

    for _ in range(4):
        with pytest.raises(Killed):
            rotation.rotate(used, kept, now=NOW, progress=killed)
        assert told(used, kept) == before
    assert len(kept.ids) == 2
    rotation.rotate(used, kept, now=NOW)
    assert told(used, kept) == before
    assert is_sound(used, rules, kept)


def test_what_is_registered_and_done_meanwhile_is_sealed_with_the_new_key(
    used: Database, rules: CountyRules, kept: PersonalKeys
) -> None:
    beside = rules.with_services(personal_keys=PersonalKeys(place=kept.place))  # another process
    made: list[str] = []

    def work(rows: int) -> None:
        with used.transaction() as session:
            made.append(builders.a_case(session, beside, "resolved").number)

    rotation.rotate(used, kept, now=NOW, progress=work)
    assert len(made) > 3
    assert is_sound(used, rules, kept)


def test_a_value_under_a_key_that_was_replaced_is_refused_by_the_database(
    used: Database, rules: CountyRules, kept: PersonalKeys, a_case: ACase
) -> None:
    rotation.rotate(used, kept, now=NOW)
    before = told(used, kept)
    with pytest.raises(Unavailable) as refused:
        a_case()  # by a process that knows of nothing
    assert refused.value.facts == {"reason": "personal_key_replaced"}
    for statement in (
        "UPDATE complainants SET name = :sealed WHERE id = 1",
        "UPDATE complainants SET phone = :sealed WHERE id = 1",
    ):
        sealed = {"sealed": PERSONAL_KEYS.seal("田某", identities.place_of("name", 1)).stored}
        with pytest.raises(Unavailable), used.transaction() as session:
            session.execute(text(statement), sealed)
    assert told(used, kept) == before


def test_where_keys_are_given_the_former_goes_when_nobody_seals_with_it_any_more(
    used: Database, rules: CountyRules, a_case: ACase
) -> None:
    former = PersonalKeys([PERSONAL_KEY])
    with pytest.raises(Conflict, match="no_new_personal_key"):
        rotation.rotate(used, former, now=NOW)
    both = PersonalKeys([COMING, PERSONAL_KEY])
    with pytest.raises(Conflict, match="personal_key_unknown"):
        keys_in_use.require_keys(used, both)
    first = rotation.rotate(used, both, now=NOW)
    assert (first.waits, first.replaced) == (True, [])
    a_case()  # by a server that was not started anew yet
    again = rotation.rotate(used, both, now=NOW)
    assert (again.waits, again.replaced) == (False, [former.present.id])
    assert again.rows == 2  # the complainant and the entry
    with pytest.raises(Conflict, match="personal_key_not_here"):
        keys_in_use.require_keys(used, former)


def test_what_does_not_open_is_named_and_no_key_is_replaced(used: Database, kept: PersonalKeys) -> None:
    break_in(used, "UPDATE complainants SET phone = name WHERE id = 2")
    with pytest.raises(Conflict) as refused:
        rotation.rotate(used, kept, now=NOW)
    assert (refused.value.code, refused.value.facts["places"]) == (
        "personal_values_broken",
        ["complainants.phone.2"],
    )
    with used.reading() as session:
        assert all(key.replaced_at is None for key in keys_in_use.load_keys(session))


def test_one_rotation_at_a_time(used: Database, kept: PersonalKeys) -> None:
    def again(rows: int) -> None:
        rotation.rotate(used, kept, now=NOW)

    with pytest.raises(Conflict, match="already_running"):
        rotation.rotate(used, kept, now=NOW, progress=again)


def written_in_the_clear(db: Database, keys: PersonalKeys) -> None:
    """Write everything as the version before did."""
    with db.reading() as session:
        people = session.scalars(select(Complainant)).all()
        entries = session.scalars(select(Entry)).all()
    statements = ["DELETE FROM personal_keys"]
    for one in people:
        name, phone = identities.name_of(one, keys), identities.phone_of(one, keys)
        statements.append(
            f"UPDATE complainants SET name = '{name}', phone = '{phone}', phone_digest = NULL,"
            f" phone_end_digest = NULL WHERE id = {one.id}"
        )
    for entry in entries:
        if entry.personal:
            words = keys.open(entry.personal, sealed_words.place_of(entry.case_id, entry.seq))
            key = f"case_id = {entry.case_id} AND seq = {entry.seq}"
            statements.append(f"UPDATE history SET personal = '{words}' WHERE {key}")
    break_in(db, *statements)


def test_what_the_version_before_wrote_is_sealed_once(
    used: Database, rules: CountyRules, kept: PersonalKeys
) -> None:
    before = told(used, kept)
    written_in_the_clear(used, kept)
    assert told(used, kept) == before  # read as it stands until it is sealed
    sealed = rotation.seal_clear(used, kept, now=NOW)
    assert sealed == sum(one not in ((None, None), []) for one in before)
    assert told(used, kept) == before
    assert is_sound(used, rules, kept)
    assert rotation.seal_clear(used, kept, now=NOW) == 0


def test_sealing_what_was_written_before_can_be_cut_short(used: Database, kept: PersonalKeys) -> None:
    before = told(used, kept)
    written_in_the_clear(used, kept)

    def killed(rows: int) -> None:
        raise Killed

    for _ in range(3):
        with pytest.raises(Killed):
            rotation.seal_clear(used, kept, now=NOW, progress=killed)
        assert told(used, kept) == before
    assert rotation.seal_clear(used, kept, now=NOW) > 0
    assert told(used, kept) == before


def test_nothing_else_of_a_complainant_or_an_entry_changes_under_the_leave_to_seal_anew(
    used: Database, kept: PersonalKeys
) -> None:
    other = PersonalKeys([COMING, PERSONAL_KEY])
    with used.transaction() as session:
        keys_in_use.adopt(session, other.present.id, now=NOW)
    sealed = other.seal("别人", identities.place_of("name", 1)).stored
    for statement in (
        "UPDATE complainants SET name = :sealed, withdrawn = true WHERE id = 1",
        "UPDATE complainants SET name = '田某' WHERE id = 1",
        "UPDATE complainants SET name = NULL WHERE id = 1",
        "UPDATE complainants SET name = phone WHERE id = 1",
        "UPDATE history SET personal = '[]' WHERE case_id = 2 AND seq = 2",
        "UPDATE history SET actor_id = 1 WHERE case_id = 2",
    ):
        given = {"sealed": sealed} if ":sealed" in statement else {}
        with pytest.raises(IntegrityError), used.transaction() as session:
            session.execute(text(statement), given)


def test_a_file_of_keys_stays_its_owners(used: Database, kept: PersonalKeys) -> None:
    assert kept.place is not None
    kept.place.chmod(0o600)
    os.umask(0o022)
    rotation.rotate(used, kept, now=NOW)
    assert kept.place.stat().st_mode & 0o777 == 0o600
