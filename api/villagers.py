"""查我的事 for programs: what a receipt code opens, and the villager's word on the reply; no token.

The code travels in the body alone, never in an address or a log (interfaces.md).
"""

from dataclasses import asdict
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from api.framework.blueprint import ApiBlueprint
from api.framework.request_context import RequestContext, answer
from api.schemas.response_schemas import HERE, NULL, text
from cases import public_status as verbs
from wsgi.schemas.request_schemas import VillagersCode, VillagersWord

villagers = ApiBlueprint("villagers", __name__, description="What a receipt code opens, without a token")


class PublicReplyShown(Schema):
    """Words told to this one villager."""

    text = text()
    final = fields.Boolean(**HERE)
    said_on = fields.Date(**HERE)


class OwnAddition(Schema):
    """What the villager added while waiting."""

    text = text()
    on = fields.Date(**HERE)


class PublicEventShown(Schema):
    """One thing that happened to the matter."""

    action = text()
    on = fields.Date(**HERE)
    unit = fields.String(**NULL, metadata={"description": "name of the unit that has the matter since"})


class ContactShown(Schema):
    """Whom the villager may ask; a unit, never a person."""

    name = text()
    phone = fields.String(**NULL)


class MatterShown(Schema):
    """A matter as its villager sees it: no name, no phone, no address and nobody else's words."""

    state = text()
    round = fields.Integer(**HERE)
    own_words = text()
    owner = fields.String(**NULL, metadata={"description": "name of the unit that has it in hand"})
    contact = fields.Nested(ContactShown, **HERE)
    reply_due_on = fields.Date(**NULL)
    may_add = fields.Boolean(**HERE)
    added = fields.List(fields.Nested(OwnAddition), **HERE)
    replies = fields.List(fields.Nested(PublicReplyShown), **HERE)
    outcome = fields.String(**NULL)
    rating = fields.String(**NULL)
    may_rate = fields.Boolean(**HERE)
    happened = fields.List(fields.Nested(PublicEventShown), **HERE)


@villagers.public_post("/public/status", body=VillagersCode, response=MatterShown, writes=False)
def status(call: RequestContext, body: dict[str, Any]) -> Response:
    """Tell how the matter of a receipt code stands."""
    return answer(asdict(verbs.find_public_case(call.session, rules=call.rules, code=body["receipt_code"])))


@villagers.public_post("/public/rating", body=VillagersWord, response=MatterShown, writes=True, errors=(409,))
def rating(call: RequestContext, body: dict[str, Any]) -> Response:
    """Take the villager's word on the reply; a dissatisfied one has the matter done again."""
    matter = verbs.rate(
        call.session,
        rules=call.rules,
        code=body["receipt_code"],
        rating=body["rating"],
        words=body.get("words", ""),
        now=call.now,
    )
    return answer(asdict(matter))
