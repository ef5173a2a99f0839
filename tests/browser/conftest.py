from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import running
from tests.browser.running import Sample


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """Run the program with its sample township, once for all tests with the browser."""
    with running.sample(tmp_path_factory.mktemp("sample")) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running.chromium() as found:
        yield found
