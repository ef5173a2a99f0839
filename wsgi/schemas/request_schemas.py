"""The bodies and queries that the routes take."""

from marshmallow import INCLUDE

from cases.lifecycle.effects.amendments import KINDS, URGENCIES
from cases.queries.case_list import LIMIT, MOST, SORTS
from reports.definitions import OUTCOMES as LAST_OUTCOMES
from wsgi.schemas.fields import (
    Answers,
    Choice,
    Day,
    JsonBoolean,
    Many,
    Moment,
    Name,
    Part,
    QueryBoolean,
    QueryInteger,
    Shape,
    Text,
)

CASE_CHANNELS = ("visit", "walk_in", "phone", "hotline", "petition", "letter", "online")
REPLY_CHANNELS = ("door", "field", "phone", "sms", "letter", "meeting", "notice_board", "online")
OUTCOMES = ("solved", "partly_solved", "planned", "explained", "referred")
RATINGS = ("satisfied", "fair", "dissatisfied")
LONGEST_CURSOR = 200


class NewComplainant(Shape):
    """Who raises a matter; without household, name and phone the voice is anonymous."""

    household = Name(allow_none=True)
    name = Name(allow_none=True)
    phone = Name(longest=40, allow_none=True)
    confidential = JsonBoolean()
    receipt_code = Name(longest=20, allow_none=True)


class DoorAnswer(Shape):
    """An answer given at the door together with the registration."""

    outcome = Choice(OUTCOMES, required=True)
    channel = Choice(REPLY_CHANNELS, required=True)
    text = Text(required=True)
    promised_on = Day(allow_none=True)


class NewCase(Shape):
    """A matter as it is taken down."""

    village = Name(required=True)
    category = Name(required=True)
    kind = Choice(KINDS, required=True)
    own_words = Text(required=True)
    urgency = Choice(URGENCIES)
    channel = Choice(CASE_CHANNELS)
    happened_at = Moment(allow_none=True)
    client_ref = Name(longest=100, required=True)
    complainants = Many(Part(NewComplainant), least=1, most=100, required=True)
    attachments = Many(Name())
    named_units = Many(Name())
    named_users = Many(Name())
    reply = Part(DoorAnswer, allow_none=True)
    answers = Answers()


class VillagersCode(Shape):
    """What somebody who holds a slip shows."""

    receipt_code = Name(longest=20, required=True)


class VillagersWord(VillagersCode):
    """What a villager says to a reply."""

    rating = Choice(RATINGS, required=True)
    words = Text(longest=500)


class VillagersAddition(VillagersCode):
    """What a villager adds while waiting."""

    more = Text(longest=500, required=True)


class LikelyQuery(Shape):
    """What somebody is just writing down, to be compared with open matters."""

    village = Name()
    own_words = Text()


class AnyAction(Shape):
    """A step or act by its name, and the fields that it takes."""

    class Meta:
        """The fields depend on the action; they are checked once it is known."""

        unknown = INCLUDE

    action = Name(required=True)


class Paging(Shape):
    """Where a list goes on."""

    limit = QueryInteger(least=1, most=MOST, load_default=LIMIT)
    cursor = Name(longest=LONGEST_CURSOR)


class CaseFilters(Paging):
    """The filters of cases; those that are given must all hold."""

    village = Name(metadata={"description": "code of a village, or of an area with all its villages"})
    state = Name()
    category = Name()
    kind = Choice(KINDS)
    owner = Name(metadata={"description": "code of a unit"})
    overdue = QueryBoolean()
    due_before = Day()
    answered = QueryBoolean()
    on_time = QueryBoolean()
    outcome = Choice((*OUTCOMES, "rejected"))
    rating = Choice(RATINGS)
    reopened = QueryBoolean()
    q = Text(longest=200)
    received_from = Day()
    received_to = Day()
    answered_to = Day(metadata={"description": "answered by the end of this day"})
    counted = QueryBoolean(metadata={"description": "false: void, merged and withdrawn ones alone"})
    open = QueryBoolean()
    resolved = QueryBoolean()
    in_hand = QueryBoolean()
    judged = QueryBoolean(metadata={"description": "known whether answered on time in the first round"})
    extended = QueryBoolean()
    later_judged = QueryBoolean()
    later_on_time = QueryBoolean()
    last_outcome = Choice(LAST_OUTCOMES)
    unreachable = QueryBoolean()


class CaseList(CaseFilters):
    """The parameters of the list of cases."""

    sort = Choice(SORTS, load_default="-received_at")


class VoiceList(CaseFilters):
    """The parameters of the list of complainants."""

    revisited = QueryBoolean()
    rated = QueryBoolean()
    content = QueryBoolean()


class HouseholdList(VoiceList):
    """The parameters of the list of households; with `raised` those of the matters they raised as well."""

    group = QueryInteger(least=1, most=999)
    raised = Choice(("true",))


class Period(Shape):
    """Of which area and which days of receipt figures are wanted, both days included."""

    area = Name()
    from_ = Day(data_key="from")
    to = Day()


class InboxList(Paging):
    """The parameters of the inbox."""

    unread = QueryBoolean()
