"""Of every column that holds a text it is said what it keeps of people, how long, and how it goes."""

from typing import Any

import pytest
from sqlalchemy import JSON, Column, LargeBinary, MetaData, String, Text
from sqlalchemy.types import TypeEngine

from core.persistence.db import Base
from tests.migrations.models import import_models
from tests.rules import data_table


@pytest.fixture(autouse=True)
def models() -> None:
    import_models()


def test_of_every_text_in_the_database_it_is_said_how_long_it_is_kept() -> None:
    assert data_table.unsaid(Base.metadata) == []


@pytest.mark.parametrize("type_", [String(), Text(), JSON(), LargeBinary()], ids=str)
def test_a_new_column_is_named(type_: TypeEngine[Any]) -> None:
    copy = MetaData()
    for table in Base.metadata.sorted_tables:
        table.to_metadata(copy)
    copy.tables["case_notes"].append_column(Column("heard_from", type_))
    assert data_table.unsaid(copy) == ["case_notes.heard_from"]


def test_the_table_of_the_document_is_the_one_made_from_the_columns() -> None:
    text = data_table.PAGE.read_text(encoding="utf-8")
    assert data_table.replaced(text) == text
