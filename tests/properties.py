"""How Hypothesis checks a property: the same in every test.

A property has no time to be checked in: a machine that is busy with something else is no fault of the
program. The suite checks the same examples every time, so that it says of one and the same program the same;
`MODEL_LIVES` plays others (docs/developing.md).
"""

from hypothesis import HealthCheck, Phase, settings

NAME = "suite"
#: The same for whoever asks only whether a property fails: a failure is not reduced first (tests/mutants).
AT_ONCE = "at-once"
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
settings.register_profile(AT_ONCE, settings.get_profile(NAME), phases=(Phase.explicit, Phase.generate))


def load() -> None:
    """Let every property be checked so."""
    settings.load_profile(NAME)
