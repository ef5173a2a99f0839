"""Test that the database itself refuses what must never stand in these tables, NULL included."""

from typing import Any

from sqlalchemy import insert, select, update

from accounts.models import ApiToken, Area, Unit, User
from core.persistence.db import Database
from tests.accounts.register_entries import NOW, accepted

USERS: tuple[dict[str, Any], ...] = (
    {"username": "Zuyuan2"},
    {"username": ""},
    {"username": None},
    {"username": "zuyuan"},
    {"name": ""},
    {"password_hash": "plain"},
    {"password_hash": "$argon2i$v=19$x"},
    {"password_hash": ""},
    {"email": "nobody"},
    {"roles": None},
    {"unit_id": None},
    {"unit_id": 9999},
)
AREAS: tuple[dict[str, Any], ...] = (
    {"code": "sl2", "path": "/SX/MA/sl2/"},
    {"code": "", "path": "//"},
    {"code": "SL"},
    {"name": ""},
    {"level": "hamlet"},
    {"level": None},
    {"path": "/SX/MA/SL/"},
    {"path": "SX/MA/NEW"},
    {"path": "/SX/MA/OTHER/"},
    {"land_mu": -1},
    {"successor_id": 1},
)
UNITS: tuple[dict[str, Any], ...] = (
    {"kind": "army"},
    {"kind": None},
    {"code": ""},
    {"code": "team"},
    {"name": ""},
    {"area_id": None},
)
TOKENS: tuple[dict[str, Any], ...] = ({"token_hash": "short"}, {"token_hash": None}, {"expires_at": NOW})


def test_no_bad_user_row_is_accepted(town: Database) -> None:
    with town.reading() as session:
        unit_id = session.scalars(select(Unit.id).limit(1)).one()
    good = {
        "username": "new",
        "name": "新人",
        "email": None,
        "unit_id": unit_id,
        "roles": ["member"],
        "head": False,
        "active": True,
        "password_hash": None,
        "created_at": NOW,
    }
    assert accepted(town, [(str(bad), insert(User).values(**(good | bad))) for bad in USERS]) == []
    assert accepted(town, [("good", insert(User).values(**good))]) == ["good"]


def test_no_bad_area_row_is_accepted(town: Database) -> None:
    good = {"code": "NEW", "name": "新村", "level": "village", "path": "/SX/MA/NEW/", "parent_id": 2}
    assert accepted(town, [(str(bad), insert(Area).values(**(good | bad))) for bad in AREAS]) == []
    assert accepted(town, [("good", insert(Area).values(**good))]) == ["good"]


def test_no_bad_unit_row_is_accepted(town: Database) -> None:
    good = {"code": "new", "name": "新单位", "kind": "department", "area_id": 1, "active": True}
    assert accepted(town, [(str(bad), insert(Unit).values(**(good | bad))) for bad in UNITS]) == []
    assert accepted(town, [("good", insert(Unit).values(**good))]) == ["good"]


def test_no_bad_token_row_is_accepted(town: Database) -> None:
    good = {"user_id": 1, "label": "a", "token_hash": "0" * 64, "created_at": NOW}
    assert accepted(town, [(str(bad), insert(ApiToken).values(**(good | bad))) for bad in TOKENS]) == []
    assert accepted(town, [("good", insert(ApiToken).values(**good))]) == ["good"]


def test_nothing_stands_above_itself_or_follows_itself(town: Database) -> None:
    statements = [
        ("parent", update(Area).values(parent_id=Area.id)),
        ("successor", update(Area).values(successor_id=Area.id, valid_until=NOW.date())),
        ("superior", update(Unit).values(superior_id=Unit.id)),
    ]
    assert accepted(town, statements) == []
