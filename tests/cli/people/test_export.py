"""What is kept of a person goes to standard output or into a file, and says where words are gone."""

import json
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from tests.builders import at
from tests.cli.conftest import Command

PHONES = ("13812344321", "13812344322")


def test_a_person_is_given_out_on_request(
    in_town: Command,
    a_case: Callable[..., Case],
    stopped: Callable[[datetime], None],
    tmp_path: Path,
) -> None:
    case, place = a_case("closed"), tmp_path / "person.json"
    stopped(at("2026-09-01"))
    done = in_town("people", "export", "13800002046")
    assert done.code == 0
    assert json.loads(done.out)["people"][0]["case"] == case.number
    in_town("people", "forget", "--before", "2026-06-01")
    assert in_town("people", "export", "13800002046").code == 1
    done = in_town("people", "export", case.number, "--out", str(place))
    assert (done.code, done.out) == (0, "")
    assert json.loads(place.read_text(encoding="utf-8"))["people"][0]["own_words"] == "已按保存期限删除"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_what_may_be_several_people_is_refused_with_the_matters(
    in_town: Command, a_case: Callable[..., Case]
) -> None:
    cases = [a_case(complainants=(ComplainantEntry(name="田某", phone=phone),)) for phone in PHONES]
    done = in_town("people", "export", "田某")
    assert (done.code, done.out) == (1, "")
    assert all(case.number in done.err for case in cases)
    assert "加 --name" in done.err
