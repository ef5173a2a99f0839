"""A telephone is judged by one check in every door: each of its fields and columns has to be known here."""

from collections.abc import Iterable, Mapping

from sqlalchemy import MetaData

from accounts.registers.import_cells import Cells
from cases.access import identities
from cases.importing.row_reader import Reader
from cases.lifecycle.effects import complainants, identity
from cases.sealing import resealing
from core.persistence.db import Base
from core.tables.import_report import CellProblem
from tests.rules.sources import name, nodes, product, tree
from tests.rules.test_required_texts import requests

#: Where a telephone is sent, and what reads it there.
FIELDS: Mapping[str, object] = {
    "NewComplainant.phone": complainants._phone,
    "NewCase.complainants.phone": complainants._phone,
    "register.complainants.phone": complainants._phone,
    "join.complainant.phone": complainants._phone,
    "amend.value": identity.amend_identity,
}
#: Where a telephone is kept, and everything that writes it there.
COLUMNS: Mapping[str, tuple[object, ...]] = {
    "complainants.phone": (complainants._phone, identity.amend_identity, Reader._phone),
    # Digests of what was checked, made where the checked number is sealed and where it is sealed anew.
    "complainants.phone_digest": (identities.write_phone, resealing.reseal),
    "complainants.phone_end_digest": (identities.write_phone, resealing.reseal),
    "households.phone": (Cells.phone,),
    "units.phone": (Cells.phone,),
}
CHECK = "read_phone"
#: The modules that ask the one check, besides the one that holds it.
ASKING = {
    "accounts/registers/import_cells.py",
    "cases/access/identities.py",
    "cases/importing/row_reader.py",
    "cases/lifecycle/effects/identity.py",
    "cases/retention/find_person.py",
}


def is_telephone(name: str) -> bool:
    return any(word in name.rpartition(".")[2] for word in ("phone", "mobile", "tel"))


def unknown_fields(fields: Iterable[str]) -> set[str]:
    return {field for field in fields if is_telephone(field)} - FIELDS.keys()


def unknown_columns(metadata: MetaData) -> set[str]:
    every = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns}
    return {column for column in every if is_telephone(column)} - COLUMNS.keys()


def test_every_telephone_that_is_sent_or_kept_goes_through_the_one_check() -> None:
    assert unknown_fields(requests()) == set()
    assert unknown_columns(Base.metadata) == set()
    asking = {
        name(place)
        for place in product()
        if any(getattr(node, "id", "") == CHECK for node in nodes(tree(place)))
    }
    assert asking - {"core/normalization/telephones.py"} == ASKING


def test_a_new_field_and_a_new_column_for_a_telephone_are_found() -> None:
    assert unknown_fields(["NewUnit.telephone", "NewUnit.name"]) == {"NewUnit.telephone"}
    assert {is_telephone(column) for column in ("units.phone", "units.mobile")} == {True}
    assert not is_telephone("phones.name")


def test_a_cell_with_a_telephone_is_judged_by_it() -> None:
    problems: list[CellProblem] = []
    assert Cells(2, {"电话": "+86 138 0000 2046"}, problems).phone("电话") == "13800002046"
    assert Cells(2, {"电话": "1380000204"}, problems).phone("电话") is None
    assert [problem.code for problem in problems] == ["not_a_phone"]
