"""Say why nobody came in by the provider; the reason is a code for the log, never what was answered."""

from enum import StrEnum


class Silence(StrEnum):
    """Why a provider cannot be asked."""

    UNREACHABLE = "unreachable"
    STATUS = "status"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    BUSY = "busy"
    ISSUER = "issuer"
    ADDRESSES = "addresses"
    ALGORITHMS = "algorithms"
    CLIENT = "client"


class Wrong(StrEnum):
    """What of an answer is not as it must be."""

    CANCELLED = "cancelled"
    FLOW = "flow"
    ISSUER = "issuer"
    CODE = "code"
    TOKEN = "token"
    KEY = "key"
    AGE = "age"
    NOBODY = "nobody"
    ANOTHER = "another"


class ProviderSilent(Exception):
    """Say that the provider cannot be asked now, or not as it is set up."""

    def __init__(self, reason: Silence) -> None:
        super().__init__(reason.value)
        self.reason = reason


class AnswerRefused(Exception):
    """Say that an answer of the provider lets nobody in."""

    def __init__(self, reason: Wrong) -> None:
        super().__init__(reason.value)
        self.reason = reason
