"""A number that somebody types or puts into a cell is read by one function, which guesses nothing.

Who looks at digits in another way is known below, with what these digits are.
"""

import ast

import pytest

from tests.rules.sources import name, nodes, product, tree

#: The modules that ask the one function, or its sister for whole numbers.
READ = {"read_number", "read_whole_number"}
ASKING = {
    "accounts/registers/import_cells.py",
    "web/administration/people/pages.py",
    "web/forms/controls.py",
}
#: Digits that are no amount: what they are, by module.
OTHER_DIGITS = {
    "api/actions.py": "a version, which a program sends back",
    "accounts/sign_in/passwords.py": "characters of a password",
    "accounts/sign_in/second_factors.py": "a code of the telephone",
    "cases/access/identities.py": "digits of a telephone, to find it by",
    "cases/retention/find_person.py": "digits of a telephone, to find it by",
    "cases/verification/register_names.py": "an id",
    "cli/framework/arguments.py": "a number of the command line, whose commands are written by programs too",
    "config/quotas.py": "a setting of the server",
    "config/settings.py": "a setting of the server",
    "core/front_end.py": "the version of a program",
    "core/persistence/postgres_programs.py": "the version of a program",
    "core/persistence/revisions.py": "the number of a migration",
    "web/account/passkeys.py": "an address of four numbers",
    "web/administration/people/pages.py": "the page of a list, in an address",
    "web/administration/working_days.py": "the place of a row in a form",
    "web/cases/bulk_actions.py": "a version, which the page wrote",
    "web/cases/case_page.py": "the place of an object in a form, and an entry in an address",
    "web/cases/return_visits.py": "an id",
    "web/forms/controls.py": "an id, a version, and the place of an object in a form",
    "web/forms/longest_texts.py": "the place of an object in a form",
    "web/public/case_status.py": "the page of a list, in an address",
    "wsgi/schemas/external.py": "an id",
    "wsgi/schemas/fields.py": "a number in an address",
}
CHECKS = {"isdigit", "isdecimal", "isnumeric"}
COMMAS = {",", "，"}


def looks_at_digits(module: ast.Module) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr in CHECKS for node in ast.walk(module))


def removes_commas(module: ast.Module) -> bool:
    """Return whether a module takes commas out of a text, which is how a decimal comma gets lost."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "replace"
        and [getattr(one, "value", None) for one in node.args[1:2]] == [""]
        and getattr(node.args[0], "value", None) in COMMAS
        for node in ast.walk(module)
    )


def test_what_is_typed_as_a_number_is_read_by_the_one_function() -> None:
    modules = {name(place): tree(place) for place in product()}
    asking = {
        place
        for place, module in modules.items()
        if any(isinstance(node, ast.Name) and node.id in READ for node in nodes(module))
    }
    assert asking - {"core/normalization/typed_numbers.py", "cases/access/case_numbers.py"} == ASKING
    assert {place for place, module in modules.items() if looks_at_digits(module)} == OTHER_DIGITS.keys()
    assert {place for place, module in modules.items() if removes_commas(module)} == {
        "core/normalization/typed_numbers.py"
    }


@pytest.mark.parametrize(
    "line", ["n = int(typed) if typed.isdigit() else 0", "n = int(typed.replace(',', ''))"]
)
def test_a_number_that_is_read_in_another_way_is_found(line: str) -> None:
    module = ast.parse(line)
    assert looks_at_digits(module) or removes_commas(module)
