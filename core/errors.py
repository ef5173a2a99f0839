"""Refuse with a code and facts; words and HTTP statuses are added at the doors."""

from typing import Any


class DomainError(Exception):
    """Say that something was refused: a stable code and the facts a reader needs."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NotFound(DomainError):
    """Say that there is no such thing, or none that this person may know of."""

    def __init__(self, **facts: Any) -> None:
        super().__init__("not_found", **facts)


class Forbidden(DomainError):
    """Say that the person may not do this, whatever the state of things."""

    def __init__(self, **facts: Any) -> None:
        super().__init__("forbidden", **facts)


class Conflict(DomainError):
    """Say that the state of things does not allow it now."""


class Stale(DomainError):
    """Say that the caller acted on an older version than the present one."""

    def __init__(self, **facts: Any) -> None:
        super().__init__("stale", **facts)


class Invalid(DomainError):
    """Say which fields of the input are wrong and why.

    `errors` maps a field's dotted path to the list of its reason codes.
    """

    def __init__(self, errors: dict[str, list[str]], **facts: Any) -> None:
        super().__init__("invalid", **facts)
        self.errors = errors


class KeyReused(DomainError):
    """Say that the key of a submission came again with another submission."""

    def __init__(self) -> None:
        super().__init__("idempotency_key_reused")


class Unavailable(DomainError):
    """Say that the program cannot be sure of its database or disk just now."""

    def __init__(self, **facts: Any) -> None:
        super().__init__("unavailable", **facts)


class Busy(DomainError):
    """Say that too many ask for something costly at once; `retry_after` is the number of seconds to wait."""

    def __init__(self, *, retry_after: int, **facts: Any) -> None:
        super().__init__("busy", retry_after=retry_after, **facts)
        self.retry_after = retry_after


class TooLarge(DomainError):
    """Say that a file is larger than what is taken; `most` is the limit in bytes."""

    def __init__(self, **facts: Any) -> None:
        super().__init__("too_large", **facts)


class UnsupportedType(DomainError):
    """Say that a file is of no type that is taken, or not of the type that it claims."""

    def __init__(self, **facts: Any) -> None:
        super().__init__("unsupported_type", **facts)


class TooMany(DomainError):
    """Say that somebody tried too often; `retry_after` is the number of seconds to wait."""

    def __init__(self, *, retry_after: int, **facts: Any) -> None:
        super().__init__("too_many", retry_after=retry_after, **facts)
        self.retry_after = retry_after
