"""Take the photos and files of a form in, each checked by its content (threats.md 3.8)."""

from collections.abc import Sequence

from werkzeug.datastructures import FileStorage

from cases.attachments import IncomingFile, store
from cases.configuration.case_rules import CountyRules
from cases.lifecycle import take_step
from cases.lifecycle.action_values import AttachValues
from cases.lifecycle.context import CaseContext
from core.errors import Invalid, TooLarge, UnsupportedType
from core.normalization.visibility import INVISIBLE
from core.text import without_controls
from web.framework.request_context import PageRequest
from wsgi.files import check_upload

#: Files of one form; forms say it before anything is sent, with the size of `LARGEST_FILE` for all together.
MOST_FILES = 6


def chosen_files(files: Sequence[FileStorage]) -> list[FileStorage]:
    """Return the files that were really chosen; an empty field sends one without name and content.

    Raises Invalid under `files` for too many.
    """
    found = [upload for upload in files if upload.filename or _has_content(upload)]
    if len(found) > MOST_FILES:
        raise Invalid({"files": ["too_many_files"]})
    return found


def read_files(files: Sequence[FileStorage], rules: CountyRules) -> list[IncomingFile]:
    """Look at files that were chosen.

    Raises Invalid under `files`, with the name of the one that is not taken, and Busy and Unavailable as
    `read_file` does.
    """
    return [_read_file(upload, rules) for upload in files]


def store_files(page_request: PageRequest) -> list[str]:
    """Keep the files that came with the form, and give their ids."""
    ids = []
    for file in page_request.files:
        kept = store(
            page_request.session,
            actor=page_request.actor,
            rules=page_request.rules,
            file=file,
            now=page_request.now,
        )
        ids.append(kept.id)
    return ids


def attach_files(
    page_request: PageRequest, context: CaseContext, version: int | None = None
) -> CaseContext | None:
    """Put the files that came with the form of another act with its case first; give the case as it is then.

    None when there were no files.

    Raises Stale when `version` is given and no longer the present one, and what `attach` is refused with.
    """
    files = store_files(page_request)
    if not files:
        return None
    values = AttachValues(attachments=tuple(files))
    return take_step.apply_action(context, "attach", values, version).context


def _read_file(upload: FileStorage, rules: CountyRules) -> IncomingFile:
    try:
        return check_upload(upload, rules)
    except (TooLarge, UnsupportedType) as error:
        raise Invalid({"files": [error.code]}, file=_name_of(upload)) from error
    except Invalid as error:
        raise Invalid({"files": error.errors["file"]}, file=_name_of(upload)) from error


def _has_content(upload: FileStorage) -> bool:
    held = bool(upload.stream.read(1))
    upload.stream.seek(0)
    return held


def _name_of(upload: FileStorage) -> str:
    """Return the name by which somebody knows the file again among those that were chosen."""
    return "".join(char for char in without_controls(upload.filename or "") if char not in INVISIBLE)[:100]
