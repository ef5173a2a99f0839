"""Describe what answers tell about cases, for the OpenAPI document; a test compares answers with it."""

from marshmallow import Schema, fields

from api.schemas.response_schemas import HERE, NULL, provisional, text
from cases.models.case import Complainant
from cases.models.correspondence import Reply
from wsgi.schemas.external import Cursor, RowId


class Owned(Schema):
    """Who has a case."""

    owner = fields.String(**NULL, metadata={"description": "code of the unit that handles; null when final"})
    owner_name = fields.String(**NULL)
    reply_owner = text("code of the unit that owes the replies")
    reply_owner_name = text()


class CaseLine(Owned):
    """A case as it stands in a list."""

    number = text("such as YY-2026-0041")
    village = text("code of the area")
    village_name = text("name of the village on the day of receipt")
    state = text()
    category = text()
    kind = text()
    urgency = text()
    channel = text()
    own_words = text("the matter in the villager's own words")
    accepted = fields.Boolean(**HERE)
    due_on = fields.Date(**NULL)
    handling_due_on = fields.Date(**NULL)
    reply_due_on = fields.Date(**NULL)
    provisional = provisional()
    overdue = fields.Boolean(**HERE)
    answered = fields.Boolean(**HERE)
    outcome = fields.String(**NULL)
    rating = fields.String(**NULL)
    round = fields.Integer(**HERE)
    version = fields.Integer(**HERE)
    profile = text("the profile that the handling date follows")
    imported = fields.Boolean(**HERE)
    offline = fields.Boolean(**HERE, metadata={"description": "recorded without network (离线补录)"})
    happened_at = fields.AwareDateTime(**HERE)
    recorded_at = fields.AwareDateTime(**HERE)
    received_at = fields.AwareDateTime(**HERE)
    received_on = fields.Date(**HERE)


class CaseListPage(Schema):
    """One page of cases."""

    items = fields.List(fields.Nested(CaseLine), **HERE)
    next = Cursor(**NULL, metadata={"description": "cursor of the next page"})


class ClockShown(Schema):
    """One clock with what explains its date."""

    clock = text()
    cycle = fields.Integer(**HERE)
    running = fields.Boolean(**HERE)
    suspended_until = fields.Date(**NULL)
    started_on = fields.Date(**HERE)
    due_on = fields.Date(**HERE)
    provisional = provisional()
    basis = fields.Dict(**HERE)
    moves = fields.List(fields.Dict(), **HERE)
    explanation = text("why the date is this one, in a sentence")


class ComplainantShown(Schema):
    """Who raised the matter, as far as the reader may know."""

    id = RowId(Complainant.__tablename__, **HERE)
    household = fields.String(**NULL)
    name = fields.String(**NULL)
    phone = fields.String(**NULL, metadata={"description": "masked, except in the answer to `reveal`"})
    confidential = fields.Boolean(**HERE)
    anonymous = fields.Boolean(**HERE)
    own_words = text()
    answered = fields.Boolean(**HERE)
    reply_due_on = fields.Date(**NULL)
    provisional = provisional()
    unreachable = fields.Boolean(**HERE)
    visited = fields.Boolean(**HERE)
    rating = fields.String(**NULL)
    receipt_code = fields.String(
        metadata={"description": "in the answer that makes it and nowhere else, never again"}
    )


class ReplyShown(Schema):
    """Words told to one complainant."""

    id = RowId(Reply.__tablename__, **HERE)
    complainant = RowId(Complainant.__tablename__, **HERE)
    round = fields.Integer(**HERE)
    final = fields.Boolean(**HERE)
    channel = text()
    text = text()
    by = fields.String(**NULL)
    by_name = fields.String(**NULL)
    said_at = fields.AwareDateTime(**HERE)
    received_at = fields.AwareDateTime(**HERE)
    case = fields.String(**NULL, metadata={"description": "the case it was given on, if it was another one"})


class VisitShown(Schema):
    """A return visit; `case` is where, if it was paid on another that was merged."""

    complainant = RowId(Complainant.__tablename__, **HERE)
    round = fields.Integer(**HERE)
    heard = fields.Boolean(**HERE)
    rating = text()
    words = text()
    received_at = fields.AwareDateTime(**HERE)
    case = fields.String(**NULL)


class NoteShown(Schema):
    """An internal remark."""

    text = text()
    by = fields.String(**NULL)
    received_at = fields.AwareDateTime(**HERE)


class AddedShown(Schema):
    """What a villager added while waiting; `case` is where, if it was said on another that was merged."""

    complainant = RowId(Complainant.__tablename__, **HERE)
    text = text()
    received_at = fields.AwareDateTime(**HERE)
    case = fields.String(**NULL)


class AttachmentShown(Schema):
    """A file."""

    id = text()
    type = text()
    size = fields.Integer(**HERE)
    name = fields.String()


class ActionShown(Schema):
    """A step or act, whether this person may take it now, why not, and what it takes."""

    name = text()
    label = text("what the definition calls it, in the language of the request")
    allowed = fields.Boolean(**HERE)
    reasons = fields.List(fields.String(), **HERE)
    fields_ = fields.List(fields.Dict(), data_key="fields", **HERE)


class CaseShown(CaseLine):
    """A case with all that this person may see of it."""

    state_name = text("what the definition calls the state, in the language of the request")
    merged_into = fields.String(**NULL)
    promised_on = fields.Date(**NULL)
    late = fields.Boolean(**HERE)
    extension_request = fields.Dict(**NULL)
    extension_latest_on = fields.Date(
        **NULL, metadata={"description": "the last day to which the handling date can be extended"}
    )
    suspend_request = fields.Dict(**NULL)
    reject_request = fields.Dict(
        **NULL, metadata={"description": "the reason and the drafted replies that a leader would sign"}
    )
    clocks = fields.List(fields.Nested(ClockShown), **HERE)
    complainants = fields.List(fields.Nested(ComplainantShown), **HERE)
    replies = fields.List(fields.Nested(ReplyShown), **HERE)
    return_visits = fields.List(fields.Nested(VisitShown), **HERE)
    self_ratings = fields.List(
        fields.Nested(VisitShown),
        **HERE,
        metadata={"description": "good ratings by a code that the handling unit knows; they are no visits"},
    )
    notes = fields.List(fields.Nested(NoteShown), **HERE)
    added_words = fields.List(fields.Nested(AddedShown), **HERE)
    attachments = fields.List(fields.Nested(AttachmentShown), **HERE)
    answers = fields.Dict(
        **HERE, metadata={"description": "what was answered, by question; `asks_for` is what is wanted"}
    )
    related = fields.List(fields.String(), **HERE)
    named_words = fields.List(
        fields.String(),
        **HERE,
        metadata={"description": "names in the matter that the team leader has to settle: whom they mean"},
    )
    actions = fields.List(fields.Nested(ActionShown), **HERE)


class SlipShown(Schema):
    """What the receipt says: all that is given to those who register but may not see the case.

    Who registers a matter that is, or may be, about them or their unit gets neither number nor code.
    """

    number = fields.String(**NULL)
    state = text()
    version = fields.Integer(**HERE)
    received_at = fields.AwareDateTime(**HERE)
    complainants = fields.List(fields.Nested(lambda: SlipOwner()), **HERE)


class SlipOwner(Schema):
    """One complainant's receipt code."""

    id = RowId(Complainant.__tablename__, **HERE)
    receipt_code = fields.String()


class EntryShown(Schema):
    """One entry of the history, chained to the one before it."""

    seq = fields.Integer(**HERE)
    action = text()
    actor = text("user name, `system`, or `villager` for what was done by the receipt code")
    actor_name = text()
    from_ = fields.String(data_key="from", **NULL)
    to = text()
    facts = fields.Dict(**HERE)
    happened_at = fields.AwareDateTime(**HERE)
    recorded_at = fields.AwareDateTime(**HERE)
    received_at = fields.AwareDateTime(**HERE)
    prev_hash = text()
    hash = text()


class EntryPage(Schema):
    """The whole history of a case; there is never a next page."""

    items = fields.List(fields.Nested(EntryShown), **HERE)
    next = Cursor(**NULL)


#: What is answered to an effect: the case, or the slip when the person may not see the case.
CASE_OR_RECEIPT = {"anyOf": [CaseShown, SlipShown]}
