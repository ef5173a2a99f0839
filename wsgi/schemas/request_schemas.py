"""The bodies and queries that the routes take."""

from marshmallow import INCLUDE

from cases.access.receipt_codes import LONGEST_TYPED
from cases.lifecycle.effects.identity import LONGEST_PHONE
from cases.queries.case_list import SORTS
from cases.vocabulary import LAST_OUTCOMES, RECORDED_OUTCOMES, REPLY_OUTCOMES
from config.vocabulary import CaseKind, IntakeChannel, Urgency
from core.paging import LIMIT, MOST
from workflow.definition.vocabulary import Rating, ReplyChannel
from workflow.limits import LONGEST_SAID
from wsgi.schemas.external import Cursor
from wsgi.schemas.fields import (
    Answers,
    AwareDateTime,
    Date,
    JsonBoolean,
    ListField,
    Name,
    Nested,
    OneOfField,
    QueryBoolean,
    QueryInteger,
    StrictSchema,
    Text,
)

#: Of what is searched by words (docs/interfaces.md).
LONGEST_SEARCH = 40


class NewComplainant(StrictSchema):
    """Who raises a matter; without household, name and phone the complainant is anonymous."""

    household = Name(allow_none=True)
    name = Name(allow_none=True)
    phone = Name(longest=LONGEST_PHONE, allow_none=True)
    confidential = JsonBoolean()
    receipt_code = Text(longest=LONGEST_TYPED, allow_none=True)


class DoorAnswer(StrictSchema):
    """An answer given at the door together with the registration."""

    outcome = OneOfField(REPLY_OUTCOMES, required=True)
    channel = OneOfField(tuple(ReplyChannel), required=True)
    text = Text(required=True)
    promised_on = Date(allow_none=True)


class NewCase(StrictSchema):
    """A matter as it is taken down."""

    village = Name(required=True)
    category = Name(required=True)
    kind = OneOfField(tuple(CaseKind), required=True)
    own_words = Text(required=True)
    urgency = OneOfField(tuple(Urgency))
    channel = OneOfField(tuple(IntakeChannel))
    happened_at = AwareDateTime(allow_none=True)
    client_ref = Name(longest=100, required=True)
    complainants = ListField(Nested(NewComplainant), least=1, most=100, required=True)
    attachments = ListField(Name())
    named_units = ListField(Name())
    named_users = ListField(Name())
    reply = Nested(DoorAnswer, allow_none=True)
    answers = Answers()


class VillagersCode(StrictSchema):
    """What somebody who holds a slip shows."""

    receipt_code = Text(longest=LONGEST_TYPED, required=True)


class VillagersWord(VillagersCode):
    """What a villager says to a reply."""

    rating = OneOfField(tuple(Rating), required=True)
    words = Text(longest=LONGEST_SAID)


class VillagersDemand(VillagersCode):
    """Why a villager wants the matter taken up again."""

    words = Text(longest=LONGEST_SAID, required=True)


class VillagersAddition(VillagersCode):
    """What a villager adds while waiting."""

    more = Text(longest=LONGEST_SAID, required=True)


class LikelyQuery(StrictSchema):
    """What somebody is just writing down, to be compared with open matters."""

    village = Name()
    own_words = Text()


class AnyAction(StrictSchema):
    """A step or act by its name, and the fields that it takes."""

    class Meta:
        """The fields depend on the action; they are checked once it is known."""

        unknown = INCLUDE

    action = Name(required=True)


class Paging(StrictSchema):
    """Where a list goes on."""

    limit = QueryInteger(least=1, most=MOST, load_default=LIMIT)
    cursor = Cursor()


class CaseFilters(Paging):
    """The filters of cases; those that are given must all hold."""

    village = Name(metadata={"description": "code of a village, or of an area with all its villages"})
    state = Name()
    category = Name()
    kind = OneOfField(tuple(CaseKind))
    owner = Name(metadata={"description": "code of a unit"})
    overdue = QueryBoolean()
    due_before = Date()
    answered = QueryBoolean()
    on_time = QueryBoolean()
    outcome = OneOfField(RECORDED_OUTCOMES)
    rating = OneOfField(tuple(Rating))
    reopened = QueryBoolean()
    q = Text(longest=LONGEST_SEARCH, metadata={"description": "words, or a number, to search for"})
    received_from = Date()
    received_to = Date()
    answered_to = Date(metadata={"description": "answered by the end of this day"})
    counted = QueryBoolean(metadata={"description": "false: void, merged and withdrawn ones alone"})
    open = QueryBoolean()
    resolved = QueryBoolean()
    in_hand = QueryBoolean()
    judged = QueryBoolean(metadata={"description": "known whether answered on time in the first round"})
    extended = QueryBoolean()
    taken_up = QueryBoolean()
    later_judged = QueryBoolean()
    later_on_time = QueryBoolean()
    last_outcome = OneOfField(LAST_OUTCOMES)
    unreachable = QueryBoolean()


class CaseList(CaseFilters):
    """The parameters of the list of cases."""

    sort = OneOfField(SORTS, load_default="-received_at")


class ComplainantList(CaseFilters):
    """The parameters of the list of complainants."""

    revisited = QueryBoolean()
    rated = QueryBoolean()
    content = QueryBoolean()


class HouseholdList(ComplainantList):
    """The parameters of the list of households; with `raised` those of the matters they raised as well."""

    group = QueryInteger(least=1, most=999)
    raised = OneOfField(("true",))


class ReportPeriod(StrictSchema):
    """Of which area and which days of receipt figures are wanted, both days included."""

    area = Name()
    from_ = Date(data_key="from")
    to = Date()


class InboxList(Paging):
    """The parameters of the inbox."""

    unread = QueryBoolean()
