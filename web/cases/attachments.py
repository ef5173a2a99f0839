"""Give out photos and files."""

from flask import Response

from accounts.access.permissions import Permission
from web.framework.blueprint import PageBlueprint, requires
from web.framework.request_context import PageRequest
from wsgi.files import file_response

attachments = PageBlueprint("attachments", __name__)


@attachments.get("/attachments/<number:attachment_id>", enter=requires(Permission.CASES_READ))
def show(page_request: PageRequest, attachment_id: str) -> Response:
    """Return a file with the rights of the case it hangs on."""
    return file_response(
        page_request.session, actor=page_request.actor, rules=page_request.rules, attachment_id=attachment_id
    )
