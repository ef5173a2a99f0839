"""查我的事 for programs: what a receipt code opens, and the villager's word on the reply; no token.

The code travels in the body alone, never in an address or a log (interfaces.md).
"""

from dataclasses import asdict
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from api.framework.blueprint import ApiBlueprint
from api.framework.request_context import RequestContext, answer
from api.schemas.response_schemas import HERE, NULL, own_words, provisional, text
from cases import public_actions, public_status
from wsgi.schemas.request_schemas import VillagersCode, VillagersDemand, VillagersWord

villagers = ApiBlueprint("villagers", __name__, description="What a receipt code opens, without a token")


class PublicReplyShown(Schema):
    """Words told to this one villager."""

    text = text()
    final = fields.Boolean(**HERE)
    said_on = fields.Date(**HERE)
    late_days = fields.Integer(**HERE, metadata={"description": "by how many days the words came late"})


class OwnAddition(Schema):
    """What the villager added while waiting."""

    text = text()
    on = fields.Date(**HERE)


class PublicEntryShown(Schema):
    """What was entered into a field that the county lets villagers read."""

    name = text()
    type = text()
    value = fields.Raw(
        **HERE, metadata={"type": ["string", "number", "boolean"], "description": "as its type says"}
    )
    label = own_words()
    words = own_words()


class PublicEventShown(Schema):
    """One thing that happened to the matter."""

    action = text()
    on = fields.Date(**HERE)
    unit = fields.String(**NULL, metadata={"description": "name of the unit that has the matter since"})
    due_on = fields.Date(**NULL, metadata={"description": "the day to which it moved the date"})
    provisional = provisional()
    days = fields.Integer(**NULL, metadata={"description": "by how many days"})
    promised_on = fields.Date(**NULL, metadata={"description": "the day that a reply promised"})
    clock = fields.String(**NULL, metadata={"description": "the clock that ran out, of a rung of the ladder"})
    words = fields.String(**NULL, metadata={"description": "the villager's own, of a demand to reopen"})
    action_words = own_words()
    clock_words = own_words()
    entered = fields.List(fields.Nested(PublicEntryShown), **HERE)
    unreached = fields.Boolean(
        **HERE, metadata={"description": "everybody was told of it but this one, whom nobody could reach"}
    )


class ContactShown(Schema):
    """Whom the villager may ask; a unit, never a person."""

    name = text()
    phone = fields.String(**NULL)


class MatterShown(Schema):
    """A matter as its villager sees it: no name, no phone, no address and nobody else's words."""

    state = text()
    state_words = own_words()
    round = fields.Integer(**HERE)
    reopened = fields.Boolean(
        **HERE, metadata={"description": "whether it was taken up again since its villager came"}
    )
    own_words = text()
    owner = fields.String(**NULL, metadata={"description": "name of the unit that has it in hand"})
    contact = fields.Nested(ContactShown, **HERE)
    reply_due_on = fields.Date(**NULL)
    reply_late_days = fields.Integer(**HERE)
    handling_due_on = fields.Date(**NULL)
    handling_missed_on = fields.Date(
        **NULL,
        metadata={
            "description": "the first handling date of the round that passed, whatever was granted later"
        },
    )
    handling_late_days = fields.Integer(**HERE, metadata={"description": "counted from `handling_missed_on`"})
    promised_on = fields.Date(
        **NULL, metadata={"description": "the day for which a planned matter was promised, while it waits"}
    )
    promised_late_days = fields.Integer(**HERE)
    provisional = provisional()
    may_add = fields.Boolean(**HERE)
    added = fields.List(fields.Nested(OwnAddition), **HERE)
    replies = fields.List(fields.Nested(PublicReplyShown), **HERE)
    outcome = fields.String(**NULL)
    rating = fields.String(**NULL)
    self_rated = fields.Boolean(**HERE)
    may_rate = fields.Boolean(**HERE)
    may_reopen = fields.Boolean(**HERE)
    appeal_only = fields.Boolean(
        required=True,
        metadata={"description": "rejected a second time or closed after review: no code reopens it"},
    )
    reopen_until = fields.Date(**NULL)
    happened = fields.List(fields.Nested(PublicEventShown), **HERE)


class MatterRated(MatterShown):
    """A matter after its villager has rated the reply."""

    counted = fields.String(
        **HERE,
        metadata={"description": "`visit`, or `self` where the handling unit knows the code (`self_rated`)"},
    )


@villagers.public_post("/public/status", body=VillagersCode, response=MatterShown, writes=False)
def status(call: RequestContext, body: dict[str, Any]) -> Response:
    """Tell how the matter of a receipt code stands."""
    matter = public_status.find_public_case(
        call.session, rules=call.rules, code=body["receipt_code"], now=call.now
    )
    return answer(asdict(matter))


@villagers.public_post("/public/rating", body=VillagersWord, response=MatterRated, writes=True, errors=(409,))
def rating(call: RequestContext, body: dict[str, Any]) -> Response:
    """Take the villager's word on the reply; a dissatisfied one has the matter done again.

    The same word sent again changes nothing. A good one by a code that the handling unit knows is kept
    beside the case, which waits for a return visit.
    """
    rated = public_actions.rate(
        call.session,
        rules=call.rules,
        code=body["receipt_code"],
        rating=body["rating"],
        words=body.get("words", ""),
        now=call.now,
    )
    return answer({**asdict(rated.matter), "counted": rated.counted})


@villagers.public_post(
    "/public/reopen", body=VillagersDemand, response=MatterShown, writes=True, errors=(409,)
)
def reopen(call: RequestContext, body: dict[str, Any]) -> Response:
    """Take a matter up again that was answered, closed, rejected or withdrawn.

    Open until the matter's `reopen_until`. The same demand sent again changes nothing.
    """
    matter = public_actions.reopen(
        call.session, rules=call.rules, code=body["receipt_code"], words=body["words"], now=call.now
    )
    return answer(asdict(matter))
