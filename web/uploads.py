"""Take the photos and files of a form in, each checked by its content (trust.md 3.8)."""

from collections.abc import Sequence

from werkzeug.datastructures import FileStorage

from accounts import limits
from cases.attachments import store
from core.errors import Invalid, TooLarge, UnsupportedType
from door.costs import UPLOADS
from web.call import Visit

MOST_FILES = 6


def stored(visit: Visit, files: Sequence[FileStorage]) -> list[str]:
    """Keep the files that were chosen and give their ids; raise Invalid under `files` for one not taken."""
    chosen = [upload for upload in files if upload.filename]
    if len(chosen) > MOST_FILES:
        raise Invalid({"files": ["too_many_files"]})
    ids = []
    for upload in chosen:
        limits.spend(visit.session, limit=UPLOADS, subject=f"user:{visit.actor.user_id}", now=visit.now)
        try:
            kept = store(
                visit.session,
                actor=visit.actor,
                rules=visit.rules,
                stream=upload.stream,
                name=upload.filename or "",
                declared_type=upload.mimetype,
                now=visit.now,
            )
        except (TooLarge, UnsupportedType) as error:
            raise Invalid({"files": [error.code]}) from error
        ids.append(kept.id)
    return ids
