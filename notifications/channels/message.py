"""Say what every channel is given and how it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Message:
    """One notice for one address; the channel words it, because a mail says more than a short message.

    `key` is the same whenever the same notice is sent again, so that the receiver can tell a repetition;
    `sample` says that it comes from a sample installation, which the receiver must see.
    """

    key: str
    address: str
    kind: str
    facts: Mapping[str, Any]
    written_at: datetime
    sample: bool = False


class DeliveryRefused(Exception):
    """Say that a letter was not taken, why, and whether it is of any use to try again."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class Channel(Protocol):
    """A way to reach people outside the program."""

    def send(self, letter: Message) -> None:
        """Send one letter; return only when it was taken, raise Refused otherwise."""
