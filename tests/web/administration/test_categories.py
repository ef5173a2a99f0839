"""What the page of the deadlines says of each of them."""

from collections.abc import Callable

from config.tables import PERIODS
from tests.web.conftest import Browser
from web.administration import categories


def test_every_period_of_the_files_has_words() -> None:
    assert set(categories.PERIODS) == set(PERIODS)


def test_no_period_stands_on_the_page_by_its_code(browser: Callable[..., Browser]) -> None:
    page = browser("guanli").get("/categories").text
    assert "急事受理以后，多久交办" in page
    assert not [name for name in PERIODS if "_" in name and name in page]
