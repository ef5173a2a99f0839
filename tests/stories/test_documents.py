"""What the documents tell a newcomer to type works as it stands there."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.cases.importing import message_sheet
from tests.cli.serve.starting import ROOT, environ_with, started
from tests.patience import PATIENCE
from tests.stories.document_blocks import blocks_in
from tests.stories.test_document_blocks import Machine, machine

__all__ = ["machine"]


def typed(commands: str, folder: Path, **settings: str) -> str:
    """Run commands as somebody types them in a folder, and return what they wrote; a failure ends all."""
    program = f"{sys.executable} {ROOT / 'app.py'}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands.replace("python3 app.py", program)],
        cwd=folder,
        env=environ_with(**settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_main_job_is_done_by_what_the_readme_and_the_document_on_the_interface_say(
    tmp_path: Path,
) -> None:
    [job] = [block for block in blocks_in("README.md", "sh") if "curl" in block]
    [call_of_api] = blocks_in("docs/api.md", "sh")
    take_down, hash_, rest = job.partition("# 2.")
    with started("run", "--demo", folder=tmp_path / "var") as (_, process):
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        [address] = re.findall(r"http://[\d.:]+\d", next(line for line in lines if "http://" in line))
        given = {"DATA_DIR": str(tmp_path / "var"), "LANGUAGE": "en"}
        first = json.loads(typed(take_down.replace("http://127.0.0.1:8000", address), tmp_path, **given))
        assert first["complainants"][0]["receipt_code"]
        said = typed(
            (hash_ + rest).replace("http://127.0.0.1:8000", address).replace("NUMBER", first["number"]),
            tmp_path,
            **given,
        )
        listed = json.loads(typed(call_of_api.replace("http://127.0.0.1:8000", address), tmp_path, **given))
    assert listed["items"]
    assert all(one["overdue"] for one in listed["items"])
    assigned, _ = json.JSONDecoder().raw_decode(said[said.index("{") :])
    assert (assigned["number"], assigned["state"]) == (first["number"], "assigned")


def test_history_comes_in_by_what_the_document_on_importing_says(machine: Machine, tmp_path: Path) -> None:
    areas, units = blocks_in("docs/importing.md", "csv")[:2]
    (tmp_path / "areas.csv").write_text(areas, encoding="utf-8")
    (tmp_path / "units.csv").write_text(units, encoding="utf-8")
    message_sheet.write(tmp_path / "messages.xlsx", [message_sheet.PLAIN])
    said = machine.type(blocks_in("docs/importing.md", "sh")[0])
    assert "1 new, 1 of them answered; 0 known already; 0 rows refused" in said
    assert "No record is missing or changed; every rule holds." in said
