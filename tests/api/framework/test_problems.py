"""The words of a refusal are about what was refused: a file, the crowd, or the database."""

from collections.abc import Callable

import pytest
from flask import Flask

from api.framework.problems import problem
from tests.api.conftest import Caller

pytestmark = pytest.mark.one_database

Call = Callable[[str], Caller]


def test_a_photo_of_a_type_that_is_not_taken_is_answered_in_words_about_photos(call: Call) -> None:
    refused = call("zuyuan").upload(b"\x00\x00\x00\x18ftypheic", "IMG_2046.HEIC", "image/heic")
    assert refused.status_code == 415
    assert "application/json" not in refused.json["detail"]
    assert "HEIC" in refused.json["detail"]


@pytest.mark.parametrize(("facts", "about_the_disk"), [({"reason": "no_place"}, False), ({}, True)])
def test_a_refusal_for_want_of_a_place_does_not_speak_of_the_disk(
    app: Flask, facts: dict[str, str], about_the_disk: bool
) -> None:
    with app.test_request_context("/api/v1/cases"):
        told = problem(503, "unavailable", facts=facts).get_json()
    assert ("磁盘" in told["detail"]) == about_the_disk
