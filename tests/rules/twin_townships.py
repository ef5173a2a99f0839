"""Two townships told alike, one of them with further matters of which its readers must not know.

All that can be told apart by somebody whom these matters name is what they tell them. The moments are given,
secrets and rows of people are the same; what must differ by its nature is named by its place in an answer.
"""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import FileSystemBytecodeCache

import app
from accounts.access.actor import SYSTEM
from accounts.access.permissions import GRANTABLE, ROLE_SCOPES, Scope
from accounts.registers import user_changes, users
from accounts.sign_in import tokens
from api import application as interface
from cases.configuration import definitions
from cases.deadlines import sweep, weekly_notice
from cases.history import daily_seals
from cases.lifecycle.action_values import ComplainantEntry
from cases.statistics import tallies
from config.profiles import ORDINARY
from core.persistence import migrations
from core.persistence.db import RehearsalDatabase
from tests.builders import FOUNDED, PASSWORD, accept_given_moments
from tests.rules.surface_stories import NONE, STORIES, UNHAPPY, Step, march
from tests.rules.surface_township import SurfaceTownship, environment, found_registers
from tests.rules.walked_addresses import ORIGIN
from web import application as pages

#: The day on which the readers look: some matters are overdue, some were never late.
TODAY = 24
#: A reader of each reach has all roles with it; one more reads no matter. A subtree is that of the office
#: above the villages, or a village alone.
#: The first was moved there after all had been told, out of a unit that many of them name.
MOVED, MOVED_FROM, MOVED_ON = "du-subtree", "township-MA", 15
UNITS = {
    "du-subtree": "team",
    "du-village": "committee-SL",
    "du-owned": "county-water",
    "du-none": "team",
}
REACHES = {"du-subtree": Scope.SUBTREE, "du-village": Scope.SUBTREE, "du-owned": Scope.OWNED, "du-none": None}
#: The team goes on with matters that name the units of the others; the reader in it is named as well.
NAMED_UNITS = (MOVED_FROM, *(unit for unit in UNITS.values() if unit != "team"))
#: What has happened to matters in which units of the readers have a part, and to those in which none has.
WITH_THEM = ("closed", "handed on", "escalated", "just resolved", "left alone", "amended")
AMONG_OTHERS: Mapping[str, Sequence[Step]] = {
    **{name: STORIES[name] for name in ("door", "rejected", "withdrawn", "void", "urgent")},
    "reopened": ((2, "zuyuan", "answer", NONE), (4, "zuyuan", "reopen", UNHAPPY)),
    "with the team": ((2, "zuzhang", "assign", {"unit": "team"}),),
}
BEGUN = {"just resolved": 13}
PEOPLE = (ComplainantEntry(name="田某", phone="14000000002"),)
#: What differs between two answers that say the same.
DIFFERING = re.compile(
    "|".join(
        (
            r"\b[0-9a-f]{16,64}\b|[\w-]{20,}",  # secrets, and rows with random numbers
            r"(?<![\w.-])\d{6,10}(?![\w.-])",  # rows
            r"\b[2-9A-HJ-NP-Z]{5}(?:-?[2-9A-HJ-NP-Z]{5})?\b",  # receipt codes
            r'(?<=<path stroke="#000" d=")[^"]+',  # the same to be read by a telephone
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?=</dcterms:)",  # when a workbook was made
        )
    )
)


def roles_of(username: str) -> list[str]:
    """Return all roles with the reach of a reader that a person can have here."""
    fitting = (role for role in GRANTABLE if ORDINARY.fits(frozenset({role.value})))
    return sorted(role.value for role in fitting if ROLE_SCOPES.get(role) is REACHES[username])


@dataclass
class TwinTownship(SurfaceTownship):
    """One of the two while it is told."""

    def found(self) -> None:
        """Enter the readers."""
        given = {"actor": SYSTEM, "chain": self.services.rules.services.chain, "now": FOUNDED}
        with self.services.db.transaction() as session:
            for username, unit in UNITS.items():
                users.add_user(
                    session,
                    username=username,
                    name=username,
                    unit=MOVED_FROM if username == MOVED else unit,
                    roles=roles_of(username),
                    password=PASSWORD,
                    own_password=True,
                    **given,
                )

    def tell(self, *, hidden: bool) -> None:
        """Tell everything that is seen, and between it what names the readers or their units."""
        stories = {**{name: STORIES[name] for name in WITH_THEM}, **AMONG_OTHERS}
        for name, steps in stories.items():
            self._one(name, steps)
            if hidden:
                self._one(f"{name} hidden", steps, named_users=tuple(UNITS))
                if name in AMONG_OTHERS:
                    self._one(f"{name} too", steps, named_units=NAMED_UNITS, named_users=("du-none",))
        self.act("with the team", [(5, "zuzhang", "relate", NONE)], "urgent")
        if hidden:
            self.act("urgent hidden", [(5, "zuzhang", "relate", NONE)], "urgent")
            self.act("left alone hidden", [(5, "zuzhang", "merge", NONE)], "amended hidden")

    def _one(self, name: str, steps: Sequence[Step], **given: Any) -> None:
        begun = BEGUN.get(name.removesuffix(" hidden"), 2)
        self.register(name, begun, PEOPLE, own_words="水渠塌了一段，下田浇不上水。", **given)
        self.act(name, steps)


@dataclass(frozen=True)
class Twin:
    """A township that was told: its applications, who is signed in where, and the matters by story.

    What its doors change is taken back, so that every form can be sent and nothing comes of it.
    """

    services: Any
    people: Any
    programs: Any
    cookies: Mapping[str, Sequence[str]]
    tokens: Mapping[str, str]
    numbers: Mapping[str, str]

    def asking(self, username: str) -> tuple[Any, Any, dict[str, str]]:
        """Return clients of pages and interface as one of the readers, and what programs send along."""
        client = self.people.test_client()
        for cookie in self.cookies[username]:
            name, _, value = cookie.partition(";")[0].partition("=")
            client.set_cookie(name, value)
        return client, self.programs.test_client(), {"Authorization": f"Bearer {self.tokens[username]}"}


def build_twins(folder: Path) -> tuple[Twin, Twin]:
    """Tell both, the one without hidden matters first, each in a copy of the same empty township."""
    empty = folder / "empty"
    empty.mkdir()
    services = app.assemble(environment(empty))
    accept_given_moments(services.db, services.rules)
    migrations.upgrade(services.db)
    found_registers(services)
    TwinTownship(services).found()
    text = (Path(__file__).parents[2] / "config" / "workflow.toml").read_text(encoding="utf-8")
    with services.db.transaction() as session:
        definitions.adopt(session, services.rules.definition, text, now=FOUNDED)
    issued = {}
    given: dict[str, Any] = {"actor": SYSTEM, "now": march(1), "chain": services.rules.services.chain}
    with services.db.transaction() as session:
        for name in UNITS:
            reader = users.by_username(session, name)
            assert reader is not None
            issued[name] = tokens.issue(session, user=reader, label="walk", **given)
    cookies = _sign_in(pages.create(db=services.db, **_given(services)))
    services.db.dispose()
    templates = FileSystemBytecodeCache(str(empty))
    built = []
    for name in ("without", "with"):
        shutil.copytree(empty, folder / name)
        services, numbers = _tell(folder / name, hidden=name == "with")
        rehearsed = RehearsalDatabase(services.db)
        people = pages.create(db=rehearsed, **_given(services))
        people.jinja_env.bytecode_cache = templates
        programs = interface.create(db=rehearsed, **_given(services))
        built.append(Twin(services, people, programs, cookies, issued, numbers))
    return built[0], built[1]


def _tell(folder: Path, *, hidden: bool) -> tuple[Any, Mapping[str, str]]:
    services = app.assemble(environment(folder))
    township = TwinTownship(services)
    township.tell(hidden=hidden)
    rules = services.rules
    with services.db.transaction() as session:
        user_changes.change_user(
            session,
            actor=SYSTEM,
            chain=rules.services.chain,
            username=MOVED,
            name=MOVED,
            unit=UNITS[MOVED],
            roles=roles_of(MOVED),
            email=None,
            head=False,
            count_matters=lambda *_: 0,
            now=march(MOVED_ON, 12),
        )
    for day in (10, 17, TODAY):
        sweep.sweep(services.db, rules=rules, now=march(day, 6))
    daily_seals.seal(services.db, rules=rules, folder=folder / "heads", now=march(TODAY, 7))
    tallies.recount(services.db, zone=rules.zone)
    with services.db.transaction() as session:
        weekly_notice.write(session, rules=rules, now=march(TODAY - 1, 8))
    return services, township.numbers


def _given(services: Any) -> dict[str, Any]:
    return {"rules": services.rules, "settings": services.settings, "now": lambda: march(TODAY, 9)}


def _sign_in(application: Any) -> dict[str, Sequence[str]]:
    """Sign every reader in; give the cookies."""
    found: dict[str, Sequence[str]] = {}
    for name in UNITS:
        client = application.test_client()
        answer = client.post("/sign-in", data={"username": name, "password": PASSWORD}, headers=ORIGIN)
        assert answer.status_code == 303
        found[name] = answer.headers.getlist("Set-Cookie")
    return found


def said(text: str) -> str:
    """Return what an answer says: each differing part as the place at which it first stood there."""
    seen: dict[str, str] = {}
    return DIFFERING.sub(lambda part: seen.setdefault(part[0], f"#{len(seen)}"), text)
