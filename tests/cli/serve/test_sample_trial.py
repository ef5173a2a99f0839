"""A start says before the sample is told which settings it needs, and tells it without those scenes."""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

import app
from cli.framework.services import ProgramServices
from cli.serve.database_setup import prepare_database
from cli.serve.sample_trial import find_missing_settings
from demo.simulate import simulate
from tests.builders import CONFIG, PERSONAL_KEY, accept_given_moments, at
from tests.cli.conftest import SECRET

NOW, TODAY = at("2026-11-25"), date(2026, 11, 25)
SHORT = (r"(?m)^days = 15$", "days = 5")
RIGID = (r"(?m)^extension.*\n", "")


@contextmanager
def services_under(folder: Path, changes: Iterable[tuple[str, str]]) -> Iterator[ProgramServices]:
    """Compose the program on an empty database, with a copy of the configuration that says something else."""
    config = folder / "config"
    shutil.copytree(CONFIG, config, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    deadlines = (config / "deadlines.toml").read_text(encoding="utf-8")
    for pattern, instead in changes:
        deadlines = re.sub(pattern, instead, deadlines)
    (config / "deadlines.toml").write_text(deadlines, encoding="utf-8")
    environ = {
        "HUIYIN_DATABASE_URL": f"sqlite:///{folder.as_posix()}/huiyin.db",
        "HUIYIN_DATA_DIR": str(folder),
        "HUIYIN_CONFIG_DIR": str(config),
        "HUIYIN_SECRET_KEY": SECRET,
        "HUIYIN_PERSONAL_KEY": PERSONAL_KEY,
    }
    services = app.assemble(environ)
    accept_given_moments(services.db, services.rules)
    try:
        yield services
    finally:
        services.db.dispose()


def test_what_the_rules_would_refuse_is_said_before_and_not_told(tmp_path: Path) -> None:
    with services_under(tmp_path, [SHORT, RIGID]) as services:
        lacking = find_missing_settings(services, now=NOW)
        assert {one.setting for one in lacking} == {"deadlines.toml"}
        named = {one.kind.name: one.code for one in lacking}
        assert named["has more time"] == named["asks for more time"] == "profiles.extensions"
        assert named["answered late"] == "profiles.days"
        prepare_database(services, now=NOW, sample=True)
        told = simulate(
            services.db,
            rules=services.rules,
            today=TODAY,
            seals_folder=tmp_path,
            left_out=[one.kind.name for one in lacking],
        )
    assert told.unfinished == []


def test_nothing_is_told_on_trial_under_the_configuration_that_comes_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_given: object, **_named: object) -> Callable[..., None]:
        raise AssertionError("the sample was told on trial")

    with services_under(tmp_path, []) as services:
        monkeypatch.setattr("cli.serve.sample_trial.prepare_database", never)
        assert find_missing_settings(services, now=NOW) == []
