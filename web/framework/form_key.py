"""Know a form that was sent before: by the key that it says itself, and by what it holds."""

from flask import request
from werkzeug.datastructures import MultiDict

from wsgi import idempotency
from wsgi.files import digest_of

#: The name under which a form says its own key.
KEY_FIELD = "once"


def key_of(form: MultiDict[str, str]) -> str | None:
    """Return the key that the form says, as it is kept; None without one that could be kept."""
    key = form.get(KEY_FIELD, "")
    fits = 8 <= len(key) <= 64 and key.isascii() and key.isprintable()
    return f"page-{key}" if fits else None


def fingerprint_of(form: MultiDict[str, str]) -> str:
    """Return what tells one sending of a form from another: its fields and its files."""
    files = [(name, digest_of(upload).hex()) for name, upload in request.files.items(multi=True)]
    content = repr((sorted(form.items(multi=True)), files))
    return idempotency.fingerprint("POST", request.path, content.encode())
