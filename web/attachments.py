"""Give out photos and files."""

from flask import Response

from accounts.permissions import Permission
from door.files import given_out
from web.call import Visit
from web.entry import Pages, whoever

attachments = Pages("attachments", __name__)


@attachments.shows("/attachments/<number:attachment_id>", enter=whoever(Permission.CASES_READ))
def show(visit: Visit, attachment_id: str) -> Response:
    """Give a file with the rights of the case it hangs on."""
    return given_out(visit.session, actor=visit.actor, rules=visit.rules, attachment_id=attachment_id)
