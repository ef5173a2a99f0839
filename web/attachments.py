"""Give out photos and files, to be saved or shown as pictures, never run (trust.md T69)."""

from flask import Response, send_file

from accounts.permissions import Permission
from cases.attachments import open_attachment
from web.call import Visit
from web.entry import Pages, whoever

attachments = Pages("attachments", __name__)
SANDBOX = "sandbox; default-src 'none'"


@attachments.shows("/attachments/<number:attachment_id>", enter=whoever(Permission.CASES_READ))
def show(visit: Visit, attachment_id: str) -> Response:
    """Give a file with the rights of the case it hangs on."""
    row, place = open_attachment(
        visit.session, actor=visit.actor, rules=visit.rules, attachment_id=attachment_id
    )
    response = send_file(
        place,
        mimetype=row.media_type,
        as_attachment=True,
        download_name=row.name,
        conditional=False,
        etag=False,
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
