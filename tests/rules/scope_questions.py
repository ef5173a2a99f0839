"""What somebody of 杉岭村 may try in order to learn something of 养鱼村: for every route its questions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.api.conftest import Caller, JsonAnswer

SECRET_WORDS = "鱼塘边的老井干了"
UNKNOWN_CASE = "YY-2026-9999"
UNKNOWN_FILE = "0" * 32


@dataclass
class World:
    """What there is in both villages, and the person of 杉岭村 who asks."""

    asks: Caller
    own_case: str
    their_case: str
    their_complainant: int
    their_file: str
    their_notice: int
    their_cursor: str
    definition_actions: tuple[str, ...]


@dataclass(frozen=True)
class Twin:
    """One question asked twice: of a thing in the other village, and of a thing that does not exist."""

    about: str
    foreign: str
    unknown: str
    ask: Callable[[str], JsonAnswer]


def get(world: World, path: str, name: str, foreign: str, unknown: str, **rest: str) -> Twin:
    return Twin(
        f"{path}?{name}", foreign, unknown, lambda value: world.asks.get(path, **{name: value, **rest})
    )


def list_questions(world: World, path: str) -> Iterator[Twin]:
    yield get(world, path, "village", "YY", "ZZ")
    yield get(world, path, "owner", "committee-YY", "committee-ZZ")


def cases_list(world: World) -> Iterator[Twin]:
    yield from list_questions(world, "/cases")
    yield get(world, "/cases", "q", SECRET_WORDS, "没有这样的话")
    yield get(world, "/cases", "q", world.their_case, UNKNOWN_CASE)


def complainants_list(world: World) -> Iterator[Twin]:
    yield from list_questions(world, "/complainants")
    yield get(world, "/complainants", "q", SECRET_WORDS, "没有这样的话")


def households_list(world: World) -> Iterator[Twin]:
    yield get(world, "/households", "village", "YY", "ZZ")
    yield get(world, "/households", "q", "向大贵", "没有这个人")
    yield get(world, "/households", "q", "YY-03-017", "YY-99-999")
    yield get(world, "/households", "village", "YY", "ZZ", raised="true")


def figures(world: World) -> Iterator[Twin]:
    yield get(world, "/rates", "area", "YY", "ZZ")
    yield get(world, "/rates", "area", "MA", "ZZ")
    yield get(world, "/rates", "area", "SX", "ZZ")


def one_case(world: World) -> Iterator[Twin]:
    yield Twin("case", world.their_case, UNKNOWN_CASE, lambda number: world.asks.get(f"/cases/{number}"))


def one_history(world: World) -> Iterator[Twin]:
    yield Twin(
        "history", world.their_case, UNKNOWN_CASE, lambda number: world.asks.get(f"/cases/{number}/history")
    )


def one_file(world: World) -> Iterator[Twin]:
    yield Twin("file", world.their_file, UNKNOWN_FILE, lambda one: world.asks.get(f"/attachments/{one}"))


def one_notice(world: World) -> Iterator[Twin]:
    yield Twin("notice", str(world.their_notice), "999999", lambda one: world.asks.post(f"/inbox/{one}/read"))


def registrations(world: World) -> Iterator[Twin]:
    def body(**fields: Any) -> dict[str, Any]:
        return {
            "village": "SL",
            "category": "roads",
            "kind": "problem",
            "own_words": "路坏了。",
            "client_ref": "probe",
            "complainants": [{"name": "覃某"}],
            **fields,
        }

    def register(**fields: Any) -> JsonAnswer:
        return world.asks.post("/cases", body(**fields))

    yield Twin("village", "YY", "ZZ", lambda code: register(village=code))
    yield Twin("household", "YY-03-017", "YY-99-999", lambda key: register(complainants=[{"household": key}]))
    yield Twin("file", world.their_file, UNKNOWN_FILE, lambda one: register(attachments=[one]))


def actions(world: World) -> Iterator[Twin]:
    for action in world.definition_actions:
        yield Twin(action, world.their_case, UNKNOWN_CASE, partial(world.asks.act, action=action))
    own = world.own_case
    yield Twin(
        "merge into",
        world.their_case,
        UNKNOWN_CASE,
        lambda number: world.asks.act(own, "merge", into=number, reason="同一件事"),
    )
    yield Twin(
        "relate to", world.their_case, UNKNOWN_CASE, lambda number: world.asks.act(own, "relate", to=number)
    )
    yield Twin(
        "attach",
        world.their_file,
        UNKNOWN_FILE,
        lambda one: world.asks.act(own, "attach", attachments=[one]),
    )
    yield Twin(
        "their complainant",
        str(world.their_complainant),
        "999999",
        lambda one: world.asks.act(own, "reveal", complainant=int(one), reason="要打电话"),
    )
    yield Twin(
        "join a household",
        "YY-03-017",
        "YY-99-999",
        lambda key: world.asks.act(own, "join", complainant={"household": key}, own_words="我也一样。"),
    )


def nothing_to_name(world: World) -> Iterator[Twin]:
    """Return no question: the route takes nothing that could name a thing of the other village."""
    del world
    return iter(())


QUESTIONS: Mapping[str, Callable[[World], Iterator[Twin]]] = {
    "GET /api/v1/cases": cases_list,
    "POST /api/v1/cases": registrations,
    "GET /api/v1/cases/<number:number>": one_case,
    "GET /api/v1/cases/<number:number>/history": one_history,
    "POST /api/v1/cases/<number:number>/actions": actions,
    "GET /api/v1/complainants": complainants_list,
    "GET /api/v1/households": households_list,
    "GET /api/v1/rates": figures,
    "POST /api/v1/attachments": nothing_to_name,
    "GET /api/v1/attachments/<number:attachment_id>": one_file,
    "GET /api/v1/inbox": nothing_to_name,
    "POST /api/v1/inbox/<row(notices):notice_id>/read": one_notice,
}
