"""Take one file in, and give one out to whoever may see what it hangs on."""

from typing import Any

from flask import Response

from accounts.access.permissions import Permission
from api.framework.blueprint import ApiBlueprint
from api.framework.request_context import RequestContext, answer
from api.schemas.response_schemas import Stored
from cases.attachments import KINDS, IncomingFile, store
from wsgi.files import file_response

attachments = ApiBlueprint("attachments", __name__, description="Evidence")


@attachments.post_file("/attachments", permission=Permission.ATTACHMENTS_ADD, response=Stored)
def create(call: RequestContext, file: IncomingFile) -> Response:
    """Store one file: JPEG, PNG or PDF, not larger than its refusal says. Pictures are written anew.

    Until a case or an action refers to its id, only the sender can see it.
    """
    stored = store(call.session, actor=call.actor, rules=call.rules, file=file, now=call.now, waits=True)
    return answer({"id": stored.id, "type": stored.media_type, "size": stored.size}, 201)


@attachments.get_file(
    "/attachments/<number:attachment_id>",
    permission=(Permission.CASES_READ, Permission.ATTACHMENTS_ADD),
    media_types=KINDS,
)
def show(call: RequestContext, query: dict[str, Any], attachment_id: str) -> Response:
    """Return a file, with the rights of the case it hangs on; to be saved, never to be shown in place."""
    del query
    return file_response(call.session, actor=call.actor, rules=call.rules, attachment_id=attachment_id)
