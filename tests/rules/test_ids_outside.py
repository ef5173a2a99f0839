"""No id of a row leaves the program: where rows have ids that are known at sight, no answer holds one.

The addresses come from the applications' own maps, the ids from the tables, so what is added later is walked
as well.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import app
from accounts.access.actor import SYSTEM
from accounts.registers import users
from accounts.sign_in import tokens
from accounts.sign_in.passkeys import Passkey
from cases.models.case import Case
from cases.models.correspondence import Attachment
from core.persistence import migrations
from core.persistence.db import Base, Database
from core.persistence.row_ids import RowIds
from tests.builders import FOUNDED, PASSWORD, actor_named
from tests.databases import Databases
from tests.rules.surface_township import SurfaceTownship, build_township, environment
from tests.rules.walked_addresses import ORIGIN, addresses, text_of
from wsgi.schemas import external

#: Where ids begin: each is told from every other number of a page.
FIRST = 200_000_000
LOOKER = "zuzhang"
EVERY_ROLE = ("leader", "team_leader", "coordinator", "auditor", "admin", "member")
QUESTIONS = ("", "?limit=1", "?limit=200", "?raised=true&limit=200")
#: Where ids are shown, and of which tables; every page says whose drafts are kept on a device.
SHOWN_IN: Mapping[str, set[str]] = {
    "/cases/<number:number>": {"users", "complainants"},
    "/cases/<number:number>/revisit": {"users", "complainants"},
    "/me": {"users", "api_tokens", "sign_ins"},
    "/me/notices": {"users", "notices"},
    "/me/passkeys": {"users", "passkeys"},
    "/api/v1/cases/<number:number>": {"complainants", "replies"},
    "/api/v1/cases/<number:number>/history": {"complainants", "households", "users"},
    "/api/v1/complainants": {"complainants"},
    "/api/v1/inbox": {"notices"},
}
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Walked:
    """The township when it is told: a client for people and one for programs, and all ids by their table."""

    joined: Any
    people: Any
    token: Mapping[str, str]
    cases: list[str]
    attachment: str
    ids: Mapping[str, str]

    def ask(self, address: str) -> str:
        """Return what is answered to an address, in the address as well, for it may lead somewhere else."""
        programs = address.startswith("/api")
        client = self.joined.programs.test_client() if programs else self.people
        with client.get(address, headers=self.token if programs else {}) as answer:
            return text_of(answer) + str(answer.headers)

    def told(self, said: str) -> set[str]:
        """Name the tables of which ids stand in what was said."""
        return {self.ids[one] for one in DIGITS.findall(said) if one in self.ids}


@pytest.fixture(scope="module")
def walked(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """Tell the township on the kind of database in which ids can be made to begin anywhere."""
    databases.template("postgresql", "empty", migrations.upgrade)
    folder = tmp_path_factory.mktemp("ids")
    with contextmanager(databases.lend)("postgresql", "empty") as lent:
        url = lent.url.render_as_string(hide_password=False)
        environ = {**environment(folder), "HUIYIN_DATABASE_URL": url}
        services = build_township(folder, _begin, environ)
        token = _let_in(services)
        joined: Any = app.create_app(environ)
        people = joined.people.test_client()
        given = {"username": LOOKER, "password": PASSWORD}
        for client in (joined.people.test_client(), people):  # at another device, and here
            assert client.post("/sign-in", data=given, headers=ORIGIN).status_code == 303
        with services.db.transaction() as session:
            session.add(_passkey(session))
        with services.db.reading() as session:
            numbers = session.scalars(select(Case.number).order_by(Case.id)).all()
            attachment = session.scalars(select(Attachment.id)).first()
        header = {"Authorization": f"Bearer {token}"}
        yield Walked(joined, people, header, list(numbers), attachment or "", _ids(services.db))
        for application in (joined.people, joined.programs):
            next(one.db for one in application.extensions.values() if hasattr(one, "db")).dispose()
        services.db.dispose()


def _begin(services: Any) -> SurfaceTownship:
    with services.db.transaction() as session:
        for place, name in enumerate(_numbered()):
            begun = {"table": name, "first": FIRST + place * 100_000}
            session.execute(text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :first)"), begun)
    return SurfaceTownship(services)


def _numbered() -> list[str]:
    """Name the tables whose rows the database numbers."""
    tables = Base.metadata.sorted_tables
    return [one.name for one in tables if "id" in one.c and one.autoincrement_column is one.c.id]


def _ids(db: Database) -> dict[str, str]:
    found: dict[str, str] = {}
    with db.reading() as session:
        for name in _numbered():
            rows = session.execute(select(Base.metadata.tables[name].c.id))
            found |= {str(row_id): name for (row_id,) in rows if row_id >= FIRST}
    return found


def _let_in(services: Any) -> str:
    """Enter somebody who may see everything there is; give a token of theirs."""
    given: dict[str, Any] = {"actor": SYSTEM, "chain": services.rules.services.chain, "now": FOUNDED}
    with services.db.transaction() as session:
        own = {**given, "actor": actor_named(session, LOOKER)}
        users.set_password(session, username=LOOKER, password=PASSWORD, **own)
        roles = {"roles": json.dumps(EVERY_ROLE), "who": LOOKER}
        session.execute(text("UPDATE users SET roles = CAST(:roles AS JSON) WHERE username = :who"), roles)
    with services.db.transaction() as session:
        looker = users.by_username(session, LOOKER)
        assert looker is not None
        return tokens.issue(session, user=looker, label="walk", **{**given, "now": services.clock.now()})


def _passkey(session: Session) -> Passkey:
    user_id = actor_named(session, LOOKER).user_id
    made = {"credential_id": b"c", "public_key": b"k", "sign_count": 0, "created_at": FOUNDED}
    return Passkey(user_id=user_id, label="工作手机", **made)


def filled(walked: Walked, rule: str) -> Iterator[str]:
    """Yield an address with what there is, where it takes something."""
    for number in walked.cases if "<number:number>" in rule else [""]:
        known = rule.replace("<number:number>", number)
        known = known.replace("<number:attachment_id>", walked.attachment)
        known = known.replace("<string(maxlength=40):code>", "SL").replace("<username>", LOOKER)
        known = known.replace("<area>", "SL").replace("<unit>", "township-MA")
        for question in QUESTIONS if "<" not in rule else ("",):
            yield re.sub(r"<int[^>]*>", "2026", known) + question


def leaks(walked: Walked, *rules: str) -> dict[str, set[str]]:
    """Return by address of which tables it tells ids."""
    found = {}
    everything = [*addresses(walked.joined.people), *addresses(walked.joined.programs)]
    for rule in rules or everything:
        for address in filled(walked, rule):
            told = walked.told(walked.ask(address))
            if told:
                found[address] = told
    return found


def test_no_address_tells_the_id_of_a_row(walked: Walked) -> None:
    assert {"cases", "complainants", "replies", "notices", "api_tokens", "users"} <= set(walked.ids.values())
    assert leaks(walked) == {}


def test_an_id_that_is_shown_as_it_is_is_found_whatever_it_is_of(
    walked: Walked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RowIds, "external", lambda self, table, row_id: row_id)
    for rule, tables in SHOWN_IN.items():
        told = leaks(walked, rule).values()
        assert set().union(*told) == tables, rule


def test_no_cursor_can_be_read(walked: Walked) -> None:
    read, sealed = cursors(walked)
    assert len(sealed) >= 3
    assert read == []


def test_a_cursor_that_can_be_read_is_found(walked: Walked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external.ExternalForms, "seal", lambda self, cursor: cursor)
    read, _ = cursors(walked)
    assert read != []


def cursors(walked: Walked) -> tuple[list[str], list[str]]:
    """Return by which cursors lists go on, those first that say where."""
    found: set[str] = set()
    for rule in [*addresses(walked.joined.people), *addresses(walked.joined.programs)]:
        if "<" not in rule:
            said = walked.ask(f"{rule}?limit=1")
            found |= set(re.findall(r'(?:cursor=|"next":")([A-Za-z0-9_=-]+)', said))
    readable = {one for one in found if b"[" in base64.urlsafe_b64decode(one + "=" * (-len(one) % 4))[:1]}
    return sorted(readable), sorted(found - readable)
