"""The complainants that a rate counts, without any identity: what a number of 满意率 opens."""

from flask import Response, request

from accounts.permissions import Permission
from cases.places import checked
from cases.voices import list_voices
from core.i18n import mark as _
from door.inputs import VoiceList
from door.reasons import loaded
from web.call import Visit
from web.entry import Pages, whoever
from web.filters import in_words
from web.rendering import page

complainants = Pages("complainants", __name__)
SHAPE = VoiceList()
SHOWN = 50


@complainants.shows("/complainants", enter=whoever(Permission.CASES_READ))
def index(visit: Visit) -> Response:
    """List complainants of the cases within the person's scope; the sentence of the filters is the title."""
    given = loaded(SHAPE, {name: value for name, value in request.args.items() if value})
    cursor, _limit = given.pop("cursor", None), given.pop("limit")
    query = checked(visit.session, actor=visit.actor, rules=visit.rules, filters=given)
    found = list_voices(
        visit.session,
        actor=visit.actor,
        rules=visit.rules,
        filters=query,
        now=visit.now,
        limit=SHOWN,
        cursor=cursor,
    )
    words = in_words(visit, given, query)
    title = visit.translate(_("，")).join([*words.values(), visit.translate(_("反映人"))])
    return page("overview/complainants.html", title=title, people=found.items, next=found.next)
