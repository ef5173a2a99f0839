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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of this folder in one process: they share a browser and a running program."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group("browser"))
