"""Treat text that people send: what is stored as sent, what is refused, and what is masked."""

import re
import unicodedata

#: With the signs people write between digits left out.
PHONE = re.compile(r"\+?[0-9]{5,15}")
EXTENSION = re.compile(r"转[0-9]{1,6}$")
LONGEST_NAME = 64
#: Signs that change how neighbouring text reads, or that cannot be seen at all (trust.md T53).
INVISIBLE = frozenset(
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


def clean(text: str) -> str:
    """Return the text as sent, with line ends made LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def problem_of(text: str) -> str | None:
    """Return the reason why a text cannot be stored on both databases alike, or None.

    Control characters other than TAB and line ends are refused, NUL among them, and halves of a character.
    """
    for char in text:
        if "\ud800" <= char <= "\udfff":
            return "lone_surrogate"
        if char not in "\t\n\r" and unicodedata.category(char) == "Cc":
            return "control_character"
    return None


def problem_of_name(text: str, longest: int = LONGEST_NAME) -> str | None:
    """Return the reason why a text cannot be a name, or None.

    A name is one line of 1 to `longest` characters without signs that cannot be seen.
    """
    problem = problem_of(text)
    if problem is not None:
        return problem
    if not text.strip():
        return "required"
    if len(text) > longest:
        return "too_long"
    if any(char in "\t\n\r\u2028\u2029" for char in text):
        return "more_than_one_line"
    if any(char in INVISIBLE for char in text):
        return "invisible_character"
    return None


def without_controls(text: str) -> str:
    """Return a text fit to be stored, as imports need it: line ends made LF, control characters left out."""
    return "".join(char for char in clean(text) if problem_of(char) is None)


def plain(text: str) -> str:
    """Return a number, code or phone as typed on any keyboard in its plain form: NFKC, no spaces around."""
    return unicodedata.normalize("NFKC", text).strip()


def digits_of(phone: str) -> str:
    """Return a phone number without the signs that people write between its digits."""
    return re.sub(r"[\s()-]", "", phone)


def is_phone(text: str) -> bool:
    """Return whether a text can be dialled: digits with signs between them, and perhaps an extension."""
    return PHONE.fullmatch(EXTENSION.sub("", digits_of(plain(text)))) is not None


def mask_phone(phone: str) -> str:
    """Hide the middle of a phone number: 138****2046. Short ones show their last two characters at most."""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return "****" + (phone[-2:] if len(phone) >= 6 else "")


def mask_name(name: str) -> str:
    """Hide a name but for its first character: 张**."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""
