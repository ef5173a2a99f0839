"""Treat text that people send: what is stored as sent, what is refused, and what is masked."""

import unicodedata

from core.normalization.folding import MOST_OF_ONE, fold
from core.normalization.visibility import INVISIBLE, is_blank

LONGEST_NAME = 64


def clean(text: str) -> str:
    """Return the text as sent, with line ends made LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def problem_of(text: str) -> str | None:
    """Return the reason why a text cannot be stored on both databases alike, or None.

    Control characters other than TAB and line ends are refused, NUL among them, and halves of a character.
    So are the code points that Unicode keeps for the use within programs: this one marks with them.
    """
    for char in text:
        if "\ud800" <= char <= "\udfff":
            return "lone_surrogate"
        if (char not in "\t\n\r" and unicodedata.category(char) == "Cc") or "\ufdd0" <= char <= "\ufdef":
            return "control_character"
    return None


def is_longer(text: str, longest: int) -> bool:
    """Return whether a text has more characters than so many, as it was sent or as it is searched.

    One character may become eighteen letters when it is folded (U+FDFA): what is let through is no more work
    than what was counted. Marks do not count twice: they are not searched.
    """
    if len(text) > longest:
        return True
    if text.isascii() or len(text) * MOST_OF_ONE <= longest:
        return False
    return sum(map(str.isalnum, fold(text))) > longest


def problem_of_required(text: str) -> str | None:
    """Return the reason why a text that must say something cannot be taken, or None.

    What counts is what can be seen of it (`core.normalization.visibility`).
    """
    return problem_of(text) or ("required" if is_blank(text) else None)


def problem_of_name(text: str, longest: int = LONGEST_NAME) -> str | None:
    """Return the reason why a text cannot be a name, or None.

    A name is one line of 1 to `longest` characters without signs that cannot be seen.
    """
    problem = problem_of_required(text)
    if problem is not None:
        return problem
    if is_longer(text, longest):
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


def mask_phone(phone: str) -> str:
    """Hide the middle of a phone number: 138****2046. Short ones show their last two characters at most.

    Of an extension nothing is shown.
    """
    phone = phone.partition("转")[0]
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return "****" + (phone[-2:] if len(phone) >= 6 else "")
