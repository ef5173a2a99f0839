"""The routes as a whole: who may enter each, and how each is described."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from sqlalchemy import update

from accounts.access.permissions import ROLE_PERMISSIONS, TOKEN_SCOPES, Permission, Role
from accounts.models import User
from api.framework.request_context import EXTENSION
from api.framework.specification import PREFIX
from core.persistence.db import Database
from tests.api import contract
from tests.api.conftest import Caller
from tests.builders import USERS

pytestmark = pytest.mark.one_database

Call = Callable[[str], Caller]
#: For whoever holds a receipt code; there is no token.
VILLAGERS = {"villagers.status", "villagers.rating", "villagers.reopen"}
PUBLIC = {"health.healthz", "health.readyz", "api-docs.openapi_json", *VILLAGERS}


def private(app: Flask) -> Iterator[tuple[str, str, Any]]:
    """Yield method, address and view of every route that is not public."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in PUBLIC:
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield method, rule.rule, app.view_functions[rule.endpoint]


def filled(rule: str) -> str:
    """Return an address of a route."""
    return "/".join("1" if part.startswith("<") else part for part in rule.split("/"))


def test_every_route_says_who_may_enter(app: Flask) -> None:
    silent = [(method, rule) for method, rule, view in private(app) if not hasattr(view, "enter")]
    assert silent == []


def test_what_is_public_is_really_there(app: Flask) -> None:
    assert app.view_functions.keys() >= PUBLIC


def test_no_route_answers_without_a_token(app: Flask, client: FlaskClient) -> None:
    answers = {(method, rule): client.open(filled(rule), method=method) for method, rule, _ in private(app)}
    assert {key for key, answer in answers.items() if answer.status_code != 401} == set()


#: Whoever sees a matter may list the households behind it; the whole register is not a department's to read.
NARROWER = {("/api/v1/households", "department")}


@pytest.mark.parametrize(("username", "role"), [(name, role) for name, _, _, role, _ in USERS])
def test_no_route_lets_a_role_in_that_may_not_enter(
    app: Flask, call: Call, client: FlaskClient, username: str, role: str
) -> None:
    header = {"Authorization": f"Bearer {call(username).token}"}
    permitted = ROLE_PERMISSIONS[Role(role)]
    for method, rule, view in private(app):
        wanted: tuple[Permission, ...] = view.enter if isinstance(view.enter, tuple) else (view.enter,)
        answer = client.open(filled(rule), method=method, headers=header)
        refused = not permitted & set(wanted) or (rule, role) in NARROWER
        assert (answer.status_code == 403) == refused, (method, rule)


#: Whoever holds these three may enter everywhere, so that a refusal comes from the token alone.
EVERY_ROLE = ["auditor", "committee", "guest"]


def opened(app: Flask, client: FlaskClient, town: Database, token: str) -> set[str]:
    """Return every route that somebody of all roles is not refused with a token."""
    with town.transaction() as session:
        session.execute(update(User).where(User.username == "zuyuan").values(roles=EVERY_ROLE))
    header = {"Authorization": f"Bearer {token}"}
    return {
        f"{method} {rule}"
        for method, rule, _ in private(app)
        if client.open(filled(rule), method=method, headers=header).status_code != 403
    }


@pytest.mark.parametrize("scope", TOKEN_SCOPES)
def test_a_token_opens_the_routes_of_what_it_is_for_and_no_other(
    app: Flask, client: FlaskClient, town: Database, token: Callable[..., str], scope: str
) -> None:
    expected = {
        f"{method} {rule}"
        for method, rule, view in private(app)
        if TOKEN_SCOPES[scope] & set(view.enter if isinstance(view.enter, tuple) else (view.enter,))
    }
    narrower = {rule for rule, _ in NARROWER} if Permission.HOUSEHOLDS_READ not in TOKEN_SCOPES[scope] else ()
    expected -= {f"GET {rule}" for rule in narrower}
    assert opened(app, client, town, token("zuyuan", may=[scope])) == expected
    assert expected < opened(app, client, town, token("zuyuan"))


def test_every_route_belongs_to_what_some_token_is_for(app: Flask) -> None:
    carried = frozenset().union(*TOKEN_SCOPES.values())
    wanted = [view.enter if isinstance(view.enter, tuple) else (view.enter,) for _, _, view in private(app)]
    assert all(carried & set(one) for one in wanted)


@pytest.mark.parametrize(
    ("change", "reason"), [({"password_given": True}, "password_given"), ({}, "second_factor_missing")]
)
def test_no_call_leads_past_what_a_page_asks_for_first(
    app: Flask,
    client: FlaskClient,
    town: Database,
    token: Callable[..., str],
    change: dict[str, bool],
    reason: str,
) -> None:
    services = app.extensions[EXTENSION]
    asking = replace(services.settings, second_factor_roles=("committee",))
    app.extensions[EXTENSION] = replace(services, settings=asking)
    text = token("zuyuan")
    with town.transaction() as session:
        session.execute(update(User).where(User.username == "zuyuan").values(roles=EVERY_ROLE, **change))
    header = {"Authorization": f"Bearer {text}"}
    for method, rule, _ in private(app):
        answer = client.open(filled(rule), method=method, headers=header)
        assert (answer.status_code, (answer.json or {})["facts"]["reasons"]) == (403, [reason]), rule
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], is_sample=lambda: True)
    assert client.get(f"{PREFIX}v1/cases", headers=header).status_code == 200


def test_the_description_is_valid_and_needs_no_token(client: FlaskClient) -> None:
    described = client.get(f"{PREFIX}v1/openapi.json")
    assert described.status_code == 200
    assert (described.json or {})["openapi"].startswith("3.1")
    validate(described.json or {})


def operations(app: Flask) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in contract.document(app)["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post"):
                yield path, method, operation


def open_addresses(app: Flask) -> set[str]:
    return {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint in VILLAGERS}


#: What whoever watches the service asks, beside the versions of the interface.
HEALTH = {"/healthz", "/readyz"}


def test_only_what_villagers_and_watchers_ask_is_described_as_open_to_anybody(app: Flask) -> None:
    without = {path for path, _, operation in operations(app) if operation.get("security") == []}
    assert without == open_addresses(app) | HEALTH
    assert len(without) == len(VILLAGERS) + len(HEALTH)


def test_every_route_is_described(app: Flask) -> None:
    described = {(method.upper(), path) for path, method, _ in operations(app)}
    villagers = {("POST", address) for address in open_addresses(app)}
    assert described == villagers | {("GET", path) for path in HEALTH} | {
        (method, contract.openapi_path(rule)) for method, rule, _ in private(app)
    }


def test_every_error_is_described_as_a_problem(app: Flask) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    for path, method, operation in operations(app):
        for status, answer in operation["responses"].items():
            if not status.startswith("2"):
                assert contract.resolved(app, answer)["content"] == problem, (path, method, status)


def test_every_post_describes_the_idempotency_key_and_every_act_the_version(app: Flask) -> None:
    for path, method, operation in operations(app):
        names = {parameter["name"] for parameter in operation.get("parameters", ())}
        assert ("Idempotency-Key" in names) == (method == "post" and path not in open_addresses(app)), path
        assert ("If-Match" in names) == path.endswith("/actions"), path


def test_every_case_that_is_answered_carries_its_etag(app: Flask) -> None:
    answers = {
        (path, method): contract.resolved(app, answer).get("headers", {})
        for path, method, operation in operations(app)
        for status, answer in operation["responses"].items()
        if status.startswith("2")
    }
    with_etag = {key for key, headers in answers.items() if "ETag" in headers}
    assert with_etag == {
        ("/api/v1/cases", "post"),
        ("/api/v1/cases/{number}", "get"),
        ("/api/v1/cases/{number}/actions", "post"),
    }
    assert "Location" in answers["/api/v1/cases", "post"]


def unbounded(schema: Any, place: str) -> Iterator[str]:
    """Yield the texts without a greatest length and the numbers without a range inside a schema."""
    if isinstance(schema, dict):
        kind = schema.get("type")
        kinds = kind if isinstance(kind, list) else [kind]
        if "string" in kinds and not {"maxLength", "enum", "format", "contentMediaType"} & schema.keys():
            yield place
        if "integer" in kinds and not {"minimum", "maximum"} <= schema.keys():
            yield place
        if "array" in kinds and "maxItems" not in schema:
            yield place
        for name, inner in schema.items():
            yield from unbounded(inner, f"{place}.{name}")
    elif isinstance(schema, list):
        for inner in schema:
            yield from unbounded(inner, place)


def test_everything_that_is_taken_has_its_bounds(app: Flask) -> None:
    schemas = contract.document(app)["components"]["schemas"]
    taken = [
        name
        for name in schemas
        if name in ("NewCase", "NewComplainant", "DoorAnswer", "VillagersCode", "VillagersWord")
    ]
    taken += [name for name in schemas if name.startswith(("Action_", "Part"))]
    found = [place for name in taken for place in unbounded(schemas[name], name)]
    for path, _, operation in operations(app):
        for parameter in operation.get("parameters", ()):
            found += unbounded(parameter["schema"], f"{path} {parameter['name']}")
    assert found == []


def test_the_body_of_an_action_is_one_of_those_the_definition_knows(app: Flask, rules: Any) -> None:
    schema = contract.document(app)["components"]["schemas"]["AnyAction"]
    known = {name for name, step in rules.definition.steps.items() if step.sources} | set(
        rules.definition.acts
    )
    assert set(schema["discriminator"]["mapping"]) == known


def test_the_description_tells_the_choices_of_queries(app: Flask) -> None:
    parameters = contract.document(app)["paths"]["/api/v1/cases"]["get"]["parameters"]
    choices = {one["name"]: one["schema"].get("enum") for one in parameters}
    assert choices["sort"] == ["-received_at", "received_at", "due_on", "-due_on"]
    assert choices["rating"] == ["satisfied", "fair", "dissatisfied"]
