from collections.abc import Iterator

import pytest

from tests.accounts.openid.provider import FakeProvider, provider


@pytest.fixture
def asked_provider() -> Iterator[FakeProvider]:
    """Run a provider that answers as it is told."""
    with provider() as found:
        yield found
