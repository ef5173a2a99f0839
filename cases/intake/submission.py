"""A complaint as it was entered: what a door hands in, checked for its types only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.effects.identity import identity_of
from config.vocabulary import IntakeChannel, Urgency
from core.chain import row_digest
from core.encryption import derived, keyed


@dataclass(frozen=True)
class DoorReply:
    """An answer given at the door together with the registration."""

    outcome: str
    channel: str
    text: str
    promised_on: date | None = None


@dataclass(frozen=True)
class Intake:
    """What a door hands in: the complaint as it was entered, checked for its types only."""

    village: str
    category: str
    kind: str
    own_words: str
    client_ref: str
    complainants: tuple[ComplainantEntry, ...]
    urgency: str = Urgency.NORMAL.value
    channel: str = IntakeChannel.VISIT.value
    happened_at: datetime | None = None
    recorded_at: datetime | None = None
    attachments: tuple[str, ...] = ()
    named_units: tuple[str, ...] = ()
    named_users: tuple[str, ...] = ()
    reply: DoorReply | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Intake":
        """Make an intake of a body that the schema of registration (`NewCase`) has loaded."""
        reply = body.get("reply")
        return cls(
            village=body["village"],
            category=body["category"],
            kind=body["kind"],
            own_words=body["own_words"],
            client_ref=body["client_ref"],
            complainants=tuple(ComplainantEntry(**person) for person in body["complainants"]),
            urgency=body.get("urgency", cls.urgency),
            channel=body.get("channel", cls.channel),
            happened_at=body.get("happened_at"),
            attachments=tuple(body.get("attachments", ())),
            named_units=tuple(body.get("named_units", ())),
            named_users=tuple(body.get("named_users", ())),
            reply=DoorReply(**reply) if reply else None,
            answers=body.get("answers", {}),
        )

    def repeated_complainant(self) -> int | None:
        """Return the place of somebody who was entered before in the same submission; None when nobody was.

        The same person has the same household, name and telephone; of anonymous ones nobody can tell.
        """
        seen = set()
        for place, person in enumerate(self.complainants):
            known = identity_of(person.household, person.name, person.phone)
            if known in seen and any(known):
                return place
            seen.add(known)
        return None

    def digests(self, keys: Sequence[bytes]) -> list[str]:
        """Return what may be kept of the submission to tell it again: under each key, and plainly.

        The first is kept: by a plain one, which earlier versions kept, names and telephones could be guessed.
        """
        plain = self.digest()
        return [*keyed(plain, [derived(key, "submissions") for key in keys]), plain]

    def digest(self) -> str:
        """Return a digest of the submission, which tells a repetition from another body.

        Without answers it is the one that such a submission had before there were any questions. Telephones
        count as they were written, so that what a phone sends again is the same after the program has learnt
        another spelling.
        """
        told = dict(vars(self), complainants=[_entered(person) for person in self.complainants])
        if self.reply is not None:
            told["reply"] = vars(self.reply)
        if not self.answers:
            del told["answers"]
        return row_digest(told)


def _entered(person: ComplainantEntry) -> dict[str, Any]:
    """Return what somebody entered of a complainant, without what they were asked about it."""
    return {name: value for name, value in vars(person).items() if name != "phone_as_written"}
