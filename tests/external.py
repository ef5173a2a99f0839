"""What stands outside for ids of rows, where a test did not read it from an answer."""

from cases.configuration.case_rules import CountyRules
from core.persistence.row_ids import row_ids


def external_id(rules: CountyRules, table: str, row_id: int) -> int:
    """Return what pages and programs are shown of an id under the keys of a test."""
    return row_ids(rules.services.receipt_keys).external(table, row_id)
