"""Commands run with the settings and as the user of the service, and a value of a setting is never run."""

import json
import os
import pwd
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cli.serve import as_service
from tests.rules.sources import ROOT
from tests.stories.document_blocks import blocks_in, handed_on

#: What would be done, or lost, by a shell that read the lines as its own.
VALUES = {
    "HUIYIN_A": "$(touch ran-1)",
    "HUIYIN_B": "`touch ran-2`",
    "HUIYIN_C": "words; touch ran-3 && touch ran-3",
    "HUIYIN_D": "$HOME and ${PATH}",
    "HUIYIN_E": "smtp://it's:100%25@host #1",
    "HUIYIN_F": "a=b=c",
    "HUIYIN_G": "回音 *",
    "HUIYIN_H": "",
}
#: Stands for the program: it says how it was started.
PROGRAM = """
import json, os, sys
print(json.dumps({"argv": sys.argv, "environ": dict(os.environ), "uid": os.geteuid(), "words": input()}))
sys.exit(7)
"""


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b", "b"),
        ("  A = b c \t", "b c"),
        ("A=\r", ""),
        ('A=" b "', " b "),
        ("A='b'", "b"),
        ("A='b\\c'", "b\\c"),
        ("A='say \"b\"'", 'say "b"'),
        ("A=it's", "it's"),
        ("A=$(b)", "$(b)"),
        ("#no\n;no\n\nA=b#c", "b#c"),
        ("A=1\nA=b", "b"),
    ],
)
def test_a_setting_is_read_as_systemd_reads_it(line: str, value: str) -> None:
    assert as_service.read_settings(line) == {"A": value}


@pytest.mark.parametrize(
    "line", ["export A=b", "A", "A B=c", "1A=b", "=b", "A=b\\c", 'A="b', "A='b'c", 'A="b\\"c"']
)
def test_a_line_that_can_be_taken_in_two_ways_is_named(line: str) -> None:
    with pytest.raises(as_service.SettingsUnreadable) as refused:
        as_service.read_settings(f"# settings\n{line}\n")
    assert refused.value.line == 2


@pytest.fixture
def wrapper(tmp_path: Path) -> list[str]:
    """Install the wrapper of the documents for a stand-in of the program, in the folder of the test."""
    [script] = [one for text in blocks_in("docs/operations.md", "sh") for one in handed_on(text)]
    folder = tmp_path / "opt"
    folder.mkdir()
    for name in ("cli", "core"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".venv" / "bin").mkdir(parents=True)
    python = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n'
    (folder / ".venv" / "bin" / "python").write_text(python, encoding="utf-8")
    (folder / ".venv" / "bin" / "python").chmod(0o755)
    (folder / "app.py").write_text(PROGRAM, encoding="utf-8")
    user = pwd.getpwuid(os.geteuid()).pw_name
    script = script.replace("/opt/huiyin", str(folder)).replace("env huiyin", f"env {user}")
    place = tmp_path / "huiyin"
    place.write_text(script.replace("/etc/huiyin", str(tmp_path)), encoding="utf-8")
    return ["sh", str(place)]


def run(wrapper: list[str], *arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*wrapper, *arguments],
        env={**os.environ, **environ},
        input="words\n",
        capture_output=True,
        text=True,
        check=False,
    )


def write(folder: Path, text: str, mode: int = 0o600) -> None:
    (folder / "huiyin.env").write_text(text, encoding="utf-8")
    (folder / "huiyin.env").chmod(mode)


def test_a_value_stays_a_value_in_the_wrapper_of_the_documents(wrapper: list[str], tmp_path: Path) -> None:
    write(tmp_path, "".join(f"{name}={value}\n" for name, value in VALUES.items()))
    done = run(wrapper, "users", "list $(touch ran-4)", SECRET_OF_ROOT="hidden")
    assert (done.returncode, done.stderr) == (7, "")
    told = json.loads(done.stdout)
    assert told["argv"] == ["app.py", "users", "list $(touch ran-4)"]
    assert {name: told["environ"].get(name) for name in VALUES} == VALUES
    assert (told["words"], told["uid"]) == ("words", os.geteuid())
    assert "SECRET_OF_ROOT" not in told["environ"]
    assert [*tmp_path.rglob("ran-*")] == []


def test_settings_that_others_can_read_are_told_with_the_command_that_closes_them(
    wrapper: list[str], tmp_path: Path
) -> None:
    write(tmp_path, "HUIYIN_A=b\n", 0o644)
    done = run(wrapper, "check")
    assert done.returncode == 7
    assert f"chmod go= {tmp_path / 'huiyin.env'}" in done.stderr


@pytest.mark.parametrize(
    ("text", "words"), [("export HUIYIN_A=b\n", "Line 1 of"), (None, "Run it with sudo")], ids=["odd", "none"]
)
def test_settings_that_cannot_be_read_are_said_in_a_sentence(
    text: str | None, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        write(tmp_path, text)
    assert as_service.main([str(tmp_path / "huiyin.env"), "nobody", "check"]) == 1
    assert words in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_nothing_of_root_is_left_once_it_became_the_user() -> None:
    asked = (
        "import os; from cli.serve import as_service; own = as_service.become('nobody');"
        "print(*os.getresuid(), *os.getresgid(), len(os.getgroups()), own['HOME'])"
    )
    said = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    known = pwd.getpwnam("nobody")
    uid, gid = known.pw_uid, known.pw_gid
    assert said.stdout.split() == [*map(str, (uid, uid, uid, gid, gid, gid, 1)), known.pw_dir]
