from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import running
from tests.browser.running import Sample

#: What is waited for comes at once on a machine that is not busy; on a busy one it may take its time.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """Run the program with its sample township, once for all tests with the browser."""
    with running.sample(tmp_path_factory.mktemp("sample")) as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with running.chromium() as found:
        yield found


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """Yield the browser; the pages that a test leaves open are closed, for they are drawn on and on."""
    yield chromium
    for context in chromium.contexts:
        context.close()
