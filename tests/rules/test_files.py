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


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (TIED, "source = https://pypi." + "org/simple"),
        (TIED, "cd /ro" + "ot/huiyin"),
        (TIED, "--index" + "-url https://example.org"),
        (SECRET, "-----BEGIN EC PRIVATE " + "KEY-----"),
        (SECRET, "token = hy_" + "a" * 43),
    ],
)
def test_a_line_that_names_one_is_found(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


def is_plain(content: bytes) -> bool:
    """Return whether a file is UTF-8 without a mark, with line ends of Unix, the last line too."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\r" not in content and not content.startswith(b"\xef\xbb\xbf") and content[-1:] in (b"\n", b"")


def test_texts_are_utf_8_with_unix_line_ends_and_a_last_one() -> None:
    assert [name(place) for place in texts() if not is_plain(place.read_bytes())] == []


@pytest.mark.parametrize("content", [b"a\r\n", b"\xef\xbb\xbfa\n", b"a", "水渠".encode("gb18030") + b"\n"])
def test_a_text_in_another_form_is_found(content: bytes) -> None:
    assert not is_plain(content)
