"""Every block of every document works as it stands there: it is run, or checked without being run."""

import io
import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.request import urlopen

import pytest

import app
from cli.main import build_parser, main
from config.settings import LEAST_SECRET, PREFIX, SETTINGS
from core.i18n import translator
from core.persistence.db import Database
from core.tables.writer import write_rows
from roster.imports import COLUMNS
from tests.builders import PERSONAL_KEY
from tests.cli.serve.starting import START, environ_with, started
from tests.patience import PATIENCE
from tests.rules.sources import ROOT, files, name
from tests.stories.document_blocks import (
    Block,
    arguments_of,
    blocks,
    blocks_in,
    blocks_of,
    handed_on,
    parts_of,
    settings_of,
)

#: Blocks of commands that are run, by their documents and first words, and the tests that do so.
OF_A_NEWCOMER, OF_AN_OPERATOR = "test_documents.py", "test_an_installation_is_operated"
OF_AN_INSTALLATION = "test_a_server_is_set_up_and_upgraded"
RUN = {
    "README.md: python3 app.py run --demo": OF_A_NEWCOMER,
    "README.md: TOKEN=$(python3 app.py tokens issue zuyuan)": OF_A_NEWCOMER,
    "docs/importing.md: python3 app.py db upgrade": OF_A_NEWCOMER,
    "docs/api.md: TOKEN=$(python3 app.py tokens issue zuzhang)": OF_A_NEWCOMER,
    "docs/running.md: python3 app.py areas import areas.csv": "test_the_first_people_are_made",
    "docs/definitions.md: mkdir ours": "test_a_life_cycle_of_ones_own_is_checked",
    "docs/operations.md: sudo useradd": OF_AN_INSTALLATION,
    "docs/operations.md: sudo tee": OF_AN_INSTALLATION,
    "docs/operations.md: sudo systemctl stop huiyin-web huiyin-jobs\nsudo huiyin backup": OF_AN_INSTALLATION,
    "docs/running.md: export HUIYIN_DATABASE_URL": "test_it_runs_on_a_postgresql_elsewhere",
    "docs/operations.md: sudo huiyin users setup-code": OF_AN_OPERATOR,
    "docs/operations.md: sudo huiyin areas import": OF_AN_OPERATOR,
    "docs/operations.md: sudo huiyin backup /var/lib/huiyin/backups/$(date +%F)": OF_AN_OPERATOR,
    "docs/operations.md: sudo systemctl stop huiyin-web huiyin-jobs\nsudo mv": OF_AN_OPERATOR,
}
#: Other kinds of blocks, and what is checked of them.
KINDS: Mapping[str, Callable[[str], object]] = {
    "toml": tomllib.loads,
    "json": json.loads,
    "csv": lambda text: {len(row) for row in map(str.split, text.splitlines())},
    "mermaid": str,  # docs/lifecycle.md is made by workflow.diagram and compared with it
    "": str,  # no language: the tree of folders, whose names tests/rules/test_docs.py knows
}
#: Under this heading stands what the program does not have.
NOT_THERE = "\n## What is planned and not there yet\n"
PARSER = build_parser(translator("en"))
SETTING = re.compile(rf"{PREFIX}[A-Z_]+\b")
UNIT = re.compile(r"huiyin-[a-z]+")
#: Commands within the lines of a document, as somebody types them.
IN_LINE = re.compile(r"(?<!`)`((?:python3 app\.py|sudo huiyin|huiyin) [^`\n]+)`")
OURS = re.compile(r"(?:deploy|config|docs)/[\w./*-]+")


def is_told(block: Block, told: Mapping[str, str]) -> bool:
    """Return whether a block begins as one of a list, after the name of its document."""
    begins = f"{block.document}: {block.text.strip()}"
    return any(begins.startswith(one) for one in told)


def problems(block: Block) -> Iterator[str]:
    """Yield what is wrong with a block as it stands there."""
    if block.kind == "sh":
        if not is_told(block, RUN):
            yield "not run"
        unreadable = [said for script in (block.text, *handed_on(block.text)) if (said := misread(script))]
        if unreadable:
            yield from unreadable
            return
        for words in parts_of(block.text):
            given = arguments_of(words)
            if given is not None and not is_command(given):
                yield f"no command {' '.join(given)}"
            yield from (one for one in words[1:] if UNIT.fullmatch(one) and not is_unit(one))
        yield from (one for one in OURS.findall(block.text) if not list(ROOT.glob(one)))
    elif block.kind not in KINDS:
        yield f"nothing checks a block of {block.kind}"
    else:
        try:
            KINDS[block.kind](block.text)
        except ValueError as wrong:
            yield str(wrong)
    yield from unknown_settings(block.text)


def misread(script: str) -> str:
    """Return what a shell finds wrong with a script without running it, or nothing."""
    done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
    return done.stderr


def is_unit(service: str) -> bool:
    """Return whether systemd knows a service by the files of `deploy/`."""
    return (ROOT / "deploy" / f"{service}.service").is_file()


def is_command(given: list[str]) -> bool:
    """Return whether the program knows a command with these options; `test` hands its own on to pytest."""
    if given[0] in ("test", "COMMAND"):
        return True
    try:
        PARSER.parse_args(given)
    except SystemExit:
        return False
    return True


def unknown_settings(text: str) -> set[str]:
    """Return the settings that a text names and that there are not."""
    known = {PREFIX + setting.name for setting in SETTINGS}
    return {one for one in SETTING.findall(text) if one not in known}


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.called[:60])
def test_a_block_is_run_or_checked(block: Block) -> None:
    assert [*problems(block)] == []


def test_every_block_that_is_told_of_is_there() -> None:
    found = [block for block in blocks() if block.kind == "sh"]
    assert [one for one in RUN if not any(is_told(block, {one: ""}) for block in found)] == []
    here = Path(__file__).parent
    assert [test for test in RUN.values() if test not in globals() and not (here / test).is_file()] == []


@pytest.mark.parametrize(
    "planted",
    [
        "```sh\npython3 app.py verify\n```",
        "```sh\nsudo huiyin verify --thoroughly\n```",
        "```sh\necho 'a\n```",
        "```sh\nexport HUIYIN_COLOUR=red\n```",
        "```sh\nsudo systemctl stop huiyin-mail\n```",
        "```sh\ntee x <<'SH'\nif\nSH\n```",
        "```sh\ncp deploy/huiyin.conf /etc\n```",
        "```http\nGET /cases\n```",
        "```json\n{]\n```",
        "```toml\n[a\n```",
    ],
)
def test_a_block_that_does_not_work_is_found(planted: str) -> None:
    [block] = blocks_of(planted)
    assert [*problems(block)] != []


def test_every_command_of_a_block_is_looked_at() -> None:
    given = [
        arguments_of(words) for words in parts_of("A=$(huiyin check | x) && sudo huiyin sweep # huiyin x\n")
    ]
    assert [one for one in given if one is not None] == [["check"], ["sweep"]]


def wrong_in_line(text: str) -> list[str]:
    """Return the commands that a text names within its lines and that the program does not know."""
    given = [(one, arguments_of(words)) for one in IN_LINE.findall(text) for words in parts_of(one)]
    return [one for one, said in given if said and "…" not in said and not is_command(said)]


def test_every_command_within_a_line_is_there() -> None:
    told = {name(place): place.read_text(encoding="utf-8") for place in files() if place.suffix == ".md"}
    found = {place: wrong_in_line(text) for place, text in told.items()}
    assert {place: commands for place, commands in found.items() if commands} == {}
    assert wrong_in_line("run `sudo huiyin verify --everything` now") == ["sudo huiyin verify --everything"]


def test_every_setting_that_a_document_names_is_there() -> None:
    told = {name(place): place.read_text(encoding="utf-8") for place in files() if place.suffix == ".md"}
    found = {place: unknown_settings(text.partition(NOT_THERE)[0]) for place, text in told.items()}
    assert {place: names for place, names in found.items() if names} == {}


def test_a_key_that_is_made_by_hand_is_long_enough() -> None:
    install = blocks_in("docs/operations.md", "sh")[0]
    made = [line.partition("#")[0] for line in install.splitlines() if "token_urlsafe" in line]
    assert len(made) == 2
    for one in made:
        said = subprocess.run(["bash", "-c", one], capture_output=True, text=True, check=True).stdout
        assert len(said.strip()) >= LEAST_SECRET


class Machine:
    """A machine on which the commands of a document are run: the program here, all else in a shell."""

    #: What only a server and its administrator have.
    STAND_INS = 'sudo() { "$@"; }; systemctl() { :; }; chown() { :; }; useradd() { :; }\n'

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._folder = self._place = folder
        self._settings: dict[str, str] = {}
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.chdir(folder)

    def type(self, commands: str, *, may_warn: tuple[str, ...] = ()) -> str:
        """Run the commands of a block one after the other; return what the program wrote.

        `may_warn` are commands that end with 1 where something is left to be set up.
        """
        said, self._place = "", self._folder
        here = self._here(commands)
        scripts = iter(handed_on(here))
        for words in parts_of(here):
            given = arguments_of(words)
            if words[0] == "cd":
                self._place = Path(words[1])
            elif words[0] == "export":
                self._settings |= settings_of(words[1:])
            elif given is None:
                self._shell(words, next(scripts) if "tee" in words else None)
            elif given[0] == "serve":
                self._serve(given)
            elif given[:2] == ["jobs", "run"]:
                self._schedule(given)
            else:
                code, out = self.run(*given, **settings_of(words))
                assert code == 0 or given[0] in may_warn, (given, out)
                said += out
        return said

    def _shell(self, words: list[str], handed: str | None) -> None:
        if words != ["/dev/null"]:  # where the line before writes to
            quoted = [word if "*" in word else shlex.quote(word) for word in words]
            line = self.STAND_INS + " ".join(quoted)
            subprocess.run(["bash", "-euc", line], cwd=self._place, input=handed, text=True, check=True)

    def _serve(self, given: list[str]) -> None:
        """Start a server, see that it is ready, and end it."""
        environ = self._environ()
        folder, key = Path(environ["HUIYIN_DATA_DIR"]), environ["HUIYIN_SECRET_KEY"]
        url = environ["HUIYIN_DATABASE_URL"]
        with (
            started(*given, folder=folder, url=url, key=key) as (address, _),
            urlopen(f"{address}/readyz", timeout=PATIENCE) as answer,
        ):
            assert answer.status == 200

    def _schedule(self, given: list[str]) -> None:
        """Start the scheduler, see that it has begun, and end it."""
        command = [sys.executable, "-c", START, *given]
        environ = environ_with() | self._environ()
        with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            first = process.stderr.readline()
            process.send_signal(signal.SIGTERM)
            _, rest = process.communicate(timeout=PATIENCE)
        assert json.loads(first)["event"]
        assert "Traceback" not in rest

    def run(self, *given: str, **settings: str) -> tuple[int, str]:
        """Run one command of the program; return how it ended and what it wrote."""
        environ = self._environ() | settings
        self._monkeypatch.setattr("sys.stdin", io.StringIO())
        code = main(given, assemble=app.assemble, create_app=app.create_app, environ=environ)
        out = self._capsys.readouterr()
        return code, out.out + out.err

    def _environ(self) -> dict[str, str]:
        return {
            "HUIYIN_DATA_DIR": str(self._folder / "huiyin"),
            "HUIYIN_LANGUAGE": "en",
            "HUIYIN_SECRET_KEY": "k" * LEAST_SECRET,
            "HUIYIN_PERSONAL_KEY": PERSONAL_KEY,
            "HUIYIN_LEAST_FREE_MB": "1",
            **self._settings,
        }

    def _here(self, commands: str) -> str:
        """Let the paths of a server lie in the folder of the test, and belong to whoever runs it."""
        here = commands.replace("/var/lib/huiyin", str(self._folder / "huiyin"))
        for place in ("/opt/huiyin", "/etc/huiyin", "/etc/systemd", "/usr/local"):
            here = here.replace(place, f"{self._folder}{place}")
        here = here.replace("$(date +%F)", "2026-11-30").replace("-o huiyin -g huiyin", "")
        here = here.replace("-f huiyin-VERSION", f"-f {self._folder}/huiyin-VERSION")
        return here.replace("/path/of/the/backup", f"{self._folder}/huiyin.broken/backups/2026-11-30")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Machine:
    made = Machine(tmp_path, monkeypatch, capsys)
    assert made.run("db", "upgrade")[0] == 0
    return made


def write_sheets(folder: Path) -> None:
    """Write the sheets that the documents name: those of docs/importing.md, an office and one household."""
    areas, units = blocks_in("docs/importing.md", "csv")[:2]
    office = "county-office,示范县走访办,department,SX,leading-group,\n"
    folder.mkdir(exist_ok=True)
    (folder / "areas.csv").write_text(areas, encoding="utf-8")
    (folder / "units.csv").write_text(units + office, encoding="utf-8")
    write_rows(folder / "roster.xlsx", COLUMNS, [("养鱼村", 1, 1, "田大", 4, "13800002046", None)])


def pack(folder: Path) -> None:
    """Make the archive of a version that the documents unpack, as far as an installation needs it."""
    with tarfile.open(folder / "huiyin-VERSION.tar.gz", "w:gz") as archive:
        for place in ("app.py", "deploy", "config"):
            archive.add(ROOT / place, arcname=f"huiyin-VERSION/{place}")


def block_of(document: str, begins: str) -> str:
    [found] = [text for text in blocks_in(document, "sh") if text.startswith(begins)]
    return found


def test_the_first_people_are_made(machine: Machine, tmp_path: Path) -> None:
    write_sheets(tmp_path)
    said = machine.type(block_of("docs/running.md", "python3 app.py areas import"))
    assert "zhang" in said
    assert re.search(r"^\S{20,}$", said, re.MULTILINE)  # the token


def test_an_installation_is_operated(machine: Machine, tmp_path: Path) -> None:
    document = "docs/operations.md"
    assert re.search(
        r"\w{4}-\w{4}-\w{4}-\w{4}", machine.type(block_of(document, "sudo huiyin users setup-code"))
    )
    write_sheets(tmp_path / "huiyin")
    said = machine.type(block_of(document, "sudo huiyin areas import"), may_warn=("check",))
    assert "guanli" in said
    machine.type(block_of(document, "sudo huiyin backup"))
    said = machine.type(
        block_of(document, "sudo systemctl stop huiyin-web huiyin-jobs\nsudo mv"), may_warn=("check",)
    )
    assert "No record is missing or changed; every rule holds." in said


def test_a_server_is_set_up_and_upgraded(machine: Machine, tmp_path: Path) -> None:
    document = "docs/operations.md"
    pack(tmp_path)
    for folder in ("etc/systemd/system", "usr/local/bin"):
        (tmp_path / folder).mkdir(parents=True)
    machine.type(block_of(document, "sudo useradd"), may_warn=("check",))
    assert (tmp_path / "etc" / "huiyin" / "huiyin.env").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "etc" / "systemd" / "system" / "huiyin-web.service").is_file()
    machine.type(block_of(document, "sudo tee"), may_warn=("check",))
    wrapper = tmp_path / "usr" / "local" / "bin" / "huiyin"
    assert wrapper.read_text(encoding="utf-8").startswith("#!/bin/sh")
    assert wrapper.stat().st_mode & 0o111
    shutil.copytree(ROOT / "config", tmp_path / "etc" / "huiyin" / "config")
    said = machine.type(
        block_of(document, "sudo systemctl stop huiyin-web huiyin-jobs\nsudo huiyin backup"),
        may_warn=("check",),
    )
    assert (tmp_path / "opt" / "huiyin.old" / "app.py").is_file()
    assert (tmp_path / "huiyin" / "backups" / "before-VERSION").is_dir()
    assert "No record is missing or changed; every rule holds." in said


@pytest.mark.parametrize("backend", ["postgresql"])
def test_it_runs_on_a_postgresql_elsewhere(machine: Machine, db: Database) -> None:
    url = db.url.render_as_string(hide_password=False)
    block = block_of("docs/running.md", "export HUIYIN_DATABASE_URL")
    block = block.replace("postgresql://huiyin@db/huiyin", f"'{url}'")
    block = block.replace("SECRET_KEY=...", "SECRET_KEY=" + "k" * LEAST_SECRET)
    block = block.replace("PERSONAL_KEY=...", f"PERSONAL_KEY='{PERSONAL_KEY}'")
    machine.type(block)


def test_a_life_cycle_of_ones_own_is_checked(machine: Machine, tmp_path: Path) -> None:
    for folder in ("config", "docs/examples"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    said = machine.type(block_of("docs/definitions.md", "mkdir ours"), may_warn=("check",))
    assert "county-with-inspection" in (tmp_path / "ours" / "workflow.toml").read_text(encoding="utf-8")
    assert "life cycle" in said
    changed = (tmp_path / "ours" / "workflow.toml").read_text(encoding="utf-8")
    (tmp_path / "ours" / "workflow.toml").write_text(
        changed.replace("assigned.joint", "nowhere.joint"), "utf-8"
    )
    code, said = machine.run("check", HUIYIN_CONFIG_DIR=str(tmp_path / "ours"))
    assert code == 1
    assert "workflow.toml:" in said
    assert "nowhere.joint" in said
