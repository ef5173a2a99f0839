"""The line of a key is found in every form in which the project's files are written."""

import pytest

from config.lines import line_of, locate

TEXT = """\
name = "a [bracket] and = signs"  # a { remark

[steps.assign]
to = "assigned"
who = [
  # a remark with { a brace
  { from = ["received"], roles = ["x"] },
  { from = ["assigned"], roles = [
    "y",
  ] },
]
guards = ["a"]

[[profiles]]
code = "first"

[[profiles]]
code = "second"

["quoted key"]
inner.dotted = 1
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), 1),
        (("steps",), 3),
        (("steps", "assign"), 3),
        (("steps", "assign", "to"), 4),
        (("steps", "assign", "who"), 5),
        (("steps", "assign", "who", 0), 7),
        (("steps", "assign", "who", 0, "roles"), 7),
        (("steps", "assign", "who", 1), 8),
        (("steps", "assign", "guards"), 12),
        (("profiles", 0), 14),
        (("profiles", 1, "code"), 18),
        (("profiles", 1, "missing"), 17),
        (("quoted key", "inner", "dotted"), 21),
        (("quoted key", "inner"), 21),
        (("nothing",), None),
    ],
)
def test_a_path_is_found_on_its_line_or_that_of_the_nearest_key(
    path: tuple[str | int, ...], line: int | None
) -> None:
    assert line_of(locate(TEXT), path) == line
