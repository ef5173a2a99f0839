"""Build a small township in which every step, act, rung and change of a register happens at least once.

What is written is the same on every machine: all moments are given. It shows the form of what is
written: the facts of entries and notices, and a database that a later program must still find sound.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pyotp
from sqlalchemy import select

import app
from accounts.access.actor import SYSTEM, Actor
from accounts.fixed_settings import fixed_zone
from accounts.models import User
from accounts.registers import area_changes, areas, unit_imports, units, user_changes, users
from accounts.registers.open_matters import NO_MATTERS
from accounts.sign_in import second_factors, tokens
from cases import attachments
from cases.configuration import calendar, definitions, missing_notices
from cases.deadlines import calendar_change, notice_days, sweep, weekly_notice
from cases.history import daily_seals
from cases.importing import import_cases
from cases.intake import registration, submission
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.build_values import build_values
from cases.models.case import Case, Complainant
from cases.retention import forgetting
from cases.sealing import keys_in_use
from core.encryption import Encryptor
from core.persistence import migrations
from demo.township import AREAS, UNITS, USERS
from roster.imports import import_roster
from tests.builders import FOUNDED, PERSONAL_KEY, accept_given_moments, actor_named, at
from tests.cases.importing import message_sheet
from tests.cases.scenes import Scene, values_for
from tests.rules.surface_stories import BEGUN, LONG, NONE, STORIES, Step, march
from workflow import statutory_holidays, working_days
from workflow.definition.reader import parse

HERE = Path(__file__).resolve().parent / "surface"
SECRET = "a secret key for the ledger of before alone"
PDF = b"%PDF-1.4\n% nothing stands on this page\n"
#: When the first of two waiting people is answered, whose date has passed; so has that of the second.
LATE = 26
VILLAGER = Actor(None, "villager", None, None, "/SX/MA/SL/", frozenset({"villager"}), 3)
HOMES: Sequence[Mapping[str, Any]] = (
    {"村": "杉岭村", "组": 1, "户号": 1, "户主": "田老根", "人口": 4, "电话": "14000000001"},
    {"村": "养鱼村", "组": 3, "户号": 17, "户主": "向大贵", "人口": 2, "电话": None},
)


def environment(folder: Path) -> dict[str, str]:
    """Return the settings of the program that the ledger is written by."""
    return {"HUIYIN_DATA_DIR": str(folder), "HUIYIN_SECRET_KEY": SECRET, "HUIYIN_PERSONAL_KEY": PERSONAL_KEY}


@dataclass
class SurfaceTownship:
    """The township while it is built: the joined program and the number of each story's case."""

    services: Any
    numbers: dict[str, str] = field(default_factory=dict)

    def found(self) -> None:
        """Enter more people, where somebody else is to look at the township."""

    def tell_more(self) -> None:
        """Tell more stories, after all others and before the clocks run on."""

    def register(self, name: str, day: int, people: Sequence[ComplainantEntry], **given: Any) -> None:
        """Register the case of a story."""
        submitted = {
            "village": "SL",
            "category": "village_org",
            "kind": "problem",
            "own_words": f"水渠塌了一段，下田浇不上水。（{name}）",
            "client_ref": f"before-{name}",
            **given,
        }
        rules = submitted.pop("rules", self.services.rules)
        with self.services.db.transaction() as session:
            made = registration.register(
                session,
                actor=actor_named(session, "zuyuan"),
                rules=rules,
                intake=submission.Intake(complainants=tuple(people), **submitted),
                now=march(day, 9),
            )
            self.numbers[name] = made.case.number

    def act(self, name: str, steps: Iterable[Step], other: str = "") -> None:
        """Take steps and acts on the case of a story, the later ones of a day in later minutes."""
        for minute, (day, who, action, differing) in enumerate(steps):
            with self.services.db.transaction() as session:
                case = session.scalars(select(Case).where(Case.number == self.numbers[name])).one()
                people = session.scalars(
                    select(Complainant.id).where(Complainant.case_id == case.id).order_by(Complainant.id)
                ).all()
                first = people[0] if people else 0
                scene = Scene(
                    case.number, self.numbers.get(other, ""), first, case.state, case.handling_due_on
                )
                values = {**values_for(action, scene), **differing}
                if values.get("replies"):
                    values["replies"] = [{**values["replies"][0], "complainant": one} for one in people]
                villager = replace(VILLAGER, village_id=case.village_id)
                take_step.take_step(
                    session,
                    actor=villager if who == VILLAGER.username else actor_named(session, who),
                    rules=self.services.rules,
                    number=case.number,
                    action=action,
                    values=build_values(action, values),
                    now=march(day, 10, minute),
                )


def build_township(
    folder: Path,
    begin: Callable[[Any], SurfaceTownship] = SurfaceTownship,
    environ: Mapping[str, str] | None = None,
) -> Any:
    """Build the township in a new database, in a folder unless the settings say another; give the program."""
    services = app.assemble(environ or environment(folder))
    accept_given_moments(services.db, services.rules)
    migrations.upgrade(services.db)
    township = begin(services)
    found_registers(services)
    township.found()
    first = (HERE / "workflow-1.toml").read_text(encoding="utf-8")
    present = (HERE.parents[2] / "config" / "workflow.toml").read_text(encoding="utf-8")
    with services.db.transaction() as session:
        definitions.adopt(session, parse(first, "workflow-1.toml"), first, now=FOUNDED)
    township.register(
        "under version 1",
        2,
        [ComplainantEntry(name="覃某")],
        rules=replace(services.rules, definition=parse(first, "")),
    )
    with services.db.transaction() as session:
        definitions.adopt(session, services.rules.definition, present, now=march(2, 8))
    _stories(township)
    _paths_cross(township)
    township.tell_more()
    daily_seals.seal(services.db, rules=services.rules, folder=folder / "heads", now=march(4))
    _notice(services)
    _import(services, folder)
    for day in (*range(14, 40), *range(40, 134, 3)):
        sweep.sweep(services.db, rules=services.rules, now=march(day, 9))
        if day == LATE:
            township.act("left alone", [(day, "cunwei-sl", "reply", {"final": True})])
    with services.db.transaction() as session:
        weekly_notice.write(session, rules=services.rules, now=march(7 * 8, 12))
        missing_notices.warn(session, rules=services.rules, now=at("2031-12-01"))
    _registers(services)
    _forget(township)
    services.db.dispose()
    return services


def found_registers(services: Any) -> None:
    """Enter the places, units and people through the verbs that note it in the registers' history."""
    seed = working_days.seed()
    given: dict[str, Any] = {"actor": SYSTEM, "chain": services.rules.services.chain, "now": FOUNDED}
    with services.db.transaction() as session:
        fixed_zone(session, services.rules.zone, chain=services.rules.services.chain, now=FOUNDED)
        keys_in_use.adopt(session, services.rules.services.personal_keys.present.id, now=FOUNDED)
        calendar.seed_calendar(session, seed.years, seed.days, "notices")
        areas.import_areas(session, rows=_rows(AREAS), matters=NO_MATTERS, **given)
        unit_imports.import_units(session, rows=_rows(UNITS), matters=NO_MATTERS, **given)
        import_roster(session, rows=enumerate(HOMES, start=2), **given)
        for _, row in _rows(USERS):
            row["roles"] = [row.pop("role")]
            users.add_user(session, password=None, email=f"{row['username']}@example.org", **row, **given)


def _rows(table: Sequence[Sequence[Any]]) -> list[tuple[int, dict[str, Any]]]:
    head, *rows = table
    return [(number, dict(zip(head, row, strict=True))) for number, row in enumerate(rows, start=2)]


def _stories(township: SurfaceTownship) -> None:
    person = ComplainantEntry(name="田某", phone="14000000002")
    given: dict[str, dict[str, Any]] = {
        "door": {"answers": {"asks_for": "修好水渠"}},
        "amended": {"attachments": (_upload(township.services),)},
        "reviewed": {"named_units": ("committee-YY",), "named_users": ("cunwei-yy",)},
        "urgent": {"urgency": "urgent"},
    }
    for name, steps in STORIES.items():
        if name not in township.numbers:
            township.register(name, BEGUN.get(name, 2), [person], **given.get(name, {}))
        township.act(name, steps)


def _paths_cross(township: SurfaceTownship) -> None:
    """Merge a case into another one, name somebody there, and undo it; relate and attach."""
    for name in ("one", "other"):
        township.register(name, 3, [ComplainantEntry(name="向某")])
    township.act("other", [(3, "zuzhang", "assign", NONE)])
    township.act("one", [(3, "zuzhang", "assign", NONE), (3, "xiangzhen", "suspend", LONG)])
    township.act("one", [(4, "zuzhang", "relate", NONE), (4, "xiangzhen", "merge", NONE)], "other")
    township.act("other", [(4, "zuzhang", "amend", {"field": "named_users", "value": "cunwei-gg"})])
    township.act("one", [(5, "lingdao", "unmerge", NONE)])
    township.act("one", [(6, "zuyuan", "attach", {"attachments": [_upload(township.services)]})])


def _upload(services: Any) -> str:
    """Hand in a file that waits for a case; give its id."""
    file = attachments.read_file(BytesIO(PDF), name="合同.pdf", declared_type=None, scanner=None)
    with services.db.transaction() as session:
        kept = attachments.store(
            session, actor=actor_named(session, "zuyuan"), rules=services.rules, file=file, now=march(2, 8)
        )
        return str(kept.id)


def _notice(services: Any) -> None:
    """Enter a notice for a year that had none, and another one that moves dates."""
    with services.db.transaction() as session:
        known = [notice_days.NoticeDay(*row) for row in calendar.named_days(session, 2026)]
        off = [notice_days.NoticeDay(date(2026, 3, day), False, "临时放假") for day in (16, 17, 18)]
        for year, days in (
            (2026, [*known, *off]),
            (2031, [notice_days.NoticeDay(date(2031, 1, 1), False, "元旦")]),
        ):
            calendar_change.enter_notice(
                session,
                actor=SYSTEM,
                rules=services.rules,
                year=year,
                days=days,
                notice=f"{year} 年的通知",
                without=statutory_holidays.days_off(year),
                now=march(13, 12),
            )


def _import(services: Any, folder: Path) -> None:
    """Take in two rows of an old message board, one of them still open."""
    open_row = {**message_sheet.PLAIN, "留言编号": 2009, "答复意见": None, "答复时间": None}
    sheet = message_sheet.write(folder / "messages.xlsx", [message_sheet.PLAIN, open_row])
    import_cases.import_cases(
        services.db,
        rules=services.rules,
        actor=SYSTEM,
        path=sheet,
        map=message_sheet.MAP,
        now=march(13, 13),
    )
    sheet.unlink()


def _registers(services: Any) -> None:
    """Change every register in every way."""
    now = at("2026-08-03")
    given: dict[str, Any] = {"actor": SYSTEM, "chain": services.rules.services.chain, "now": now}
    unit = {
        "code": "county-roads",
        "name": "示范县公路局",
        "kind": "department",
        "area": "SX",
        "superior": None,
    }
    village = {"code": "SL", "name": "杉岭新村", "level": "village", "parent": "MA", "land_mu": 640}
    with services.db.transaction() as session:
        areas.import_areas(session, rows=[(2, village)], matters=NO_MATTERS, **given)
        unit_imports.import_units(session, rows=[(2, unit)], matters=NO_MATTERS, **given)
        unit_imports.import_units(
            session,
            rows=[(2, {**unit, "name": "公路局", "superior": "county-office"})],
            matters=NO_MATTERS,
            **given,
        )
        units.close_unit(session, code="county-roads", in_use=lambda _: False, **given)
        import_roster(session, rows=[(2, {**HOMES[0], "村": "SL", "户主": "田大山", "人口": 5})], **given)
        users.set_password(session, username="zuyuan", password="渠水年年到田头-2026", **given)
        _second_factor(session, services, now)
        holder = session.scalars(select(User).where(User.username == "zuyuan")).one()
        tokens.issue(session, user=holder, label="手机", **given)
        token = tokens.list_tokens(session, actor=SYSTEM, username="zuyuan")[0].id
        tokens.revoke(session, token_id=token, **given)
        users.disable(session, username="zuyuan", count_matters=lambda *_: 0, **given)
        user_changes.enable(session, username="zuyuan", **given)
        user_changes.change_user(
            session,
            username="zuyuan",
            name="组员老周",
            unit="township-MA",
            roles=["coordinator"],
            email=None,
            head=True,
            count_matters=lambda *_: 0,
            **given,
        )
        area_changes.rename_area(
            session,
            code="GG",
            new_code="GX",
            new_name="高岗村",
            on=now.date(),
            today=now.date(),
            **given,
        )


def _forget(township: SurfaceTownship) -> None:
    """Forget the one matter that was over before the others began."""
    services = township.services
    done = forgetting.forget(
        services.db,
        rules=services.rules,
        before=date(2026, 3, 2),
        now=at("2026-08-03", 12),
        clear=lambda session, numbers: None,
    )
    assert done.cases == 1


def _second_factor(session: Any, services: Any, now: datetime) -> None:
    chain = services.rules.services.chain
    seal = Encryptor([b"a key for tests alone"], "second factors")
    somebody = actor_named(session, "zuyuan")
    assert somebody.user_id is not None
    asked: dict[str, Any] = {"sign_in_id": 1, "seal": seal, "now": now}
    secret = second_factors.propose(session, user_id=somebody.user_id, **asked)
    session.flush()
    code = pyotp.TOTP(secret).at(now)
    second_factors.confirm(session, actor=somebody, chain=chain, code=code, **asked)
    users.forget_code(session, actor=SYSTEM, chain=chain, username="zuyuan", now=now)
