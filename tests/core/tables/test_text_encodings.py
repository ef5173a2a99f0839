"""A text is read in the encoding it is in, and refused when it is in none of those that are read."""

import pytest

from core.errors import Invalid
from core.tables.text_encodings import decode

TEXT = "村,户主\n杉岭村,𠮷田\n养鱼村,向老幺\n"


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("gb18030", "GB18030"),
    ],
)
def test_the_encodings_of_office_programs_are_read_and_named(codec: str, encoding: str) -> None:
    assert decode(TEXT.encode(codec), name="table.csv") == (TEXT, encoding)


def test_old_chinese_encodings_are_part_of_gb18030() -> None:
    assert decode("村,户主\n杉岭村,田大\n".encode("gbk"), name="table.csv")[1] == "GB18030"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (TEXT.encode() * 5 + "é,\n".encode("latin-1"), "damaged_text"),
        ("José,Muñoz,\n".encode("latin-1"), "unknown_encoding"),
        (TEXT.encode()[:-2], "cut_off"),
        (TEXT.encode() * 5 + b"\xff" + TEXT.encode(), "damaged_text"),
        (TEXT.encode("utf-16")[:-1], "cut_off"),
        (TEXT.encode("gb18030").rstrip(b"\n")[:-1], "cut_off"),
        (TEXT.encode("utf-32"), "unknown_encoding"),
        (TEXT.encode("utf-32-le"), "unknown_encoding"),
        (b"\x00\x01\x02\x03", "unknown_encoding"),
        (b"\x81", "unknown_encoding"),
        (b"\xaa\xa1\xaa\xa2\xf8\xa1,\n", "unknown_encoding"),
    ],
    ids=[
        "Latin-1 in UTF-8",
        "Latin-1",
        "cut off within a character",
        "one wrong byte",
        "half of a sign of UTF-16",
        "half of a sign of GB18030",
        "UTF-32",
        "UTF-32 without its mark",
        "bytes",
        "half of a sign alone",
        "characters that nobody assigned",
    ],
)
def test_what_is_in_no_such_encoding_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        decode(content, name="table.csv")
    assert refusal.value.errors == {"file": [code]}


def test_a_wrong_byte_is_found_with_its_line() -> None:
    content = TEXT.encode() * 10 + b"\xff" + TEXT.encode()
    with pytest.raises(Invalid) as refusal:
        decode(content, name="table.csv")
    assert refusal.value.facts["line"] == 31
