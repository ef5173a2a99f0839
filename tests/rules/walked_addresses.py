"""Walk the addresses of an application: from its own map, with a matter and with each question filled in."""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

ORIGIN = {"Origin": "http://localhost"}
#: What stands for the parts of addresses that are no number of a matter.
PARTS: Mapping[str, str] = {
    "<number:attachment_id>": "0" * 32,
    "<string(maxlength=40):code>": "SL",
    "<area>": "SL",
    "<unit>": "township-MA",
}


def addresses(application: Any, method: str = "GET") -> list[str]:
    """Return the rules of all addresses that take a method."""
    return sorted(rule.rule for rule in application.url_map.iter_rules() if method in (rule.methods or ()))


def filled(rule: str, number: str, username: str) -> str:
    """Return an address with its parts filled in; what is counted is a year or a row that is not there."""
    known = rule.replace("<number:number>", number).replace("<username>", username)
    for part, value in PARTS.items():
        known = known.replace(part, value)
    return re.sub(r"<[^>]*>", "2026", known)


def asked(rule: str, address: str, questions: Sequence[str]) -> Iterator[str]:
    """Yield an address with each of the questions; one of a single thing takes none."""
    yield from (address + question for question in (questions if "<" not in rule else ("",)))


def text_of(answer: Any) -> str:
    """Return what an answer says, also where it is a workbook."""
    data = answer.get_data()
    if data[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(data)) as packed:
            data = b"\n".join(packed.read(one) for one in packed.namelist())
    return str(data.decode("utf-8", "replace"))
