"""How Hypothesis checks a property: the one profile of every test.

A property has no time to be checked in: a machine that is busy with something else is no fault of the
program. The suite checks the same examples every time, so that it says of one and the same program the same;
`MODEL_LIVES` plays others (docs/developing.md).
"""

from hypothesis import HealthCheck, settings

NAME = "suite"
settings.register_profile(
    NAME,
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[
        HealthCheck.too_slow,
        # A test that lends a database empties it for each example itself, where that matters.
        HealthCheck.function_scoped_fixture,
    ],
)


def load() -> None:
    """Let every property be checked so."""
    settings.load_profile(NAME)
