"""Every block of every document works as it stands there: it is run, or checked without being run."""

import io
import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

import app
from cli.main import build_parser, main
from config.settings import LEAST_SECRET, PREFIX, SETTINGS
from core.i18n import translator
from core.tables.writer import write_rows
from roster.imports import COLUMNS
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
RUN = {
    "README.md: python3 app.py run --demo": OF_A_NEWCOMER,
    "README.md: TOKEN=$(python3 app.py tokens issue zuyuan)": OF_A_NEWCOMER,
    "docs/importing.md: python3 app.py db upgrade": OF_A_NEWCOMER,
    "docs/api.md: TOKEN=$(python3 app.py tokens issue zuzhang)": OF_A_NEWCOMER,
    "docs/running.md: python3 app.py areas import areas.csv": "test_the_first_people_are_made",
    "docs/definitions.md: mkdir ours": "test_a_life_cycle_of_ones_own_is_checked",
    "docs/operations.md: sudo huiyin users setup-code": OF_AN_OPERATOR,
    "docs/operations.md: sudo huiyin areas import": OF_AN_OPERATOR,
    "docs/operations.md: sudo huiyin backup /var/lib/huiyin/backups/$(date +%F)": OF_AN_OPERATOR,
    "docs/operations.md: sudo systemctl stop huiyin-web huiyin-jobs\nsudo mv": OF_AN_OPERATOR,
}
#: Blocks of commands that no test runs, and why; their commands, settings and files are checked like all.
NOT_RUN = {
    "docs/operations.md: sudo useradd": "makes a user and installs a service of systemd",
    "docs/operations.md: sudo tee": "writes into /usr/local and starts services of systemd",
    "docs/operations.md: sudo systemctl stop huiyin-web huiyin-jobs\nsudo huiyin backup": "a next version",
    "docs/running.md: export HUIYIN_DATABASE_URL": "names a PostgreSQL elsewhere, serves until it is ended",
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
        if not is_told(block, RUN) and not is_told(block, NOT_RUN):
            yield "neither run nor explained"
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
    assert [one for one in (*RUN, *NOT_RUN) if not any(is_told(block, {one: ""}) for block in found)] == []
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


def test_the_key_that_is_made_by_hand_is_long_enough() -> None:
    install = blocks_in("docs/operations.md", "sh")[0]
    [made] = [line.partition("#")[0] for line in install.splitlines() if "token_urlsafe" in line]
    said = subprocess.run(["bash", "-c", made], capture_output=True, text=True, check=True).stdout
    assert len(said.strip()) >= LEAST_SECRET


class Machine:
    """A machine on which the commands of a document are run: the program here, all else in a shell."""

    #: What only a server and its administrator have.
    STAND_INS = 'sudo() { "$@"; }; systemctl() { :; }; chown() { :; }\n'

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.chdir(folder)

    def type(self, commands: str, *, may_warn: tuple[str, ...] = ()) -> str:
        """Run the commands of a block one after the other; return what the program wrote.

        `may_warn` are commands that end with 1 where something is left to be set up.
        """
        said = ""
        for words in parts_of(self._here(commands)):
            given = arguments_of(words)
            if given is None:
                line = self.STAND_INS + " ".join(words)
                subprocess.run(["bash", "-euc", line], cwd=self._folder, check=True)
                continue
            code, out = self.run(*given, **settings_of(words))
            assert code == 0 or given[0] in may_warn, (given, out)
            said += out
        return said

    def run(self, *given: str, **settings: str) -> tuple[int, str]:
        """Run one command of the program; return how it ended and what it wrote."""
        environ = {
            "HUIYIN_DATA_DIR": str(self._folder / "huiyin"),
            "HUIYIN_LANGUAGE": "en",
            "HUIYIN_SECRET_KEY": "k" * LEAST_SECRET,
            "HUIYIN_LEAST_FREE_MB": "1",
            **settings,
        }
        self._monkeypatch.setattr("sys.stdin", io.StringIO())
        code = main(given, assemble=app.assemble, create_app=app.create_app, environ=environ)
        out = self._capsys.readouterr()
        return code, out.out + out.err

    def _here(self, commands: str) -> str:
        """Let the paths of a server lie in the folder of the test, and belong to whoever runs it."""
        here = commands.replace("/var/lib/huiyin", str(self._folder / "huiyin"))
        here = here.replace("$(date +%F)", "2026-11-30").replace("-o huiyin -g huiyin", "")
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
