"""Give a stored file out: to be saved or shown as a picture, never run in our name (trust.md T69)."""

from flask import Response, send_file
from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.attachments import open_attachment
from cases.rules import Rules

SANDBOX = "sandbox; default-src 'none'"
#: A file of 10 MB, or some photos of so much together, with what multipart adds to it.
MOST_UPLOAD_BYTES = 11 * 1024 * 1024


def given_out(session: Session, *, actor: Actor, rules: Rules, attachment_id: str) -> Response:
    """Answer with a file, with the rights of the case it hangs on; raise NotFound for any other."""
    row, place = open_attachment(session, actor=actor, rules=rules, attachment_id=attachment_id)
    response = send_file(
        place,
        mimetype=row.media_type,
        as_attachment=True,
        download_name=row.name,
        conditional=False,
        etag=False,
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "no-store"
    return response
