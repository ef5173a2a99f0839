"""Let a failed assertion of the model tell both sides, as those of a test module do."""

import pytest

pytest.register_assert_rewrite(
    "tests.model.machine", "tests.model.seen", "tests.model.truths", "tests.model.web"
)
