"""Answers are JSON with the Chinese as it is, and say so where words were forgotten."""

import pytest
from flask import Flask

from api.framework.request_context import answer
from cases.vocabulary import FORGOTTEN

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "已按保存期限删除"), ("en", "deleted after the retention period")]
)
def test_in_place_of_forgotten_words_an_answer_says_so_in_the_readers_language(
    app: Flask, language: str, said: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        written = answer({"own_words": FORGOTTEN, "number": "SL-2026-0001"}).get_json()
    assert written == {"own_words": said, "number": "SL-2026-0001"}
