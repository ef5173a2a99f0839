"""What `check` says of administrators, how the server sets them right, and that it does not start before."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import update

import app
from accounts.access.actor import Actor
from accounts.models import User
from accounts.registers import users
from accounts.registers.administrators import proposals
from cases.configuration.case_rules import CountyRules
from core.errors import Conflict
from core.persistence.db import Database
from tests.builders import PERSONAL_KEY, at
from tests.cli.conftest import SECRET, Command


def start(environ: dict[str, str]) -> None:
    """Make the application as a server does, and close its connections."""
    application: Any = app.create_app(environ)
    application.people.extensions["huiyin_pages"].db.dispose()


def test_one_administrator_alone_and_what_waits_are_said(
    in_town: Command,
    town: Database,
    actor: Callable[[str], Actor],
    rules: CountyRules,
    stopped: Callable[[datetime], None],
) -> None:
    stopped(at("2026-03-03"))
    assert "只有一位管理员" in in_town("check").out
    with town.transaction() as session:
        proposals.propose_password(
            session,
            actor=actor("guanli"),
            chain=rules.services.chain,
            username="lingdao",
            now=at("2026-03-02"),
        )
    assert "lingdao 有件事等另一位管理员同意，到 2026-03-09 为止" in in_town("check").out
    with town.transaction() as session:
        session.execute(update(User).where(User.username == "bumen").values(roles=["admin"]))
    assert "只有一位管理员" not in in_town("check").out


def test_an_installation_is_brought_to_three_administrators_by_commands(
    in_town: Command, town: Database
) -> None:
    before = in_town("check", PROFILE="mlps")
    assert before.code == 1
    assert "不能由一个人当：guanli" in before.err
    assert "还没有人当：audit_admin, security_admin, system_admin" in before.out
    refused = in_town(
        "users", "roles", "guanli", "--role", "security_admin", "--role", "audit_admin", PROFILE="mlps"
    )
    assert refused.code == 1
    for username, role in (
        ("guanli", "security_admin"),
        ("bumen", "system_admin"),
        ("jiandu", "audit_admin"),
    ):
        assert in_town("users", "roles", username, "--role", role, PROFILE="mlps").code == 0
    with town.reading() as session:
        found = users.by_username(session, "guanli")
        assert found is not None
        assert (found.roles, found.name) == (["security_admin"], "管理员")
    after = in_town("check", PROFILE="mlps")
    assert "不能由一个人当" not in after.out + after.err
    assert "还没有人当" not in after.out
    assert "不能由一个人当：bumen, guanli, jiandu" in in_town("check").out


def test_no_server_starts_where_somebody_holds_what_the_profile_separates(
    command: Command, db: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    environ = {
        "HUIYIN_DATABASE_URL": db.url.render_as_string(hide_password=False),
        "HUIYIN_SECRET_KEY": SECRET,
        "HUIYIN_PERSONAL_KEY": PERSONAL_KEY,
        "HUIYIN_DATA_DIR": str(tmp_path_factory.mktemp("var")),
    }
    assert command("db", "upgrade").code == 0
    folder = tmp_path_factory.mktemp("sheets")
    (folder / "areas.csv").write_text("code,name,level,parent\nSX,示范县,county,\n", encoding="utf-8")
    (folder / "units.csv").write_text(
        "code,name,kind,area,superior\noffice,办,department,SX,\n", encoding="utf-8"
    )
    assert command("areas", "import", str(folder / "areas.csv")).code == 0
    assert command("units", "import", str(folder / "units.csv")).code == 0
    new = ("users", "add", "one", "--name", "一", "--unit", "office", "--no-password", "--role")
    assert command(*new, "admin").code == 0
    start(environ)
    with pytest.raises(Conflict, match="administrators_not_separate"):
        start({**environ, "HUIYIN_PROFILE": "mlps"})
    assert command("users", "roles", "one", "--role", "security_admin", PROFILE="mlps").code == 0
    start({**environ, "HUIYIN_PROFILE": "mlps"})
