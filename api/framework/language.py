"""Choose the language of an answer: Chinese, unless the reader asks for English first."""

from collections.abc import Callable

from flask import has_request_context, request

from core.i18n import LANGUAGES, translator
from workflow.texts.labels import fill_nouns


def language() -> str:
    """Return `zh` or `en` by the request's Accept-Language."""
    if not has_request_context():
        return LANGUAGES[0]
    return request.accept_languages.best_match(LANGUAGES, default=LANGUAGES[0]) or LANGUAGES[0]


def translate() -> Callable[[str], str]:
    """Return the function that puts a Chinese text into the reader's language."""
    chosen = language()
    found = translator(chosen)
    return lambda message: fill_nouns(found(message), chosen)
