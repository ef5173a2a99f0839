"""Take the photos and files of a form in, each checked by its content (trust.md 3.8)."""

from collections.abc import Sequence

from werkzeug.datastructures import FileStorage

from accounts import limits
from cases.attachments import Taken, store
from core.errors import Invalid, TooLarge, UnsupportedType
from door.costs import UPLOADS
from door.files import looked_at
from web.call import Visit

MOST_FILES = 6


def chosen(files: Sequence[FileStorage]) -> list[FileStorage]:
    """Give the files that were really chosen; a field that was left empty sends one without a name."""
    return [upload for upload in files if upload.filename]


def taken(files: Sequence[FileStorage]) -> list[Taken]:
    """Look at files that were chosen; raise Invalid under `files` for too many or one not taken."""
    if len(files) > MOST_FILES:
        raise Invalid({"files": ["too_many_files"]})
    try:
        return [looked_at(upload) for upload in files]
    except (TooLarge, UnsupportedType) as error:
        raise Invalid({"files": [error.code]}) from error
    except Invalid as error:
        raise Invalid({"files": error.errors["file"]}) from error


def stored(visit: Visit) -> list[str]:
    """Keep the files that came with the form, and give their ids."""
    ids = []
    for file in visit.files:
        limits.spend(visit.session, limit=UPLOADS, subject=f"user:{visit.actor.user_id}", now=visit.now)
        kept = store(visit.session, actor=visit.actor, rules=visit.rules, file=file, now=visit.now)
        ids.append(kept.id)
    return ids
