"""Refuse a configuration without a category or a profile that cases have: nobody could open them any more."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from core.errors import Conflict


def require_codes_in_use(session: Session, rules: CountyRules) -> None:
    """Require that the rules have every category and profile of a case, ended ones as well.

    A case says by its code which questions and dates it has, and is shown by them for ever. Raises Conflict
    `codes_in_use` with the codes that are missing.
    """
    missing = [
        code
        for column, known in ((Case.category, rules.categories), (Case.profile, rules.profiles))
        for code in session.scalars(select(column).where(column.not_in(sorted(known))).distinct())
    ]
    if missing:
        raise Conflict("codes_in_use", codes=sorted(set(missing)))
