"""A start says before the sample is told which settings it needs, and tells it without those scenes."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import app
from cli.framework.services import ProgramServices
from cli.serve.database_setup import prepare_database
from cli.serve.sample_trial import find_missing_settings
from core import clock
from demo.simulate import simulate
from tests.builders import CONFIG
from tests.cli.conftest import SECRET

pytestmark = pytest.mark.one_database  # test_simulate.py lets all of it be said to both

SHORT = (r"(?m)^days = 15$", "days = 5")
RIGID = (r"(?m)^extension.*\n", "")
AS_IT_COMES = ("$^", "")


@contextmanager
def services_under(folder: Path, change: tuple[str, str]) -> Iterator[ProgramServices]:
    """Compose the program on an empty database, with a copy of the configuration that says something else."""
    config = folder / "config"
    shutil.copytree(CONFIG, config, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    deadlines = (config / "deadlines.toml").read_text(encoding="utf-8")
    (config / "deadlines.toml").write_text(re.sub(*change, deadlines), encoding="utf-8")
    environ = {
        "HUIYIN_DATABASE_URL": f"sqlite:///{folder.as_posix()}/huiyin.db",
        "HUIYIN_DATA_DIR": str(folder),
        "HUIYIN_CONFIG_DIR": str(config),
        "HUIYIN_SECRET_KEY": SECRET,
    }
    services = app.assemble(environ)
    try:
        yield services
    finally:
        services.db.dispose()


@pytest.mark.parametrize(
    ("change", "code", "scenes"),
    [
        (SHORT, "profiles.days", {"has more time", "extended", "answered late"}),
        (RIGID, "profiles.extensions", {"has more time", "asks for more time", "no more time"}),
    ],
)
def test_what_the_rules_would_refuse_is_said_before_and_not_told(
    tmp_path: Path, change: tuple[str, str], code: str, scenes: set[str]
) -> None:
    with services_under(tmp_path, change) as services:
        lacking = find_missing_settings(services)
        assert {one.setting for one in lacking} == {"deadlines.toml"}
        assert scenes <= {one.kind.name for one in lacking if one.code == code}
        prepare_database(services, now=clock.now(), sample=True)
        told = simulate(
            services.db,
            rules=services.rules,
            today=services.clock.today(services.rules.zone),
            seals_folder=tmp_path,
            left_out=[one.kind.name for one in lacking],
        )
    assert told.unfinished == []


def test_nothing_is_told_on_trial_under_the_configuration_that_comes_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_given: object, **_named: object) -> Callable[..., None]:
        raise AssertionError("the sample was told on trial")

    with services_under(tmp_path, AS_IT_COMES) as services:
        monkeypatch.setattr("cli.serve.sample_trial.prepare_database", never)
        assert find_missing_settings(services) == []
