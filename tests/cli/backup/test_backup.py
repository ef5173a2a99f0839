"""A copy of everything, and the way back: nothing missing, changed, overwritten or sent twice."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

import app
from accounts.models import Area
from cases.configuration.case_rules import CountyRules
from cases.intake.numbering import advance_serials, ordinary_serial, slot_key_of
from cases.models.case import Case
from cases.models.number_serials import NumberSerial
from cli.backup.manifest import sha256
from cli.framework.services import ProgramServices
from core.chain import Chain
from core.persistence import database_backup
from core.persistence.db import Database
from core.sealing.personal_keys import PersonalKeys
from notifications.models import Delivery, Notice
from notifications.restore_guard import last_restore, record_restore
from tests.builders import PERSONAL_KEY, PERSONAL_KEYS, a_case, at
from tests.cli.backup.conftest import PICTURE
from tests.cli.conftest import SECRET, Command, Done


def test_a_copy_comes_back_whole_on_another_machine(
    on_another_machine: Command, elsewhere: Database, full: Case, copy: Path, tmp_path: Path
) -> None:
    done = on_another_machine("restore", str(copy))
    assert (done.code, done.err) == (0, "")
    with elsewhere.reading() as session:
        assert full.number in session.scalars(select(Case.number)).all()
    (picture,) = [place for place in (tmp_path / "there" / "files").rglob("*") if place.is_file()]
    assert picture.read_bytes() == PICTURE
    assert on_another_machine("verify").code == 0
    assert on_another_machine("db", "check").code == 0


def test_the_manifest_names_every_file_with_its_hash_and_what_the_database_holds(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    present = {place.relative_to(copy).as_posix() for place in copy.rglob("*") if place.is_file()} - {
        "manifest.json"
    }
    assert set(manifest["files"]) == present
    assert all(sha256(copy / name) == known["sha256"] for name, known in manifest["files"].items())
    assert manifest["counts"]["cases"] == 2
    assert manifest["heads"]["cases"]["count"] == 2
    assert manifest["revision"]


def test_no_secret_is_in_the_copy(copy: Path) -> None:
    for place in copy.rglob("*"):
        assert not place.is_file() or SECRET.encode() not in place.read_bytes()


def test_a_restored_copy_does_not_send_what_the_original_was_about_to(
    on_another_machine: Command, elsewhere: Database, copy: Path
) -> None:
    on_another_machine("restore", str(copy))
    with elsewhere.reading() as session:
        assert set(session.scalars(select(Delivery.status))) == {"dropped"}
        assert session.scalars(select(Notice.id)).first() is not None


def test_numbers_that_left_the_house_after_the_copy_are_not_given_again(
    on_another_machine: Command,
    in_town: Command,
    elsewhere: Database,
    town: Database,
    copy: Path,
    rules: CountyRules,
) -> None:
    with town.reading() as session:
        assert {row.value for row in session.scalars(select(NumberSerial))} == {2}
    done = on_another_machine("restore", str(copy))
    assert "从 100 的下一个倍数接着编" in done.out
    with elsewhere.transaction() as session:
        rows = {(row.village_id, row.year): row.value + 1 for row in session.scalars(select(NumberSerial))}
        villages = set(session.scalars(select(Area.id).where(Area.level == "village")))
        assert set(rows) >= {(village, 2026) for village in villages}
        assert sorted(set(rows.values())) == [100, 200]  # none there: 100; two there: the next after 102
        day = at("2026-03-05")
        for village, begins_at in (("SL", 200), ("YY", 100)):
            first = ordinary_serial(slot_key_of(rules.services.number_key, village, 2026), begins_at, 1)
            made = a_case(session, rules, "received", village=village, now=day)
            assert made.number == f"{village}-2026-{first:04d}"
    assert on_another_machine("verify").code == 0


@pytest.mark.parametrize(("last", "following"), [(1, 200), (99, 200), (100, 200), (101, 300), (0, 100)])
def test_serials_go_on_at_the_next_hundred_at_least_a_hundred_above(
    town: Database, last: int, following: int
) -> None:
    with town.transaction() as session:
        village = session.scalars(select(Area.id).where(Area.code == "SL")).one()
        session.add(NumberSerial(village_id=village, year=2025, value=last))
        session.flush()
        advance_serials(session, years=[2026])
        assert session.get_one(NumberSerial, (village, 2025), populate_existing=True).value + 1 == following
        assert session.get_one(NumberSerial, (village, 2026)).value + 1 == 100  # it may have had some since


def test_every_restore_has_an_epoch_of_its_own_in_the_ids_of_messages(
    on_another_machine: Command, elsewhere: Database, copy: Path, rules: CountyRules
) -> None:
    on_another_machine("restore", str(copy))
    with elsewhere.transaction() as session:
        first = last_restore(session)
        record_restore(session, copied_at="", chain=rules.services.chain, now=at("2026-12-31"), facts={})
        second = last_restore(session)
    assert first is not None
    assert second is not None
    assert first.epoch != second.epoch


def damage_by_change(copy: Path) -> None:
    place = next(place for place in (copy / "files").rglob("*") if place.is_file())
    place.write_bytes(place.read_bytes()[:-1] + b"?")


def damage_by_removal(copy: Path) -> None:
    next(place for place in (copy / "files").rglob("*") if place.is_file()).unlink()


def damage_the_database(copy: Path) -> None:
    place = next(place for place in copy.glob("huiyin.*"))
    place.write_bytes(place.read_bytes() + b"?")


def damage_the_manifest(copy: Path) -> None:
    place = copy / "manifest.json"
    place.write_text(place.read_text(encoding="utf-8").replace('"cases": 2', '"cases": 1'), encoding="utf-8")


def break_the_manifest(copy: Path) -> None:
    (copy / "manifest.json").write_text("[]", encoding="utf-8")


def lose_the_manifest(copy: Path) -> None:
    (copy / "manifest.json").unlink()


@pytest.mark.parametrize(
    "damage",
    [
        damage_by_change,
        damage_by_removal,
        damage_the_database,
        damage_the_manifest,
        break_the_manifest,
        lose_the_manifest,
    ],
)
def test_a_damaged_copy_is_refused_before_anything_is_written(
    on_another_machine: Command,
    elsewhere: Database,
    copy: Path,
    tmp_path: Path,
    damage: Callable[[Path], None],
) -> None:
    damage(copy)
    done = on_another_machine("restore", str(copy))
    assert (done.code, done.out) == (1, "")
    assert done.err.count("\n") == 1
    assert not (tmp_path / "there" / "files").exists()
    with elsewhere.engine.connect() as connection:
        tables = "sqlite_master" if elsewhere.is_sqlite else "pg_tables WHERE schemaname = 'public'"
        assert connection.scalar(text(f"SELECT count(*) FROM {tables}")) == 0


def test_nothing_is_restored_over_data(in_town: Command, copy: Path, tmp_path: Path) -> None:
    done = in_town("restore", str(copy))
    assert done.code == 1
    assert "空" in done.err


def test_nothing_is_restored_over_files(on_another_machine: Command, copy: Path, tmp_path: Path) -> None:
    (tmp_path / "there" / "files").mkdir(parents=True)
    (tmp_path / "there" / "files" / "kept").write_text("x", encoding="ascii")
    assert on_another_machine("restore", str(copy)).code == 1


def test_a_copy_is_never_written_over_another(in_town: Command, copy: Path) -> None:
    before = (copy / "manifest.json").read_bytes()
    assert in_town("backup", str(copy)).code == 1
    assert (copy / "manifest.json").read_bytes() == before


def test_another_key_is_asked_for_instead_of_doubting_every_entry(
    run_main: Callable[..., Done], elsewhere: Database, rules: CountyRules, copy: Path, tmp_path: Path
) -> None:
    def assemble(environ: Mapping[str, str]) -> ProgramServices:
        return replace(
            app.assemble(environ), rules=rules.with_services(chain=Chain("other", {"other": b"k" * 32}))
        )

    url = elsewhere.url.render_as_string(hide_password=False)
    keys = {"SECRET_KEY": SECRET, "PERSONAL_KEY": PERSONAL_KEY}
    settings = {"DATABASE_URL": url, "DATA_DIR": str(tmp_path / "there"), **keys}
    done = run_main(assemble, ("restore", str(copy)), "", settings)
    assert done.code == 1
    assert "HUIYIN_SECRET_KEY" in done.err


def test_nothing_is_restored_without_the_key_that_opens_its_names(
    run_main: Callable[..., Done], elsewhere: Database, rules: CountyRules, copy: Path, tmp_path: Path
) -> None:
    other = PersonalKeys(["a key that has nothing to do with this copy"])

    def assemble(environ: Mapping[str, str]) -> ProgramServices:
        return replace(app.assemble(environ), rules=rules.with_services(personal_keys=other))

    url = elsewhere.url.render_as_string(hide_password=False)
    keys = {"SECRET_KEY": SECRET, "PERSONAL_KEY": PERSONAL_KEY}
    settings = {"DATABASE_URL": url, "DATA_DIR": str(tmp_path / "there"), **keys}
    done = run_main(assemble, ("restore", str(copy)), "", settings)
    assert done.code == 1
    assert PERSONAL_KEYS.present.id in done.err
    assert "personal.key" in done.err
    assert database_backup.is_empty(elsewhere)


def test_a_copy_made_while_others_write_is_whole(
    in_town: Command,
    on_another_machine: Command,
    full: Case,
    tmp_path: Path,
    stopped: Callable[[datetime], None],
) -> None:
    for number in range(2):
        folder = tmp_path / f"copy-{number}"
        assert in_town("backup", str(folder)).code == 0
        stopped(at(f"2026-03-1{number}"))
        assert in_town("sweep").code == 0
    shutil.rmtree(tmp_path / "copy-0")
    assert on_another_machine("restore", str(tmp_path / "copy-1")).code == 0
    assert on_another_machine("verify").code == 0
