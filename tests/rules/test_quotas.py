"""Whatever creates, uploads, exports or joins is counted: every address says as what, or why it is not.

The addresses come from the maps of both applications, the rules under which entries are made from the one
place that makes them. A new POST has to say what it is counted as; a new table that is given out is found by
asking for everything there is.
"""

from collections.abc import Callable, Iterable, Mapping

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts.quotas.counting import QuotaCount
from api.framework.specification import PREFIX
from cases.configuration.case_rules import CountyRules
from cases.lifecycle import commit_change
from cases.lifecycle.commit_change import CommitRule
from cases.retention import forgetting
from config.quotas import SHIPPED, Quota, Waiting
from config.settings import Settings
from core.persistence.db import Database
from tests.api.conftest import Clock, app, call, client, clock, described, token
from tests.rules.test_reads_recorded import Matter, matter, routes, signed_in
from tests.web.conftest import ORIGIN, assets, browser, built, pages, settings
from web import application
from web.framework.blueprint import SIGNED_IN, PageBlueprint
from web.framework.request_context import PageRequest
from wsgi.quotas.words import SENTENCES

__all__ = [
    "app",
    "browser",
    "built",
    "call",
    "client",
    "clock",
    "described",
    "matter",
    "pages",
    "settings",
    "token",
]
Q = Quota
API = f"POST {PREFIX}v1"
FILES = frozenset({Q.FILES, Q.FILE_BYTES})
#: What is counted of each POST that creates something; files of its form beside it.
COUNTED: Mapping[str, frozenset[Quota]] = {
    f"{API}/cases": frozenset({Q.CASES, Q.COMPLAINANTS, Q.ACTS}),
    f"{API}/cases/<number:number>/actions": frozenset({Q.ACTS, Q.COMPLAINANTS}),
    f"{API}/attachments": FILES,
    "POST /register": FILES | {Q.CASES, Q.COMPLAINANTS, Q.ACTS},
    "POST /register/join/<number:number>": FILES | {Q.COMPLAINANTS, Q.ACTS},
    "POST /cases/<number:number>/actions": FILES | {Q.COMPLAINANTS, Q.ACTS},
    "POST /cases/<number:number>/revisit": FILES | {Q.ACTS},
    "POST /cases/together": frozenset({Q.ACTS}),
    **dict.fromkeys(
        (
            *(f"POST /areas{more}" for more in ("", "/<area>", "/<area>/rename", "/<area>/merge")),
            *(f"POST /units{more}" for more in ("", "/<unit>", "/<unit>/close")),
            *(f"POST /people{more}" for more in ("", "/<username>", "/<username>/password")),
            *(f"POST /people/<username>/{more}" for more in ("disable", "enable", "forget-code")),
            *(
                f"POST /people/<username>/{more}"
                for more in ("postpone-code", "propose-password", "release-openid")
            ),
            *(f"POST /people/<username>/{more}" for more in ("agree", "disagree")),
            "POST /people/<username>/tokens/<row(api_tokens):token_id>/revoke",
            "POST /me/tokens/<row(api_tokens):token_id>/revoke",
            *(f"POST /me/{more}" for more in ("password", "second-factor", "second-factor/remove")),
            *("POST /me/passkeys", "POST /me/passkeys/<row(passkeys):passkey_id>/remove"),
            "POST /calendar/<int(max=9999):year>",
        ),
        frozenset({Q.CHANGES}),
    ),
}
ASKS = "asks, and changes nothing"
STRANGER = "has no user; wrong tries are counted by wsgi/guessing, further words of a complainant in a day"
ENTRY = "signs in or out; wrong tries are counted by wsgi/guessing"
PROPOSED = "one secret at a time is proposed, in the place of the one before"
OWN = "marks or ends what is one's own, and makes nothing"
#: Why other POSTs are not counted.
FREE: Mapping[str, str] = {
    **dict.fromkeys(("POST /register/questions", "POST /register/likely", "POST /checking"), ASKS),
    "POST /calendar/<int(max=9999):year>/look": ASKS,
    "POST /look": ASKS,
    **dict.fromkeys((f"POST /status{more}" for more in ("", "/rating", "/reopen", "/words")), STRANGER),
    **dict.fromkeys((f"{API}/public/{more}" for more in ("status", "rating", "reopen")), STRANGER),
    **dict.fromkeys((f"POST /sign-in{more}" for more in ("", "/code", "/passkey")), ENTRY),
    **dict.fromkeys(("POST /setup", "POST /setup/code", "POST /sign-out"), ENTRY),
    **dict.fromkeys(("POST /openid", "POST /openid/go-on", "POST /me/openid"), ENTRY),
    **dict.fromkeys((f"{API}/inbox/<row(notices):notice_id>/read", "POST /me/notices"), OWN),
    **dict.fromkeys(("POST /me/passkeys/new", "POST /me/second-factor/new"), PROPOSED),
    "POST /me/passkeys/<row(passkeys):passkey_id>/rename": OWN,
    "POST /me/devices/<row(sign_ins):sign_in_id>/end": OWN,
}
#: Files that are given out without being counted.
ONE_FILE = "one file, to whoever may see its matter; recorded who took it (docs/decisions/0051)"
GIVEN_OUT: Mapping[str, str] = {
    f"GET {PREFIX}v1/attachments/<number:attachment_id>": ONE_FILE,
    "GET /attachments/<number:attachment_id>": ONE_FILE,
}
#: Entries that are nobody's act, and so nobody's to be charged for.
NOBODYS: Mapping[str, str] = {
    "LINKED": "the other side of a merge, which was counted",
    "CALENDAR_CHANGE": "follows from one change of the calendar, which was counted",
    "RUNG": "the sweep's",
    "FORGETTING": "a command's",
}


def posts(*applications: Flask) -> set[str]:
    return {
        f"POST {rule.rule}"
        for one in applications
        for rule in one.url_map.iter_rules()
        if "POST" in (rule.methods or ())
    }


def unclassified(found: Iterable[str]) -> set[str]:
    """Return the POSTs of which nothing is said, of which too much is said, and which are no more."""
    return (set(found) ^ (COUNTED.keys() | FREE.keys())) | (COUNTED.keys() & FREE.keys())


def test_every_post_says_as_what_it_is_counted_or_why_it_is_not(app: Flask, pages: Flask) -> None:
    assert unclassified(posts(app, pages)) == set()


def test_a_new_post_of_which_nothing_is_said_is_found(app: Flask, pages: Flask) -> None:
    assert unclassified({*posts(app, pages), "POST /visits"}) == {"POST /visits"}
    assert unclassified(posts(app, pages) - {"POST /register"}) == {"POST /register"}


def uncounted(rules: Mapping[str, object]) -> set[str]:
    """Return the rules for entries that count nothing, by their names."""
    return {name for name, rule in rules.items() if isinstance(rule, CommitRule) and rule.quota is None}


def test_every_entry_of_the_life_cycle_is_counted_but_for_nobodys() -> None:
    assert uncounted(vars(commit_change) | vars(forgetting)) == set(NOBODYS)
    assert uncounted({"PLANTED": CommitRule(moves_state=True)}) == {"PLANTED"}


def test_every_limit_has_its_number_its_words_and_something_that_is_counted() -> None:
    assert set(SHIPPED) == set(SENTENCES) == {*Quota, *Waiting}
    assert frozenset().union(*COUNTED.values()) == set(Quota) - {Q.EXPORTS, Q.EXPORT_ROWS}


def counted_exports(town: Database) -> int:
    with town.reading() as session:
        return session.scalars(
            select(func.coalesce(func.sum(QuotaCount.count), 0)).where(QuotaCount.quota == Q.EXPORTS)
        ).one()


def tables_given_out(client: FlaskClient, matter: Matter, town: Database, **headers: str) -> dict[str, bool]:
    """Return the routes that give a file out, and of each whether it was counted."""
    found = {}
    for route, method, address in routes(client.application, matter):
        if method == "GET":
            before = counted_exports(town)
            response = client.get(address, headers=headers, buffered=True)
            if response.status_code == 200 and "attachment" in response.headers.get(
                "Content-Disposition", ""
            ):
                found[route] = counted_exports(town) == before + 1
    return found


def test_whatever_gives_a_table_out_is_counted(
    matter: Matter, app: Flask, pages: Flask, token: Callable[[str], str], town: Database
) -> None:
    bearer = {"Authorization": f"Bearer {token('zuzhang')}"}
    found = tables_given_out(app.test_client(), matter, town, **bearer)
    found |= tables_given_out(signed_in(pages), matter, town, **ORIGIN)
    assert {route for route, counted in found.items() if not counted} == set(GIVEN_OUT)
    assert found["GET /cases/export"]


def test_a_new_table_that_is_given_out_uncounted_is_found(
    matter: Matter,
    town: Database,
    rules: CountyRules,
    settings: Settings,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    planted = PageBlueprint("planted", __name__)

    @planted.get("/planted.csv", enter=SIGNED_IN)
    def show(page_request: PageRequest) -> Response:
        del page_request
        return Response("a,b", headers={"Content-Disposition": 'attachment; filename="all.csv"'})

    monkeypatch.setattr(application, "NOUNS", (*application.NOUNS, planted))
    with_it = application.create(db=town, rules=rules, settings=settings, now=clock, assets=assets)
    found = tables_given_out(signed_in(with_it), matter, town, **ORIGIN)
    assert {route for route, counted in found.items() if not counted} - set(GIVEN_OUT) == {"GET /planted.csv"}
