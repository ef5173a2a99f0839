"""Find out in which encoding a text file is written, without ever guessing past what does not fit."""

import codecs
import unicodedata

from core.errors import Invalid

UTF_8, UTF_16, GB18030 = "UTF-8", "UTF-16", "GB18030"
#: A text of which so many characters in a hundred do not fit is in another encoding, not a damaged one.
DAMAGED_AT_MOST = 10
#: How Python says that a text breaks off within a character: UTF-8 and UTF-16, UTF-16 within a sign, GB18030.
CUT_OFF = frozenset({"unexpected end of data", "truncated data", "incomplete multibyte sequence"})


def decode(content: bytes, *, name: str) -> tuple[str, str]:
    """Return the text of a file and the name of its encoding: UTF-8, UTF-16, or GB18030 of older programs.

    Raises Invalid for a text that breaks off within a character, for damaged UTF-8, and for what is none of
    the three with characters that exist.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(content, "utf-16", name), UTF_16
    if b"\0" in content:
        return _without_mark(content, name), UTF_16
    try:
        return content.decode("utf-8-sig"), UTF_8
    except UnicodeDecodeError as problem:
        _refuse_damaged(content, problem, name)
    return _decoded(content, "gb18030", name), GB18030


def _decoded(content: bytes, encoding: str, name: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as problem:
        before = content[: problem.start].decode(encoding)
        if before and problem.reason in CUT_OFF and _is_read(before):
            raise Invalid({"file": ["cut_off"]}, name=name) from None
        raise _unknown(name) from None
    if not _is_read(text):
        raise _unknown(name)
    return text


def _is_read(text: str) -> bool:
    """Return whether all characters of a text exist, so that it was read as it was written."""
    return not any(char == "\0" or unicodedata.category(char) in ("Cn", "Co", "Cs") for char in set(text))


def _without_mark(content: bytes, name: str) -> str:
    """Return UTF-16 that does not say so itself: signs of ASCII have their zero behind or before."""
    behind, before = content[1::2].count(0), content[::2].count(0)
    text = _decoded(content, "utf-16-le" if behind > before else "utf-16-be", name)
    if not {",", "\n"} & set(text):
        raise _unknown(name)
    return text


def _refuse_damaged(content: bytes, problem: UnicodeDecodeError, name: str) -> None:
    """Raise Invalid for UTF-8 that is cut off or has wrong bytes; other encodings fit hardly anywhere."""
    text = content.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    fitting = sum(char > "\x7f" for char in text) - lost
    if fitting and problem.reason in CUT_OFF:
        raise Invalid({"file": ["cut_off"]}, name=name)
    if lost * 100 <= (fitting + lost) * DAMAGED_AT_MOST:
        line = content.count(b"\n", 0, problem.start) + 1
        raise Invalid({"file": ["damaged_text"]}, line=line, name=name)


def _unknown(name: str) -> Invalid:
    return Invalid({"file": ["unknown_encoding"]}, name=name)
