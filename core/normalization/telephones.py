"""Read a telephone number however it is written, in the one form in which it is kept and compared.

The numbering of the country: mobiles have 11 digits, area codes begin with 0, service numbers with 400, 800,
95, 96, 10 or 12. What fits none of it cannot be dialled.
"""

import re

from core.normalization.folding import fold, fold_code

MOBILE_DIGITS = 11
_MOBILE = re.compile(rf"0?(1[3-9]\d{{{MOBILE_DIGITS - 2}}})", re.ASCII)
_WITH_AREA = re.compile(r"0(?:10|2\d)\d{8}|0[3-9]\d{2}\d{7,8}", re.ASCII)
#: Without an area code; cluster numbers of five and six digits begin with 6.
_LOCAL = re.compile(r"[2-8]\d{6,7}|6\d{4,5}", re.ASCII)
_SERVICE = re.compile(r"[48]00\d{7}|1[0-2]\d{3}|9[56]\d{3,4}", re.ASCII)
_ABROAD = re.compile(r"(?:\+|00)([1-9]\d{6,14})", re.ASCII)
_COUNTRY = re.compile(r"(?:\+|00)?86(?=0?1[3-9]\d{9}$)|(?:\+|00)86", re.ASCII)
_EXTENSION = re.compile(r"\(?(?:转|分机号?|ext\.?|x|#):?(\d{1,6})\)?", re.ASCII)
_EXTENSION_BY_DASH = re.compile(r"(0\d{2,3}-?\d{7,8})-(\d{1,6})", re.ASCII)
_BETWEEN = re.compile(r"[-().·]", re.ASCII)
_DIGITS = re.compile(r"\d", re.ASCII)


def read_phone(typed: str) -> str | None:
    """Return a number in its plain form, such as 08341234567转12; None for what cannot be dialled.

    The country's own code goes, and so do signs between digits. A number abroad keeps a plus before it.
    """
    plain = fold(fold_code(typed))
    body, extension = _split(plain)
    number = _read_number(_BETWEEN.sub("", body))
    if number is None:
        return None
    return f"{number}转{extension}" if extension else number


def count_digits(typed: str) -> int:
    """Count the digits of what was typed, to say how many there are."""
    return len(_DIGITS.findall(fold(typed)))


def _split(plain: str) -> tuple[str, str]:
    """Part a number from its extension, which stands after a word, a sign or a further dash."""
    dashed = _EXTENSION_BY_DASH.fullmatch(plain)
    if dashed:
        return dashed[1], dashed[2]
    found = _EXTENSION.search(plain)
    if found and found.end() == len(plain):
        return plain[: found.start()], found[1]
    return plain, ""


def _read_number(digits: str) -> str | None:
    country = _COUNTRY.match(digits)
    if country:
        own = digits[country.end() :]
        return _read_kind(own) or _read_kind(f"0{own}")  # the 0 of an area code is left out after it
    abroad = _ABROAD.fullmatch(digits)
    return f"+{abroad[1]}" if abroad else _read_kind(digits)


def _read_kind(digits: str) -> str | None:
    mobile = _MOBILE.fullmatch(digits)
    if mobile:
        return mobile[1]
    return digits if any(kind.fullmatch(digits) for kind in (_WITH_AREA, _LOCAL, _SERVICE)) else None
