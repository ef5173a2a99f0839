"""Rules that hold for every file, whatever is written in it."""

import re

import pytest

from tests.rules.sources import name, texts

#: Words that would tie the repository to one machine or one place packages come from; put together here so
#: that this file does not hold them itself.
TIED = re.compile(
    "|".join(
        (
            r"pypi\." + "org",
            "python" + "hosted",
            r"registry\.npm" + "js",
            r"https?://[^\s/]*mirrors?\.",
            r"(?<!emit-)index" + r"-url\s",
            r"(?<![\w./-])/" + r"(root|home|Users|work)/",
            r"/tmp/" + "plan",
            r"[A-Z]:\\\\?" + "Users",
        )
    )
)
SECRET = re.compile(
    "|".join(
        (
            "-----BEGIN [A-Z ]*PRIVATE " + "KEY",
            r"\bhy_" + r"[A-Za-z0-9_-]{43}\b",
            r"\bAKIA" + r"[0-9A-Z]{16}\b",
            r"\bgh[pousr]_" + r"[A-Za-z0-9]{36}\b",
        )
    )
)


def lines() -> list[tuple[str, str]]:
    return [
        (f"{name(place)}:{number}", line)
        for place in texts()
        for number, line in enumerate(place.read_text(encoding="utf-8").splitlines(), start=1)
    ]


@pytest.mark.parametrize("pattern", [TIED, SECRET], ids=["a place", "a secret"])
def test_no_file_names(pattern: re.Pattern[str]) -> None:
    assert [where for where, line in lines() if pattern.search(line)] == []


def test_texts_are_utf_8_with_unix_line_ends_and_a_last_one() -> None:
    wrong = []
    for place in texts():
        content = place.read_bytes()
        content.decode("utf-8")
        if b"\r" in content or content.startswith(b"\xef\xbb\xbf") or (content and content[-1:] != b"\n"):
            wrong.append(name(place))
    assert wrong == []
