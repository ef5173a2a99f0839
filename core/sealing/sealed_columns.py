"""Declare columns that hold sealed texts alone, so that nothing is written in the clear by mistake.

What is read is a `SealedText`, which tells nothing until it is opened with the keys and for the place where
it stands (`core.sealing.personal_keys`).
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Dialect, String, TypeDecorator

#: Begins every sealed text. No text that comes in has it (core.text).
SEALED = "\ufdd1"
#: So many characters of a sealed text after its mark name the key.
KEY_ID_LENGTH = 12


@dataclass(frozen=True)
class SealedText:
    """A text as the database keeps it: mark, id of the key, and nonce and ciphertext in base64.

    Rows that an earlier version wrote hold it in the clear, and so do marks in the place of a forgotten text.
    """

    stored: str

    @property
    def key_id(self) -> str | None:
        """The id of the key that sealed it; None for a text that is not sealed."""
        return self.stored[1 : 1 + KEY_ID_LENGTH] if self.stored.startswith(SEALED) else None


class SealedString(TypeDecorator[SealedText]):
    """A column of sealed texts; a text of any other kind is a mistake of the program: TypeError."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: SealedText | None, dialect: Dialect) -> str | None:
        """Write what is sealed."""
        del dialect
        return None if value is None else _stored(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> SealedText | None:
        """Return what stands there, unopened."""
        del dialect
        return None if value is None else SealedText(value)


class SealedDocument(TypeDecorator[Any]):
    """A column of JSON that holds an empty list or a sealed document.

    Rows of earlier versions hold the list itself, which is read and never written.
    """

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: SealedText | list[Any] | None, dialect: Dialect) -> Any:
        """Write what is sealed, or that there is nothing."""
        del dialect
        return value if value is None or value == [] else _stored(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> SealedText | list[Any] | None:
        """Return what stands there, unopened."""
        del dialect
        return SealedText(value) if isinstance(value, str) else value


def _stored(value: object) -> str:
    if not isinstance(value, SealedText):
        raise TypeError("what names a person is sealed before it is written")
    return value.stored
