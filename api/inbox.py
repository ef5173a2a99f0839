"""Read what one was told, and say that it is read."""

from typing import Any

from flask import Response

from accounts.access.permissions import Permission
from api.framework.blueprint import ApiBlueprint
from api.framework.parsing import paging
from api.framework.request_context import RequestContext, answer
from api.schemas.response_schemas import NoticePage, ReadMark
from cases.access.visibility import numbers_hidden_from
from core.errors import NotFound
from notifications import inbox as notices
from wsgi.schemas.request_schemas import InboxList

inbox = ApiBlueprint("inbox", __name__, description="What the caller was told")


@inbox.get("/inbox", permission=Permission.INBOX_READ, query=InboxList, response=NoticePage)
def index(call: RequestContext, query: dict[str, Any]) -> Response:
    """List the caller's own notices, newest first."""
    page = paging(query)
    found = notices.inbox(
        call.session,
        actor=call.actor,
        without=numbers_hidden_from(call.actor),
        unread_only=query.get("unread", False),
        **page,
    )
    return answer({"items": found.items, "next": found.next})


@inbox.post(
    "/inbox/<row(notices):notice_id>/read",
    permission=Permission.INBOX_READ,
    response=ReadMark,
    status=200,
    errors=(404,),
)
def read(call: RequestContext, body: dict[str, Any], notice_id: int) -> Response:
    """Mark one of the caller's own notices as read; doing so again changes nothing."""
    del body
    hidden = numbers_hidden_from(call.actor)
    if not notices.owns(call.session, actor=call.actor, notice_id=notice_id, without=hidden):
        raise NotFound
    notices.mark_read(call.session, actor=call.actor, ids=[notice_id], now=call.now)
    return answer({"id": notice_id, "read": True})
