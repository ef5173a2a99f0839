"""Tell files that are sent in apart, and give stored ones out, never run in our name (threats.md T69)."""

import hashlib

from flask import Response, send_file
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from accounts.access.actor import Actor
from cases.attachments import IncomingFile, open_attachment, read_file
from cases.configuration.case_rules import CountyRules

SANDBOX = "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
#: A file of 10 MB, or some photos of so much together, with what multipart adds to it.
MOST_UPLOAD_BYTES = 11 * 1024 * 1024
#: So much is read of a form that people filled in, to give it back with what is wrong with it.
MOST_READ_BYTES = 20 * 1024 * 1024


def file_response(session: Session, *, actor: Actor, rules: CountyRules, attachment_id: str) -> Response:
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


def check_upload(upload: FileStorage, rules: CountyRules) -> IncomingFile:
    """Look at an upload, as `cases.attachments.read_file` does, and raise what it raises."""
    return read_file(
        upload.stream,
        name=upload.filename or "",
        declared_type=upload.mimetype,
        scanner=rules.services.scanner,
    )


def digest_of(upload: FileStorage) -> bytes:
    """Return the digest of an upload's name, type and content; the boundaries around it differ each time."""
    upload.stream.seek(0)  # whoever looked at it before has read it
    content = hashlib.file_digest(upload.stream, "sha256").digest()  # type: ignore[arg-type]  # a file object
    upload.stream.seek(0)
    told = f"{upload.filename}\n{upload.mimetype}\n".encode("utf-8", "surrogatepass")
    return hashlib.sha256(told).digest() + content
