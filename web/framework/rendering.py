"""Make pages of templates and finished view data; there is no rule in a template."""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, render_template, request, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from accounts.registers import areas, first_administrator
from accounts.registers.user_validation import LONGEST_USERNAME
from accounts.sign_in import passkeys, passwords, second_factors, sessions
from cases.access import receipt_codes
from cases.models.correspondence import LARGEST_FILE, LARGEST_FILE_MB
from cases.queries import similar_cases
from cases.vocabulary import MARKS_SHOWN
from core.normalization.visibility import INVISIBLE
from core.text import LONGEST_NAME
from web.framework import date_formats
from web.framework.flash import done_message
from web.framework.navigation import entries
from web.framework.request_context import PROVED_FOR, page_request
from web.framework.uploads import MOST_FILES
from workflow.limits import LONGEST_SAID
from wsgi.schemas.external import external_id
from wsgi.schemas.request_schemas import LONGEST_SEARCH

#: Where templates lie.
FOLDER = str(Path(__file__).resolve().parents[1])
#: The limits of the code that templates name; a sentence never repeats one.
LIMITS: Mapping[str, int] = {
    "files": MOST_FILES,
    "file_bytes": LARGEST_FILE,
    "file_megabytes": LARGEST_FILE_MB,
    "least_password": passwords.LEAST,
    "factor_digits": second_factors.DIGITS,
    "own_device_days": sessions.OWN.days,
    "receipt_code": receipt_codes.LENGTH,
    "proved_minutes": PROVED_FOR.seconds // 60,
    "setup_code": first_administrator.CODE_LENGTH,
    "least_alike_words": similar_cases.LEAST_WORDS,
    "most_alike": similar_cases.SHOWN,
    "longest_name": LONGEST_NAME,
    "longest_username": LONGEST_USERNAME,
    "longest_password": passwords.MOST,
    "longest_passkey_label": passkeys.LONGEST_LABEL,
    "longest_factor": second_factors.DIGITS * 2 - 1,  # with a space between any two
    "longest_setup_code": first_administrator.LONGEST_SETUP_CODE,
    "longest_receipt_code": receipt_codes.LONGEST_TYPED,
    "longest_said": LONGEST_SAID,
    "longest_search": LONGEST_SEARCH,
    "longest_count": len(str(areas.MOST)),
}
#: Control characters other than TAB and line ends.
CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n\r"}
#: Where words break by themselves, and how many signs a line of a telephone holds at least.
SIGNS = re.compile(r"[，。！？；：、……\s]")
LONGEST_PHRASE = 9
#: The languages as HTML names them.
LANGUAGES = {"zh": "zh-CN", "en": "en"}


def page(template: str, *, status: int = 200, **view: Any) -> Response:
    """Answer with a page."""
    return current_app.response_class(render_template(template, **view), status, mimetype="text/html")


def local_path(given: str) -> str | None:
    """Return a path of this very site, or None for anything else (threats.md T84)."""
    if not given.startswith("/") or given.startswith(("//", "/\\")) or len(given) > 2000:
        return None
    return given if given.isprintable() and "\\" not in given else None


def install(app: Flask) -> None:
    """Give the templates what they may use."""
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.finalize = _printable
    env.trim_blocks = env.lstrip_blocks = True
    env.globals.update(
        _=lambda message, **facts: page_request().say(message, **facts),
        asset=lambda name: page_request().services.assets(name),
        once=lambda: secrets.token_urlsafe(16),
        done=done_message,
        label=label,
        here=lambda: local_path(request.full_path.rstrip("?")) or "/",
        at=lambda **changes: with_query(changes),
        limits=LIMITS,
        filled=filled,
        flowing=flowing,
    )
    env.filters.update(
        day=lambda value: page_request().day(value),
        deadline=lambda value, weekday=False: page_request().deadline(value, weekday=weekday),
        moment=_moment,
        strong=strong,
        headed=headed,
        visible=visible,
        external=lambda row_id, table: external_id(table, row_id),
    )

    @app.context_processor
    def around() -> dict[str, Any]:
        found = page_request()
        return {
            "page_request": found,
            "is_sample": found.services.is_sample(),
            "display": found.display,
            "language": LANGUAGES[found.language],
            "tabs": entries(found),
        }


def label(group: str, code: str) -> str:
    """Return the words of a code in the reader's language."""
    return page_request().called(group, code)


def visible(text: str) -> str:
    """Return a text with the signs that cannot be seen made visible, so that nobody is misled by them."""
    if not INVISIBLE.intersection(text):
        return text
    return "".join(f"[U+{ord(char):04X}]" if char in INVISIBLE else char for char in text)


def flowing(text: str) -> str:
    """Return the class of words that break within a phrase: one of them is longer than a narrow line.

    Words break after a sign alone as long as every phrase fits. Where one does not, browsers would break it
    at any place, and before the comma, too.
    """
    phrases = SIGNS.split(text)
    return " flow" if max(map(len, phrases)) > LONGEST_PHRASE else ""


def with_query(changes: Mapping[str, Any]) -> str:
    """Return the present address with some parameters changed, or left out where the value is None."""
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "cursor"}
    kept.update(changes)
    given = {name: value for name, value in kept.items() if value is not None}
    return url_for(request.endpoint or "", **(request.view_args or {}), **given)


def headed(text: str) -> str:
    """Begin a text with a capital, as what stands alone in English does; Chinese has none."""
    return text[:1].upper() + text[1:]


def strong(message: str, **facts: str) -> Markup:
    """Return a translated sentence with its blanks filled in bold."""
    return escape(message).format(
        **{name: Markup("<b>{}</b>").format(value) for name, value in facts.items()}
    )


def filled(message: str, **parts: Markup) -> Markup:
    """Return a translated sentence with pieces of a page in its blanks."""
    return escape(message).format(**parts)


def _printable(value: Any) -> Any:
    """Leave out of a page what no page may hold: a form that was refused for it is shown once more.

    In place of words that were forgotten a page says so.
    """
    if isinstance(value, str) and any(mark in value for mark in MARKS_SHOWN):
        value = page_request().shown(value)
    return value.translate(CONTROLS) if type(value) is str else value


def _moment(value: datetime) -> str:
    local = value.astimezone(page_request().rules.zone)
    return f"{page_request().day(local.date(), weekday=True)} {date_formats.clock(local)}"
