"""What somebody with a receipt code sees of a matter that others raised as well."""

from collections.abc import Callable

from cases import receipts
from cases.complainants import Person
from cases.models import Case
from tests.web.conftest import Browser
from tests.web.test_journeys import hidden


def test_what_another_complainant_did_is_not_told_as_one_s_own(
    browser: Callable[..., Browser], a_case: Callable[..., Case]
) -> None:
    codes = [receipts.new_code(), receipts.new_code()]
    people = tuple(Person(name=name, receipt_code=code) for name, code in zip("田覃", codes, strict=True))
    case = a_case("resolved", complainants=people)
    stranger = browser()
    stranger.post("/status/rating", receipt_code=codes[0], rating="satisfied", words="修好了，谢谢")
    mine, other = (stranger.post("/status", receipt_code=code).text for code in codes)
    assert "您说了满意不满意" in mine
    assert "您说了满意不满意" not in other
    assert "修好了，谢谢" not in other

    leader = browser("zuzhang")
    assert hidden(leader.get(f"/cases/{case.number}"), "version") == str(case.version + 1)
