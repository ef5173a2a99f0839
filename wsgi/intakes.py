"""Turn a checked registration into what the intake takes, through whichever door it came."""

from collections.abc import Mapping
from typing import Any

from cases.intake.registration import DoorReply, Intake
from cases.lifecycle.effects.complainants import ComplainantEntry


def intake_of(body: Mapping[str, Any]) -> Intake:
    """Give what the intake takes of a body that `door.inputs.NewCase` has checked."""
    reply = body.get("reply")
    return Intake(
        village=body["village"],
        category=body["category"],
        kind=body["kind"],
        own_words=body["own_words"],
        client_ref=body["client_ref"],
        complainants=tuple(ComplainantEntry(**person) for person in body["complainants"]),
        urgency=body.get("urgency", "normal"),
        channel=body.get("channel", "visit"),
        happened_at=body.get("happened_at"),
        attachments=tuple(body.get("attachments", ())),
        named_units=tuple(body.get("named_units", ())),
        named_users=tuple(body.get("named_users", ())),
        reply=DoorReply(**reply) if reply else None,
        answers=body.get("answers", {}),
    )
